#pragma once

// What the session programs of this folder share. Above all, how they begin: a
// password is exchanged for tokens, and these are in the store before anybody
// uses them.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "clone/rest_client.h"
#include "clone/token_session.h"
#include "clone/token_store.h"

struct SignedInSession {
  std::unique_ptr<clone_auth::TokenSession> session;
  std::shared_ptr<clone_auth::TokenStore> store;
};

inline clone_auth::Result<SignedInSession> SignIn(const std::string& url,
                                                  const std::string& email,
                                                  const char* password,
                                                  const std::string& file) {
  clone_auth::RestClientOptions anonymous;
  anonymous.base_url = url;
  auto client = clone_auth::RestClient::Create(std::move(anonymous));
  if (!client.ok()) return client.status();
  auto signed_in =
      (*client)->Login(email, clone_auth::Secret::CopyOf(password));
  if (!signed_in.ok()) return signed_in.status();

  clone_auth::TokenSessionOptions options;
  options.base_url = url;
  auto session = clone_auth::TokenSession::Create(
      std::move(options), std::move(signed_in->tokens),
      clone_auth::SystemClock().Now());
  if (!session.ok()) return session.status();
  std::shared_ptr<clone_auth::TokenStore> store =
      clone_auth::MakeFileTokenStore(file);
  clone_auth::Status saved = store->Save({url, (*session)->tokens()});
  if (!saved.ok()) return saved;
  return SignedInSession{std::move(*session), std::move(store)};
}

/// A GET with the header that the session gave for it.
inline clone_auth::HttpRequest GetWith(
    const clone_auth::CredentialHeader& header, const std::string& url) {
  clone_auth::HttpRequest request;
  request.target = url;
  request.headers.Add(std::string(header.name), std::string(header.value));
  return request;
}

inline int Fail(const clone_auth::Status& why) {
  std::fprintf(stderr, "%s\n", why.ToString().c_str());
  return 1;
}
