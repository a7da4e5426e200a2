#pragma once

// The handles of clone/c_credential.h.

#include <utility>

#include "capi/handle.h"
#include "clone/api_key_scheme.h"
#include "clone/c_credential.h"
#include "clone/credential.h"

struct clone_auth_scheme : clone_auth::capi::Handle<4> {
  clone_auth::ApiKeyScheme scheme;
};

struct clone_auth_credential : clone_auth::capi::Handle<5> {
  explicit clone_auth_credential(clone_auth::Credential value)
      : credential(std::move(value)) {}
  clone_auth::Credential credential;
};
