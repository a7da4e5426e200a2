#include "service/responses.h"

#include <algorithm>
#include <array>

#include "clone/json.h"

namespace clone_auth::service {
namespace {

struct Wording {
  Reason reason;
  std::string_view detail;
};

// Where the service's clients know other words than the reason's own.
constexpr std::string_view kBadToken =
    "Given token not valid for any token type";
constexpr std::string_view kBadRefresh = "Token is invalid or expired";
constexpr std::string_view kSpentRefresh = "Token is blacklisted";
constexpr std::array kWordings = {
    Wording{Reason::kCredentialMissing,
            "Authentication credentials were not provided."},
    Wording{Reason::kInvalidCredentials,
            "No active account found with the given credentials"},
    Wording{Reason::kAccountDisabled, "User is inactive"},
    Wording{Reason::kRefreshInvalid, kBadRefresh},
    Wording{Reason::kRefreshExpired, kBadRefresh},
    Wording{Reason::kRefreshReused, kSpentRefresh},
    Wording{Reason::kSessionEnded, kSpentRefresh},
    Wording{Reason::kPermissionDenied,
            "You do not have permission to perform this action."},
    Wording{Reason::kNotFound, "Not found."},
};

std::string_view WordsFor(const Status& failure) {
  for (const Wording& wording : kWordings) {
    if (wording.reason == failure.reason()) return wording.detail;
  }
  // The message of a failure may name files; the row's text never does.
  return Describe(failure.reason()).text;
}

bool IsAboutToken(Reason reason) {
  return reason >= Reason::kTokenMalformed && reason <= Reason::kTokenRevoked;
}

}  // namespace

int HttpStatusFor(const Status& failure) {
  if (failure.reason() == Reason::kRollPending ||
      failure.reason() == Reason::kKeyEnded) {
    return 409;
  }
  if (failure.reason() == Reason::kTooLarge) return 413;
  if (failure.reason() == Reason::kUnsupportedMediaType) return 415;
  switch (failure.code()) {
    case StatusCode::kInvalidArgument:
      return 400;
    case StatusCode::kUnauthenticated:
      return 401;
    case StatusCode::kPermissionDenied:
      return 403;
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kUnimplemented:
      return 405;
    case StatusCode::kResourceExhausted:
      return 429;
    case StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

HttpResponse JsonAnswer(int status, std::string body) {
  HttpResponse answer;
  answer.status = status;
  answer.headers.reserve(6);
  answer.headers.Add("Content-Type", "application/json");
  answer.body = std::move(body);
  return answer;
}

HttpResponse EmptyAnswer() {
  HttpResponse answer;
  answer.status = 204;
  return answer;
}

HttpResponse ErrorAnswer(const Status& failure, std::string_view detail) {
  const bool about_token = IsAboutToken(failure.reason());
  if (detail.empty()) detail = about_token ? kBadToken : WordsFor(failure);
  JsonWriter body;
  body.BeginObject().Name("detail").String(detail);
  body.Name("code").String(failure.word());
  if (about_token && detail == kBadToken) {
    body.Name("messages").BeginArray().BeginObject();
    body.Name("token_class").String("AccessToken");
    body.Name("token_type").String("access");
    body.Name("message").String(Describe(failure.reason()).text);
    body.EndObject().EndArray();
  }
  const int status = HttpStatusFor(failure);
  HttpResponse answer = JsonAnswer(status, body.EndObject().Take());
  if (status == 503) answer.headers.Add("Retry-After", "1");
  return answer;
}

void MakeForProxies(const Status& refusal, HttpResponse& answer) {
  if (answer.status == 400) answer.status = 401;
  // Not 401: nothing was found out about the credential, which may be good.
  if (answer.status == 429) answer.status = 403;
  answer.headers.Add("X-Clone-Reason", std::string(refusal.word()));
}

HttpResponse ValidationAnswer(const FieldErrors& errors) {
  JsonWriter body;
  body.BeginObject();
  for (const auto& [field, messages] : errors) {
    body.Name(field).BeginArray();
    for (const std::string& message : messages) body.String(message);
    body.EndArray();
  }
  return JsonAnswer(400, body.EndObject().Take());
}

HttpResponse ThrottledAnswer(std::chrono::seconds wait) {
  const std::string seconds = std::to_string(std::max<long>(wait.count(), 1));
  HttpResponse answer =
      ErrorAnswer(Status(Reason::kRateLimited),
                  "Request was throttled. Expected available in " + seconds +
                      (seconds == "1" ? " second." : " seconds."));
  answer.headers.Add("Retry-After", seconds);
  return answer;
}

}  // namespace clone_auth::service
