// A token that an issuer of ours signed: the first line of the input is its
// header, the rest its payload, and a key of the header's algorithm signs
// both. So what lies behind the signature is reached.

#include <optional>
#include <string>

#include "fuzz/keys.h"
#include "fuzz/target.h"
#include "fuzz/tree.h"

namespace clone_auth::fuzz {
namespace {

JwtAlgorithm AlgorithmOf(std::string_view header) {
  const auto json = JsonValue::Parse(header);
  const std::string* name = json.ok() ? json->FindString("alg") : nullptr;
  if (name == nullptr) return JwtAlgorithm::kHs256;
  const auto algorithm = ParseJwtAlgorithm(*name);
  return algorithm.ok() ? *algorithm : JwtAlgorithm::kHs256;
}

// What no relaxation allows.
void CheckHeader(const JsonValue& header) {
  for (const char* name : {"crit", "b64", "enc", "zip"}) {
    Require(header.Find(name) == nullptr,
            "a header that changes how the token is read is refused");
  }
  Require(header.FindString("alg") != nullptr, "a header names its algorithm");
}

}  // namespace

void Run(std::string_view input) {
  const std::size_t end = input.find('\n');
  const std::string_view header = input.substr(0, end);
  const std::string_view payload =
      end == std::string_view::npos ? "" : input.substr(end + 1);
  const std::string token = Sign(AlgorithmOf(header), header, payload);
  CheckToken(token);
  static const JwtVerifier lenient = MakeVerifier(LenientPolicy());
  const auto jwt = lenient.Verify(token);
  if (!jwt.ok()) {
    Require(jwt.status().reason() != Reason::kInternal,
            "no token is an internal error");
    return;
  }
  Require(jwt->claims_json() == payload, "the claims are what was signed");
  CheckHeader(JsonValue::Parse(header).value());
}

}  // namespace clone_auth::fuzz
