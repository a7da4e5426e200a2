#pragma once

// The commands of an operator, as the command line has them.

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "admin_call.h"

namespace auth_server {

void DeclareAdmin(CLI::App& app, AdminCall& call);

/// The arguments as CLI11 takes them, the last one first. The id of a refusal
/// may begin with '-', which would make it a flag: a blank hides that.
std::vector<std::string> ArgumentsOf(int argc, char** argv);

/// How the program ends, for --help.
std::string ExitCodeHelp();

}  // namespace auth_server
