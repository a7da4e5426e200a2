#pragma once

// Command lines that CLI11 could not read.

#include <string>

#include <CLI/CLI.hpp>

namespace console {

/// What was wrong, without the words themselves: what stands in the wrong place
/// may be a password.
std::string DescribeMistake(const CLI::App& app, const CLI::ParseError& error,
                            int argc, char** argv);

}  // namespace console
