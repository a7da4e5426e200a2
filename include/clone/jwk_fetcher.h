#pragma once

// When to fetch the keys of another issuer, what to ask and what to make of
// the answer, without thread, socket or clock: whoever has these carries the
// requests that Poll() yields and hands the answers in. RemoteJwkSource does
// so. Belongs to one thread at a time.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/jwk.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

/// Bytes of the longest key set and metadata that are taken.
inline constexpr std::size_t kJwkMaxAnswer = 256 * 1024;

struct JwkFetchOptions {
  /// Where the keys are, or whose they are: exactly one of the two. With an
  /// issuer its metadata says where (OpenID Connect Discovery 1.0, RFC 8414).
  /// https, or http to loopback.
  std::string jwks_uri;
  std::string issuer;

  /// What an answer's lifetime is clamped to; it is 10 min where the answer
  /// names none. 1 s to 30 days.
  std::chrono::seconds min_lifetime{60};
  std::chrono::seconds max_lifetime{24 * 3600};
  /// The least time between two fetches for keys that tokens name and the set
  /// lacks, however many tokens and names. 1 s to 1 h.
  std::chrono::seconds unknown_key_cooldown{10};
  /// How long keys serve after the end of their lifetime, while the issuer
  /// does not answer. 0 to 30 days.
  std::chrono::seconds max_stale{24 * 3600};
};

class JwkFetcher {
 public:
  /// The keys serve, and there is nothing to do before then.
  struct Ready {
    WallTime until;
  };
  /// Send this and hand what came of it to Complete(). A redirect must not be
  /// followed.
  struct Send {
    HttpRequest request;
    std::uint64_t attempt;
  };
  /// There are no keys that serve, and nothing to send before then.
  struct WaitUntil {
    WallTime time;
  };
  using Step = std::variant<Ready, Send, WaitUntil>;

  /// `random` is borrowed. Errors: invalid_argument, url_malformed,
  /// insecure_url.
  static Result<JwkFetcher> Create(JwkFetchOptions options,
                                   RandomSource* random);

  JwkFetcher(JwkFetcher&&) noexcept;
  JwkFetcher& operator=(JwkFetcher&&) noexcept;
  ~JwkFetcher();

  /// What to do at `now`. While keys serve, a caller with `patience` leaves a
  /// fetch that is due to others for that long.
  Step Poll(WallTime now, std::chrono::seconds patience = {});

  /// A token names a key that the set lacks. Send: it is looked for. Ready:
  /// that was done so lately that it is not done again. WaitUntil: the issuer
  /// does not answer. While a fetch is under way, as Poll().
  Step Renew(WallTime now);

  /// What came of the Send with this number. An attempt that is not the one
  /// under way is ignored; one that is never completed counts as failed after
  /// a minute.
  void Complete(std::uint64_t attempt, const Result<HttpResponse>& outcome,
                WallTime now);

  /// True between a Send and its Complete().
  bool is_waiting() const;

  /// The keys that serve at `now`; null where there are none.
  const JwkSet* KeysAt(WallTime now) const;

  /// Goes up with every set of keys that differs from the one before.
  std::uint64_t generation() const;

  /// Why the last fetch failed; ok where it did not.
  const Status& last_error() const;

 private:
  struct Impl;
  explicit JwkFetcher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth
