#include "credential/refresh_answer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/http_date.h"
#include "base/macros.h"
#include "clone/json.h"
#include "credential/shape.h"

namespace clone_auth {
namespace {

using V = RefreshVerdict;

struct StatusRow {
  int status;
  RefreshVerdict verdict;
  Reason reason;
};

// Statuses of which something is known. The rest go by their hundreds.
constexpr std::array kStatuses = {
    StatusRow{400, V::kFinal, Reason::kRefreshInvalid},
    StatusRow{401, V::kFinal, Reason::kRefreshInvalid},
    StatusRow{408, V::kPassing, Reason::kTimeout},
    StatusRow{425, V::kPassing, Reason::kOverloaded},
    StatusRow{429, V::kPassing, Reason::kRateLimited},
    StatusRow{503, V::kPassing, Reason::kOverloaded},
};

StatusRow RowOf(int status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == status) return row;
  }
  if (status >= 500) return {status, V::kPassing, Reason::kServerError};
  if (status >= 400) return {status, V::kDoubtful, Reason::kSessionEnded};
  if (status >= 300) return {status, V::kPassing, Reason::kRedirectRefused};
  return {status, V::kPassing, Reason::kAnswerMalformed};
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

std::optional<Reason> FinalReason(const std::string& body) {
  const auto json = JsonValue::Parse(body);
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

Status Malformed(const char* what, int http_status) {
  return Status(Reason::kAnswerMalformed,
                std::string("the answer to the refresh ") + what)
      .WithHttpStatus(http_status);
}

// The first member of these names; null where there is none or it is null.
const JsonValue* FindAny(const JsonValue& json,
                         std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const JsonValue* value = json.Find(name);
    if (value != nullptr && !value->IsNull()) return value;
  }
  return nullptr;
}

// A number of seconds; a nonsensical one counts as none.
std::optional<std::chrono::seconds> FindSeconds(const JsonValue& json,
                                                const char* name) {
  constexpr std::int64_t kMost = 10LL * 366 * 86'400;
  const JsonValue* value = json.Find(name);
  const std::int64_t* count = value == nullptr ? nullptr : value->AsInt();
  if (count == nullptr || *count <= 0 || *count > kMost) return std::nullopt;
  return std::chrono::seconds(*count);
}

// The members of our own answers, or those of RFC 6749 section 5.1.
Result<SessionTokens> ReadTokens(const JsonValue& json, int status,
                                 const ApiKeyScheme& scheme) {
  if (json.AsObject() == nullptr) {
    return Malformed("is not a JSON object", status);
  }
  const JsonValue* found = FindAny(json, {"access", "access_token"});
  const std::string* access = found == nullptr ? nullptr : found->AsString();
  if (access == nullptr) return Malformed("has no access token", status);
  const bool is_token = ShapeOf(*access, scheme) == CredentialShape::kBearer;
  if (!is_token ||
      !CheckCredentialText(*access, CredentialShape::kBearer).ok()) {
    return Malformed("has a malformed access token", status);
  }
  SessionTokens tokens;
  tokens.access = Secret::CopyOf(*access);
  tokens.expires_in = FindSeconds(json, "expires_in");
  const JsonValue* refresh = FindAny(json, {"refresh", "refresh_token"});
  if (refresh == nullptr) return tokens;
  const std::string* text = refresh->AsString();
  if (text == nullptr ||
      !CheckCredentialText(*text, CredentialShape::kBearer).ok()) {
    return Malformed("has a malformed refresh token", status);
  }
  tokens.refresh = Secret::CopyOf(*text);
  return tokens;
}

void ReadSuccess(const HttpResponse& response, const ApiKeyScheme& scheme,
                 RefreshAnswer& answer) {
  const auto json = JsonValue::Parse(response.body);
  if (!json.ok()) {
    answer.why = Malformed("is not a JSON object", response.status);
    return;
  }
  auto tokens = ReadTokens(*json, response.status, scheme);
  if (!tokens.ok()) {
    answer.why = std::move(tokens).status();
    return;
  }
  answer.verdict = V::kTokens;
  answer.tokens = std::move(tokens).value();
  answer.refresh_in = FindSeconds(*json, "refresh_in");
}

RefreshAnswer ReadRefusal(const HttpResponse& response, WallTime now) {
  RefreshAnswer answer;
  StatusRow row = RowOf(response.status);
  const bool may_be_final = row.verdict != V::kPassing;
  if (may_be_final) {
    if (const auto reason = FinalReason(response.body)) {
      row = {response.status, V::kFinal, *reason};
    }
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
  if (outcome->status != 200 && outcome->status != 201) {
    answer = ReadRefusal(*outcome, server_time.value_or(now));
  } else {
    ReadSuccess(*outcome, scheme, answer);
  }
  answer.server_time = server_time;
  return answer;
}

}  // namespace clone_auth
