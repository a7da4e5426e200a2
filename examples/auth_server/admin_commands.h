#pragma once

// What an operator may ask of a service, as JSON: the same whether the service
// is opened for the one command or runs in another process.

#include <string>
#include <string_view>

#include "clone/json.h"
#include "clone/result.h"
#include "clone/service_operations.h"

namespace auth_server {

/// Does what `request` asks for: an object with "command" and what that takes.
/// Returns the text of a JSON object. Errors: invalid_argument (no such
/// command, or something missing), and those of the operation.
clone_auth::Result<std::string> Execute(
    clone_auth::ServiceOperations& operations,
    const clone_auth::JsonValue& request);

/// One line of the admin socket: {"ok": …} or {"error": …, "message": …}.
std::string ToLine(const clone_auth::Result<std::string>& answer);
/// Reads it again. Error: answer_malformed, or the one that it tells of.
clone_auth::Result<clone_auth::JsonValue> FromLine(std::string_view line);

}  // namespace auth_server
