#pragma once

// An auth server in memory, for tests of whatever holds a session: it keeps
// the rules of refresh token rotation to the letter, and misbehaves where its
// plan of faults says so. It has no socket, thread or clock; the time comes
// with each request. All members may be called from several threads at once.
//
//   POST /api/auth/token/refresh/   {"refresh"} -> {"access", "refresh"}
//   GET  /api/auth/me/              what an access token opens
//   POST /token                     a form, RFC 6749 section 6: refresh_token;
//                                   RFC 8628 section 3.4: device_code
//   POST /device_authorization      RFC 8628 section 3.1
//   GET  /.well-known/oauth-authorization-server   RFC 8414
//   GET  /.well-known/jwks.json     the key of the access tokens (ES256)
//
// A refresh token is good once. Until its successor is first used, it gets
// that successor again: for a time of grace whoever presents it, later only a
// request with the Idempotency-Key of the first one. Any other second use ends
// the session (its family of tokens) for good.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/testing/fault.h"

namespace clone_auth::testing {

struct AdversarialAuthServerOptions {
  /// The base URL, `iss` of the access tokens; the discovery document is built
  /// on it.
  std::string issuer = "https://auth.example";
  std::string audience = "https://api.example";
  std::string subject = "user-1";  ///< who signs in
  /// Where redirect_307 points: a base URL of another origin.
  std::string elsewhere = "https://elsewhere.example";
  std::chrono::seconds access_lifetime{3600};
  std::chrono::seconds refresh_lifetime{30 * 86400};  ///< of the whole session
  std::chrono::seconds grace{10};
  /// Whether Idempotency-Key is minded at all.
  bool honours_idempotency = true;
  std::chrono::seconds device_lifetime{600};
  std::chrono::seconds device_interval{5};  ///< between two polls
};

/// The tokens of a session that just began.
struct FreshTokens {
  std::string access;
  std::string refresh;
};

/// What was seen, to be asserted on.
struct AdversarialCounts {
  /// Requests for tokens, answered or not.
  std::uint64_t exchanges = 0;
  /// Refresh tokens that were replaced by a successor.
  std::uint64_t rotations = 0;
  /// Successors that were given again.
  std::uint64_t repeats = 0;
  /// Spent refresh tokens that were presented, also of ended sessions.
  std::uint64_t reuse_detected = 0;
  /// Sessions that ended because of that.
  std::uint64_t families_lost = 0;
  /// Requests to what redirect_307 points at: whoever sends one follows
  /// redirects with a credential at hand.
  std::uint64_t redirects_followed = 0;
  std::map<std::string, std::uint64_t> faults;    ///< that befell, by name
  std::map<std::string, std::uint64_t> requests;  ///< by path
};

/// How an answer is to be sent, for a program that has a socket to do it on.
struct Delivery {
  HttpResponse response;
  /// Nothing is sent and the connection is closed.
  bool is_lost = false;
  /// Nothing is sent, ever, and the connection stays open.
  bool is_withheld = false;
  /// How long the answer waits.
  std::chrono::seconds after{0};
  /// So many bytes of the body are sent, with the Content-Length of all of it;
  /// then the connection is closed.
  std::optional<std::size_t> cut_at;
};

class AdversarialAuthServer {
 public:
  /// `random` is borrowed; tokens are made of it. Errors: random_unavailable,
  /// invalid_argument (no issuer or audience), internal.
  static Result<std::unique_ptr<AdversarialAuthServer>> Create(
      AdversarialAuthServerOptions options = {},
      RandomSource& random = SystemRandom());

  ~AdversarialAuthServer();

  /// A person signed in: `subject`, or where that is empty the one of the
  /// options. Errors: random_unavailable, internal.
  Result<FreshTokens> NewSession(WallTime now, std::string subject = {});

  /// The faults wait in the order in which they came; a request meets the first
  /// one that can befall it. Error: that of CheckFault.
  Status Add(Fault fault);
  /// The same for the text that ParseFault() reads.
  Status Add(std::string_view fault);
  void ClearFaults();
  /// How many requests the faults that wait are still good for.
  std::size_t pending_faults() const;

  /// Answers a request to a URL or a path, and tells what befalls it the way a
  /// transport does, so that it fits FakeTransport's handler. Errors: timeout
  /// (stall, however long), connection_lost (cut, lost_answer).
  Result<HttpResponse> Handle(const HttpRequest& request, WallTime now);

  /// The same, with the misbehaviour left to the caller's socket.
  Delivery Serve(const HttpRequest& request, WallTime now);

  /// A person typed a device's code and agreed, or did not. Error: not_found
  /// (no such code, one that is answered already, or expired).
  Status AnswerDevice(std::string_view user_code, bool agreed, WallTime now);

  AdversarialCounts counts() const;

 private:
  struct Impl;
  explicit AdversarialAuthServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth::testing
