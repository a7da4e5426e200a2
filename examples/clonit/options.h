#pragma once

// What the command line says. Nothing in it is a secret: those come from
// standard input, the environment or a prompt.

#include <optional>
#include <string>

#include "exit_code.h"

namespace clonit {

struct Options;
class Output;
using Command = ExitCode (*)(const Options& options, Output& out);

struct Options {
  Command command = nullptr;

  bool json = false;
  bool debug = false;
  bool quiet = false;
  /// Columns of a table; 0: as many as it takes. Empty: the terminal's.
  std::optional<int> width;
  std::string config_file;  ///< empty: the default one

  std::string email;
  std::string invite_code;
  bool with_password = false;
  std::string label;
  std::string key_id;
  bool raw = false;

  std::string algorithm;
  std::string jwk_id;
  std::string form = "jwk";  ///< of a key that is printed: jwk or pem
  std::string file;          ///< empty: standard input
};

struct ParsedOptions {
  Options options;
  /// Where there is nothing left to do, such as after --help.
  std::optional<ExitCode> exit_code;
};

/// Says on standard error what is wrong with the command line.
ParsedOptions ParseOptions(int argc, char** argv);

}  // namespace clonit
