// signup, whoami, logout.

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "auth_service.h"
#include "commands.h"
#include "credential_facts.h"
#include "identity.h"
#include "support/terminal.h"
#include "support/times.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;
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

void PrintIdentity(const Identity& identity, const SignedInClient& opened,
                   const CredentialFacts& facts, Output& out) {
  const User& user = identity.user;
  const auto now = clone_auth::SystemClock().Now();
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("id").String(user.id);
    json.Name("email").String(user.email);
    WriteText("name", identity.name, json);
    json.Name("organization");
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
  Fields fields = {
      {"email", user.email}, {"name", identity.name}, {"id", user.id}};
  if (user.organization) {
    fields.emplace_back("organization", user.organization->name);
  }
  fields.emplace_back("role", user.role);
  fields.emplace_back("server", opened.base_url);
  fields.emplace_back("signed in by", InWords(facts));
  fields.emplace_back("signed in at", facts.issuer);
  if (facts.expires_at) {
    fields.emplace_back("until",
                        TimeForPeople(*facts.expires_at, now) +
                            (facts.is_renewed ? ", then renewed" : ""));
  }
  out.Print(fields);
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

ExitCode Commands::Whoami(const Options& options, Output& out) {
  Workspace workspace(options);
  auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  const auto identity = IdentityOf(workspace, *opened);
  WarnOfLostSession(*opened, out);
  WarnOfClock(workspace, out);
  if (!identity.ok()) return out.Fail(identity.status());
  const auto facts = FactsOf(*opened);
  if (!facts.ok()) return out.Fail(facts.status());
  PrintIdentity(*identity, *opened, *facts, out);
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
  const bool is_untold = ended.reason() == Reason::kGrantUnsupported;
  if (is_untold) {
    out.Warn("signed out here; " + std::string(ended.message()) +
             ", so there the session goes on until it expires");
  } else if (!ended.ok()) {
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
  } else if (!is_untold) {
    out.Note(is_there ? "signed out" : "nobody was signed in");
  }
  return ExitCode::kOk;
}

}  // namespace clonit
