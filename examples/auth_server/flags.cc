#include "flags.h"

#include <charconv>
#include <cstdlib>
#include <utility>
#include <vector>

#include "support/durations.h"

namespace auth_server {
namespace {

using std::chrono::seconds;

/// CLONE_AUTH_ACCESS_LIFETIME for "access-lifetime".
std::string EnvironmentName(std::string name) {
  for (char& c : name) {
    c = c == '-' ? '_'
                 : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return "CLONE_AUTH_" + name;
}

/// A file without the lines that the environment overrides. CLI11 would let the
/// file win, but a variable is set for one run and a file for all of them.
class FileBelowEnvironment final : public CLI::ConfigTOML {
 public:
  std::vector<CLI::ConfigItem> from_config(std::istream& file) const override {
    auto lines = CLI::ConfigTOML::from_config(file);
    std::erase_if(lines, [](const CLI::ConfigItem& item) {
      return std::getenv(EnvironmentName(item.name).c_str()) != nullptr;
    });
    return lines;
  }
};

}  // namespace

seconds DurationOf(const std::string& flag, const std::string& text) {
  const auto parsed = console::ParseDuration(text);
  if (!parsed) {
    throw CLI::ValidationError(
        "--" + flag, "'" + text + "' is not a number with s, m, h or d");
  }
  return *parsed;
}

HostPort HostPortOf(const std::string& flag, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  const bool bracketed =
      host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const char* begin = text.data() + (colon == text.npos ? 0 : colon + 1);
  const auto [rest, error] = std::from_chars(begin, end, port);
  const bool plain = bracketed || host.find(':') == host.npos;
  if (colon == text.npos || host.empty() || !plain || error != std::errc() ||
      rest != end || port > 65535) {
    throw CLI::ValidationError("--" + flag, "'" + text + "' is not HOST:PORT");
  }
  return {host, std::to_string(port)};
}

std::shared_ptr<CLI::Config> ConfigFile() {
  return std::make_shared<FileBelowEnvironment>();
}

CLI::Option* Flags::Switch(const std::string& name, bool& target,
                           const std::string& help) {
  return Name(name, app_.add_flag("--" + name, target, help));
}

CLI::Option* Flags::Text(const std::string& name,
                         std::function<void(const std::string&)> set,
                         const std::string& help) {
  return Name(name,
              app_.add_option_function("--" + name, std::move(set), help));
}

CLI::Option* Flags::Duration(const std::string& name, seconds& target,
                             const std::string& fallback,
                             const std::string& help) {
  const auto set = [name, &target](const std::string& text) {
    target = DurationOf(name, text);
  };
  return Text(name, set, help)->default_str(fallback);
}

CLI::Option* Flags::Name(const std::string& name, CLI::Option* option) {
  return option->envname(EnvironmentName(name));
}

}  // namespace auth_server
