#include "clone/api_key_verifier.h"

#include "apikey/api_key_form.h"
#include "base/macros.h"
#include "clone/api_key.h"
#include "clone/api_key_digest.h"
#include "crypto/constant_time.h"

namespace clone_auth {
namespace {

constexpr std::size_t kShortestForeignKey = 8;

}  // namespace

Result<ApiKeyVerifier> ApiKeyVerifier::Create(ApiKeyScheme scheme,
                                              const ApiKeyStore* store,
                                              const Clock* clock,
                                              const OlderApiKeys* older) {
  CLONE_AUTH_RETURN_IF_ERROR(scheme.Validate());
  if (store == nullptr || clock == nullptr) {
    return Status(Reason::kInvalidArgument,
                  "a verifier needs a store and a clock");
  }
  return ApiKeyVerifier(std::move(scheme), store, clock, older);
}

Result<VerifiedApiKey> ApiKeyVerifier::Verify(std::string_view key) const {
  const ApiKeyForm form = ReadApiKeyForm(scheme_, key);
  if (form == ApiKeyForm::kMalformed) return Status(Reason::kKeyMalformed);
  // An altered key is refused in the words of an unknown one, whether its
  // checksum was set right again or not.
  if (form == ApiKeyForm::kWrongChecksum) return Status(Reason::kKeyUnknown);

  // Looked at where it is: a copy takes as long as looking it up.
  const auto found = Find(key);
  if (!found.ok()) return found.status();
  if (found->has_value()) return Judge(**found);
  if (older_ == nullptr) return Status(Reason::kKeyUnknown);
  const auto older = older_->Find(key);
  if (!older.ok()) return older.status();
  return older->has_value() ? Judge(**older) : Status(Reason::kKeyUnknown);
}

Result<VerifiedApiKey> ApiKeyVerifier::VerifyForeign(
    std::string_view key) const {
  if (key.size() < kShortestForeignKey || key.size() > kApiKeyMaxSize) {
    return Status(Reason::kKeyMalformed);
  }
  const auto found = Find(key);
  if (!found.ok()) return found.status();
  return found->has_value() ? Judge(**found) : Status(Reason::kKeyUnknown);
}

Result<std::optional<ApiKeyMatch>> ApiKeyVerifier::Find(
    std::string_view key) const {
  const ApiKeyDigest digest = DigestApiKey(key);
  auto found = store_->Find(digest);
  if (found.ok() && found->has_value() &&
      !ConstantTimeEquals((*found)->digest, digest)) {
    found->reset();
  }
  return found;
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
