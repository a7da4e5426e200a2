#pragma once

// A cache in front of a store that takes its time: a database, a service. It
// remembers records, and that a digest is unknown, but never a verdict: expiry
// and revocation are judged anew each time. What is remembered is forgotten
// when a change is told, by this process or by a feed from others; without a
// feed it is good for as long as the options say.

#include <chrono>
#include <cstddef>
#include <memory>

#include "clone/api_key_store.h"
#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"

namespace clone_auth {

/// What whoever changes keys, and whatever hears of changes that others made
/// (a feed), tells those who remember them. A change is told once it can be
/// read from the store. May be called by many threads at once.
class ApiKeyChangeListener {
 public:
  virtual ~ApiKeyChangeListener() = default;

  /// The key with this id was revoked or changed otherwise. When this returns,
  /// nothing that was read of it before is answered any more.
  virtual void KeyChanged(const Uuid& id) = 0;

  /// The same for a digest; a key that was made has to be told like this,
  /// since whoever was asked for it before knows no id.
  virtual void DigestChanged(const ApiKeyDigest& digest) = 0;

  /// Anything may have changed, as after a connection was lost.
  virtual void AnythingChanged() = 0;

  /// From a feed: every change that could be read from the store at
  /// `since_boot` (Clock::SinceBoot(), taken before the feed last asked) has
  /// been told.
  virtual void AliveAsOf(std::chrono::nanoseconds since_boot) = 0;
};

struct ApiKeyCacheOptions {
  /// Keys, and digests of none, that are remembered; each 1 to 16,777,216,
  /// rounded up to a multiple of 8. They have tables of their own, so that no
  /// junk drives out a key. A key takes about 160 bytes, a digest 80.
  std::size_t max_known = 65'536;
  std::size_t max_unknown = 16'384;

  /// How long what was read is answered from memory, counted from when it was
  /// asked for or from when the feed was last alive. So this is also how late
  /// a change elsewhere may be seen, with a feed or without. 0 to 1 hour.
  std::chrono::nanoseconds fresh_for = std::chrono::seconds(1);

  /// While the store cannot answer, keys that were fresh this long ago are
  /// answered from memory, unless a change of them was told, and it is asked
  /// for them once a second; afterwards, and for all others, the error is
  /// store_unavailable. 0 to 24 hours.
  std::chrono::nanoseconds outage_grace = std::chrono::minutes(1);
};

/// A hit takes no lock and counts no reference. A miss asks the store once,
/// however many threads want the same digest. May be shared between threads.
class CachedApiKeyStore final : public ApiKeyStore,
                                public ApiKeyChangeListener {
 public:
  /// `store` and `clock` are borrowed, and permissions are those of the store.
  /// Error: invalid_argument (a part is null, or an option beyond its bounds).
  static Result<std::unique_ptr<CachedApiKeyStore>> Create(
      const ApiKeyStore* store, const Clock* clock,
      const ApiKeyCacheOptions& options = {});
  ~CachedApiKeyStore() override;

  Result<std::optional<ApiKeyMatch>> Find(
      const ApiKeyDigest& digest) const override;

  void KeyChanged(const Uuid& id) override;
  void DigestChanged(const ApiKeyDigest& digest) override;
  void AnythingChanged() override;
  void AliveAsOf(std::chrono::nanoseconds since_boot) override;

 private:
  struct Impl;
  explicit CachedApiKeyStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth
