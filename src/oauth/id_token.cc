#include "clone/id_token.h"

#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "crypto/sha256.h"
#include "crypto/sha512.h"
#include "jwt/compact.h"

namespace clone_auth {
namespace {

// A verifier asks a clock, and here there is only a time.
class StoppedClock final : public Clock {
 public:
  explicit StoppedClock(WallTime now) : now_(now) {}
  WallTime Now() const override { return now_; }
  std::chrono::nanoseconds SinceBoot() const override { return {}; }
  void SleepFor(std::chrono::nanoseconds /*duration*/) const override {}

 private:
  const WallTime now_;
};

JwtPolicy PolicyFor(const IdTokenExpectation& expected) {
  JwtPolicy policy;
  policy.algorithms = {
      JwtAlgorithm::kRs256, JwtAlgorithm::kRs384,  JwtAlgorithm::kRs512,
      JwtAlgorithm::kPs256, JwtAlgorithm::kPs384,  JwtAlgorithm::kPs512,
      JwtAlgorithm::kEs256, JwtAlgorithm::kEs384,  JwtAlgorithm::kEs512,
      JwtAlgorithm::kEdDsa, JwtAlgorithm::kEd25519};
  if (!expected.issuer.empty()) policy.issuers = {expected.issuer};
  if (!expected.client_id.empty()) policy.audiences = {expected.client_id};
  policy.types = {"JWT"};
  policy.allow_missing_type = true;
  policy.kind = JwtKind::kId;
  policy.claims = {{"sub", {}}, {"iat", {}}};
  policy.clock_skew = expected.clock_skew;
  return policy;
}

Status BadClaim(std::string what) {
  return Status(Reason::kTokenClaim, "the ID token's " + std::move(what));
}

bool IsString(const std::optional<JsonValue>& claim, std::string_view value) {
  return claim.has_value() && claim->AsString() != nullptr &&
         *claim->AsString() == value;
}

Status CheckParty(const VerifiedJwt& token, const std::string& client_id) {
  const auto party = token.Claim("azp");
  if (!party.has_value() && token.audience().size() == 1) return Status();
  if (IsString(party, client_id)) return Status();
  return BadClaim("'azp' is not this client");
}

template <typename Digest>
std::string LeftHalf(const Digest& digest) {
  return Base64UrlEncode(
      {reinterpret_cast<const char*>(digest.data()), digest.size() / 2});
}

// By the digest that the signature's algorithm is named after, and that of
// Ed25519, which is not (section 3.1.3.6).
std::string HashOf(std::string_view access_token, std::string_view algorithm) {
  const std::string_view bits = algorithm.substr(algorithm.size() - 3);
  if (bits == "256") return LeftHalf(Sha256(access_token));
  if (bits == "384") return LeftHalf(Sha384(access_token));
  return LeftHalf(Sha512(access_token));
}

Status CheckAccessHash(const VerifiedJwt& verified, std::string_view token,
                       std::string_view access_token) {
  const auto claim = verified.Claim("at_hash");
  if (access_token.empty() || !claim.has_value()) return Status();
  CLONE_AUTH_ASSIGN_OR_RETURN(const CompactToken parts, SplitCompact(token));
  CLONE_AUTH_ASSIGN_OR_RETURN(const JwtHeader header,
                              ReadJwtHeader(parts.header));
  if (IsString(claim, HashOf(access_token, header.algorithm->name))) {
    return Status();
  }
  return BadClaim("'at_hash' is that of another access token");
}

Status CheckAge(const VerifiedJwt& token, const IdTokenExpectation& expected,
                WallTime now) {
  if (!expected.max_age.has_value()) return Status();
  const auto claim = token.Claim("auth_time");
  const auto time = claim.has_value() ? claim->AsNumber() : std::nullopt;
  if (!time.has_value()) return BadClaim("'auth_time' is missing");
  const std::chrono::duration<double> age =
      ToUnixSeconds(now) - std::chrono::duration<double>(*time);
  if (age <= *expected.max_age + expected.clock_skew) return Status();
  return BadClaim("'auth_time' is too long ago");
}

}  // namespace

Result<VerifiedJwt> CheckIdToken(std::string_view token, const JwkSet& keys,
                                 const IdTokenExpectation& expected,
                                 WallTime now) {
  const StoppedClock clock(now);
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const JwtVerifier verifier,
      JwtVerifier::Create(PolicyFor(expected), keys, &clock));
  CLONE_AUTH_ASSIGN_OR_RETURN(VerifiedJwt verified, verifier.Verify(token));
  CLONE_AUTH_RETURN_IF_ERROR(CheckParty(verified, expected.client_id));
  if (!expected.nonce.empty() &&
      !IsString(verified.Claim("nonce"), expected.nonce)) {
    return BadClaim("'nonce' is that of another sign-in");
  }
  CLONE_AUTH_RETURN_IF_ERROR(
      CheckAccessHash(verified, token, expected.access_token));
  CLONE_AUTH_RETURN_IF_ERROR(CheckAge(verified, expected, now));
  return verified;
}

}  // namespace clone_auth
