#include "credential/refresh_answer.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/http_date.h"
#include "clone/json.h"
#include "credential/token_answer.h"

namespace clone_auth {
namespace {

using V = RefreshVerdict;

struct StatusRow {
  RefreshVerdict verdict;
  Reason reason;
};

StatusRow RowOf(int status) {
  if (const auto reason = PassingReason(status)) return {V::kPassing, *reason};
  if (status == 400 || status == 401) {
    return {V::kFinal, Reason::kRefreshInvalid};
  }
  return {V::kDoubtful, Reason::kSessionEnded};
}

struct WordRow {
  std::string_view word;
  Reason reason;
};

// Words of a refusal after which no refresh can work: ours, those of
// SimpleJWT and of OAuth (RFC 6749 section 5.2).
constexpr std::array kFinalWords = {
    WordRow{"refresh_invalid", Reason::kRefreshInvalid},
    WordRow{"refresh_expired", Reason::kRefreshExpired},
    WordRow{"refresh_reused", Reason::kRefreshReused},
    WordRow{"session_ended", Reason::kSessionEnded},
    WordRow{"token_revoked", Reason::kTokenRevoked},
    WordRow{"account_disabled", Reason::kAccountDisabled},
    WordRow{"token_not_valid", Reason::kRefreshInvalid},
    WordRow{"invalid_grant", Reason::kRefreshInvalid},
    WordRow{"invalid_client", Reason::kSessionEnded},
    WordRow{"unauthorized_client", Reason::kSessionEnded},
    WordRow{"unsupported_grant_type", Reason::kSessionEnded},
    WordRow{"invalid_scope", Reason::kSessionEnded},
};

std::optional<Reason> FinalReason(const Result<JsonValue>& json) {
  if (!json.ok()) return std::nullopt;
  for (const char* name : {"code", "error"}) {
    const std::string* word = json->FindString(name);
    if (word == nullptr) continue;
    for (const WordRow& row : kFinalWords) {
      if (row.word == *word) return row.reason;
    }
  }
  return std::nullopt;
}

void ReadSuccess(const Result<JsonValue>& json, int status,
                 const ApiKeyScheme& scheme, RefreshAnswer& answer) {
  const JsonValue none;
  auto tokens = ReadTokens(json.ok() ? *json : none, status, scheme);
  if (!tokens.ok()) {
    answer.why = std::move(tokens).status();
    return;
  }
  answer.verdict = V::kTokens;
  answer.tokens = std::move(tokens->tokens);
  answer.refresh_in = FindSeconds(*json, "refresh_in");
}

RefreshAnswer ReadRefusal(const HttpResponse& response,
                          const Result<JsonValue>& json, WallTime now) {
  RefreshAnswer answer;
  StatusRow row = RowOf(response.status);
  const bool may_be_final = row.verdict != V::kPassing;
  if (may_be_final) {
    if (const auto reason = FinalReason(json)) row = {V::kFinal, *reason};
  }
  answer.verdict = row.verdict;
  answer.why = Status(row.reason, "the refresh was answered with status " +
                                      std::to_string(response.status) + ": " +
                                      std::string(Describe(row.reason).text))
                   .WithHttpStatus(response.status);
  if (const std::string* text = response.headers.Find("Retry-After")) {
    answer.retry_after = ParseRetryAfter(*text, now);
  }
  return answer;
}

}  // namespace

RefreshAnswer ReadRefreshAnswer(const Result<HttpResponse>& outcome,
                                const ApiKeyScheme& scheme, WallTime now) {
  RefreshAnswer answer;
  if (!outcome.ok()) {
    answer.why = outcome.status();
    return answer;
  }
  std::optional<WallTime> server_time;
  if (const std::string* date = outcome->headers.Find("Date")) {
    server_time = ParseHttpDate(*date);
  }
  const auto json = JsonValue::Parse(outcome->body);
  // Some servers refuse with a success.
  const bool is_refusal = !IsTokenStatus(outcome->status) ||
                          (json.ok() && json->FindString("error") != nullptr);
  if (is_refusal) {
    answer = ReadRefusal(*outcome, json, server_time.value_or(now));
  } else {
    ReadSuccess(json, outcome->status, scheme, answer);
  }
  answer.server_time = server_time;
  return answer;
}

}  // namespace clone_auth
