#pragma once

// The handles of clone/c_api_key.h.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capi/handle.h"
#include "clone/api_key.h"
#include "clone/api_key_hasher.h"
#include "clone/c_api_key.h"

struct clone_auth_api_key : clone_auth::capi::Handle<6> {
  clone_auth::Secret text;
  /// Neither for a key without checksum.
  std::optional<clone_auth::ApiKeyKind> kind;
  std::string public_id;
  std::string display_prefix;
};

struct clone_auth_hasher_options : clone_auth::capi::Handle<7> {
  std::vector<clone_auth::Pepper> peppers;
};

struct clone_auth_hasher : clone_auth::capi::Handle<8> {
  explicit clone_auth_hasher(
      std::shared_ptr<const clone_auth::ApiKeyHasher> value)
      : hasher(std::move(value)) {}
  std::shared_ptr<const clone_auth::ApiKeyHasher> hasher;
};
