#pragma once

// The handle of a token that passed every check.

#include <utility>

#include "capi/handle.h"
#include "clone/c_jwt.h"
#include "clone/jwt.h"

struct clone_auth_verified_jwt : clone_auth::capi::Handle<18> {
  explicit clone_auth_verified_jwt(clone_auth::VerifiedJwt value)
      : jwt(std::move(value)) {}
  clone_auth::VerifiedJwt jwt;
};
