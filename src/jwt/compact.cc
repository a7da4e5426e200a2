#include "jwt/compact.h"

#include <array>
#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "clone/jwt.h"
#include "jwt/identifier.h"
#include "jwt/media_type.h"

namespace clone_auth {
namespace {

Status Malformed(std::string message) {
  return Status(Reason::kTokenMalformed, std::move(message));
}

// Members that would change what is signed or what it means (RFC 7515 section
// 4.1.11, RFC 7797, RFC 7516 section 4.1.3). We know none of them.
constexpr std::array<std::string_view, 3> kNotUnderstood = {"crit", "b64",
                                                            "zip"};

Status CheckMembers(const JsonValue& header) {
  for (const std::string_view name : kNotUnderstood) {
    if (header.Find(name) != nullptr) {
      return Malformed("the header asks for what is not supported");
    }
  }
  if (const JsonValue* content = header.Find("cty")) {
    const std::string* type = content->AsString();
    if (type == nullptr || NormalMediaType(*type) == "jwt") {
      return Malformed("the token holds another token");
    }
  }
  return Status();
}

}  // namespace

Result<CompactToken> SplitCompact(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second =
      first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos ||
      token.find('.', second + 1) != std::string_view::npos || first == 0 ||
      second == first + 1) {
    return Malformed("a token has three parts");
  }
  return CompactToken{token.substr(0, first),
                      token.substr(first + 1, second - first - 1),
                      token.substr(second + 1), token.substr(0, second)};
}

Result<JsonValue> ReadJwtPart(std::string_view encoded) {
  Result<std::string> text = Base64UrlDecode(encoded);
  if (!text.ok()) return Malformed("a part is not base64url");
  Result<JsonValue> value = JsonValue::Parse(*text, {kJwtMaxSize, 32});
  if (!value.ok()) return Malformed(std::string(value.status().message()));
  if (value->AsObject() == nullptr) return Malformed("a part is no object");
  return value;
}

Result<JwtHeader> ReadJwtHeader(std::string_view encoded) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const JsonValue json, ReadJwtPart(encoded));
  CLONE_AUTH_RETURN_IF_ERROR(CheckMembers(json));
  JwtHeader header;
  const std::string* name = json.FindString("alg");
  header.algorithm = name == nullptr ? nullptr : FindAlgorithm(*name);
  if (header.algorithm == nullptr) return Status(Reason::kTokenAlgorithm);
  if (const JsonValue* key_id = json.Find("kid")) {
    const std::string* text = key_id->AsString();
    if (text == nullptr || !IsIdentifier(*text)) {
      return Malformed("'kid' is no name");
    }
    header.key_id = *text;
  }
  if (const JsonValue* type = json.Find("typ")) {
    const std::string* text = type->AsString();
    if (text == nullptr) return Status(Reason::kTokenType);
    header.type = *text;
  }
  return header;
}

}  // namespace clone_auth
