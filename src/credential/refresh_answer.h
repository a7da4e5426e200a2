#pragma once

// What the answer of a refresh endpoint means. Pure.

#include <chrono>
#include <cstdint>
#include <optional>

#include "clone/api_key_scheme.h"
#include "clone/clock.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/token_session.h"

namespace clone_auth {

enum class RefreshVerdict : std::uint8_t {
  kTokens,    ///< new tokens
  kPassing,   ///< may well work later
  kDoubtful,  ///< worth one more try
  kFinal,     ///< will never work again
};

struct RefreshAnswer {
  RefreshVerdict verdict = RefreshVerdict::kPassing;
  /// Of kTokens; `refresh` is empty where the server keeps the old one.
  SessionTokens tokens;
  /// Of all others.
  Status why;
  std::optional<std::chrono::seconds> retry_after;
  /// The answer's Date.
  std::optional<WallTime> server_time;
  /// The server's hint when to refresh, counted from now.
  std::optional<std::chrono::seconds> refresh_in;
};

RefreshAnswer ReadRefreshAnswer(const Result<HttpResponse>& outcome,
                                const ApiKeyScheme& scheme, WallTime now);

}  // namespace clone_auth
