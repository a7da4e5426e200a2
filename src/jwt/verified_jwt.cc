#include <cstring>
#include <functional>
#include <utility>

#include "clone/jwt.h"
#include "json/reader.h"
#include "jwt/claims.h"
#include "jwt/compact.h"

namespace clone_auth {
namespace {

constexpr JsonLimits kLimits{kJwtMaxSize, kJwtMaxDepth};

}  // namespace

VerifiedJwt::VerifiedJwt(std::unique_ptr<char[]> text, std::size_t payload_size,
                         const TokenClaims& claims, std::string_view key_id)
    : text_(std::move(text)),
      claims_json_(text_.get(), payload_size),
      expires_at_(ToWallTime(*claims.expires_at)) {
  char* end = text_.get() + payload_size;
  const auto copy = [&end](std::string_view value) -> std::string_view {
    if (value.empty()) return {};
    std::memcpy(end, value.data(), value.size());
    end += value.size();
    return {end - value.size(), value.size()};
  };
  // What had escapes is elsewhere.
  const auto keep = [&](std::string_view value) {
    const std::less<const char*> before;
    const bool is_here = !before(value.data(), text_.get()) &&
                         before(value.data(), text_.get() + payload_size);
    return is_here ? value : copy(value);
  };
  issuer_ = keep(claims.issuer.value_or(std::string_view()));
  subject_ = keep(claims.subject);
  jwt_id_ = keep(claims.jwt_id);
  key_id_ = copy(key_id);
  if (claims.issued_at.has_value()) issued_at_ = ToWallTime(*claims.issued_at);
}

std::optional<JsonValue> VerifiedJwt::Claim(std::string_view name) const {
  JsonReader members(claims_json_, kLimits);
  while (members.Next()) {
    if (members.name() != name) continue;
    auto value = JsonValue::Parse(members.value().text, kLimits);
    if (value.ok()) return *std::move(value);
  }
  return std::nullopt;
}

std::vector<std::string> VerifiedJwt::audience() const {
  const std::optional<JsonValue> claim = Claim("aud");
  if (!claim.has_value()) return {};
  if (const std::string* one = claim->AsString()) return {*one};
  std::vector<std::string> all;
  for (const JsonValue& item : *claim->AsArray()) {
    all.push_back(*item.AsString());
  }
  return all;
}

}  // namespace clone_auth
