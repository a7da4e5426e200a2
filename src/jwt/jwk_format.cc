#include "jwt/jwk_format.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "base/macros.h"
#include "crypto/sha256.h"
#include "jwt/identifier.h"

namespace clone_auth {
namespace {

Status Malformed(std::string message) {
  return Status(Reason::kKeySetMalformed, std::move(message));
}

// The string member `name`, or empty where there is none.
Result<std::optional<std::string>> OptionalString(const JsonValue& jwk,
                                                  std::string_view name) {
  const JsonValue* value = jwk.Find(name);
  if (value == nullptr) return std::optional<std::string>();
  const std::string* text = value->AsString();
  if (text == nullptr || !IsIdentifier(*text)) {
    return Malformed("'" + std::string(name) + "' of the key is no name");
  }
  return std::optional<std::string>(*text);
}

// RFC 7517 sections 4.2 and 4.3.
Status CheckUse(const JsonValue& jwk, std::string_view operation) {
  if (const JsonValue* use = jwk.Find("use")) {
    const std::string* text = use->AsString();
    if (text == nullptr || *text != "sig") {
      return Malformed("the key is not for signatures");
    }
  }
  const JsonValue* operations = jwk.Find("key_ops");
  if (operations == nullptr) return Status();
  if (const auto* list = operations->AsArray()) {
    for (const JsonValue& item : *list) {
      const std::string* text = item.AsString();
      if (text != nullptr && *text == operation) return Status();
    }
  }
  return Malformed("the key may not " + std::string(operation));
}

// Writes what stands before the closing brace of a public JWK.
void WriteHead(JsonWriter& writer, const Algorithm& row,
               const std::optional<std::string>& key_id, bool with_algorithm) {
  writer.BeginObject().Name("kty").String(row.type->name);
  if (!row.type->curve.empty()) writer.Name("crv").String(row.type->curve);
  if (key_id.has_value()) writer.Name("kid").String(*key_id);
  if (with_algorithm) writer.Name("alg").String(row.name);
  writer.Name("use").String("sig");
}

// A member whose text needs no escapes.
struct Member {
  std::string_view name;
  Secret text;
};

// `head`, the members and a closing brace. Put together by hand, so that no
// copy of a secret is left behind in a string that grew.
Secret WithMembers(std::string_view head, const std::vector<Member>& members) {
  constexpr std::string_view kAround = "\"\":\"\",";
  std::size_t size = head.size();
  for (const Member& member : members) {
    size += kAround.size() + member.name.size() + member.text.size();
  }
  Secret json = Secret::OfSize(size);
  char* out = json.MutableBytes();
  const auto append = [&out](std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    out += text.size();
  };
  append(head);
  for (const Member& member : members) {
    append("\"");
    append(member.name);
    append("\":\"");
    append(member.text.Reveal());
    append("\",");
  }
  out[-1] = '}';  // for the last comma
  return json;
}

}  // namespace

Result<JwkHead> ReadJwkHead(const JsonValue& jwk, std::string_view operation) {
  if (jwk.AsObject() == nullptr) return Malformed("the key is no object");
  JwkHead head;
  const std::string* type = jwk.FindString("kty");
  if (type == nullptr) return Malformed("the key has no 'kty'");
  head.key_type = *type;
  CLONE_AUTH_ASSIGN_OR_RETURN(const auto curve, OptionalString(jwk, "crv"));
  head.curve = curve.value_or("");
  CLONE_AUTH_ASSIGN_OR_RETURN(head.key_id, OptionalString(jwk, "kid"));
  CLONE_AUTH_ASSIGN_OR_RETURN(const auto name, OptionalString(jwk, "alg"));
  if (name.has_value()) {
    head.algorithm = FindAlgorithm(*name);
    if (head.algorithm == nullptr) return Status(Reason::kAlgorithmUnsupported);
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckUse(jwk, operation));
  return head;
}

Result<KeyParts> ReadJwkParts(const JsonValue& jwk, const Algorithm& row,
                              std::size_t count) {
  KeyParts parts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name(row.type->members[i]);
    const std::string* text = jwk.FindString(name);
    if (text == nullptr) return Malformed("the key has no '" + name + "'");
    Result<Secret> bytes = Base64UrlDecodeSecret(*text);
    if (!bytes.ok()) return Malformed("'" + name + "' is not base64url");
    parts.push_back(std::move(bytes).value());
  }
  return parts;
}

KeyParts VerificationParts(const KeyType& type, const KeyParts& parts) {
  KeyParts copy;
  for (std::size_t i = 0; i < type.verify_count; ++i) {
    copy.push_back(parts[i].Clone());
  }
  return copy;
}

Result<FileKey> ForAlgorithm(Result<ImportedKey> imported,
                             JwtAlgorithm algorithm, bool is_private) {
  if (!imported.ok()) return std::move(imported).status();
  if (imported->is_private != is_private) {
    return Status(Reason::kPemMalformed, is_private ? "this is no private key"
                                                    : "this is a private key");
  }
  for (const Algorithm& row : Algorithms()) {
    if (row.id == algorithm && row.type->name == imported->type &&
        row.type->curve == imported->curve) {
      return FileKey{&row, std::move(imported->parts)};
    }
  }
  return Malformed("the key is not of the type that the algorithm takes");
}

std::string WritePublicJwk(const Algorithm& row,
                           const std::optional<std::string>& key_id,
                           const KeyParts& parts, bool with_algorithm) {
  if (row.symmetric()) return {};
  JsonWriter writer;
  WriteHead(writer, row, key_id, with_algorithm);
  for (std::size_t i = 0; i < row.type->public_count; ++i) {
    writer.Name(row.type->members[i])
        .String(Base64UrlEncode(parts[i].Reveal()));
  }
  return writer.EndObject().Take();
}

Secret WritePrivateJwk(const Algorithm& row,
                       const std::optional<std::string>& key_id,
                       const KeyParts& parts) {
  JsonWriter writer;
  WriteHead(writer, row, key_id, true);
  const std::string head = writer.Take();
  std::vector<Member> members;
  for (std::size_t i = 0; i < row.type->sign_count; ++i) {
    members.push_back({row.type->members[i], Base64UrlEncodeSecret(parts[i])});
  }
  return WithMembers(head + ",", members);
}

std::string Thumbprint(const KeyType& type, const KeyParts& parts) {
  std::vector<Member> members;
  members.push_back({"kty", Secret::CopyOf(type.name)});
  if (!type.curve.empty()) {
    members.push_back({"crv", Secret::CopyOf(type.curve)});
  }
  // What verifies is the secret itself where the key is symmetric.
  for (std::size_t i = 0; i < type.verify_count; ++i) {
    members.push_back({type.members[i], Base64UrlEncodeSecret(parts[i])});
  }
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.name < b.name; });
  const Sha256Digest digest = Sha256(WithMembers("{", members).Reveal());
  const Secret bytes = Secret::CopyOf(
      {reinterpret_cast<const char*>(digest.data()), digest.size()});
  return std::string(Base64UrlEncodeSecret(bytes).Reveal());
}

}  // namespace clone_auth
