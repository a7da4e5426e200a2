#pragma once

// Why something was refused, as one stable word. The canonical code of a
// Status says what to do about it, the reason says why; both come from one
// table (src/base/reason.cc), which docs/reasons.md is printed from. The words
// appear in C++, in REST bodies ("code") and in logs, and never change meaning.

#include <cstdint>
#include <optional>
#include <string_view>

namespace clone_auth {

/// The kinds of failure that control flow may depend on. The numbers are those
/// of gRPC and abseil.
enum class StatusCode : std::uint8_t {
  kOk = 0,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kUnauthenticated = 16,
};

/// One entry for each way to fail. A new one is added here and in the table of
/// src/base/reason.cc, in the same order.
enum class Reason : std::uint8_t {
  kNone,
  // What a caller presented.
  kCredentialMissing,
  kCredentialMalformed,
  kMultipleCredentials,
  kTokenMalformed,
  kTokenTooLarge,
  kTokenEncrypted,
  kTokenNested,
  kTokenUnencoded,
  kTokenCritical,
  kTokenAlgorithm,
  kTokenKeyUnknown,
  kTokenSignature,
  kTokenType,
  kTokenClaim,
  kTokenExpired,
  kTokenNotYetValid,
  kTokenIssuer,
  kTokenAudience,
  kTokenRevoked,
  kKeyMalformed,
  kKeyUnknown,
  kKeyRevoked,
  kKeyExpired,
  kAccountDisabled,
  kInvalidCredentials,
  kRefreshInvalid,
  kRefreshExpired,
  kRefreshReused,
  kClockSkew,
  kPermissionDenied,
  // What a caller asked for.
  kInvalidArgument,
  kValidationFailed,
  kJsonMalformed,
  kJsonDuplicateName,
  kJsonLimit,
  kBase64Malformed,
  kUrlMalformed,
  kSchemeInvalid,
  kInviteInvalid,
  kNotFound,
  kAlreadyExists,
  kMethodNotAllowed,
  kUnsupportedMediaType,
  kTooLarge,
  kRateLimited,
  kRollPending,
  kKeyEnded,
  // Keys and configuration.
  kKeySetMalformed,
  kKeySetAmbiguous,
  kPemMalformed,
  kKeyEncrypted,
  kKeyWeak,
  kAlgorithmUnsupported,
  kNotConfigured,
  kConfigMalformed,
  kFileInsecure,
  kSchemaUnknown,
  kRotationPending,
  kBackupUnusable,
  kAuditBroken,
  kHashUnsupported,
  kImportUnusable,
  // Where a credential may go.
  kForeignOrigin,
  kInsecureUrl,
  kRedirectRefused,
  kAddressRefused,
  // Signing in at an authorization server.
  kIssuerMismatch,
  kClientRefused,
  kRequestRefused,
  kGrantUnsupported,
  kGrantInvalid,
  kScopeRefused,
  kSignInPending,
  kSignInDenied,
  kSignInExpired,
  kCancelled,
  // The world outside.
  kUnreachable,
  kTlsFailed,
  kTimeout,
  kConnectionLost,
  kAnswerTooLarge,
  kAnswerMalformed,
  kServerError,
  kOverloaded,
  kStoreUnavailable,
  kKeySetUnavailable,
  kSessionEnded,
  kRandomUnavailable,
  kInternal,
};

/// What the table says of one reason.
struct ReasonInfo {
  Reason reason;
  std::string_view word;    ///< stable, lower case, words joined by '_'
  StatusCode code;          ///< the canonical code of every Status with it
  std::string_view text;    ///< one sentence: what happened
  std::string_view remedy;  ///< one sentence: what to do next
};

/// The table's row for `reason`.
const ReasonInfo& Describe(Reason reason);

/// The reason with this word, as a REST body's "code" carries it.
std::optional<Reason> ReasonFromWord(std::string_view word);

}  // namespace clone_auth
