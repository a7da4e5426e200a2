// doctor: one check after the other, until one shows what is wrong.

#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth_service.h"
#include "clone/diagnosis.h"
#include "commands.h"
#include "credential_facts.h"
#include "identity.h"
#include "support/times.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::DefaultServer;
using clone_auth::Describe;
using clone_auth::Diagnosis;
using clone_auth::Discovered;
using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;
using console::TimeForPeople;

enum class State { kOk, kWarning, kFailed, kSkipped };

struct StateRow {
  const char* word;
  Style style;
};

// In the order of the enum.
constexpr std::array kStates = {
    StateRow{"ok", Style::kGood}, StateRow{"warning", Style::kWarning},
    StateRow{"failed", Style::kBad}, StateRow{"skipped", Style::kFaint}};

struct Check {
  std::string name;
  State state = State::kSkipped;
  std::string detail;
  Status why;  ///< of a warning or failure
};

Check Fine(std::string name, std::string detail) {
  return {std::move(name), State::kOk, std::move(detail), Status()};
}

Check Failed(std::string name, const Status& why) {
  return {std::move(name), State::kFailed, std::string(why.message()), why};
}

class Examination {
 public:
  Examination(const Options& options, Output& out)
      : workspace_(options), out_(out) {}

  std::vector<Check> Run() {
    if (CheckConfig() && CheckServer()) CheckCredential();
    for (const char* name :
         {"config", "server", "clock", "discovery", "credential", "sign-in"}) {
      bool is_done = false;
      for (const Check& check : checks_) is_done |= check.name == name;
      if (!is_done) checks_.push_back({name, State::kSkipped, "", Status()});
    }
    return std::move(checks_);
  }

 private:
  bool Add(Check check) {
    checks_.push_back(std::move(check));
    return checks_.back().state != State::kFailed;
  }

  bool CheckConfig() {
    auto server = workspace_.Server();
    if (!server.ok()) return Add(Failed("config", server.status()));
    server_ = std::move(server).value();
    return Add(
        Fine("config", server_.config_file + ", cloud " + server_.base_url));
  }

  // A call without credential, which the API refuses in a way of its own. A
  // cloud that has an auth service need not have that API.
  bool CheckServer() {
    const auto client = workspace_.Client(server_.base_url, nullptr, 1);
    if (!client.ok()) return Add(Failed("server", client.status()));
    clone_auth::HttpRequest request;
    request.target = "/api/auth/me/";
    const auto answer = (*client)->Send(request);
    if (!answer.ok()) return Add(Failed("server", answer.status()));
    const Diagnosis diagnosis = clone_auth::Diagnose(
        *answer, std::nullopt, clone_auth::SystemClock().Now());
    if (answer->status >= 500) {
      return Add(Failed("server", diagnosis.ToStatus(answer->status)));
    }
    const bool is_api = diagnosis.cause == Reason::kCredentialMissing;
    auto found = DiscoverCloud(workspace_, server_.base_url);
    if (!is_api && !found.ok()) {
      return Add(Failed("server",
                        Status(Reason::kAnswerMalformed,
                               "it answers " + std::to_string(answer->status) +
                                   " where the API would ask for a credential")
                            .WithHttpStatus(answer->status)));
    }
    Add(Fine("server", is_api ? "it answers as the API does"
                              : "it answers, and names an auth service"));
    CheckClock(diagnosis.clock_ahead);
    TellDiscovery(std::move(found));
    return true;
  }

  // Without an auth service there are passwords and API keys, so none is no
  // failure.
  void TellDiscovery(Result<Discovered> found) {
    if (found.ok()) {
      issuer_ = std::move(found->server.issuer);
      Add(Fine("discovery", "sign-in is at " + issuer_));
    } else if (found.status().reason() == Reason::kNotFound) {
      Add({"discovery", State::kSkipped, "the cloud names no auth service",
           Status()});
    } else {
      Check check = Failed("discovery", found.status());
      check.state = State::kWarning;
      Add(std::move(check));
    }
  }

