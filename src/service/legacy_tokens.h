#pragma once

// The tokens of the issuer that this service has taken over from: SimpleJWT's,
// signed with HS256, whose `user_id` names an imported account. Access tokens
// are good until they expire; a refresh token can be spent once, for a session
// of ours. May be shared between threads.

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "clone/clock.h"
#include "clone/foreign_credentials.h"
#include "clone/jwt.h"
#include "service/directory.h"
#include "service/key_file.h"

namespace clone_auth::service {

/// A refresh token that was verified and not looked up.
struct LegacyRefresh {
  Uuid user;
  TokenHash token{};  ///< of its jti
  WallTime issued_at{};
  WallTime expires_at{};
};

/// What a SimpleJWT token of an account that was never changed here carries.
inline constexpr std::int64_t kImportedGeneration = 1;

class LegacyTokens final : public ForeignTokens {
 public:
  /// Borrows both. Without a key no token is good.
  LegacyTokens(const Directory* directory, const Clock* clock,
               std::chrono::seconds clock_skew)
      : directory_(directory), clock_(clock), clock_skew_(clock_skew) {}

  /// Takes tokens of this key from now on. Error: key_weak (the secret has
  /// fewer than 32 bytes).
  Status Use(const LegacyKey& key);

  Result<ForeignHolder> Check(std::string_view token) const override;

  /// True where `text` is for ReadRefresh.
  bool MayBeRefresh(std::string_view text) const;
  /// Errors: token_type (an access token), refresh_invalid, refresh_expired,
  /// account_disabled, session_ended (the account's sessions were ended since
  /// it was imported).
  Result<LegacyRefresh> ReadRefresh(std::string_view text) const;

  /// When the last token dies; empty where none is taken.
  std::optional<WallTime> ends_at() const;

 private:
  struct Verifiers {
    JwtVerifier access;
    JwtVerifier refresh;
    WallTime ends_at;
  };

  /// Null where no token is taken, or none any more.
  std::shared_ptr<const Verifiers> Current() const;
  /// Errors: token_claim, token_revoked, account_disabled.
  Result<Account> HolderOf(const VerifiedJwt& token) const;

  const Directory* directory_;
  const Clock* clock_;
  std::chrono::seconds clock_skew_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Verifiers> verifiers_;
};

}  // namespace clone_auth::service
