#include "options.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>

#include "commands.h"
#include "support/command_line.h"

namespace clonit {
namespace {

// The last second that a WallTime holds.
constexpr std::int64_t kLastSecond = 9'223'372'036;

CLI::App* Add(CLI::App& parent, Options& options, const char* name,
              const char* help, Command command) {
  CLI::App* added = parent.add_subcommand(name, help);
  added->callback([&options, command] { options.command = command; });
  return added;
}

CLI::App* AddGroup(CLI::App& app, const char* name, const char* help) {
  CLI::App* group = app.add_subcommand(name, help);
  group->require_subcommand(1);
  return group;
}

void DeclareGlobal(CLI::App& app, Options& options) {
  app.add_flag("--json", options.json,
               "One JSON object on standard output, for programs");
  app.add_option("--config", options.config_file,
                 "Config file, with the session beside it\n"
                 "(default: ~/.config/clonit/config.yaml)")
      ->type_name("FILE");
  app.add_flag("--debug", options.debug,
               "Show each request on standard error, without its secrets");
  app.add_flag("--quiet", options.quiet, "Say only what was asked for");
  app.add_option("--width", options.width,
                 "Columns of a table; 0: as many as it takes\n"
                 "(default: the terminal's)")
      ->type_name("COLUMNS")
      ->check(CLI::Range(0, 10'000).description(""));
}

void DeclareLogin(CLI::App& app, Options& options) {
  CLI::App* login =
      Add(app, options, "login",
          "Sign in with a code that is typed on any device, and keep the\n"
          "session",
          Commands::Login);
  CLI::Option* browser = login->add_flag(
      "--browser", options.with_browser,
      "With the browser of this machine, and no code to be typed");
  CLI::Option* no_browser = login->add_flag("--no-browser", options.no_browser,
                                            "Open no browser by itself");
  CLI::Option* auth_url =
      login
          ->add_option("--auth-url", options.auth_url,
                       "The auth service (default: what the cloud names)")
          ->type_name("URL");
  CLI::Option* client_id = login->add_option(
      "--client-id", options.client_id,
      "What this program is called there (default: what the cloud says,\n"
      "or clonit-cli)");
  CLI::Option* scope =
      login->add_option("--scope", options.scope,
                        "What to ask for (default: what the cloud says, or\n"
                        "\"openid offline_access\")");
  CLI::Option* password = login->add_flag(
      "--password", options.with_password,
      "With a password, from a prompt or standard input, where the cloud\n"
      "is its own auth service");
  CLI::Option* email =
      login->add_option("--email", options.email, "Your address");
  password->needs(email);
  email->needs(password);
  for (CLI::Option* other : {browser, no_browser, auth_url, client_id, scope}) {
    password->excludes(other);
  }
}

void DeclareAccount(CLI::App& app, Options& options) {
  CLI::App* signup =
      Add(app, options, "signup", "Create an account", Commands::Signup);
  signup->add_option("--email", options.email, "Your address")->required();
  signup->add_option("--invite", options.invite_code,
                     "Invite code, where the server asks for one");
  DeclareLogin(app, options);
  Add(app, options, "whoami", "Show who is signed in, and until when",
      Commands::Whoami);
  Add(app, options, "logout", "End the session, there and here",
      Commands::Logout);
}

/// A number with its unit, in seconds.
template <typename Seconds>
void AddDuration(CLI::App& command, const char* name, Seconds& seconds,
                 const char* help, std::int64_t least, std::int64_t most) {
  const std::map<std::string, std::int64_t> units = {
      {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  command.add_option(name, seconds, help)
      ->type_name("DURATION")
      ->transform(CLI::AsNumberWithUnit(
                      units, CLI::AsNumberWithUnit::Options(
                                 CLI::AsNumberWithUnit::CASE_SENSITIVE |
                                 CLI::AsNumberWithUnit::UNIT_REQUIRED))
                      .description(""))
      ->check(CLI::Range(least, most).description(""));
}

void DeclareScan(CLI::App& keys, Options& options) {
  CLI::App* scan =
      Add(keys, options, "scan",
          "Find keys in files; ends with 0 if there is none, 1 if there is\n"
          "one, 2 if a file cannot be read",
          Commands::ScanForKeys);
  CLI::Option* files =
      scan->add_option("files", options.scanned,
                       "Files and folders; -: standard input (the default)")
          ->type_name("FILE");
  scan->add_flag("--staged", options.staged,
                 "What the next git commit would add")
      ->excludes(files);
  scan->add_option("--prefix", options.key_prefix,
                   "How the keys begin (default: clone_)");
}

void DeclareKeys(CLI::App& app, Options& options) {
  CLI::App* keys = AddGroup(app, "keys", "The API keys of who is signed in");
  Add(*keys, options, "list", "List them", Commands::ListKeys);
  CLI::App* issue = Add(*keys, options, "issue",
                        "Issue one; it is shown this once", Commands::IssueKey);
  issue->add_option("--label", options.label, "What it is for")->required();
  issue->add_flag("--raw", options.raw, "Print the key alone");
  CLI::App* show = Add(*keys, options, "show", "Show one", Commands::ShowKey);
  show->add_option("id", options.key_id, "As the list has it")->required();
  CLI::App* revoke = Add(*keys, options, "revoke", "Revoke one, for good",
                         Commands::RevokeKey);
  revoke->add_option("id", options.key_id, "As the list has it")->required();
  CLI::App* roll = Add(*keys, options, "roll",
                       "Issue a successor of one; the old one ends a while\n"
                       "after that was first used",
                       Commands::RollKey);
  roll->add_option("id", options.key_id, "As the list has it")->required();
  AddDuration(*roll, "--overlap", options.overlap,
              "How long both are good, 0s to 30d (default: 24h)", 0,
              30 * std::int64_t{86400});
  roll->add_flag("--raw", options.raw, "Print the key alone");
  Add(*keys, options, "audit", "Show what happened to one, or to all of them",
      Commands::AuditKeys)
      ->add_option("id", options.key_id, "As the list has it");
  DeclareScan(*keys, options);
}

void AddForm(CLI::App& command, Options& options) {
  command.add_option("--to", options.form, "jwk (the default) or pem")
      ->type_name("FORM")
      ->check(CLI::IsMember({"jwk", "pem"}).description(""));
}

CLI::App* AddKeyReader(CLI::App& jwk, Options& options, const char* name,
                       const char* help, Command command) {
  CLI::App* added = Add(jwk, options, name, help, command);
  added
      ->add_option("file", options.file, "JWK or PEM (default: standard input)")
      ->type_name("FILE");
  return added;
}

void DeclareJwk(CLI::App& app, Options& options) {
  CLI::App* jwk = AddGroup(app, "jwk", "Keys to sign tokens with");
  const auto add_what_pem_lacks = [&options](CLI::App& command) {
    command.add_option("--algorithm", options.algorithm,
                       "What a key in PEM is for, such as ES256");
    command.add_option("--kid", options.jwk_id,
                       "Name of a key in PEM (default: its thumbprint)");
    AddForm(command, options);
  };
  CLI::App* generate = Add(*jwk, options, "generate", "Print a new private key",
                           Commands::GenerateJwk);
  generate
      ->add_option("--algorithm", options.algorithm,
                   "What it is for, such as ES256, RS256 or EdDSA")
      ->required();
  generate->add_option("--kid", options.jwk_id,
                       "Its name (default: its thumbprint)");
  AddForm(*generate, options);
  add_what_pem_lacks(*AddKeyReader(*jwk, options, "public",
                                   "Print the public half of a key",
                                   Commands::PublicJwk));
  AddKeyReader(*jwk, options, "thumbprint", "Print the thumbprint (RFC 7638)",
               Commands::JwkThumbprint);
  add_what_pem_lacks(*AddKeyReader(*jwk, options, "convert",
                                   "Print a key in another form",
                                   Commands::ConvertJwk));
}

/// As many as are given, each with the option before it.
CLI::Option* AddEach(CLI::App& command, const char* name,
                     std::vector<std::string>& values, const char* help) {
  return command.add_option(name, values, help)->allow_extra_args(false);
}

/// What the time is taken to be, and the `typ`.
void AddTimeAndType(CLI::App& command, Options& options) {
  command.add_option("--type", options.type, "Its typ (default: at+jwt)");
  command
      .add_option("--at", options.at,
                  "The time, in seconds since 1970 (default: now)")
      ->type_name("EPOCH")
      ->check(CLI::Range(std::int64_t{0}, kLastSecond).description(""));
}

void DeclareVerify(CLI::App& token, Options& options) {
  CLI::App* verify =
      Add(token, options, "verify",
          "Verify the tokens on standard input, one a line; ends with 0 if\n"
          "all were valid, 1 if one was not, 4 if the keys cannot be had",
          Commands::VerifyTokens);
  verify
      ->add_option("--jwks", options.jwks,
                   "The keys: a JWK set, a JWK or PEM, or where a JWK set is\n"
                   "(default: what the issuer's metadata says)")
      ->type_name("FILE|URL");
  AddEach(*verify, "--issuer", options.issuers, "Who may have issued it")
      ->required();
  AddEach(*verify, "--audience", options.audiences, "Who it may be for")
      ->required();
  AddEach(*verify, "--algorithms", options.algorithms,
          "What it may be signed with, such as RS256,ES256")
      ->type_name("LIST")
      ->delimiter(',')
      ->required();
  AddTimeAndType(*verify, options);
  AddDuration(*verify, "--skew", options.skew,
              "How far clocks may be apart, to 10m (default: 60s)", 0, 600);
  verify->add_option("--kid", options.jwk_id,
                     "Name of a key in PEM (default: its thumbprint)");
  verify->add_flag("--jsonl", options.json,
                   "One JSON object a token, as with --json");
}

void DeclareSign(CLI::App& token, Options& options) {
  CLI::App* sign = Add(token, options, "sign",
                       "Print a token with these claims", Commands::SignToken);
  sign->add_option("--key", options.key_file,
                   "Private JWK or PEM; -: standard input")
      ->type_name("FILE")
      ->required();
  sign->add_option("--claims", options.claims_file,
                   "One JSON object; -: standard input")
      ->type_name("FILE")
      ->required();
  sign->add_option("--algorithm", options.algorithm,
                   "What a key is for that does not say so, such as ES256");
  sign->add_option("--kid", options.jwk_id,
                   "Name of a key in PEM (default: its thumbprint)");
  AddEach(*sign, "--issuer", options.issuers, "Add it as iss")->expected(1);
  AddDuration(*sign, "--lifetime", options.lifetime, "Add iat and exp", 1,
              100'000 * std::int64_t{86400});
  AddTimeAndType(*sign, options);
}

void DeclareRest(CLI::App& app, Options& options) {
  CLI::App* config = AddGroup(app, "config", "The config file");
  Add(*config, options, "edit", "Open it in $VISUAL, $EDITOR or vi, check it",
      Commands::EditConfig);
  Add(*config, options, "path", "Print where it is", Commands::ConfigPath);
  CLI::App* token = AddGroup(app, "token", "Tokens");
  Add(*token, options, "inspect",
      "Show what a token on standard input says of itself; verifies nothing",
      Commands::InspectToken);
  DeclareVerify(*token, options);
  DeclareSign(*token, options);
  Add(app, options, "doctor", "Find out what keeps you from signing in",
      Commands::Doctor);
}

}  // namespace

ParsedOptions ParseOptions(int argc, char** argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  CLI::App app("Signs you in to a server and looks after your API keys.",
               "clonit");
  // So that a global flag may also stand behind the command.
  app.fallthrough();
  app.require_subcommand(1);
  app.set_version_flag("--version", CLONIT_VERSION);
  DeclareGlobal(app, options);
  DeclareAccount(app, options);
  DeclareKeys(app, options);
  DeclareJwk(app, options);
  DeclareRest(app, options);
  // The commands would inherit it, were it given before them.
  app.footer(ExitCodeHelp());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error);
      parsed.exit_code = ExitCode::kOk;
    } else {
      std::cerr << "clonit: "
                << console::DescribeMistake(app, error, argc, argv)
                << "\nSee clonit --help.\n";
      parsed.exit_code = ExitCode::kUsage;
    }
  }
  return parsed;
}

}  // namespace clonit
