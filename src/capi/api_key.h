#pragma once

// The handles of clone/c_api_key.h.

#include <optional>
#include <string>

#include "capi/handle.h"
#include "clone/api_key.h"
#include "clone/c_api_key.h"

struct clone_auth_api_key : clone_auth::capi::Handle<6> {
  clone_auth::Secret text;
  /// Neither for a key without checksum.
  std::optional<clone_auth::ApiKeyKind> kind;
  std::string public_id;
  std::string display_prefix;
};
