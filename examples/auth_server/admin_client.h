#pragma once

// The commands of an operator: through the admin socket of the server that has
// the database, or on the database itself where none has it.

#include "options.h"
#include "support/output.h"

namespace auth_server {

/// Does what the command line asks for and returns how the program ends.
int RunAdmin(const Options& options);

}  // namespace auth_server
