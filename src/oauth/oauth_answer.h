#pragma once

// What the endpoints of an authorization server answer: an object, or an error
// (RFC 6749 section 5.2, RFC 8628 section 3.5). Pure.

#include <chrono>
#include <cstdint>
#include <optional>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/json.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

enum class OAuthVerdict : std::uint8_t {
  kGranted,
  kPending,   ///< nobody has answered the person's question yet
  kSlowDown,  ///< likewise, and it was asked too soon
  kPassing,   ///< may well work later
  kFinal,     ///< will never work
};

struct OAuthAnswer {
  OAuthVerdict verdict = OAuthVerdict::kPassing;
  JsonValue granted;  ///< of kGranted: an object without `error`
  Status why;         ///< of all others
  std::optional<std::chrono::seconds> retry_after;
};

OAuthAnswer ReadOAuthAnswer(const Result<HttpResponse>& outcome, WallTime now);

}  // namespace clone_auth
