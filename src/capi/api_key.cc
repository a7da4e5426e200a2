#include "capi/api_key.h"

#include <algorithm>
#include <memory>

#include "capi/credential.h"
#include "clone/api_key_digest.h"
#include "clone/random.h"

using clone_auth::ApiKeyKind;
using clone_auth::ApiKeyScheme;
using clone_auth::DigestApiKey;
using clone_auth::GenerateApiKey;
using clone_auth::kApiKeyMaxSize;
using clone_auth::ParseApiKey;
using clone_auth::Reason;
using clone_auth::Secret;
using clone_auth::Status;
using clone_auth::SystemRandom;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Give;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::Text;
using clone_auth::capi::View;

static_assert(CLONE_AUTH_DIGEST_SIZE == sizeof(clone_auth::ApiKeyDigest));

namespace {

bool IsKind(int kind) {
  return kind == CLONE_AUTH_KIND_USER || kind == CLONE_AUTH_KIND_ORGANIZATION ||
         kind == CLONE_AUTH_KIND_TEST_USER ||
         kind == CLONE_AUTH_KIND_TEST_ORGANIZATION;
}

Status GiveKey(const ApiKeyScheme& scheme, Secret text,
               clone_auth_api_key** out) {
  const auto parsed = ParseApiKey(scheme, text.Reveal());
  if (!parsed.ok()) return parsed.status();
  auto key = std::make_unique<clone_auth_api_key>();
  if (parsed->has_checksum) key->kind = parsed->kind;
  key->public_id = parsed->public_id;
  key->display_prefix = parsed->display_prefix;
  key->text = std::move(text);
  *out = key.release();
  return Status();
}

}  // namespace

clone_auth_status clone_auth_api_key_generate(const clone_auth_scheme* scheme,
                                              int kind,
                                              clone_auth_api_key** out,
                                              clone_auth_error** error) {
  return Fence(error, {Live(scheme), IsKind(kind), Output(out)}, [&] {
    auto made = GenerateApiKey(scheme->scheme, static_cast<ApiKeyKind>(kind),
                               SystemRandom());
    if (!made.ok()) return made.status();
    return GiveKey(scheme->scheme, std::move(made->text), out);
  });
}

clone_auth_status clone_auth_api_key_parse(const clone_auth_scheme* scheme,
                                           const char* text, size_t text_size,
                                           clone_auth_api_key** out,
                                           clone_auth_error** error) {
  return Fence(error, {Live(scheme), Text(text, text_size), Output(out)}, [&] {
    if (text_size > kApiKeyMaxSize) return Status(Reason::kKeyMalformed);
    return GiveKey(scheme->scheme, Secret::CopyOf(View(text, text_size)), out);
  });
}

clone_auth_status clone_auth_api_key_text(const clone_auth_api_key* key,
                                          clone_auth_string** out,
                                          clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)},
               [&] { return Give(key->text.Reveal(), out); });
}

clone_auth_status clone_auth_api_key_public_id(const clone_auth_api_key* key,
                                               clone_auth_string** out,
                                               clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)}, [&] {
    if (!key->kind.has_value()) return Status(Reason::kNotFound);
    return Give(key->public_id, out);
  });
}

clone_auth_status clone_auth_api_key_display_prefix(
    const clone_auth_api_key* key, clone_auth_string** out,
    clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)},
               [&] { return Give(key->display_prefix, out); });
}

clone_auth_status clone_auth_api_key_kind(const clone_auth_api_key* key,
                                          int* out, clone_auth_error** error) {
  return Fence(error, {Live(key), Output(out)}, [&] {
    if (!key->kind.has_value()) return Status(Reason::kNotFound);
    *out = static_cast<int>(*key->kind);
    return Status();
  });
}

void clone_auth_api_key_free(clone_auth_api_key* key) { Free(key); }

clone_auth_status clone_auth_api_key_digest(const char* key, size_t key_size,
                                            unsigned char* digest,
                                            size_t digest_size,
                                            clone_auth_error** error) {
  return Fence(error,
               {Text(key, key_size),
                digest != nullptr && digest_size >= CLONE_AUTH_DIGEST_SIZE},
               [&] {
                 if (key_size > kApiKeyMaxSize) {
                   return Status(Reason::kKeyMalformed);
                 }
                 const auto made = DigestApiKey(View(key, key_size));
                 std::copy(made.begin(), made.end(), digest);
                 return Status();
               });
}
