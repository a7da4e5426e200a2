#include "jwt/public_key.h"

#include <utility>

#include "base/macros.h"
#include "clone/json.h"
#include "crypto/pem.h"
#include "jwt/identifier.h"

namespace clone_auth {
namespace {

Result<JwtPublicKey> MakeOf(Result<FileKey> key, std::string key_id,
                            Result<JwtPublicKey> (*make)(JwkHead,
                                                         const Algorithm&,
                                                         KeyParts)) {
  if (!key.ok()) return std::move(key).status();
  if (!IsIdentifier(key_id)) {
    return Status(Reason::kInvalidArgument,
                  "a key id holds NUL or invalid UTF-8");
  }
  const KeyType& type = *key->row->type;
  if (key_id.empty()) key_id = Thumbprint(type, key->parts);
  JwkHead head{std::move(key_id), std::string(type.name),
               std::string(type.curve), key->row};
  return make(std::move(head), *key->row, std::move(key->parts));
}

}  // namespace

JwtPublicKey::JwtPublicKey(std::shared_ptr<const Impl> impl)
    : impl_(std::move(impl)) {}
JwtPublicKey::JwtPublicKey(const JwtPublicKey&) = default;
JwtPublicKey& JwtPublicKey::operator=(const JwtPublicKey&) = default;
JwtPublicKey::JwtPublicKey(JwtPublicKey&&) noexcept = default;
JwtPublicKey& JwtPublicKey::operator=(JwtPublicKey&&) noexcept = default;
JwtPublicKey::~JwtPublicKey() = default;

Result<JwtPublicKey> JwtPublicKey::Impl::Make(JwkHead head,
                                              const Algorithm& row,
                                              KeyParts parts) {
  const auto key = row.read_verification(parts);
  if (!key.ok()) return key.status();
  return JwtPublicKey(std::make_shared<const Impl>(
      Impl{std::move(head), &row, std::move(parts)}));
}

Result<JwtPublicKey> JwtPublicKey::FromJwk(std::string_view jwk) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const JsonValue value,
                              JsonValue::Parse(jwk, {kKeyFileMaxSize, 32}));
  CLONE_AUTH_ASSIGN_OR_RETURN(JwkHead head, ReadJwkHead(value, "verify"));
  for (const Algorithm& row : Algorithms()) {
    if (!head.SignsBy(row) || row.symmetric()) continue;
    CLONE_AUTH_ASSIGN_OR_RETURN(
        KeyParts parts, ReadJwkParts(value, row, row.type->public_count));
    return Impl::Make(std::move(head), row, std::move(parts));
  }
  return Status(Reason::kAlgorithmUnsupported,
                "no algorithm takes a public key of this type");
}

Result<JwtPublicKey> JwtPublicKey::FromPem(std::string_view pem,
                                           JwtAlgorithm algorithm,
                                           std::string key_id) {
  return MakeOf(ForAlgorithm(ImportPem(pem), algorithm, false),
                std::move(key_id), Impl::Make);
}

Result<JwtPublicKey> JwtPublicKey::FromDer(std::string_view der,
                                           JwtAlgorithm algorithm,
                                           std::string key_id) {
  return MakeOf(ForAlgorithm(ImportDer(der), algorithm, false),
                std::move(key_id), Impl::Make);
}

std::optional<JwtAlgorithm> JwtPublicKey::algorithm() const {
  if (impl_->head.algorithm == nullptr) return std::nullopt;
  return impl_->head.algorithm->id;
}

std::string JwtPublicKey::key_id() const {
  return impl_->head.key_id.value_or("");
}

std::string JwtPublicKey::Thumbprint() const {
  return clone_auth::Thumbprint(*impl_->row->type, impl_->parts);
}

std::string JwtPublicKey::ToJwk() const {
  return WritePublicJwk(*impl_->row, impl_->head.key_id, impl_->parts,
                        impl_->head.algorithm != nullptr);
}

Result<std::string> JwtPublicKey::ToPem() const {
  const KeyType& type = *impl_->row->type;
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const Secret pem, ExportPem({type.name, type.curve, false,
                                   VerificationParts(type, impl_->parts)}));
  return std::string(pem.Reveal());
}

}  // namespace clone_auth
