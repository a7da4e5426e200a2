// signup, login, whoami, logout.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "commands.h"
#include "credential_facts.h"
#include "support/terminal.h"
#include "support/times.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::DefaultServer;
using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;
using clone_auth::StoredSession;
using clone_auth::TokenStore;
using clone_auth::User;
using console::AsksForSecrets;
using console::ReadSecret;
using console::TimeForPeople;

constexpr std::chrono::seconds kPatience{10};

Result<Secret> ReadNewPassword() {
  auto password = ReadSecret("Password: ");
  if (!password.ok() || !AsksForSecrets()) return password;
  const auto again = ReadSecret("The same again: ");
  if (!again.ok()) return again.status();
  if (!ConstantTimeEquals(*password, *again)) {
    return Status(Reason::kInvalidArgument, "the two passwords differ");
  }
  return password;
}

/// Whether a session can be stored, found out before a password is asked for.
Status CheckStore(TokenStore& store) {
  return store.Acquire(kPatience).status();
}

/// Ends the session that a new one has replaced. That it cannot be ended is no
/// reason to fail: it dies by itself.
void EndReplaced(clone_auth::RestClient& client,
                 const Result<std::optional<StoredSession>>& old,
                 const std::string& base_url) {
  if (!old.ok() || !old->has_value()) return;
  const StoredSession& session = **old;
  if (session.base_url != base_url || session.tokens.refresh.empty()) return;
  [[maybe_unused]] const Status ended = client.Logout(session.tokens.refresh);
}

/// Signs in and stores the session.
Result<std::optional<User>> SignIn(Workspace& workspace,
                                   const DefaultServer& server,
                                   const std::string& email) {
  const auto store =
      clone_auth::MakeFileTokenStore(SessionFile(server.config_file));
  if (const Status usable = CheckStore(*store); !usable.ok()) return usable;
  const auto client = workspace.Client(server.base_url, nullptr);
  if (!client.ok()) return client.status();
  const auto password = ReadSecret("Password: ");
  if (!password.ok()) return password.status();
  auto signed_in = (*client)->Login(email, *password);
  if (!signed_in.ok()) return signed_in.status();
  const auto old = store->Load();
  StoredSession session{server.base_url, std::move(signed_in->tokens)};
  if (const Status saved = store->Save(session); !saved.ok()) {
    [[maybe_unused]] const Status ended =
        (*client)->Logout(session.tokens.refresh);
    return saved;
  }
  EndReplaced(**client, old, server.base_url);
  return std::move(signed_in->user);
}

void PrintIdentity(const User& user, const SignedInClient& opened,
                   const CredentialFacts& facts, Output& out) {
  const auto now = clone_auth::SystemClock().Now();
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("id").String(user.id);
    json.Name("email").String(user.email).Name("organization");
    if (user.organization) {
      json.BeginObject().Name("id").String(user.organization->id);
      json.Name("name").String(user.organization->name).EndObject();
    } else {
      json.Null();
    }
    json.Name("role").String(user.role);
    json.Name("server").String(opened.base_url);
    json.Name("credential");
    WriteFacts(facts, json);
    json.EndObject();
    out.Print(json);
    return;
  }
  Fields fields = {{"email", user.email}, {"id", user.id}};
  if (user.organization) {
    fields.emplace_back("organization", user.organization->name);
  }
  fields.emplace_back("role", user.role);
  fields.emplace_back("server", opened.base_url);
  fields.emplace_back("signed in by", InWords(facts));
  if (facts.expires_at) {
    fields.emplace_back("until",
                        TimeForPeople(*facts.expires_at, now) +
                            (facts.is_renewed ? ", then renewed" : ""));
  }
  out.Print(fields);
}

/// Ends the stored session at its server. Error: why it may go on there.
Status EndAtServer(Workspace& workspace, const StoredSession& session) {
  if (session.tokens.refresh.empty()) return Status();
  const auto client = workspace.Client(session.base_url, nullptr);
  if (!client.ok()) return client.status();
  const Status ended = (*client)->Logout(session.tokens.refresh);
  // A session that the server does not know any more has ended.
  return ended.code() == clone_auth::StatusCode::kUnauthenticated ? Status()
                                                                  : ended;
}

}  // namespace

ExitCode Commands::Signup(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto server = workspace.Server();
  if (!server.ok()) return out.Fail(server.status());
  const auto client = workspace.Client(server->base_url, nullptr);
  if (!client.ok()) return out.Fail(client.status());
  auto password = ReadNewPassword();
  if (!password.ok()) return out.Fail(password.status());
  const auto account = (*client)->Signup(
      {options.email, std::move(password).value(), options.invite_code});
  if (!account.ok()) return out.Fail(account.status());
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("id").String(account->id);
    json.Name("email").String(account->email);
    json.Name("created_at").String(account->created_at).EndObject();
    out.Print(json);
  } else {
    out.Print(Fields{{"email", account->email}, {"id", account->id}});
  }
  out.Note("the account is there; now sign in with 'clonit login'");
  return ExitCode::kOk;
}

ExitCode Commands::Login(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto server = workspace.Server();
  if (!server.ok()) return out.Fail(server.status());
  const auto user = SignIn(workspace, *server, options.email);
  if (!user.ok()) return out.Fail(user.status());
  const std::string email = *user ? (*user)->email : options.email;
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("email").String(email);
    json.Name("server").String(server->base_url);
    json.Name("session").String(SessionFile(server->config_file)).EndObject();
    out.Print(json);
  } else {
    out.Note("signed in at " + server->base_url + " as " + email);
  }
  const auto found = workspace.Credential();
  if (found.ok() && found->found_in != "session") {
    out.Warn("an API key from the " + found->found_in +
             " goes before this session");
  }
  return ExitCode::kOk;
}

ExitCode Commands::Whoami(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  const auto user = opened->client->Me();
  WarnOfLostSession(*opened->source, out);
  if (!user.ok()) return out.Fail(user.status());
  const auto facts = FactsOf(*opened);
  if (!facts.ok()) return out.Fail(facts.status());
  PrintIdentity(*user, *opened, *facts, out);
  return ExitCode::kOk;
}

ExitCode Commands::Logout(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto server = workspace.Server();
  if (!server.ok()) return out.Fail(server.status());
  const std::string file = SessionFile(server->config_file);
  const auto store = clone_auth::MakeFileTokenStore(file);
  // Nobody refreshes the session while it ends.
  const auto lock = store->Acquire(kPatience);
  if (!lock.ok()) return out.Fail(lock.status());
  const auto session = store->Load();
  const bool is_there = session.ok() && session->has_value();
  if (!session.ok() && session.status().reason() != Reason::kConfigMalformed) {
    return out.Fail(session.status());
  }
  const Status ended = is_there ? EndAtServer(workspace, **session) : Status();
  const Status gone = (*lock)->Clear();
  if (!gone.ok()) return out.Fail(gone);
  if (!ended.ok()) {
    out.Warn(
        "signed out here, but the server could not be told; there the "
        "session goes on until it expires");
    return out.Fail(ended);
  }
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("signed_out").Bool(is_there).EndObject();
    out.Print(json);
  } else if (!session.ok()) {
    out.Note("removed " + file + ", which could not be read");
  } else {
    out.Note(is_there ? "signed out" : "nobody was signed in");
  }
  return ExitCode::kOk;
}

}  // namespace clonit
