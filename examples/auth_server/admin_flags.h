#pragma once

// The commands of an operator, as the command line has them.

#include <string>

#include <CLI/CLI.hpp>

#include "admin_call.h"

namespace auth_server {

void DeclareAdmin(CLI::App& app, AdminCall& call);

/// How the program ends, for --help.
std::string ExitCodeHelp();

}  // namespace auth_server
