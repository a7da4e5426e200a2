#include <memory>
#include <utility>

#include "capi/session.h"
#include "clone/credential.h"

using clone_auth::Credential;
using clone_auth::DurableSession;
using clone_auth::MakeFileTokenStore;
using clone_auth::Reason;
using clone_auth::Secret;
using clone_auth::SessionTokens;
using clone_auth::Status;
using clone_auth::SystemClock;
using clone_auth::TokenSession;
using clone_auth::TokenSessionOptions;
using clone_auth::TokenStore;
using clone_auth::capi::BeginSession;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::IsTime;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::ShortText;
using clone_auth::capi::View;

namespace {

// Sets one text of the options.
template <typename Member>
clone_auth_status SetText(clone_auth_session_options* options, const char* text,
                          size_t size, clone_auth_error** error,
                          Member member) {
  return Fence(error, {Live(options), ShortText(text, size)}, [&] {
    member(*options) = View(text, size);
    return Status();
  });
}

// A stored token goes to the server that it was stored for, and no other.
Status MayGo(const Secret& access, const std::string& from,
             const std::string& to) {
  auto credential = Credential::Parse(access.Clone());
  if (!credential.ok()) return credential.status();
  Status bound = credential->BindTo(from);
  return bound.ok() ? credential->HeaderFor("GET", to).status() : bound;
}

Status Open(const TokenSessionOptions& options, SessionTokens tokens,
            std::shared_ptr<TokenStore> store, bool is_stored,
            clone_auth_session** out) {
  auto session =
      TokenSession::Create(options, std::move(tokens), SystemClock().Now());
  if (!session.ok()) return session.status();
  if (store != nullptr && !is_stored) {
    Status saved =
        store->Save(MakeStoredSession(options, (*session)->tokens()));
    if (!saved.ok()) return saved;
  }
  *out = new clone_auth_session(
      DurableSession::Create(std::move(*session), std::move(store)));
  return Status();
}

}  // namespace

Status clone_auth::capi::BeginSession(const TokenSessionOptions& options,
                                      SessionTokens tokens,
                                      const std::string& store_file,
                                      clone_auth_session** out) {
  return Open(options, std::move(tokens),
              store_file.empty() ? nullptr : MakeFileTokenStore(store_file),
              false, out);
}

clone_auth_status clone_auth_session_options_create(
    const char* base_url, size_t base_url_size,
    clone_auth_session_options** out, clone_auth_error** error) {
  return Fence(error, {ShortText(base_url, base_url_size), Output(out)}, [&] {
    auto made = std::make_unique<clone_auth_session_options>();
    made->session.base_url = View(base_url, base_url_size);
    *out = made.release();
    return Status();
  });
}

clone_auth_status clone_auth_session_options_set_refresh_path(
    clone_auth_session_options* options, const char* path, size_t path_size,
    clone_auth_error** error) {
  return SetText(
      options, path, path_size, error,
      [](auto& o) -> auto& { return o.session.refresh_path; });
}

clone_auth_status clone_auth_session_options_set_token_endpoint(
    clone_auth_session_options* options, const char* url, size_t url_size,
    const char* client_id, size_t client_id_size, const char* resource,
    size_t resource_size, clone_auth_error** error) {
  return Fence(error,
               {Live(options), ShortText(url, url_size),
                ShortText(client_id, client_id_size),
                ShortText(resource, resource_size)},
               [&] {
                 options->session.token_endpoint = View(url, url_size);
                 options->session.client_id = View(client_id, client_id_size);
                 options->session.resource = View(resource, resource_size);
                 return Status();
               });
}

clone_auth_status clone_auth_session_options_set_name(
    clone_auth_session_options* options, const char* name, size_t name_size,
    clone_auth_error** error) {
  return SetText(
      options, name, name_size, error,
      [](auto& o) -> auto& { return o.session.session_name; });
}

clone_auth_status clone_auth_session_options_set_store_file(
    clone_auth_session_options* options, const char* path, size_t path_size,
    clone_auth_error** error) {
  const bool is_path = ShortText(path, path_size) &&
                       View(path, path_size).find('\0') == std::string::npos;
  return SetText(
      options, is_path ? path : nullptr, path_size, error,
      [](auto& o) -> auto& { return o.store_file; });
}

void clone_auth_session_options_free(clone_auth_session_options* options) {
  Free(options);
}

clone_auth_status clone_auth_session_create(
    const clone_auth_session_options* options, const char* access,
    size_t access_size, const char* refresh, size_t refresh_size,
    int64_t expires_in, clone_auth_session** out, clone_auth_error** error) {
  return Fence(
      error,
      {Live(options), ShortText(access, access_size),
       ShortText(refresh, refresh_size), IsTime(expires_in), Output(out)},
      [&] {
        SessionTokens tokens;
        tokens.access = Secret::CopyOf(View(access, access_size));
        tokens.refresh = Secret::CopyOf(View(refresh, refresh_size));
        if (expires_in > 0) {
          tokens.expires_in = std::chrono::seconds(expires_in);
        }
        return BeginSession(options->session, std::move(tokens),
                            options->store_file, out);
      });
}

clone_auth_status clone_auth_session_open(
    const clone_auth_session_options* options, clone_auth_session** out,
    clone_auth_error** error) {
  return Fence(error, {Live(options), Output(out)}, [&] {
    if (options->store_file.empty()) {
      return Status(Reason::kNotFound, "no store file is named");
    }
    auto store = MakeFileTokenStore(options->store_file);
    auto stored = store->Load();
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) {
      return Status(Reason::kNotFound, "no session is stored");
    }
    Status may_go = MayGo((*stored)->tokens.access, (*stored)->base_url,
                          options->session.base_url);
    if (!may_go.ok()) return may_go;
    TokenSessionOptions session = options->session;
    session.issuer = (*stored)->issuer;
    if (session.token_endpoint.empty()) {
      session.token_endpoint = (*stored)->token_endpoint;
      session.client_id = (*stored)->client_id;
      session.resource = (*stored)->resource;
    }
    return Open(session, std::move((*stored)->tokens), std::move(store), true,
                out);
  });
}
