#pragma once

// The ways in which an AdversarialAuthServer misbehaves: rows of one table,
// each with a stable word. A Fault is one of them, asked for so many times.
// Plain values; the table is constant.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clone/result.h"

namespace clone_auth::testing {

/// One entry for each row of FaultTable(), in its order.
enum class FaultKind : std::uint8_t {
  kSlowDown,
  kSkewedDate,
  kSameToken,
  kHtml502,
  kStall,
  kCut,
  kLostAnswer,
  kRedirect307,
  kRetryAfter,
  kRateLimited429,
  kUnavailable503,
  kInvalidGrantOnce,
  kNoRefreshToken,
  kEmpty200,
  kForeignSubject,
  kHugeBody,
  kGarbageJson,
  kExpiresInZero,
};
inline constexpr std::size_t kFaultCount = 18;

/// The requests that a fault can befall.
enum class FaultPlace : std::uint8_t {
  kPoll,   ///< a request that polls a device grant (RFC 8628 section 3.4)
  kGrant,  ///< a request for tokens: a refresh or such a poll
  kAny,    ///< a request for tokens, or any to a path that the fault names
};

/// What the table says of one kind.
struct FaultInfo {
  FaultKind kind;
  std::string_view name;  ///< stable, lower case, words joined by '_'
  std::string_view unit;  ///< of the value: "s" or "bytes"; empty: it has none
  std::int64_t fallback;  ///< the value where a fault names none
  FaultPlace place;
  /// The request is carried out, so a refresh token is spent, even if the
  /// client does not learn of it.
  bool is_carried_out;
  std::string_view text;  ///< one sentence: what the server does
};

const std::array<FaultInfo, kFaultCount>& FaultTable();

/// The table's row for `kind`.
const FaultInfo& Describe(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::kHtml502;
  /// In the row's unit; empty: the row's fallback.
  std::optional<std::int64_t> value = std::nullopt;
  int times = 1;
  /// Befalls only requests to this path; empty: only requests for tokens.
  std::string path = {};
};

/// Reads NAME[=VALUE][:TIMES][@PATH], such as "cut=20", "html_502:3" or
/// "redirect_307@/api/auth/me/". Error: invalid_argument, as of CheckFault.
Result<Fault> ParseFault(std::string_view text);

/// Ok where the server can do that. Error: invalid_argument (a value for a
/// kind that has none, one out of range: 0 to 64 Mi, or from -64 Mi for
/// skewed_date; `times` not within 1 to 1,000,000; a path for a kind that
/// befalls only requests for tokens, or one without a leading '/').
Status CheckFault(const Fault& fault);

}  // namespace clone_auth::testing
