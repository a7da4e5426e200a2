#include <algorithm>
#include <array>
#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "clone/jwt.h"
#include "jwt/compact.h"
#include "jwt/identifier.h"
#include "jwt/signing_key.h"

namespace clone_auth {
namespace {

constexpr std::array<std::string_view, 7> kRegistered = {
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti"};

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

Status CheckNames(const JwtClaims& claims) {
  bool good = IsIdentifier(claims.issuer) && IsIdentifier(claims.subject) &&
              IsIdentifier(claims.jwt_id);
  for (const std::string& name : claims.audience) {
    good = good && IsIdentifier(name);
  }
  if (!good) return Invalid("a claim holds NUL or invalid UTF-8");

  std::vector<std::string_view> seen(kRegistered.begin(), kRegistered.end());
  for (const JsonMember& member : claims.more) {
    if (std::find(seen.begin(), seen.end(), member.name) != seen.end()) {
      return Invalid("a claim is repeated");
    }
    if (!IsIdentifier(member.name)) {
      return Invalid("a claim's name holds NUL or invalid UTF-8");
    }
    seen.push_back(member.name);
  }
  return Status();
}

Status CheckTimes(const JwtClaims& claims) {
  const auto issued_at = ToUnixSeconds(claims.issued_at);
  const auto not_before = claims.not_before.value_or(claims.issued_at);
  if (issued_at.count() < 0 || ToUnixSeconds(not_before).count() < 0) {
    return Invalid("a time of the token lies before 1970");
  }
  if (ToUnixSeconds(claims.expires_at) <= issued_at) {
    return Invalid("the token expires before it is issued");
  }
  return Status();
}

void WriteAudience(JsonWriter& json, const std::vector<std::string>& names) {
  if (names.empty()) return;
  json.Name("aud");
  if (names.size() == 1) {
    json.String(names.front());
    return;
  }
  json.BeginArray();
  for (const std::string& name : names) json.String(name);
  json.EndArray();
}

std::string WriteClaims(const JwtClaims& claims) {
  const auto write_text = [](JsonWriter& json, std::string_view name,
                             const std::string& text) {
    if (!text.empty()) json.Name(name).String(text);
  };
  JsonWriter json;
  json.BeginObject();
  write_text(json, "iss", claims.issuer);
  write_text(json, "sub", claims.subject);
  WriteAudience(json, claims.audience);
  json.Name("exp").Int(ToUnixSeconds(claims.expires_at).count());
  if (claims.not_before.has_value()) {
    json.Name("nbf").Int(ToUnixSeconds(*claims.not_before).count());
  }
  json.Name("iat").Int(ToUnixSeconds(claims.issued_at).count());
  write_text(json, "jti", claims.jwt_id);
  for (const JsonMember& member : claims.more) {
    json.Name(member.name).Value(member.value);
  }
  return json.EndObject().Take();
}

}  // namespace

struct JwtSigner::Impl {
  std::shared_ptr<const JwtSigningKey::Impl> key;
  std::string encoded_header;

  Result<std::string> Sign(std::string_view payload) const;
};

Result<std::string> JwtSigner::Impl::Sign(std::string_view payload) const {
  std::string token = encoded_header;
  token += '.';
  token += Base64UrlEncode(payload);
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string signature,
                              key->key->Sign(token));
  token += '.';
  token += Base64UrlEncode(signature);
  if (token.size() > kJwtMaxSize) {
    return Invalid("the token would be too large for any verifier");
  }
  return token;
}

JwtSigner::JwtSigner(std::unique_ptr<const Impl> impl)
    : impl_(std::move(impl)) {}
JwtSigner::JwtSigner(JwtSigner&&) noexcept = default;
JwtSigner& JwtSigner::operator=(JwtSigner&&) noexcept = default;
JwtSigner::~JwtSigner() = default;

Result<JwtSigner> JwtSigner::Create(const JwtSigningKey& key,
                                    std::string type) {
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (type.empty() || !std::all_of(type.begin(), type.end(), printable)) {
    return Invalid("a token's type is printable and not empty");
  }
  return Make(key, &type);
}

JwtSigner JwtSigner::CreateUntyped(const JwtSigningKey& key) {
  return Make(key, nullptr);
}

JwtSigner JwtSigner::Make(const JwtSigningKey& key, const std::string* type) {
  JsonWriter header;
  header.BeginObject().Name("alg").String(ToString(key.algorithm()));
  if (type != nullptr) header.Name("typ").String(*type);
  if (!key.key_id().empty()) header.Name("kid").String(key.key_id());
  return JwtSigner(std::make_unique<const Impl>(
      Impl{key.impl_, Base64UrlEncode(header.EndObject().Take())}));
}

Result<std::string> JwtSigner::Sign(const JwtClaims& claims) const {
  CLONE_AUTH_RETURN_IF_ERROR(CheckNames(claims));
  CLONE_AUTH_RETURN_IF_ERROR(CheckTimes(claims));
  return impl_->Sign(WriteClaims(claims));
}

Result<std::string> JwtSigner::SignJson(std::string_view claims) const {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const JsonValue value,
      JsonValue::Parse(claims, {kJwtMaxSize, kJwtMaxDepth}));
  if (value.AsObject() == nullptr) return Invalid("the claims are no object");
  return impl_->Sign(claims);
}

}  // namespace clone_auth
