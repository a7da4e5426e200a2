#include <cstring>
#include <functional>

#include "clone/jwt.h"
#include "json/reader.h"
#include "jwt/claims.h"
#include "jwt/compact.h"

namespace clone_auth {
namespace {

constexpr JsonLimits kLimits{kJwtMaxSize, kJwtMaxDepth};

// Copies texts one behind the other. One that is a part of the first stays a
// part of its copy.
class Copies {
 public:
  Copies(std::string_view first, char* out) : first_(first), out_(out) {
    begin_ = Append(first).data();
  }

  std::string_view Add(std::string_view text) {
    if (text.empty()) return {};
    const std::less<const char*> before;
    const char* end = first_.data() + first_.size();
    if (before(text.data(), first_.data()) || !before(text.data(), end)) {
      return Append(text);
    }
    return {begin_ + (text.data() - first_.data()), text.size()};
  }

 private:
  std::string_view Append(std::string_view text) {
    std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
    return {out_ - text.size(), text.size()};
  }

  std::string_view first_;
  const char* begin_;
  char* out_;
};

}  // namespace

VerifiedJwt::VerifiedJwt(std::string_view payload, const TokenClaims& claims,
                         std::string_view key_id)
    // What had escapes is shorter without them, so it fits in the payload's
    // size once more.
    : text_(new char[2 * payload.size() + key_id.size()]),
      claims_json_(text_.get(), payload.size()),
      expires_at_(ToWallTime(*claims.expires_at)) {
  Copies copies(payload, text_.get());
  issuer_ = copies.Add(claims.issuer.value_or(std::string_view()));
  subject_ = copies.Add(claims.subject);
  jwt_id_ = copies.Add(claims.jwt_id);
  key_id_ = copies.Add(key_id);
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
