// token verify.

#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "clone/jwt.h"
#include "commands.h"
#include "line_reader.h"
#include "set_clock.h"
#include "support/times.h"
#include "verification_keys.h"

namespace clonit {
namespace {

using clone_auth::JsonWriter;
using clone_auth::JwtAlgorithm;
using clone_auth::JwtPolicy;
using clone_auth::JwtVerifier;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;
using clone_auth::VerifiedJwt;
using clone_auth::WallTime;
using console::TimeForPeople;

/// "the algorithms are HS256, HS384, ...".
std::string AlgorithmsThereAre() {
  std::string names;
  for (int i = 0; i <= static_cast<int>(JwtAlgorithm::kEd448); ++i) {
    names.append(names.empty() ? "the algorithms are " : ", ");
    names.append(clone_auth::ToString(static_cast<JwtAlgorithm>(i)));
  }
  return names;
}

Result<JwtPolicy> PolicyOf(const Options& options) {
  JwtPolicy policy;
  for (const std::string& name : options.algorithms) {
    const auto algorithm = clone_auth::ParseJwtAlgorithm(name);
    if (!algorithm.ok()) {
      return Status(algorithm.status().reason(), AlgorithmsThereAre());
    }
    policy.algorithms.push_back(*algorithm);
  }
  policy.issuers = options.issuers;
  policy.audiences = options.audiences;
  if (!options.type.empty()) policy.types = {options.type};
  policy.clock_skew = std::chrono::seconds(options.skew);
  return policy;
}

Result<JwtVerifier> MakeVerifier(JwtPolicy policy, VerificationKeys& keys,
                                 const SetClock* clock) {
  if (keys.set) {
    return JwtVerifier::Create(std::move(policy), *keys.set, clock);
  }
  return JwtVerifier::Create(std::move(policy), keys.source.get(), clock);
}

void PrintValid(const VerifiedJwt& token, WallTime now, Output& out) {
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("valid").Bool(true).Name("subject");
    json.String(token.subject()).EndObject();
    out.Print(json);
    return;
  }
  const std::string subject =
      token.subject().empty() ? "no subject" : std::string(token.subject());
  out.PrintStyled(
      {{"valid    ", Style::kGood},
       {subject + ", expires " + TimeForPeople(token.expires_at(), now),
        Style::kPlain}});
}

void PrintRefusal(const Status& status, Output& out) {
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("valid").Bool(false);
    json.Name("reason").String(status.word());
    json.Name("message").String(status.message()).EndObject();
    out.Print(json);
    return;
  }
  const bool refused = status.reason() != Reason::kKeySetUnavailable;
  out.PrintStyled(
      {{refused ? "invalid  " : "unknown  ",
        refused ? Style::kBad : Style::kWarning},
       {std::string(status.word()) + ": " + std::string(status.message()),
        Style::kPlain}});
}

/// Whoever could not be asked counts for more than what was refused: it may be
/// tried again.
ExitCode Worse(ExitCode code, const Status& status) {
  if (code == ExitCode::kUnreachable) return code;
  return status.reason() == Reason::kKeySetUnavailable ? ExitCode::kUnreachable
                                                       : ExitCode::kFailed;
}

ExitCode VerifyLines(const JwtVerifier& verifier, const SetClock& clock,
                     Output& out) {
  // One more than a token has, so that a longer one is seen to be longer, and
  // one for the end of a line that came from elsewhere.
  LineReader lines(clone_auth::kJwtMaxSize + 2);
  ExitCode code = ExitCode::kOk;
  bool any = false;
  std::string line;
  for (;;) {
    const auto more = lines.Next(&line);
    if (!more.ok()) return out.Fail(more.status());
    if (!*more) break;
    if (line.empty()) continue;
    any = true;
    const auto token = verifier.Verify(line);
    if (token.ok()) {
      PrintValid(*token, clock.Now(), out);
    } else {
      PrintRefusal(token.status(), out);
      code = Worse(code, token.status());
    }
    if (!out.Flush()) return code;
  }
  if (any) return code;
  return out.Fail(
      Status(Reason::kInvalidArgument, "there is no token to verify"));
}

/// What is wrong before the first token is read is wrong with the command line
/// or with a file that it names.
ExitCode FailToStart(const Status& status, Output& out) {
  out.Fail(status);
  return ExitCode::kUsage;
}

}  // namespace

ExitCode Commands::VerifyTokens(const Options& options, Output& out) {
  const SetClock clock(options);
  auto policy = PolicyOf(options);
  if (!policy.ok()) return FailToStart(policy.status(), out);
  auto keys = FindVerificationKeys(options, policy->algorithms, &clock);
  if (!keys.ok()) return FailToStart(keys.status(), out);
  if (keys->set && keys->set->skipped() > 0) {
    out.Note(std::to_string(keys->set->skipped()) +
             " of the keys cannot be used");
  }
  const auto verifier = MakeVerifier(std::move(*policy), *keys, &clock);
  if (!verifier.ok()) return FailToStart(verifier.status(), out);
  if (isatty(STDIN_FILENO) != 0) {
    out.Note("one token a line; Ctrl-D ends");
  }
  return VerifyLines(*verifier, clock, out);
}

}  // namespace clonit
