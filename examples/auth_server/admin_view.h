#pragma once

// The answers to an operator's commands, as people read them.

#include "admin_call.h"
#include "clone/json.h"
#include "support/output.h"

namespace auth_server {

/// With --json the answer itself.
void Show(const AdminCall& call, const clone_auth::JsonValue& answer,
          console::Output& out);

}  // namespace auth_server
