#pragma once

// Decides whether a presented API key is good. Borrowed parts must outlive the
// verifier; it may be shared between threads.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/api_key_digest.h"
#include "clone/api_key_scheme.h"
#include "clone/api_key_store.h"
#include "clone/clock.h"
#include "clone/result.h"

namespace clone_auth {

/// A key that was found and is neither revoked nor expired. Only the verifier
/// makes one.
class VerifiedApiKey {
 public:
  const Uuid& id() const { return match_.id; }
  const Uuid& owner() const { return match_.owner; }
  const Uuid& organization() const { return match_.organization; }
  ApiKeyScope scope() const { return match_.scope; }
  const std::optional<WallTime>& expires_at() const {
    return match_.expires_at;
  }
  /// Valid as long as the store is.
  const std::vector<std::string>& permissions() const {
    return *match_.permissions;
  }

 private:
  friend class ApiKeyVerifier;
  explicit VerifiedApiKey(const ApiKeyMatch& match) : match_(match) {}
  ApiKeyMatch match_;
};

class ApiKeyVerifier {
 public:
  /// What `store` does not have is asked of `older`, where there is one.
  /// Errors: scheme_invalid, invalid_argument (store or clock is null).
  static Result<ApiKeyVerifier> Create(ApiKeyScheme scheme,
                                       const ApiKeyStore* store,
                                       const Clock* clock,
                                       const OlderApiKeys* older = nullptr);

  /// Errors: key_malformed (by its form no key of this scheme), key_unknown
  /// (altered or never issued, which look alike; with a wrong checksum nothing
  /// was looked up), key_revoked and key_expired (only for whoever has the
  /// whole key), store_unavailable.
  Result<VerifiedApiKey> Verify(std::string_view key) const;

  const ApiKeyScheme& scheme() const { return scheme_; }

 private:
  ApiKeyVerifier(ApiKeyScheme scheme, const ApiKeyStore* store,
                 const Clock* clock, const OlderApiKeys* older)
      : scheme_(std::move(scheme)),
        store_(store),
        clock_(clock),
        older_(older) {}

  Result<VerifiedApiKey> Judge(const ApiKeyMatch& match) const;

  ApiKeyScheme scheme_;
  const ApiKeyStore* store_;
  const Clock* clock_;
  const OlderApiKeys* older_;
};

}  // namespace clone_auth
