#include "oauth/oauth_answer.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/http_date.h"
#include "clone/oauth_client.h"
#include "credential/token_answer.h"

namespace clone_auth {
namespace {

using V = OAuthVerdict;

struct WordRow {
  std::string_view word;
  V verdict;
  Reason reason;
};

// RFC 6749 sections 4.1.2.1 and 5.2, RFC 7009 section 2.2.1, RFC 8628 section
// 3.5, RFC 8707 section 2, OpenID Connect Core 1.0 section 3.1.2.6.
constexpr std::array kWords = {
    WordRow{"invalid_request", V::kFinal, Reason::kRequestRefused},
    WordRow{"invalid_client", V::kFinal, Reason::kClientRefused},
    WordRow{"invalid_grant", V::kFinal, Reason::kGrantInvalid},
    WordRow{"unauthorized_client", V::kFinal, Reason::kClientRefused},
    WordRow{"unsupported_grant_type", V::kFinal, Reason::kGrantUnsupported},
    WordRow{"unsupported_response_type", V::kFinal, Reason::kGrantUnsupported},
    WordRow{"unsupported_token_type", V::kFinal, Reason::kGrantUnsupported},
    WordRow{"invalid_scope", V::kFinal, Reason::kScopeRefused},
    WordRow{"invalid_target", V::kFinal, Reason::kScopeRefused},
    WordRow{"access_denied", V::kFinal, Reason::kSignInDenied},
    WordRow{"login_required", V::kFinal, Reason::kSignInDenied},
    WordRow{"consent_required", V::kFinal, Reason::kSignInDenied},
    WordRow{"interaction_required", V::kFinal, Reason::kSignInDenied},
    WordRow{"account_selection_required", V::kFinal, Reason::kSignInDenied},
    WordRow{"expired_token", V::kFinal, Reason::kSignInExpired},
    WordRow{"authorization_pending", V::kPending, Reason::kSignInPending},
    WordRow{"slow_down", V::kSlowDown, Reason::kRateLimited},
    WordRow{"server_error", V::kPassing, Reason::kServerError},
    WordRow{"temporarily_unavailable", V::kPassing, Reason::kOverloaded},
};

// A word that nobody knows is shown if it cannot be more than a word.
bool MayBeShown(std::string_view word) {
  constexpr std::size_t kMaxWord = 40;
  return !word.empty() && word.size() <= kMaxWord &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

const WordRow* FindRow(std::string_view word) {
  for (const WordRow& row : kWords) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

WordRow RowOf(std::string_view word) {
  if (const WordRow* row = FindRow(word)) return *row;
  return {MayBeShown(word) ? word : std::string_view("a word of its own"),
          V::kFinal, Reason::kRequestRefused};
}

Status StatusOf(const WordRow& row, int http_status) {
  return Status(row.reason, "the sign-in server answered '" +
                                std::string(row.word) +
                                "': " + std::string(Describe(row.reason).text))
      .WithHttpStatus(http_status);
}

Status StatusOf(Reason reason, int http_status) {
  return Status(reason, "the sign-in server answered with status " +
                            std::to_string(http_status) + ": " +
                            std::string(Describe(reason).text))
      .WithHttpStatus(http_status);
}

Reason RefusalOf(int status) {
  return status == 401 ? Reason::kClientRefused : Reason::kRequestRefused;
}

// By the word, because servers differ in the status that they send it with.
// But one that failed is believed nothing, and a status that asks to wait is
// worth more than a word that nobody knows.
OAuthAnswer Read(const HttpResponse& response, Result<JsonValue> json) {
  const int status = response.status;
  const auto passing = PassingReason(status);
  const std::string* word = json.ok() ? json->FindString("error") : nullptr;
  if (word != nullptr && status < 500 && (FindRow(*word) || !passing)) {
    const WordRow row = RowOf(*word);
    return {row.verdict, {}, StatusOf(row, status), {}};
  }
  if (passing) return {V::kPassing, {}, StatusOf(*passing, status), {}};
  if (!IsTokenStatus(status)) {
    return {V::kFinal, {}, StatusOf(RefusalOf(status), status), {}};
  }
  if (!json.ok() || json->AsObject() == nullptr) {
    const Status why = StatusOf(Reason::kAnswerMalformed, status);
    return {V::kPassing, {}, why, {}};
  }
  return {V::kGranted, std::move(json).value(), Status(), {}};
}

}  // namespace

OAuthAnswer ReadOAuthAnswer(const Result<HttpResponse>& outcome, WallTime now) {
  OAuthAnswer answer;
  if (!outcome.ok()) {
    answer.why = outcome.status();
    return answer;
  }
  answer = Read(*outcome, JsonValue::Parse(outcome->body));
  if (const std::string* text = outcome->headers.Find("Retry-After")) {
    const std::string* date = outcome->headers.Find("Date");
    const auto server_now = date ? ParseHttpDate(*date) : std::nullopt;
    answer.retry_after = ParseRetryAfter(*text, server_now.value_or(now));
  }
  return answer;
}

Status StatusOfOAuthError(std::string_view error) {
  return StatusOf(RowOf(error), 0);
}

}  // namespace clone_auth