  void CheckClock(const std::optional<std::chrono::seconds>& ahead) {
    if (!ahead) {
      Add({"clock", State::kWarning, "the server tells no time",
           Status(Reason::kClockSkew)});
    } else if (std::chrono::abs(*ahead) < std::chrono::seconds(2)) {
      Add(Fine("clock", "it agrees with the server's"));
    } else {
      const bool is_far = std::chrono::abs(*ahead) > kClockTolerance;
      Add({"clock", is_far ? State::kWarning : State::kOk, InWords(*ahead),
           Status(Reason::kClockSkew)});
    }
  }

  bool CheckCredential() {
    auto opened = OpenSignedIn(workspace_);
    if (!opened.ok()) return Add(Failed("credential", opened.status()));
    const auto facts = FactsOf(*opened);
    WarnOfLostSession(*opened, out_);
    if (!facts.ok()) return Add(Failed("credential", facts.status()));
    std::string detail = InWords(*facts);
    if (facts->expires_at) {
      detail +=
          ", good until " +
          TimeForPeople(*facts->expires_at, clone_auth::SystemClock().Now());
    }
    if (!facts->issuer.empty() && !issuer_.empty() &&
        facts->issuer != issuer_) {
      Add({"credential", State::kWarning,
           detail + ", of " + facts->issuer +
               ", which is not the auth service that the cloud names now",
           Status(Reason::kIssuerMismatch)});
    } else {
      Add(Fine("credential", detail));
    }
    const auto identity = IdentityOf(workspace_, *opened);
    if (!identity.ok()) return Add(Failed("sign-in", identity.status()));
    return Add(Fine("sign-in", "the server knows " + identity->Handle()));
  }

  Workspace workspace_;
  Output& out_;
  DefaultServer server_;
  std::string issuer_;  // that the cloud names; empty: none
  std::vector<Check> checks_;
};

void PrintForPrograms(const std::vector<Check>& checks, bool is_well,
                      Output& out) {
  JsonWriter json;
  json.BeginObject().Name("ok").Bool(is_well).Name("checks").BeginArray();
  for (const Check& check : checks) {
    json.BeginObject().Name("name").String(check.name);
    json.Name("state").String(
        kStates[static_cast<std::size_t>(check.state)].word);
    json.Name("detail").String(check.detail);
    if (check.state == State::kFailed || check.state == State::kWarning) {
      json.Name("cause").String(check.why.word());
      json.Name("remedy").String(RemedyOf(check.why));
    }
    json.EndObject();
  }
  json.EndArray().EndObject();
  out.Print(json);
}

void PrintForPeople(const std::vector<Check>& checks, Output& out) {
  for (const Check& check : checks) {
    const StateRow& state = kStates[static_cast<std::size_t>(check.state)];
    std::string name = check.name;
    name.resize(12, ' ');
    std::string word = state.word;
    if (!check.detail.empty()) word.resize(9, ' ');
    out.PrintStyled({{name, Style::kBold},
                     {word, state.style},
                     {check.detail, Style::kPlain}});
    if (check.state != State::kFailed && check.state != State::kWarning) {
      continue;
    }
    out.PrintLine(std::string(21, ' ') + std::string(check.why.word()) + ": " +
                  std::string(RemedyOf(check.why)));
  }
}

}  // namespace

ExitCode Commands::Doctor(const Options& options, Output& out) {
  const std::vector<Check> checks = Examination(options, out).Run();
  ExitCode code = ExitCode::kOk;
  for (const Check& check : checks) {
    if (check.state == State::kFailed) code = ExitCodeOf(check.why);
  }
  if (out.json()) {
    PrintForPrograms(checks, code == ExitCode::kOk, out);
  } else {
    PrintForPeople(checks, out);
  }
  return code;
}

}  // namespace clonit
