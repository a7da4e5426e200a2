#include "fuzz/keys.h"

#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "fuzz/target.h"
#include "jwt/jwk_format.h"

namespace clone_auth::fuzz {
namespace {

struct Key {
  JwtSigningKey whole;
  std::unique_ptr<const PrivateKey> half;
};

// The part of a key that signs any bytes.
std::unique_ptr<const PrivateKey> ReadPrivate(const std::string& jwk) {
  const JsonValue value = JsonValue::Parse(jwk).value();
  const Algorithm& row = *FindAlgorithm(*value.FindString("alg"));
  const KeyParts parts = ReadJwkParts(value, row, row.type->sign_count).value();
  return row.read_private(parts).value();
}

std::map<JwtAlgorithm, Key> ReadKeys() {
  std::map<JwtAlgorithm, Key> keys;
  std::ifstream file(CLONE_AUTH_FUZZ_KEYS);
  for (std::string line; std::getline(file, line);) {
    JwtSigningKey key = JwtSigningKey::FromJwk(Secret::CopyOf(line)).value();
    const JwtAlgorithm algorithm = key.algorithm();
    keys.emplace(algorithm, Key{std::move(key), ReadPrivate(line)});
  }
  Require(!keys.empty(), "the keys of the targets are there");
  return keys;
}

const std::map<JwtAlgorithm, Key>& AllKeys() {
  static const std::map<JwtAlgorithm, Key> keys = ReadKeys();
  return keys;
}

std::vector<JwtAlgorithm> AllAlgorithms() {
  std::vector<JwtAlgorithm> algorithms;
  for (const auto& [algorithm, key] : AllKeys()) {
    algorithms.push_back(algorithm);
  }
  return algorithms;
}

std::string_view PartOf(std::string_view token, int index) {
  for (; index > 0; --index) token.remove_prefix(token.find('.') + 1);
  return token.substr(0, token.find('.'));
}

void CheckViews(const VerifiedJwt& jwt, const JsonValue& claims) {
  const auto text = [&claims](std::string_view name) {
    const std::string* found = claims.FindString(name);
    return found == nullptr ? std::string_view() : std::string_view(*found);
  };
  Require(jwt.issuer() == text("iss") && jwt.subject() == text("sub") &&
              jwt.jwt_id() == text("jti"),
          "what a verified token shows is what its claims say");
  Require(jwt.expires_at() > Clock().Now() - std::chrono::seconds(60),
          "a verified token has not expired");
}

// One bit less or more at the start of the signature.
std::string WithOtherSignature(std::string_view token) {
  std::string other(token);
  char& first = other[token.rfind('.') + 1];
  first = first == 'A' ? 'B' : 'A';
  return other;
}

void CheckVerified(std::string_view token, const VerifiedJwt& jwt,
                   const JwtVerifier& verifier) {
  const JsonLimits limits{kJwtMaxSize, 32};
  const auto claims = JsonValue::Parse(jwt.claims_json(), limits);
  Require(claims.ok() && claims->AsObject() != nullptr,
          "a verified token's claims are strict JSON, and an object");
  Require(Base64UrlEncode(jwt.claims_json()) == PartOf(token, 1),
          "a verified token's claims are the ones that were signed");
  CheckViews(jwt, *claims);
  const Status altered = verifier.Verify(WithOtherSignature(token)).status();
  Require(altered.reason() == Reason::kTokenSignature,
          "a verified token with another signature is refused");
}

}  // namespace

const testing::FakeClock& Clock() {
  static const testing::FakeClock clock;
  return clock;
}

const JwkSet& Keys() {
  static const JwkSet set = [] {
    std::vector<const JwtSigningKey*> keys;
    for (const auto& [algorithm, key] : AllKeys()) keys.push_back(&key.whole);
    return JwkSet::Of(keys).value();
  }();
  return set;
}

std::string Sign(JwtAlgorithm algorithm, std::string_view header,
                 std::string_view payload) {
  std::string token = Base64UrlEncode(header) + "." + Base64UrlEncode(payload);
  const auto signature = AllKeys().at(algorithm).half->Sign(token);
  return token + "." + Base64UrlEncode(signature.value());
}

JwtPolicy StrictPolicy() {
  JwtPolicy policy;
  policy.algorithms = AllAlgorithms();
  policy.issuers = {kIssuer};
  policy.audiences = {kAudience};
  return policy;
}

JwtPolicy LenientPolicy() {
  JwtPolicy policy;
  policy.algorithms = AllAlgorithms();
  policy.allow_any_issuer = true;
  policy.allow_any_audience = true;
  policy.allow_missing_type = true;
  policy.allow_any_type = true;
  return policy;
}

JwtVerifier MakeVerifier(JwtPolicy policy) {
  return JwtVerifier::Create(std::move(policy), Keys(), &Clock()).value();
}

void CheckToken(std::string_view token) {
  static const JwtVerifier strict = MakeVerifier(StrictPolicy());
  static const JwtVerifier lenient = MakeVerifier(LenientPolicy());
  const auto taken = lenient.Verify(token);
  const auto again = lenient.Verify(token);
  Require(taken.status().reason() == again.status().reason(),
          "a token is judged the same a second time");
  const auto fresh = MakeVerifier(LenientPolicy()).Verify(token);
  Require(taken.status().reason() == fresh.status().reason(),
          "a verifier that remembers nothing judges the same");
  const auto strictly = strict.Verify(token);
  Require(taken.ok() || !strictly.ok(),
          "a relaxation refuses nothing that was taken without it");
  if (taken.ok()) CheckVerified(token, *taken, lenient);
  if (strictly.ok()) {
    Require(strictly->issuer() == kIssuer, "only our issuer is believed");
  }
}

}  // namespace clone_auth::fuzz
