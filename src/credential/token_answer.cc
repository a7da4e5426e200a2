#include "credential/token_answer.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/macros.h"
#include "base/words.h"
#include "clone/http.h"
#include "credential/shape.h"

namespace clone_auth {
namespace {

struct StatusRow {
  int status;
  Reason reason;
};

constexpr std::array kPassing = {
    StatusRow{408, Reason::kTimeout},
    StatusRow{425, Reason::kOverloaded},
    StatusRow{429, Reason::kRateLimited},
    StatusRow{503, Reason::kOverloaded},
};

Status Malformed(const char* what, int http_status) {
  return Status(Reason::kAnswerMalformed,
                std::string("the answer to a request for tokens ") + what)
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

// True where `value` is a text that a header or a form can carry as a token.
bool IsToken(const JsonValue& value) {
  const std::string* text = value.AsString();
  return text != nullptr &&
         CheckCredentialText(*text, CredentialShape::kBearer).ok();
}

// RFC 6749 asks for a type, and some leave it out; case means nothing.
bool IsBearer(const JsonValue* type) {
  if (type == nullptr) return true;
  const std::string* text = type->AsString();
  return text != nullptr && EqualsIgnoreAsciiCase(*text, "Bearer");
}

}  // namespace

Result<TokenAnswer> ReadTokens(const JsonValue& json, int http_status,
                               const ApiKeyScheme& scheme) {
  if (json.AsObject() == nullptr) {
    return Malformed("is not a JSON object", http_status);
  }
  const JsonValue* access = FindAny(json, {"access", "access_token"});
  if (access == nullptr) return Malformed("has no access token", http_status);
  if (!IsToken(*access) ||
      ShapeOf(*access->AsString(), scheme) != CredentialShape::kBearer) {
    return Malformed("has a malformed access token", http_status);
  }
  if (!IsBearer(FindAny(json, {"token_type"}))) {
    return Malformed("has an access token that is not for Bearer", http_status);
  }
  TokenAnswer answer;
  answer.tokens.access = Secret::CopyOf(*access->AsString());
  answer.tokens.expires_in = FindSeconds(json, "expires_in");
  const JsonValue* refresh = FindAny(json, {"refresh", "refresh_token"});
  if (refresh != nullptr) {
    if (!IsToken(*refresh)) {
      return Malformed("has a malformed refresh token", http_status);
    }
    answer.tokens.refresh = Secret::CopyOf(*refresh->AsString());
  }
  if (const std::string* scope = json.FindString("scope")) {
    answer.scope = *scope;
  }
  if (const std::string* id_token = json.FindString("id_token")) {
    answer.id_token = Secret::CopyOf(*id_token);
  }
  return answer;
}

std::optional<std::chrono::seconds> FindSeconds(const JsonValue& json,
                                                const char* name) {
  constexpr std::int64_t kMost = 10LL * 366 * 86'400;
  const JsonValue* value = json.Find(name);
  const std::int64_t* count = value == nullptr ? nullptr : value->AsInt();
  if (count == nullptr || *count <= 0 || *count > kMost) return std::nullopt;
  return std::chrono::seconds(*count);
}

std::optional<Reason> PassingReason(int status) {
  for (const StatusRow& row : kPassing) {
    if (row.status == status) return row.reason;
  }
  if (status >= 500) return Reason::kServerError;
  if (status >= 400 || IsTokenStatus(status)) return std::nullopt;
  if (status >= 300) return Reason::kRedirectRefused;
  return Reason::kAnswerMalformed;
}

std::string TokenAnswer::Withheld(std::string_view asked_scope) const {
  std::string withheld;
  if (scope.empty()) return withheld;
  AnyWord(asked_scope, [&](std::string_view word) {
    if (!HasWord(scope, word)) AddWords(word, withheld);
    return false;
  });
  return withheld;
}

}  // namespace clone_auth
