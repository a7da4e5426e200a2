#include "admin_flags.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "flags.h"

namespace auth_server {
namespace {

/// Nothing longer stands behind "why" but an id.
constexpr std::size_t kLongestFlag = 40;

struct ExitCodeRow {
  int code;
  std::string_view meaning;
};

constexpr std::array kExitCodes = {
    ExitCodeRow{0, "done"},
    ExitCodeRow{1, "failed; what was wrong is on standard error"},
    ExitCodeRow{2, "the command line, the config file or the environment"},
    ExitCodeRow{141, "whoever read the output has closed it"},
};

/// "account" and below it "disable", which makes the call "account disable".
class Group {
 public:
  Group(CLI::App& app, AdminCall& call, const std::string& name,
        const std::string& help)
      : group_(app.add_subcommand(name, help)), call_(call), name_(name) {
    group_->require_subcommand(1);
  }

  CLI::App* Add(const std::string& name, const std::string& help) {
    CLI::App* added = group_->add_subcommand(name, help);
    added->callback(
        [&call = call_, full = name_ + " " + name] { call.command = full; });
    return added;
  }

 private:
  CLI::App* group_;
  AdminCall& call_;
  std::string name_;
};

void DeclareAccounts(CLI::App& app, AdminCall& call) {
  Group accounts(app, call, "account", "The accounts");
  accounts.Add("list", "List them");
  const auto add = [&](const char* name, const char* help) {
    accounts.Add(name, help)
        ->add_option("email", call.email, "The account's address")
        ->required();
  };
  add("disable", "End every access of one, API keys included");
  add("enable", "Let one in again; its sessions stay ended");
  add("set-password",
      "Give one a new password, from a prompt or standard input; ends its "
      "sessions");
}

void DeclareKeys(CLI::App& app, AdminCall& call) {
  Group keys(app, call, "key", "The API keys");
  keys.Add("list", "List them, newest first")
      ->add_option("--account", call.email, "Only those of this address");
  keys.Add("revoke", "Revoke one, for good")
      ->add_option("id", call.id, "As the list has it")
      ->required();
}

void DeclareSigningKeys(CLI::App& app, AdminCall& call) {
  Group keys(app, call, "signing-key", "The keys that sign access tokens");
  keys.Add("list", "List them, newest first");
  keys.Add("rotate", "Make a new one, which signs a while later")
      ->add_option_function<std::string>(
          "--publish-ahead",
          [&call](const std::string& text) {
            call.publish_ahead = DurationOf("publish-ahead", text);
          },
          "Until it signs, so that every verifier knows it by then; 0s: at "
          "once")
      ->default_str("10m");
}

void DeclareAudit(CLI::App& app, AdminCall& call) {
  Group audit(app, call, "audit", "What happened to keys and accounts");
  CLI::App* list = audit.Add("list", "List it, newest first");
  list->add_option("--key", call.id, "Only of this key");
  list->add_option("--account", call.email, "Only of this address");
  list->add_option("--limit", call.limit, "Rows at most")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  audit
      .Add("verify",
           "Check that no row was altered or taken out; prints the trail's "
           "head")
      ->add_option("--head", call.head,
                   "One that was printed before: the trail must still have it");
}

void DeclarePeppers(CLI::App& app, AdminCall& call) {
  Group peppers(app, call, "pepper",
                "The secrets that the rows of API keys are sealed with");
  peppers.Add("list", "List them, newest first");
  peppers.Add("rotate",
              "Make a new one and seal every row with it; no key changes");
  peppers
      .Add("drop",
           "Remove one that only keys of an older version need, and revoke "
           "those")
      ->add_option("id", call.pepper, "As the list has it")
      ->required();
}

void DeclareBackups(CLI::App& app, AdminCall& call) {
  const auto add = [&](const char* name, const char* help, const char* file) {
    CLI::App* added = app.add_subcommand(name, help);
    added->add_option("file", call.file, file)->required();
    added->callback([&call, name] { call.command = name; });
    return added;
  };
  add("backup", "Copy the database while requests go on",
      "Where to; its keys go to FILE.keys");
  add("restore", "Go back to a backup, less what was revoked since",
      "The backup")
      ->add_flag("--without-revocation-log", call.without_revocation_log,
                 "Where that log is lost: revoke every API key and make every "
                 "password unusable");
}

void DeclareImports(CLI::App& app, AdminCall& call) {
  Group imports(app, call, "import",
                "Move another system's accounts and API keys here, while a "
                "server runs; can be done again");
  CLI::App* django = imports.Add("django", "A Django project's database");
  django->add_option("--from", call.file, "Its SQLite file")->required();
  django->add_option("--secret-key-file", call.signing_key_file,
                     "What SimpleJWT signs with (HS256): its tokens are good "
                     "here until they expire");
  django->add_option("--key-owner", call.key_owner,
                     "Address of the account whose organization the keys of "
                     "djangorestframework-api-key become");
  django
      ->add_option("--permission", call.permissions,
                   "What the imported keys may do; may be repeated")
      ->delimiter(',');
  django->add_option("--user-table", call.user_table, "Of its user model")
      ->capture_default_str();
  imports.Add("keys", "Hashes of API keys, a JSON object a line")
      ->add_option("--from", call.file, "The file")
      ->required();
  imports.Add("status", "How many imported keys were used since");
}

}  // namespace

void DeclareAdmin(CLI::App& app, AdminCall& call) {
  // So that --database may also stand behind the command.
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.add_flag("--json", call.json,
               "With a command: one JSON object on standard output");
  Group invites(app, call, "invite", "Invite codes");
  invites.Add("create", "Print a new one")
      ->add_option("--uses", call.uses, "Signups that it is good for")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  CLI::App* why = app.add_subcommand("why", "Tell what a refusal's id means");
  why->add_option("id", call.id, "The X-Refusal-Id of an answer")->required();
  why->callback([&call] {
    call.command = "why";
    // Cut out of a header by hand, it may still have the line's end.
    call.id.erase(0, call.id.find_first_not_of(' '));
    call.id.erase(call.id.find_last_not_of(" \r\n") + 1);
  });
  DeclareAccounts(app, call);
  DeclareKeys(app, call);
  DeclareSigningKeys(app, call);
  DeclareAudit(app, call);
  DeclarePeppers(app, call);
  DeclareBackups(app, call);
  DeclareImports(app, call);
}

std::vector<std::string> ArgumentsOf(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto why = std::find(arguments.begin(), arguments.end(), "why");
  if (arguments.end() - why > 1 && why[1].size() > kLongestFlag &&
      why[1].front() == '-') {
    why[1].insert(0, 1, ' ');
  }
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

std::string ExitCodeHelp() {
  std::string text = "Exit codes:\n";
  for (const ExitCodeRow& row : kExitCodes) {
    std::string code = std::to_string(row.code);
    code.resize(6, ' ');
    text.append("  ").append(code).append(row.meaning).append("\n");
  }
  return text;
}

}  // namespace auth_server
