#include "support/command_line.h"

#include <vector>

namespace console {

std::string DescribeMistake(const CLI::App& app, const CLI::ParseError& error,
                            int argc, char** argv) {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    return text.substr(0, text.find(" = "));
  }
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) return text;
  int position = 1;
  while (position < argc && extras.front() != argv[position]) ++position;
  std::string what = "argument " + std::to_string(position);
  if (extras.front().rfind("--", 0) == 0) {
    what += ", " + extras.front().substr(0, extras.front().find('=')) + ",";
  }
  return what + " is not expected here";
}

}  // namespace console
