#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/base64url.h"
#include "base/macros.h"
#include "clone/jwt.h"
#include "json/plain.h"
#include "jwt/compact.h"
#include "jwt/identifier.h"
#include "jwt/plain_writer.h"
#include "jwt/signing_key.h"

namespace clone_auth {
namespace {

// More than the usual claims take.
constexpr std::size_t kPlainRoom = 2048;

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

constexpr std::uint32_t Packed(std::string_view name) {
  return static_cast<std::uint32_t>(
      (static_cast<unsigned char>(name[0]) << 16) |
      (static_cast<unsigned char>(name[1]) << 8) |
      static_cast<unsigned char>(name[2]));
}

// The claims that JwtClaims has members for, all of three letters.
bool IsRegistered(std::string_view name) {
  if (name.size() != 3) return false;
  switch (Packed(name)) {
    case Packed("iss"):
    case Packed("sub"):
    case Packed("aud"):
    case Packed("exp"):
    case Packed("nbf"):
    case Packed("iat"):
    case Packed("jti"):
      return true;
    default:
      return false;
  }
}

// `plain` is true where no text of the claims can be wrong.
Status CheckNames(const JwtClaims& claims, bool plain) {
  bool good =
      plain || (IsIdentifier(claims.issuer) && IsIdentifier(claims.subject) &&
                IsIdentifier(claims.jwt_id));
  for (const std::string& name : claims.audience) {
    good = good && (plain || IsIdentifier(name));
  }
  if (!good) return Invalid("a claim holds NUL or invalid UTF-8");

  for (std::size_t i = 0; i < claims.more.size(); ++i) {
    const std::string& name = claims.more[i].name;
    bool repeated = IsRegistered(name);
    for (std::size_t j = 0; j < i; ++j) {
      repeated = repeated || claims.more[j].name == name;
    }
    if (repeated) return Invalid("a claim is repeated");
    if (!plain && !IsIdentifier(name)) {
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

template <typename Writer>
void WriteAudience(Writer& json, const std::vector<std::string>& names) {
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

// `json` is a JsonWriter or what stands in for one.
template <typename Writer>
auto WriteClaims(const JwtClaims& claims, Writer json) {
  const auto write_text = [&json](std::string_view name,
                                  const std::string& text) {
    if (!text.empty()) json.Name(name).String(text);
  };
  json.BeginObject();
  write_text("iss", claims.issuer);
  write_text("sub", claims.subject);
  WriteAudience(json, claims.audience);
  json.Name("exp").Int(ToUnixSeconds(claims.expires_at).count());
  if (claims.not_before.has_value()) {
    json.Name("nbf").Int(ToUnixSeconds(*claims.not_before).count());
  }
  json.Name("iat").Int(ToUnixSeconds(claims.issued_at).count());
  write_text("jti", claims.jwt_id);
  for (const JsonMember& member : claims.more) {
    json.Name(member.name).Value(member.value);
  }
  return json.EndObject().Take();
}

// True if a PlainWriter can write the claims into memory of kPlainRoom.
bool IsPlain(const JwtClaims& claims) {
  // Brackets, and the names and values that are not counted below.
  std::size_t size = 160;
  bool plain = true;
  const auto add = [&size, &plain](std::string_view text) {
    size += text.size() + kAroundPlain;
    plain = plain && IsPlainText(text);
  };
  add(claims.issuer);
  add(claims.subject);
  add(claims.jwt_id);
  for (const std::string& name : claims.audience) add(name);
  for (const JsonMember& member : claims.more) {
    add(member.name);
    if (const std::string* text = member.value.AsString()) {
      add(*text);
    } else {
      size += kPlainNumber;
      plain = plain && (member.value.AsInt() != nullptr ||
                        member.value.AsBool() != nullptr);
    }
  }
  return plain && size <= kPlainRoom;
}

}  // namespace

struct JwtSigner::Impl {
  std::shared_ptr<const JwtSigningKey::Impl> key;
  std::string encoded_header;
  std::size_t encoded_signature_size;

  // `payload` as the claims of a token, signed.
  Result<std::string> Sign(std::string_view payload) const;
};

Result<std::string> JwtSigner::Impl::Sign(std::string_view payload) const {
  std::string token;
  token.reserve(encoded_header.size() + Base64UrlEncodedSize(payload.size()) +
                encoded_signature_size + 2);
  token += encoded_header;
  token += '.';
  Base64UrlAppend(payload, token);
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string signature,
                              key->key->Sign(token));
  token += '.';
  Base64UrlAppend(signature, token);
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
  // RSA's is as long as the modulus, which is the first part of its key.
  const Algorithm& row = *key.impl_->algorithm;
  const std::size_t size =
      row.signature_size != 0 ? row.signature_size : key.impl_->parts[0].size();
  return JwtSigner(std::make_unique<const Impl>(
      Impl{key.impl_, Base64UrlEncode(header.EndObject().Take()),
           Base64UrlEncodedSize(size)}));
}

Result<std::string> JwtSigner::Sign(const JwtClaims& claims) const {
  const bool plain = IsPlain(claims);
  CLONE_AUTH_RETURN_IF_ERROR(CheckNames(claims, plain));
  CLONE_AUTH_RETURN_IF_ERROR(CheckTimes(claims));
  if (!plain) return impl_->Sign(WriteClaims(claims, JsonWriter()));
  std::array<char, kPlainRoom> text;
  return impl_->Sign(WriteClaims(claims, PlainWriter(text.data())));
}

Result<std::string> JwtSigner::SignJson(std::string_view claims) const {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const JsonValue value,
      JsonValue::Parse(claims, {kJwtMaxSize, kJwtMaxDepth}));
  if (value.AsObject() == nullptr) return Invalid("the claims are no object");
  return impl_->Sign(claims);
}

}  // namespace clone_auth
