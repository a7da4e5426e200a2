#include "jwt/signing_key.h"

#include <utility>

#include "base/macros.h"
#include "clone/json.h"
#include "crypto/pem.h"
#include "jwt/identifier.h"
#include "jwt/jwk_format.h"

namespace clone_auth {
namespace {

std::optional<std::string> OptionalId(const std::string& key_id) {
  return key_id.empty() ? std::nullopt : std::optional(key_id);
}

}  // namespace

JwtSigningKey::JwtSigningKey(std::shared_ptr<const Impl> impl)
    : impl_(std::move(impl)) {}
JwtSigningKey::JwtSigningKey(JwtSigningKey&&) noexcept = default;
JwtSigningKey& JwtSigningKey::operator=(JwtSigningKey&&) noexcept = default;
JwtSigningKey::~JwtSigningKey() = default;

Result<JwtSigningKey> JwtSigningKey::Impl::Make(const Algorithm& algorithm,
                                                std::string key_id,
                                                KeyParts parts) {
  if (!IsIdentifier(key_id)) {
    return Status(Reason::kInvalidArgument,
                  "a key id holds NUL or invalid UTF-8");
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(auto key, algorithm.read_private(parts));
  return JwtSigningKey(std::make_shared<const Impl>(
      Impl{&algorithm, std::move(key_id), std::move(parts), std::move(key)}));
}

Result<JwtSigningKey> JwtSigningKey::Impl::MakeNamed(const Algorithm& algorithm,
                                                     std::string key_id,
                                                     KeyParts parts) {
  if (key_id.empty()) key_id = clone_auth::Thumbprint(*algorithm.type, parts);
  return Make(algorithm, std::move(key_id), std::move(parts));
}

Result<JwtSigningKey> JwtSigningKey::Generate(JwtAlgorithm algorithm,
                                              std::string key_id) {
  const Algorithm& row = Describe(algorithm);
  CLONE_AUTH_ASSIGN_OR_RETURN(KeyParts parts, row.generate());
  return Impl::MakeNamed(row, std::move(key_id), std::move(parts));
}

Result<JwtSigningKey> JwtSigningKey::FromJwk(const Secret& jwk) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const JsonValue value,
      JsonValue::Parse(jwk.Reveal(), {kKeyFileMaxSize, 32}));
  CLONE_AUTH_ASSIGN_OR_RETURN(const JwkHead head, ReadJwkHead(value, "sign"));
  for (const Algorithm& row : Algorithms()) {
    if (!head.SignsBy(row)) continue;
    CLONE_AUTH_ASSIGN_OR_RETURN(KeyParts parts,
                                ReadJwkParts(value, row, row.type->sign_count));
    if (head.key_id.has_value()) {
      return Impl::Make(row, *head.key_id, std::move(parts));
    }
    return Impl::MakeNamed(row, {}, std::move(parts));
  }
  return Status(Reason::kAlgorithmUnsupported,
                "no algorithm takes a key of this type");
}

Result<JwtSigningKey> JwtSigningKey::FromPem(const Secret& pem,
                                             JwtAlgorithm algorithm,
                                             std::string key_id) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      FileKey key, ForAlgorithm(ImportPem(pem.Reveal()), algorithm, true));
  return Impl::MakeNamed(*key.row, std::move(key_id), std::move(key.parts));
}

Result<JwtSigningKey> JwtSigningKey::FromDer(const Secret& der,
                                             JwtAlgorithm algorithm,
                                             std::string key_id) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      FileKey key, ForAlgorithm(ImportDer(der.Reveal()), algorithm, true));
  return Impl::MakeNamed(*key.row, std::move(key_id), std::move(key.parts));
}

Result<JwtSigningKey> JwtSigningKey::FromSharedSecret(Secret secret,
                                                      std::string key_id,
                                                      JwtAlgorithm algorithm) {
  const Algorithm& row = Describe(algorithm);
  if (!row.symmetric()) {
    return Status(Reason::kInvalidArgument,
                  "a shared secret serves HMAC alone");
  }
  KeyParts parts;
  parts.push_back(std::move(secret));
  return Impl::Make(row, std::move(key_id), std::move(parts));
}

JwtAlgorithm JwtSigningKey::algorithm() const { return impl_->algorithm->id; }

const std::string& JwtSigningKey::key_id() const { return impl_->key_id; }

Secret JwtSigningKey::ToJwk() const {
  return WritePrivateJwk(*impl_->algorithm, OptionalId(impl_->key_id),
                         impl_->parts);
}

Result<Secret> JwtSigningKey::ToPem() const {
  const KeyType& type = *impl_->algorithm->type;
  if (type.symmetric()) {
    return Status(Reason::kInvalidArgument, "a symmetric key has no PEM");
  }
  ImportedKey key{type.name, type.curve, true, {}};
  for (const Secret& part : impl_->parts) key.parts.push_back(part.Clone());
  return ExportPem(key);
}

std::string JwtSigningKey::Thumbprint() const {
  return clone_auth::Thumbprint(*impl_->algorithm->type, impl_->parts);
}

std::string JwtSigningKey::ToPublicJwk() const {
  return WritePublicJwk(*impl_->algorithm, OptionalId(impl_->key_id),
                        impl_->parts, true);
}

}  // namespace clone_auth
