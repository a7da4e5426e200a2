#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clone/http.h"
#include "clone/jwk.h"
#include "clone/jwt.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth::testing {

constexpr char kRemoteIssuer[] = "https://issuer.example";

/// A key of an issuer elsewhere, and tokens signed with it.
class RemoteKey {
 public:
  explicit RemoteKey(std::string key_id)
      : key_(JwtAlgorithm::kEdDsa, key_id), key_id_(std::move(key_id)) {}

  /// The public JWK.
  std::string Jwk() const {
    const std::string set = key_.Keys();
    constexpr std::string_view kHead = "{\"keys\":[";
    return set.substr(kHead.size(), set.size() - kHead.size() - 2);
  }

  std::string Token() const {
    return key_.Sign(
        R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + key_id_ + R"("})",
        R"({"iss":"https://issuer.example","aud":"api","sub":"u",)"
        R"("exp":4102444800})");
  }

 private:
  RawKey key_;
  std::string key_id_;
};

/// The JWK set of these keys.
inline std::string SetOf(const std::vector<const RemoteKey*>& keys) {
  std::string json = "{\"keys\":[";
  for (const RemoteKey* key : keys) {
    if (json.back() == '}') json += ',';
    json += key->Jwk();
  }
  return json + "]}";
}

/// What a verifier of that issuer's tokens asks of them.
inline JwtPolicy RemotePolicy() {
  JwtPolicy policy;
  policy.algorithms = {JwtAlgorithm::kEdDsa};
  policy.issuers = {kRemoteIssuer};
  policy.audiences = {"api"};
  return policy;
}

}  // namespace clone_auth::testing
