#include "jwt/compact.h"

#include <algorithm>
#include <array>
#include <cstring>
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

// Members that change what is signed or what it means. We understand none.
struct Refusal {
  std::string_view name;
  Reason reason;
};
constexpr std::array kRefusals = {
    Refusal{"enc", Reason::kTokenEncrypted},  // RFC 7516 section 4.1.2
    Refusal{"b64", Reason::kTokenUnencoded},  // RFC 7797 section 3
    Refusal{"crit", Reason::kTokenCritical},  // RFC 7515 section 4.1.11
    Refusal{"zip", Reason::kTokenMalformed},  // RFC 7516 section 4.1.3
};

Status CheckMembers(const JsonValue& header) {
  for (const Refusal& refusal : kRefusals) {
    if (header.Find(refusal.name) != nullptr) return Status(refusal.reason);
  }
  if (const JsonValue* content = header.Find("cty")) {
    const std::string* type = content->AsString();
    if (type == nullptr) return Malformed("'cty' is no string");
    // RFC 7519 section 5.2.
    if (NormalMediaType(*type) == "jwt") return Status(Reason::kTokenNested);
  }
  return Status();
}

// Five parts are an encrypted token (RFC 7516 section 7.1).
Status WrongParts(std::ptrdiff_t dots) {
  return dots == 4 ? Status(Reason::kTokenEncrypted)
                   : Malformed("a token has three parts");
}

std::ptrdiff_t DotsIn(std::string_view text) {
  return std::count(text.begin(), text.end(), '.');
}

}  // namespace

std::optional<CompactToken> SplitCompactAtEnds(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == 0 || first == std::string_view::npos) return std::nullopt;
  // From the end, where it is near; std::string_view goes byte by byte.
  const auto* found =
      static_cast<const char*>(memrchr(token.data(), '.', token.size()));
  const auto last = static_cast<std::size_t>(found - token.data());
  if (last - first < 2) return std::nullopt;
  const char* const text = token.data();
  return CompactToken{{text, first},
                      {text + first + 1, last - first - 1},
                      {text + last + 1, token.size() - last - 1},
                      {text, last}};
}

Result<CompactToken> SplitCompact(std::string_view token) {
  const std::optional<CompactToken> split = SplitCompactAtEnds(token);
  const std::ptrdiff_t dots = DotsIn(token);
  if (!split.has_value() || dots != 2) return WrongParts(dots);
  return *split;
}

Result<JwtHeader> ReadJwtHeader(std::string_view encoded) {
  const Result<std::string> decoded = Base64UrlDecode(encoded);
  if (!decoded.ok()) return Malformed("the header is not base64url");
  const Result<JsonValue> value =
      JsonValue::Parse(*decoded, {kJwtMaxSize, kJwtMaxDepth});
  if (!value.ok()) return Malformed(std::string(value.status().message()));
  const JsonValue& json = *value;
  if (json.AsObject() == nullptr) return Malformed("the header is no object");
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
    header.type = NormalMediaType(*text);
  }
  return header;
}

}  // namespace clone_auth
