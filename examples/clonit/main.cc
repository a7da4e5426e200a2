// clonit: sign-in and API keys at the command line.

#include <csignal>

#include "options.h"
#include "output.h"

int main(int argc, char** argv) {
  // A reader that has gone is noticed where the output is written.
  std::signal(SIGPIPE, SIG_IGN);
  const clonit::ParsedOptions parsed = clonit::ParseOptions(argc, argv);
  if (parsed.exit_code) return static_cast<int>(*parsed.exit_code);
  clonit::Output out(parsed.options);
  const clonit::ExitCode code = parsed.options.command(parsed.options, out);
  return static_cast<int>(out.Finish(code));
}
