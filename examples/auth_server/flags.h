#pragma once

// How flags are declared: each is also a variable of the environment and a line
// of the config file.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "options.h"

namespace auth_server {

/// Reads a number with s, m, h or d for an option of CLI11. Throws its
/// ValidationError where it is none.
std::chrono::seconds DurationOf(const std::string& flag,
                                const std::string& text);
/// The same for HOST:PORT; brackets stand around an IPv6 address.
HostPort HostPortOf(const std::string& flag, const std::string& text);

/// Settings in TOML, below the environment.
std::shared_ptr<CLI::Config> ConfigFile();

class Flags {
 public:
  explicit Flags(CLI::App& app) : app_(app) {}

  template <typename T>
  CLI::Option* Add(const std::string& name, T& target,
                   const std::string& help) {
    return Name(
        name,
        app_.add_option("--" + name, target, help)->capture_default_str());
  }

  CLI::Option* Switch(const std::string& name, bool& target,
                      const std::string& help);
  CLI::Option* Text(const std::string& name,
                    std::function<void(const std::string&)> set,
                    const std::string& help);
  CLI::Option* Duration(const std::string& name, std::chrono::seconds& target,
                        const std::string& fallback, const std::string& help);

 private:
  CLI::Option* Name(const std::string& name, CLI::Option* option);

  CLI::App& app_;
};

}  // namespace auth_server
