#include "options.h"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include <CLI/CLI.hpp>

#include "admin_flags.h"
#include "flags.h"
#include "support/command_line.h"

namespace auth_server {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

void SetDatabase(const std::string& text, Options& options) {
  if (text.rfind(kSqlite, 0) != 0 || text.size() == kSqlite.size()) {
    throw CLI::ValidationError("--database",
                               "'" + text + "' is not sqlite:PATH");
  }
  options.database_path = text.substr(kSqlite.size());
}

void DeclareServer(Flags& flags, Options& options) {
  flags
      .Text(
          "listen",
          [&options](const std::string& text) {
            options.listen = HostPortOf("listen", text);
          },
          "HOST:PORT to listen on; port 0 takes a free one")
      ->default_str("127.0.0.1:8080");
  flags.Text(
      "metrics-listen",
      [&options](const std::string& text) {
        options.metrics_listen = HostPortOf("metrics-listen", text);
      },
      "HOST:PORT of its own for /metrics; port 0 takes a free one");
  flags
      .Text(
          "database",
          [&options](const std::string& text) { SetDatabase(text, options); },
          "sqlite:PATH of the database, made on first run; its secrets "
          "live in PATH.keys")
      ->required();
  flags.Add("threads", options.threads, "Threads that serve; 0: one a core")
      ->check(CLI::Range(0, 256));
  flags
      .Text(
          "log-format",
          [&options](const std::string& text) {
            options.log_format =
                text == "json" ? LogFormat::kJson : LogFormat::kText;
          },
          "How the log is written")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
  flags.Switch("quiet", options.quiet, "Write no line for each request");
  auto& limits = options.connections;
  flags.Duration("header-timeout", limits.header, "15s",
                 "For the head of a request to arrive");
  flags.Duration("body-timeout", limits.body, "30s",
                 "For the body of a request to arrive");
  flags.Duration("idle-timeout", limits.idle, "75s",
                 "Between two requests of a connection");
  flags.Duration("write-timeout", limits.write, "30s",
                 "For a client to take its answer");
  flags.Duration("shutdown-timeout", limits.shutdown, "10s",
                 "For what is in flight when the server is told to end");
}

void DeclareService(Flags& flags, clone_auth::ServiceOptions& service) {
  using clone_auth::JwtAlgorithm;
  flags.Add("issuer", service.issuer,
            "URL that the tokens name as their issuer; without it, the "
            "address that is listened on");
  flags.Add("audience", service.audience,
            "What the tokens are for; without it, the issuer");
  flags
      .Text(
          "algorithm",
          [&service](const std::string& text) {
            service.algorithm =
                text == "EdDSA" ? JwtAlgorithm::kEdDsa : JwtAlgorithm::kEs256;
          },
          "How tokens are signed")
      ->check(CLI::IsMember({"ES256", "EdDSA"}))
      ->default_str("ES256");
  flags.Duration("access-lifetime", service.access_lifetime, "60m",
                 "Of an access token");
  flags.Duration("refresh-lifetime", service.refresh_lifetime, "30d",
                 "Of a sign-in, however often it is refreshed");
  flags.Duration("exchanged-lifetime", service.exchanged_lifetime, "15m",
                 "Of a token that an API key was exchanged for, at most 15m");
  flags.Duration("clock-skew", service.clock_skew, "60s",
                 "Tolerated between the clocks of two machines");
  flags.Switch("invite-only", service.invite_only,
               "Sign up with an invite code only");
  flags
      .Add("cors-origin", service.cors_origins,
           "Origin whose pages may call; may be repeated")
      ->delimiter(',');
  flags
      .Add("trusted-proxy", service.trusted_proxies,
           "Address or network whose X-Forwarded-For is believed; may be "
           "repeated")
      ->delimiter(',');
  flags
      .Add("imported-key-scheme", service.imported_keys.schemes,
           "Scheme of Authorization that carries an imported API key; may be "
           "repeated")
      ->delimiter(',');
  flags
      .Add("imported-key-prefix", service.imported_keys.bearer_prefixes,
           "How a Bearer credential begins that is an imported API key; may "
           "be repeated")
      ->delimiter(',');
  flags.Add("key-prefix", service.scheme.prefix, "How API keys begin");
  flags.Duration("key-expires-soon", service.key_expires_soon, "7d",
                 "How long before its end a key says so");
  flags.Add("key-header", service.scheme.header,
            "Header that carries an API key");
}

void DeclareLimits(Flags& flags, clone_auth::ServiceOptions& service) {
  flags
      .Add("password-min", service.passwords.min_bytes,
           "Bytes of the shortest password")
      ->check(CLI::Range(8, 1024));
  const auto limit = [&flags](const std::string& name, int& target,
                              const std::string& help) {
    flags.Add(name, target, help + "; 0: no limit")
        ->check(CLI::Range(0, 1'000'000'000));
  };
  auto& limits = service.limits;
  limit("limit-passwords-per-account", limits.passwords_per_account,
        "Wrong passwords of one account in 10 minutes");
  limit("limit-passwords-per-address", limits.passwords_per_address,
        "Wrong passwords from one address in 10 minutes");
  limit("limit-anonymous-per-address", limits.anonymous_per_address,
        "Signups, waitlist posts and invite checks from one address in an "
        "hour");
  limit("limit-refreshes-per-address", limits.refreshes_per_address,
        "Bad refresh tokens from one address in 10 minutes");
  limit("limit-leaked-keys-per-address", limits.leaked_keys_per_address,
        "Keys reported as leaked from one address in an hour");
}

std::string WhatIsWrong(const CLI::App& app, const CLI::ParseError& error,
                        int argc, char** argv) {
  // Behind a command may stand what belongs into its prompt.
  return app.get_subcommands().empty()
             ? error.what()
             : console::DescribeMistake(app, error, argc, argv);
}

int Complain(const std::string& what) {
  std::cerr << "clone-auth-server: " << what
            << "\nSee clone-auth-server --help.\n";
  return 2;
}

}  // namespace

ParsedOptions ParseOptions(int argc, char** argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  CLI::App app(
      "Serves accounts, sign-in and API keys over HTTP; with a command, does "
      "that on the database, also while a server runs.\n"
      "Each flag can also stand in the config file under its name, or in the "
      "environment as CLONE_AUTH_ and its name in capitals. Flags win over "
      "the environment, the environment over the file.",
      "clone-auth-server");
  app.set_version_flag("--version", CLONE_AUTH_SERVER_VERSION);
  const char* config = std::getenv("CLONE_AUTH_CONFIG");
  app.set_config("--config", config == nullptr ? "" : config,
                 "File of settings (TOML), a line 'listen = \"HOST:PORT\"' "
                 "for each",
                 config != nullptr);
  app.config_formatter(ConfigFile());
  app.allow_config_extras(false);
  Flags flags(app);
  DeclareServer(flags, options);
  DeclareService(flags, options.service);
  DeclareLimits(flags, options.service);
  DeclareAdmin(app, options.admin);
  // The commands would inherit it, were it given before them.
  app.footer(ExitCodeHelp());
  try {
    app.parse(ArgumentsOf(argc, argv));
  } catch (const CLI::ParseError& error) {
    parsed.exit_code = error.get_exit_code() == 0
                           ? app.exit(error)
                           : Complain(WhatIsWrong(app, error, argc, argv));
    return parsed;
  }
  if (const auto valid = options.service.scheme.Validate(); !valid.ok()) {
    parsed.exit_code = Complain(std::string(valid.message()));
  }
  return parsed;
}

}  // namespace auth_server
