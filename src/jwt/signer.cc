#include <algorithm>
#include <array>
#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "clone/jwt.h"
#include "jwt/identifier.h"
#include "jwt/signing_key.h"

namespace clone_auth {
namespace {

constexpr std::array<std::string_view, 7> kRegistered = {
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti"};

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

bool IsRegistered(std::string_view name) {
  return std::find(kRegistered.begin(), kRegistered.end(), name) !=
         kRegistered.end();
}

Status CheckNames(const JwtClaims& claims) {
  bool good = IsIdentifier(claims.issuer) && IsIdentifier(claims.subject) &&
              IsIdentifier(claims.jwt_id);
  for (const std::string& name : claims.audience) {
    good = good && IsIdentifier(name);
  }
  if (!good) return Invalid("a claim holds NUL or invalid UTF-8");

  for (std::size_t i = 0; i < claims.more.size(); ++i) {
    const std::string& name = claims.more[i].name;
    if (IsRegistered(name) ||
        std::any_of(claims.more.begin(),
                    claims.more.begin() + static_cast<std::ptrdiff_t>(i),
                    [&name](const JsonMember& m) { return m.name == name; })) {
      return Invalid("a claim is repeated");
    }
    if (!IsIdentifier(name)) {
      return Invalid("a claim's name holds NUL or invalid UTF-8");
    }
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
  std::size_t encoded_signature_size;
};

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
  JsonWriter header;
  header.BeginObject().Name("alg").String(ToString(key.algorithm()));
  header.Name("typ").String(type);
  if (!key.key_id().empty()) header.Name("kid").String(key.key_id());
  // RSA's is as long as the modulus, which is the first part of its key.
  const Algorithm& row = *key.impl_->algorithm;
  const std::size_t size =
      row.signature_size != 0 ? row.signature_size : key.impl_->parts[0].size();
  return JwtSigner(std::make_unique<const Impl>(
      Impl{key.impl_, Base64UrlEncode(header.EndObject().Take()),
           Base64UrlEncodedSize(size)}));
}

Result<std::string> JwtSigner::Sign(const JwtClaims& claims) const {
  CLONE_AUTH_RETURN_IF_ERROR(CheckNames(claims));
  CLONE_AUTH_RETURN_IF_ERROR(CheckTimes(claims));
  const std::string payload = WriteClaims(claims);
  const std::string& header = impl_->encoded_header;
  std::string token;
  token.reserve(header.size() + Base64UrlEncodedSize(payload.size()) +
                impl_->encoded_signature_size + 2);
  token += header;
  token += '.';
  Base64UrlAppend(payload, token);
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string signature,
                              impl_->key->key->Sign(token));
  token += '.';
  Base64UrlAppend(signature, token);
  if (token.size() > kJwtMaxSize) {
    return Invalid("the token would be too large for any verifier");
  }
  return token;
}

}  // namespace clone_auth
