#include "exit_code.h"

#include <array>

namespace clonit {
namespace {

using clone_auth::Reason;
using clone_auth::Status;
using clone_auth::StatusCode;

struct MeaningRow {
  int code;
  std::string_view meaning;
};

// The last two are what a shell makes of a program that a signal ended.
constexpr std::array kMeanings = {
    MeaningRow{0, "done"},
    MeaningRow{1, "failed: refused input, no such thing, not the API's answer"},
    MeaningRow{2, "the command line, the config file or a file beside it"},
    MeaningRow{3, "not signed in, or the server refuses the credential"},
    MeaningRow{4, "the server cannot be reached or cannot answer now"},
    MeaningRow{130, "interrupted with Ctrl-C"},
    MeaningRow{141, "whoever read the output has closed it"},
};

struct ReasonRow {
  Reason reason;
  ExitCode code;
};

// Where the canonical code alone would say something else.
constexpr std::array kByReason = {
    ReasonRow{Reason::kUrlMalformed, ExitCode::kUsage},
    ReasonRow{Reason::kForeignOrigin, ExitCode::kRefused},
    ReasonRow{Reason::kSignInExpired, ExitCode::kRefused},
    ReasonRow{Reason::kCancelled, ExitCode::kInterrupted},
    ReasonRow{Reason::kRateLimited, ExitCode::kUnreachable},
    ReasonRow{Reason::kRollPending, ExitCode::kFailed},
    ReasonRow{Reason::kKeyEnded, ExitCode::kFailed},
};

struct CodeRow {
  StatusCode status;
  ExitCode code;
};

constexpr std::array kByCode = {
    CodeRow{StatusCode::kOk, ExitCode::kOk},
    CodeRow{StatusCode::kFailedPrecondition, ExitCode::kUsage},
    CodeRow{StatusCode::kUnauthenticated, ExitCode::kRefused},
    CodeRow{StatusCode::kPermissionDenied, ExitCode::kRefused},
    CodeRow{StatusCode::kUnavailable, ExitCode::kUnreachable},
    CodeRow{StatusCode::kDeadlineExceeded, ExitCode::kUnreachable},
};

constexpr std::string_view kSignIn = "Sign in with 'clonit login'.";

struct RemedyRow {
  Reason reason;
  std::string_view remedy;
};

constexpr std::array kRemedies = {
    RemedyRow{Reason::kNotConfigured, "Set it with 'clonit config edit'."},
    RemedyRow{Reason::kClientRefused,
              "Have the client registered there, or name another one with "
              "--client-id."},
    RemedyRow{Reason::kScopeRefused, "Ask for another --scope."},
    RemedyRow{Reason::kCredentialMissing, kSignIn},
    RemedyRow{Reason::kTokenExpired, kSignIn},
    RemedyRow{Reason::kTokenRevoked, kSignIn},
    RemedyRow{Reason::kSessionEnded, kSignIn},
    RemedyRow{Reason::kRefreshInvalid, kSignIn},
    RemedyRow{Reason::kRefreshExpired, kSignIn},
    RemedyRow{Reason::kForeignOrigin, kSignIn},
};

// A store of the server answers with a status, the files here do not.
bool IsOfOurFiles(const Status& status) {
  return status.reason() == Reason::kStoreUnavailable &&
         status.http_status() == 0;
}

}  // namespace

ExitCode ExitCodeOf(const Status& status) {
  if (IsOfOurFiles(status)) return ExitCode::kUsage;
  for (const ReasonRow& row : kByReason) {
    if (row.reason == status.reason()) return row.code;
  }
  for (const CodeRow& row : kByCode) {
    if (row.status == status.code()) return row.code;
  }
  return ExitCode::kFailed;
}

std::string_view RemedyOf(const Status& status) {
  if (IsOfOurFiles(status)) {
    return "Make the folder yours to write, or name another file with "
           "--config.";
  }
  for (const RemedyRow& row : kRemedies) {
    if (row.reason == status.reason()) return row.remedy;
  }
  return status.remedy();
}

std::string ExitCodeHelp() {
  std::string text = "Exit codes:\n";
  for (const MeaningRow& row : kMeanings) {
    std::string code = std::to_string(row.code);
    code.resize(6, ' ');
    text.append("  ").append(code).append(row.meaning).append("\n");
  }
  return text;
}

}  // namespace clonit
