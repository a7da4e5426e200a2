#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "capi/flow.h"

using clone_auth::AuthorizationCodeGrant;
using clone_auth::AuthorizationCodeOptions;
using clone_auth::DeviceGrant;
using clone_auth::Discovered;
using clone_auth::Discovery;
using clone_auth::OAuthClient;
using clone_auth::OAuthClientOptions;
using clone_auth::Status;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::IsTime;
using clone_auth::capi::Live;
using clone_auth::capi::Output;
using clone_auth::capi::ShortText;
using clone_auth::capi::View;

namespace {

// Sets one text of the options.
template <typename Part>
clone_auth_status SetText(clone_auth_sign_in_options* options,
                          Part clone_auth_sign_in_options::*part,
                          std::string Part::*member, const char* text,
                          size_t size, clone_auth_error** error) {
  return Fence(error, {Live(options), ShortText(text, size)}, [&] {
    options->*part.*member = View(text, size);
    return Status();
  });
}

// Makes the flow of a grant that `create` makes for a client.
template <typename Create>
Status Begin(const clone_auth_sign_in_options& options, clone_auth_flow** out,
             Create create) {
  const Discovered& asked = options.asked;
  OAuthClientOptions who;
  who.server = asked.server;
  who.client_id = asked.client_id;
  who.resource = asked.resource;
  auto client = OAuthClient::Create(std::move(who));
  if (!client.ok()) return client.status();
  auto grant = create(*client);
  if (!grant.ok()) return grant.status();
  *out = new clone_auth_flow(*std::move(grant), *std::move(client), asked);
  return Status();
}

}  // namespace

clone_auth_status clone_auth_sign_in_options_create(
    const clone_auth_flow* discovery, clone_auth_sign_in_options** out,
    clone_auth_error** error) {
  const bool is_discovery =
      Live(discovery) && std::holds_alternative<Discovery>(discovery->machine);
  return Fence(error, {is_discovery, Output(out)}, [&] {
    if (!discovery->outcome.ok()) return discovery->outcome;
    *out = new clone_auth_sign_in_options(discovery->known);
    return Status();
  });
}

clone_auth_status clone_auth_sign_in_options_set_client_id(
    clone_auth_sign_in_options* options, const char* client_id,
    size_t client_id_size, clone_auth_error** error) {
  return SetText(options, &clone_auth_sign_in_options::asked,
                 &Discovered::client_id, client_id, client_id_size, error);
}

clone_auth_status clone_auth_sign_in_options_set_scope(
    clone_auth_sign_in_options* options, const char* scope, size_t scope_size,
    clone_auth_error** error) {
  return SetText(options, &clone_auth_sign_in_options::asked,
                 &Discovered::scope, scope, scope_size, error);
}

clone_auth_status clone_auth_sign_in_options_set_resource(
    clone_auth_sign_in_options* options, const char* resource,
    size_t resource_size, clone_auth_error** error) {
  return SetText(options, &clone_auth_sign_in_options::asked,
                 &Discovered::resource, resource, resource_size, error);
}

clone_auth_status clone_auth_sign_in_options_set_prompt(
    clone_auth_sign_in_options* options, const char* prompt, size_t prompt_size,
    clone_auth_error** error) {
  return SetText(options, &clone_auth_sign_in_options::browser,
                 &AuthorizationCodeOptions::prompt, prompt, prompt_size, error);
}

clone_auth_status clone_auth_sign_in_options_set_login_hint(
    clone_auth_sign_in_options* options, const char* hint, size_t hint_size,
    clone_auth_error** error) {
  return SetText(options, &clone_auth_sign_in_options::browser,
                 &AuthorizationCodeOptions::login_hint, hint, hint_size, error);
}

clone_auth_status clone_auth_sign_in_options_set_max_age(
    clone_auth_sign_in_options* options, int64_t seconds,
    clone_auth_error** error) {
  return Fence(error, {Live(options), IsTime(seconds)}, [&] {
    options->browser.max_age = std::chrono::seconds(seconds);
    return Status();
  });
}

void clone_auth_sign_in_options_free(clone_auth_sign_in_options* options) {
  Free(options);
}

clone_auth_status clone_auth_flow_create_device_grant(
    const clone_auth_sign_in_options* options, clone_auth_flow** out,
    clone_auth_error** error) {
  return Fence(error, {Live(options), Output(out)}, [&] {
    return Begin(*options, out, [options](const OAuthClient& client) {
      return DeviceGrant::Create(client, options->asked.scope);
    });
  });
}

clone_auth_status clone_auth_flow_create_authorization_code(
    const clone_auth_sign_in_options* options, const char* redirect_uri,
    size_t redirect_uri_size, clone_auth_flow** out, clone_auth_error** error) {
  return Fence(
      error,
      {Live(options), ShortText(redirect_uri, redirect_uri_size), Output(out)},
      [&] {
        return Begin(*options, out, [&](const OAuthClient& client) {
          AuthorizationCodeOptions request = options->browser;
          request.redirect_uri = View(redirect_uri, redirect_uri_size);
          request.scope = options->asked.scope;
          return AuthorizationCodeGrant::Create(client, std::move(request));
        });
      });
}
