#pragma once

// The handles of clone/c_session.h.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "capi/handle.h"
#include "clone/c_session.h"
#include "clone/durable_session.h"

struct clone_auth_session_options : clone_auth::capi::Handle<21> {
  clone_auth::TokenSessionOptions session;
  std::string store_file;
};

struct clone_auth_session : clone_auth::capi::Handle<22> {
  explicit clone_auth_session(std::unique_ptr<clone_auth::DurableSession> value)
      : durable(std::move(value)) {}
  std::unique_ptr<clone_auth::DurableSession> durable;
};

struct clone_auth_session_request : clone_auth::capi::Handle<23> {
  ~clone_auth_session_request() {
    clone_auth::WipeBytes(send.request.body.data(), send.request.body.size());
  }
  clone_auth::TokenSession::Send send;
};

namespace clone_auth::capi {

/// Begins a session of tokens that have just come; in the file, if one is
/// named, it is saved before it is handed out. Errors: those of
/// TokenSession::Create and TokenStore::Save.
Status BeginSession(const TokenSessionOptions& options, SessionTokens tokens,
                    const std::string& store_file, clone_auth_session** out);

}  // namespace clone_auth::capi
