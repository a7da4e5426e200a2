#include "clone/c_jwt_signing.h"

#include <string>
#include <utility>

#include "capi/handle.h"
#include "clone/jwt.h"

using clone_auth::JwtSigner;
using clone_auth::JwtSigningKey;
using clone_auth::ParseJwtAlgorithm;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Give;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::ShortText;
using clone_auth::capi::Text;
using clone_auth::capi::View;

struct clone_auth_jwt_signing_key : clone_auth::capi::Handle<19> {
  explicit clone_auth_jwt_signing_key(JwtSigningKey value)
      : key(std::move(value)) {}
  JwtSigningKey key;
};

struct clone_auth_jwt_signer : clone_auth::capi::Handle<20> {
  explicit clone_auth_jwt_signer(JwtSigner value) : signer(std::move(value)) {}
  JwtSigner signer;
};

namespace {

// Writes the handle of what was made, or says why there is none.
template <typename Made, typename T>
Status Take(Result<Made> made, T** out) {
  if (!made.ok()) return std::move(made).status();
  *out = new T(*std::move(made));
  return Status();
}

}  // namespace

clone_auth_status clone_auth_jwt_signing_key_generate(
    const char* algorithm, size_t algorithm_size, const char* key_id,
    size_t key_id_size, clone_auth_jwt_signing_key** out,
    clone_auth_error** error) {
  return Fence(error,
               {ShortText(algorithm, algorithm_size),
                ShortText(key_id, key_id_size), Output(out)},
               [&] {
                 const auto row =
                     ParseJwtAlgorithm(View(algorithm, algorithm_size));
                 if (!row.ok()) return row.status();
                 return Take(JwtSigningKey::Generate(
                                 *row, std::string(View(key_id, key_id_size))),
                             out);
               });
}

clone_auth_status clone_auth_jwt_signing_key_parse(
    const char* jwk, size_t jwk_size, clone_auth_jwt_signing_key** out,
    clone_auth_error** error) {
  return Fence(error, {ShortText(jwk, jwk_size), Output(out)}, [&] {
    return Take(JwtSigningKey::FromJwk(Secret::CopyOf(View(jwk, jwk_size))),
                out);
  });
}

clone_auth_status clone_auth_jwt_signing_key_id(
    const clone_auth_jwt_signing_key* key, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)},
               [&] { return Give(key->key.key_id(), out); });
}

clone_auth_status clone_auth_jwt_signing_key_private_jwk(
    const clone_auth_jwt_signing_key* key, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)},
               [&] { return Give(key->key.ToJwk().Reveal(), out); });
}

clone_auth_status clone_auth_jwt_signing_key_public_jwk(
    const clone_auth_jwt_signing_key* key, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)}, [&] {
    const std::string jwk = key->key.ToPublicJwk();
    return jwk.empty() ? Status(Reason::kNotFound) : Give(jwk, out);
  });
}

void clone_auth_jwt_signing_key_free(clone_auth_jwt_signing_key* key) {
  Free(key);
}

clone_auth_status clone_auth_jwt_signer_create(
    const clone_auth_jwt_signing_key* key, const char* type, size_t type_size,
    clone_auth_jwt_signer** out, clone_auth_error** error) {
  return Fence(
      error, {Live(key), ShortText(type, type_size), Output(out)}, [&] {
        if (type_size == 0) {
          return Take<JwtSigner>(JwtSigner::CreateUntyped(key->key), out);
        }
        return Take(
            JwtSigner::Create(key->key, std::string(View(type, type_size))),
            out);
      });
}

clone_auth_status clone_auth_jwt_signer_sign(
    const clone_auth_jwt_signer* signer, const char* claims, size_t claims_size,
    clone_auth_string** out, clone_auth_error** error) {
  return Fence(
      error, {Live(signer), Text(claims, claims_size), Output(out)}, [&] {
        const auto token = signer->signer.SignJson(View(claims, claims_size));
        return token.ok() ? Give(*token, out) : token.status();
      });
}

void clone_auth_jwt_signer_free(clone_auth_jwt_signer* signer) { Free(signer); }
