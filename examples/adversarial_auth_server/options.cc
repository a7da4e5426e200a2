#include "options.h"

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "support/command_line.h"
#include "support/durations.h"

namespace adversarial {
namespace {

using std::chrono::seconds;

void AddDuration(CLI::App& app, const std::string& flag, seconds& target,
                 const std::string& fallback, const std::string& help) {
  const auto set = [flag, &target](const std::string& text) {
    const auto parsed = console::ParseDuration(text);
    if (!parsed) {
      throw CLI::ValidationError(
          flag, "'" + text + "' is not a number with s, m, h or d");
    }
    target = *parsed;
  };
  app.add_option_function<std::string>(flag, set, help)->default_str(fallback);
}

void AddFaults(CLI::App& app, Options& options) {
  const auto set = [&options](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      const auto fault = clone_auth::testing::ParseFault(text);
      if (!fault.ok()) {
        throw CLI::ValidationError("--fault",
                                   std::string(fault.status().message()));
      }
      options.faults.push_back(*fault);
    }
  };
  app.add_option_function<std::vector<std::string>>(
         "--fault", set,
         "NAME[=VALUE][:TIMES][@PATH], what befalls the next requests for "
         "tokens, or to PATH; may be repeated")
      ->allow_extra_args(false);
}

void ListFaults() {
  for (const auto& row : clone_auth::testing::FaultTable()) {
    std::string name(row.name);
    if (!row.unit.empty()) {
      name += "=" + std::to_string(row.fallback) + " " + std::string(row.unit);
    }
    std::printf("%-24s %s\n", name.c_str(), std::string(row.text).c_str());
  }
}

}  // namespace

ParsedOptions ParseOptions(int argc, char** argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  auto& server = options.server;
  CLI::App app(
      "An auth server for tests of clients. It listens on the loopback, keeps "
      "everything in memory, hands out sessions to whoever asks, and "
      "misbehaves where it is told to.",
      "adversarial-auth-server");
  bool lists_faults = false;
  bool is_without_idempotency = false;
  app.add_option("--port", options.port, "Port; 0 takes a free one")
      ->capture_default_str();
  AddFaults(app, options);
  app.add_flag("--list-faults", lists_faults,
               "Print each fault, with its value where it is given none");
  app.add_flag("--no-idempotency", is_without_idempotency,
               "Do not mind Idempotency-Key");
  AddDuration(app, "--grace", server.grace, "10s",
              "How long a spent refresh token gets its successor again");
  AddDuration(app, "--access-lifetime", server.access_lifetime, "60m",
              "Of an access token");
  AddDuration(app, "--refresh-lifetime", server.refresh_lifetime, "30d",
              "Of a session");
  AddDuration(app, "--device-lifetime", server.device_lifetime, "10m",
              "Of a device's code");
  AddDuration(app, "--device-interval", server.device_interval, "5s",
              "Between two polls of a device");
  app.add_option("--subject", server.subject, "Who signs in")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      parsed.exit_code = app.exit(error);
      return parsed;
    }
    std::cerr << "adversarial-auth-server: "
              << console::DescribeMistake(app, error, argc, argv)
              << "\nSee adversarial-auth-server --help.\n";
    parsed.exit_code = 2;
    return parsed;
  }
  server.honours_idempotency = !is_without_idempotency;
  if (lists_faults) {
    ListFaults();
    parsed.exit_code = 0;
  }
  return parsed;
}

}  // namespace adversarial
