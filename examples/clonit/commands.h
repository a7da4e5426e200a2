#pragma once

// The commands. Each prints what it found and returns how the program ends.

#include "exit_code.h"
#include "options.h"
#include "output.h"

namespace clonit {

struct Commands {
  static ExitCode Signup(const Options& options, Output& out);
  static ExitCode Login(const Options& options, Output& out);
  static ExitCode Whoami(const Options& options, Output& out);
  static ExitCode Logout(const Options& options, Output& out);
  static ExitCode ListKeys(const Options& options, Output& out);
  static ExitCode IssueKey(const Options& options, Output& out);
  static ExitCode ShowKey(const Options& options, Output& out);
  static ExitCode RevokeKey(const Options& options, Output& out);
  static ExitCode RollKey(const Options& options, Output& out);
  static ExitCode AuditKeys(const Options& options, Output& out);
  static ExitCode ScanForKeys(const Options& options, Output& out);
  static ExitCode EditConfig(const Options& options, Output& out);
  static ExitCode ConfigPath(const Options& options, Output& out);
  static ExitCode GenerateJwk(const Options& options, Output& out);
  static ExitCode PublicJwk(const Options& options, Output& out);
  static ExitCode JwkThumbprint(const Options& options, Output& out);
  static ExitCode ConvertJwk(const Options& options, Output& out);
  static ExitCode InspectToken(const Options& options, Output& out);
  static ExitCode VerifyTokens(const Options& options, Output& out);
  static ExitCode SignToken(const Options& options, Output& out);
  static ExitCode Doctor(const Options& options, Output& out);
};

}  // namespace clonit
