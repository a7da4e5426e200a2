#pragma once

// What the operators' commands have in common: how a request is read, and how
// an answer is written.

#include <optional>
#include <string>

#include "clone/clock.h"
#include "clone/json.h"
#include "clone/result.h"

namespace auth_server {

/// The text of a JSON object.
using Answer = clone_auth::Result<std::string>;

/// Error: invalid_argument, where the request has no such text.
clone_auth::Result<std::string> TextOf(const clone_auth::JsonValue& request,
                                       const char* name);

/// The request's "file". Error: invalid_argument, also for a relative path.
clone_auth::Result<std::string> PathOf(const clone_auth::JsonValue& request);

/// Null where there is no time.
void WriteTime(const char* name,
               const std::optional<clone_auth::WallTime>& time,
               clone_auth::JsonWriter& json);

}  // namespace auth_server
