#include "clone/multi_issuer_verifier.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/macros.h"
#include "jwt/compact.h"
#include "jwt/verifier_impl.h"

namespace clone_auth {
namespace {

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

// What an unverified payload says. It may be anybody's, so it is read as
// strictly as a verified one, and decides nothing but whom to ask.
Result<std::string> ClaimedIssuer(std::string_view encoded) {
  const Result<std::string> payload = Base64UrlDecode(encoded);
  if (!payload.ok()) {
    return Status(Reason::kTokenMalformed, "the payload is not base64url");
  }
  TokenClaims claims;
  CLONE_AUTH_RETURN_IF_ERROR(claims.Read(*payload, JwtPolicy()));
  if (!claims.issuer.has_value()) {
    return Status(Reason::kTokenClaim, "the token has no 'iss'");
  }
  return std::string(*claims.issuer);
}

}  // namespace

Result<MultiIssuerVerifier> MultiIssuerVerifier::Create(
    std::vector<JwtVerifier> verifiers) {
  if (verifiers.empty()) return Invalid("there is no verifier");
  MultiIssuerVerifier multi;
  for (std::size_t i = 0; i < verifiers.size(); ++i) {
    const JwtVerifier::Impl& one = *verifiers[i].impl_;
    if (one.policy.allow_any_issuer) {
      return Invalid("a verifier takes any issuer");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (one.keys.SharesKeysWith(verifiers[j].impl_->keys)) {
        return Invalid("two verifiers have the same keys");
      }
    }
    for (const std::string& name : one.policy.issuers) {
      multi.issuers_.push_back({name, i});
    }
  }
  std::sort(multi.issuers_.begin(), multi.issuers_.end(),
            [](const Issuer& a, const Issuer& b) { return a.name < b.name; });
  const auto repeated = std::adjacent_find(
      multi.issuers_.begin(), multi.issuers_.end(),
      [](const Issuer& a, const Issuer& b) { return a.name == b.name; });
  if (repeated != multi.issuers_.end()) {
    return Invalid("an issuer is named twice");
  }
  multi.verifiers_ = std::move(verifiers);
  return multi;
}

Result<VerifiedJwt> MultiIssuerVerifier::Verify(std::string_view token) const {
  if (token.size() > kJwtMaxSize) return Status(Reason::kTokenTooLarge);
  CLONE_AUTH_ASSIGN_OR_RETURN(const CompactToken compact, SplitCompact(token));
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string name,
                              ClaimedIssuer(compact.payload));
  const auto issuer = std::lower_bound(
      issuers_.begin(), issuers_.end(), name,
      [](const Issuer& a, const std::string& b) { return a.name < b; });
  if (issuer == issuers_.end() || issuer->name != name) {
    return Status(Reason::kTokenIssuer);
  }
  return verifiers_[issuer->verifier].Verify(token);
}

}  // namespace clone_auth
