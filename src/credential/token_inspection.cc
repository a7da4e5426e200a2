#include "clone/token_inspection.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "credential/shape.h"

namespace clone_auth {
namespace {

// The last second that WallTime can hold, in the year 2262.
constexpr double kLastSecond = 9'223'372'036.0;

Status Malformed() {
  return Status(Reason::kTokenMalformed, "the token is not a JWT by its form");
}

Result<JsonValue> DecodeObject(std::string_view part) {
  const auto text = Base64UrlDecode(part);
  if (!text.ok()) return Malformed();
  auto value = JsonValue::Parse(*text);
  if (!value.ok() || value->AsObject() == nullptr) return Malformed();
  return value;
}

// A NumericDate (RFC 7519 section 2); empty where it is none, or no time that
// this machine can express.
std::optional<WallTime> DateClaim(const JsonValue& claims,
                                  std::string_view name) {
  const JsonValue* claim = claims.Find(name);
  if (claim == nullptr) return std::nullopt;
  const auto seconds = claim->AsNumber();
  if (!seconds || *seconds < 0 || *seconds > kLastSecond) return std::nullopt;
  return FromUnixSeconds(
      std::chrono::seconds(static_cast<std::int64_t>(std::floor(*seconds))));
}

}  // namespace

Result<UnverifiedToken> InspectToken(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return Status(Reason::kTokenTooLarge);
  std::array<std::string_view, 3> parts;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t dot = token.find('.');
    if (dot == std::string_view::npos) return Malformed();
    parts[i] = token.substr(0, dot);
    token.remove_prefix(dot + 1);
  }
  parts[2] = token;

  UnverifiedToken inspected;
  CLONE_AUTH_ASSIGN_OR_RETURN(inspected.header, DecodeObject(parts[0]));
  CLONE_AUTH_ASSIGN_OR_RETURN(inspected.claims, DecodeObject(parts[1]));
  if (!Base64UrlDecode(parts[2]).ok()) return Malformed();
  inspected.issued_at = DateClaim(inspected.claims, "iat");
  inspected.expires_at = DateClaim(inspected.claims, "exp");
  return inspected;
}

}  // namespace clone_auth
