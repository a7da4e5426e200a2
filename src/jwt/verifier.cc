#include <algorithm>
#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "clone/jwt.h"
#include "jwt/claims.h"
#include "jwt/compact.h"
#include "jwt/media_type.h"
#include "jwt/verifier_keys.h"

namespace clone_auth {
namespace {

constexpr std::chrono::seconds kMaxSkew{600};

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

bool Names(const std::vector<std::string>& list) {
  return !list.empty() &&
         std::none_of(list.begin(), list.end(),
                      [](const std::string& name) { return name.empty(); });
}

Status CheckPolicy(const JwtPolicy& policy, const Clock* clock) {
  if (clock == nullptr) return Invalid("the verifier has no clock");
  if (policy.algorithms.empty()) return Invalid("the policy has no algorithm");
  if (!policy.allow_any_issuer && !Names(policy.issuers)) {
    return Invalid("the policy has no issuer");
  }
  if (!policy.allow_any_audience && !Names(policy.audiences)) {
    return Invalid("the policy has no audience");
  }
  if (!policy.allow_any_type && !Names(policy.types)) {
    return Invalid("the policy has no type");
  }
  if (policy.clock_skew < std::chrono::seconds::zero() ||
      policy.clock_skew > kMaxSkew) {
    return Invalid("the clock skew is from 0 to 10 minutes");
  }
  return Status();
}

}  // namespace

struct JwtVerifier::Impl {
  JwtPolicy policy;  // types in their normal form
  VerifierKeys keys;
  const Clock* clock;

  bool Allows(const Algorithm& algorithm) const {
    return std::find(policy.algorithms.begin(), policy.algorithms.end(),
                     algorithm.id) != policy.algorithms.end();
  }

  bool AllowsType(const std::optional<std::string>& type) const {
    if (policy.allow_any_type) return true;
    return type.has_value() &&
           std::find(policy.types.begin(), policy.types.end(),
                     NormalMediaType(*type)) != policy.types.end();
  }
};

JwtVerifier::JwtVerifier(std::unique_ptr<const Impl> impl)
    : impl_(std::move(impl)) {}
JwtVerifier::JwtVerifier(JwtVerifier&&) noexcept = default;
JwtVerifier& JwtVerifier::operator=(JwtVerifier&&) noexcept = default;
JwtVerifier::~JwtVerifier() = default;

Result<JwtVerifier> JwtVerifier::Create(JwtPolicy policy, JwkSet keys,
                                        const Clock* clock) {
  return Make(std::move(policy), VerifierKeys(std::move(keys)), clock);
}

Result<JwtVerifier> JwtVerifier::Create(JwtPolicy policy, JwkSource* keys,
                                        const Clock* clock) {
  if (keys == nullptr) return Invalid("the verifier has no source of keys");
  return Make(std::move(policy), VerifierKeys(keys), clock);
}

Result<JwtVerifier> JwtVerifier::Make(JwtPolicy policy, VerifierKeys keys,
                                      const Clock* clock) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckPolicy(policy, clock));
  for (std::string& type : policy.types) type = NormalMediaType(type);
  return JwtVerifier(std::make_unique<const Impl>(
      Impl{std::move(policy), std::move(keys), clock}));
}

Result<VerifiedJwt> JwtVerifier::Verify(std::string_view token) const {
  if (token.size() > kJwtMaxSize) return Status(Reason::kTokenTooLarge);
  CLONE_AUTH_ASSIGN_OR_RETURN(const CompactToken compact, SplitCompact(token));
  CLONE_AUTH_ASSIGN_OR_RETURN(JwtHeader header, ReadJwtHeader(compact.header));
  if (!impl_->Allows(*header.algorithm)) {
    return Status(Reason::kTokenAlgorithm);
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const VerificationKey* key,
      impl_->keys.Find(*header.algorithm, header.key_id, *impl_->clock));
  const Result<std::string> signature = Base64UrlDecode(compact.signature);
  if (!signature.ok()) {
    return Status(Reason::kTokenMalformed, "the signature is not base64url");
  }
  if (!key->Verify(compact.signing_input, *signature)) {
    return Status(Reason::kTokenSignature);
  }
  if (!impl_->AllowsType(header.type)) return Status(Reason::kTokenType);

  CLONE_AUTH_ASSIGN_OR_RETURN(JsonValue claims, ReadJwtPart(compact.payload));
  CLONE_AUTH_ASSIGN_OR_RETURN(RegisteredClaims registered,
                              ReadRegisteredClaims(claims));
  CLONE_AUTH_RETURN_IF_ERROR(
      CheckClaims(registered, impl_->policy, impl_->clock->Now()));

  VerifiedJwt jwt;
  jwt.issuer_ = std::move(registered.issuer).value_or("");
  jwt.subject_ = std::move(registered.subject);
  if (registered.audience.has_value()) {
    jwt.audience_ = std::move(*registered.audience);
  }
  jwt.expires_at_ = ToWallTime(registered.expires_at);
  if (registered.issued_at.has_value()) {
    jwt.issued_at_ = ToWallTime(*registered.issued_at);
  }
  jwt.jwt_id_ = std::move(registered.jwt_id);
  jwt.key_id_ = std::move(header.key_id).value_or("");
  jwt.claims_ = std::move(claims);
  return jwt;
}

}  // namespace clone_auth
