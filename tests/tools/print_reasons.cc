// Prints docs/reasons.md from the table in src/base/reason.cc.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "clone/reason.h"

namespace {

using clone_auth::Describe;
using clone_auth::Reason;
using clone_auth::ReasonInfo;
using clone_auth::StatusCode;

const char* NameOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "ok";
    case StatusCode::kUnknown:
      return "unknown";
    case StatusCode::kInvalidArgument:
      return "invalid argument";
    case StatusCode::kDeadlineExceeded:
      return "deadline exceeded";
    case StatusCode::kNotFound:
      return "not found";
    case StatusCode::kAlreadyExists:
      return "already exists";
    case StatusCode::kPermissionDenied:
      return "permission denied";
    case StatusCode::kResourceExhausted:
      return "resource exhausted";
    case StatusCode::kFailedPrecondition:
      return "failed precondition";
    case StatusCode::kAborted:
      return "aborted";
    case StatusCode::kUnimplemented:
      return "unimplemented";
    case StatusCode::kInternal:
      return "internal";
    case StatusCode::kUnavailable:
      return "unavailable";
    case StatusCode::kUnauthenticated:
      return "unauthenticated";
  }
  return "";
}

constexpr char kHead[] =
    "# Reasons\n"
    "\n"
    "Why something was refused, as one stable word: `Status::word()` in C++,\n"
    "`code` in the body of an answer. The kind says what to do about it in\n"
    "code: retry what is `unavailable`, ask for a new credential where it is\n"
    "`unauthenticated`, and never read the one as the other.\n"
    "\n"
    "This page is printed from the table in `src/base/reason.cc` by\n"
    "`build/bin/print_reasons`; a test compares the two.\n"
    "\n"
    "| word | kind | what happened | what to do |\n"
    "|---|---|---|---|\n";

void PrintRow(const ReasonInfo& info) {
  const auto text = [](std::string_view view) { return std::string(view); };
  std::printf("| `%s` | %s | %s | %s |\n", text(info.word).c_str(),
              NameOf(info.code), text(info.text).c_str(),
              text(info.remedy).c_str());
}

}  // namespace

int main() {
  std::fputs(kHead, stdout);
  const auto last = static_cast<std::uint8_t>(Reason::kInternal);
  for (std::uint8_t i = 1; i <= last; ++i) {
    PrintRow(Describe(static_cast<Reason>(i)));
  }
}
