#include "clone/api_key_verifier.h"

#include "apikey/api_key_form.h"
#include "base/macros.h"
#include "clone/api_key_digest.h"
#include "crypto/constant_time.h"

namespace clone_auth {
namespace {

constexpr std::size_t kShortestForeignKey = 8;
constexpr std::size_t kLongestKey = 256;

}  // namespace

Result<ApiKeyVerifier> ApiKeyVerifier::Create(ApiKeyScheme scheme,
                                              const ApiKeyHasher* hasher,
                                              const ApiKeyStore* store,
                                              const Clock* clock) {
  CLONE_AUTH_RETURN_IF_ERROR(scheme.Validate());
  if (hasher == nullptr || store == nullptr || clock == nullptr) {
    return Status(Reason::kInvalidArgument,
                  "a verifier needs a hasher, a store and a clock");
  }
  return ApiKeyVerifier(std::move(scheme), hasher, store, clock);
}

Result<VerifiedApiKey> ApiKeyVerifier::Verify(std::string_view key) const {
  const ApiKeyForm form = ReadApiKeyForm(scheme_, key);
  if (form == ApiKeyForm::kMalformed) return Status(Reason::kKeyMalformed);
  // An altered key is refused in the words of an unknown one, whether its
  // checksum was set right again or not.
  if (form == ApiKeyForm::kWrongChecksum) return Status(Reason::kKeyUnknown);

  for (std::size_t i = 0; i < hasher_->pepper_count(); ++i) {
    const ApiKeyDigest digest = hasher_->Digest(key, i);
    const auto found = store_->Find(digest);
    if (!found.ok()) return found.status();
    const std::optional<ApiKeyMatch>& match = *found;
    if (match.has_value() && ConstantTimeEquals(match->digest, digest)) {
      return Judge(*match);
    }
  }
  return Status(Reason::kKeyUnknown);
}

Result<VerifiedApiKey> ApiKeyVerifier::VerifyForeign(
    std::string_view key) const {
  if (key.size() < kShortestForeignKey || key.size() > kLongestKey) {
    return Status(Reason::kKeyMalformed);
  }
  const ApiKeyDigest digest = DigestApiKey(key);
  const auto found = store_->Find(digest);
  if (!found.ok()) return found.status();
  const bool same =
      found->has_value() && ConstantTimeEquals((*found)->digest, digest);
  return same ? Judge(**found) : Status(Reason::kKeyUnknown);
}

Result<VerifiedApiKey> ApiKeyVerifier::Judge(const ApiKeyMatch& match) const {
  // Revoked is revoked whatever the clock says, which may be set back.
  if (match.revoked_at.has_value()) return Status(Reason::kKeyRevoked);
  if (match.expires_at.has_value() && clock_->Now() >= *match.expires_at) {
    return Status(Reason::kKeyExpired);
  }
  return VerifiedApiKey(match);
}

}  // namespace clone_auth
