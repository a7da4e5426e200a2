#pragma once

// What the answer of an endpoint that gives tokens says: our own API's, or
// that of RFC 6749 section 5. Pure.

#include <chrono>
#include <optional>

#include "clone/api_key_scheme.h"
#include "clone/json.h"
#include "clone/reason.h"
#include "clone/result.h"
#include "clone/token_answer.h"

namespace clone_auth {

/// The tokens in the object of an answer with `http_status`; they came just
/// now. Error: answer_malformed (also for a token that is not sent as Bearer).
Result<TokenAnswer> ReadTokens(const JsonValue& json, int http_status,
                               const ApiKeyScheme& scheme);

/// A number of seconds from 1 to those of ten years; empty where the member is
/// anything else.
std::optional<std::chrono::seconds> FindSeconds(const JsonValue& json,
                                                const char* name);

/// Why an exchange that was answered with `status` may well work later,
/// whatever the body says; empty for a refusal, which 400 to 499 are but for a
/// few, and for a success.
std::optional<Reason> PassingReason(int status);

/// True for what tokens come with.
constexpr bool IsTokenStatus(int status) {
  return status == 200 || status == 201;
}

}  // namespace clone_auth
