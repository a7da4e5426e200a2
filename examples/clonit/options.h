#pragma once

// What the command line says. Nothing in it is a secret: those come from
// standard input, the environment or a prompt.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  bool with_browser = false;  ///< that of this machine, and no code
  bool no_browser = false;    ///< none is opened
  std::string auth_url;       ///< the issuer; empty: what the cloud names
  std::string client_id;      ///< likewise
  std::string scope;          ///< likewise
  std::string label;
  std::string key_id;
  bool raw = false;
  std::optional<std::int64_t> overlap;  ///< seconds

  std::vector<std::string> scanned;  ///< files and folders; empty or "-": stdin
  bool staged = false;
  std::string key_prefix = "clone_";

  std::string algorithm;
  std::string jwk_id;
  std::string form = "jwk";  ///< of a key that is printed: jwk or pem
  std::string file;          ///< empty: standard input

  std::string jwks;  ///< a file or a URL; empty: the issuer's metadata tells
  std::vector<std::string> issuers;
  std::vector<std::string> audiences;
  std::vector<std::string> algorithms;
  std::string type;                ///< `typ`; empty: at+jwt
  std::optional<std::int64_t> at;  ///< epoch seconds taken for the time
  std::int64_t skew = 60;          ///< seconds
  std::string key_file;            ///< "-": standard input; also below
  std::string claims_file;
  std::optional<std::int64_t> lifetime;  ///< seconds
};

struct ParsedOptions {
  Options options;
  /// Where there is nothing left to do, such as after --help.
  std::optional<ExitCode> exit_code;
};

/// Says on standard error what is wrong with the command line.
ParsedOptions ParseOptions(int argc, char** argv);

}  // namespace clonit
