#include <array>
#include <string>
#include <string_view>

#include "clone/authenticator.h"

namespace clone_auth {
namespace {

struct Answer {
  StatusCode code;
  int http_status;
  std::string_view error;  ///< RFC 6750 section 3.1
};

constexpr std::array kAnswers = {
    Answer{StatusCode::kInvalidArgument, 400, "invalid_request"},
    Answer{StatusCode::kUnauthenticated, 401, "invalid_token"},
    Answer{StatusCode::kPermissionDenied, 403, "insufficient_scope"},
};

// Whatever else went wrong kept us from deciding; it says nothing about the
// credential, so it must not read like a refusal of it.
constexpr Answer kUndecided = {StatusCode::kUnavailable, 503, ""};

const Answer& AnswerTo(const Status& refusal) {
  for (const Answer& answer : kAnswers) {
    if (answer.code == refusal.code()) return answer;
  }
  return kUndecided;
}

// A quoted-string (RFC 9110 section 5.6.4).
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace

int Authenticator::HttpStatusOf(const Status& refusal) {
  return AnswerTo(refusal).http_status;
}

std::string Authenticator::ChallengeFor(const Status& refusal) const {
  const std::string_view error = AnswerTo(refusal).error;
  if (error.empty()) return {};
  std::string challenge = "Bearer realm=" + Quoted(options_.realm);
  if (refusal.reason() == Reason::kCredentialMissing) return challenge;
  challenge += ", error=";
  challenge += Quoted(error);
  // The reason's own sentence and never the message: it is the same for
  // everybody, and made of characters that RFC 6750 allows here.
  challenge += ", error_description=";
  challenge += Quoted(Describe(refusal.reason()).text);
  return challenge;
}

}  // namespace clone_auth
