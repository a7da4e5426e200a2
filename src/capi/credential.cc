#include "capi/credential.h"

#include <memory>
#include <string>

using clone_auth::Credential;
using clone_auth::CredentialShape;
using clone_auth::Secret;
using clone_auth::Status;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::ShortText;
using clone_auth::capi::Text;
using clone_auth::capi::View;

clone_auth_status clone_auth_scheme_create_default(clone_auth_scheme** out,
                                                   clone_auth_error** error) {
  return Fence(error, {Output(out)}, [&] {
    *out = new clone_auth_scheme;
    return Status();
  });
}

clone_auth_status clone_auth_scheme_create(
    const char* prefix, size_t prefix_size, const char* header,
    size_t header_size, clone_auth_scheme** out, clone_auth_error** error) {
  return Fence(error,
               {ShortText(prefix, prefix_size), ShortText(header, header_size),
                Output(out)},
               [&] {
                 auto made = std::make_unique<clone_auth_scheme>();
                 made->scheme.prefix = View(prefix, prefix_size);
                 made->scheme.header = View(header, header_size);
                 Status status = made->scheme.Validate();
                 if (status.ok()) *out = made.release();
                 return status;
               });
}

void clone_auth_scheme_free(clone_auth_scheme* scheme) { Free(scheme); }

clone_auth_status clone_auth_credential_parse(const clone_auth_scheme* scheme,
                                              const char* text,
                                              size_t text_size,
                                              clone_auth_credential** out,
                                              clone_auth_error** error) {
  return Fence(error, {Live(scheme), Text(text, text_size), Output(out)}, [&] {
    // What is longer than any credential is refused without being copied whole.
    const auto looked_at = View(text, text_size).substr(0, 32 * 1024);
    auto parsed = Credential::Parse(Secret::CopyOf(looked_at), scheme->scheme);
    if (!parsed.ok()) return parsed.status();
    *out = new clone_auth_credential(*std::move(parsed));
    return Status();
  });
}

clone_auth_status clone_auth_credential_shape(
    const clone_auth_credential* credential, int* out,
    clone_auth_error** error) {
  return Fence(error, {Live(credential), Output(out)}, [&] {
    *out = credential->credential.shape() == CredentialShape::kApiKey
               ? CLONE_AUTH_SHAPE_API_KEY
               : CLONE_AUTH_SHAPE_BEARER;
    return Status();
  });
}

clone_auth_status clone_auth_credential_bind(clone_auth_credential* credential,
                                             const char* url, size_t url_size,
                                             clone_auth_error** error) {
  return Fence(error, {Live(credential), ShortText(url, url_size)}, [&] {
    return credential->credential.BindTo(View(url, url_size));
  });
}

clone_auth_status clone_auth_credential_header_for(
    const clone_auth_credential* credential, const char* method,
    size_t method_size, const char* url, size_t url_size,
    clone_auth_string** name, clone_auth_string** value,
    clone_auth_error** error) {
  return Fence(error,
               {Live(credential), ShortText(method, method_size),
                ShortText(url, url_size), Output(name), Output(value)},
               [&] {
                 const auto header = credential->credential.HeaderFor(
                     View(method, method_size), View(url, url_size));
                 if (!header.ok()) return header.status();
                 auto made = std::make_unique<clone_auth_string>(header->name);
                 *value = new clone_auth_string(header->value);
                 *name = made.release();
                 return Status();
               });
}

void clone_auth_credential_free(clone_auth_credential* credential) {
  Free(credential);
}
