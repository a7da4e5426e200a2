#include "clone/diagnosis.h"

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http_date.h"
#include "clone/api_key.h"
#include "clone/token_inspection.h"
#include "rest/error_body.h"
#include "rest/judge.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// Clocks that are closer than this agree; the skew that verifiers allow by
// default.
constexpr seconds kTolerance{60};
constexpr std::size_t kMaxRefusalId = 128;

struct Finding {
  Reason cause = Reason::kNone;
  std::string sentence;  // empty: the table's own
};

// All that there is to judge by.
struct Evidence {
  const HttpResponse& response;
  const std::optional<CredentialHeader>& sent;
  ErrorBody body;
  WallTime now;
  std::optional<WallTime> server_now;
};

struct WordRow {
  std::string_view word;
  Reason cause;
  std::string_view sentence;
};

// Words of Django REST framework, SimpleJWT and OAuth that mean one thing.
constexpr std::array kForeignWords = {
    WordRow{"bad_authorization_header", Reason::kCredentialMalformed,
            "The Authorization header is not a scheme and one token."},
    WordRow{"no_active_account", Reason::kInvalidCredentials, ""},
    WordRow{"user_inactive", Reason::kAccountDisabled, ""},
    WordRow{"user_not_found", Reason::kAccountDisabled,
            "The account of the token does not exist any more."},
    WordRow{"not_authenticated", Reason::kCredentialMissing, ""},
    WordRow{"throttled", Reason::kRateLimited, ""},
    WordRow{"parse_error", Reason::kJsonMalformed, ""},
    WordRow{"insufficient_scope", Reason::kPermissionDenied, ""},
    WordRow{"invalid_grant", Reason::kRefreshInvalid, ""},
};

// Where the word leaves it open, SimpleJWT's sentence may not.
constexpr std::array kForeignSentences = {
    WordRow{"Token has wrong type", Reason::kTokenType, ""},
    WordRow{"Token is blacklisted", Reason::kTokenRevoked, ""},
    WordRow{"JSON parse error", Reason::kJsonMalformed, ""},
};

struct StatusRow {
  int status;
  Reason cause;
};

constexpr std::array kStatuses = {
    StatusRow{403, Reason::kPermissionDenied},
    StatusRow{404, Reason::kNotFound},
    StatusRow{405, Reason::kMethodNotAllowed},
    StatusRow{408, Reason::kTimeout},
    StatusRow{409, Reason::kAlreadyExists},
    StatusRow{410, Reason::kNotFound},
    StatusRow{413, Reason::kTooLarge},
    StatusRow{414, Reason::kTooLarge},
    StatusRow{415, Reason::kUnsupportedMediaType},
    StatusRow{429, Reason::kRateLimited},
    StatusRow{431, Reason::kTooLarge},
    StatusRow{503, Reason::kOverloaded},
};

std::string Seconds(seconds time) {
  return std::to_string(std::abs(time.count())) + " s";
}

seconds Between(WallTime later, WallTime earlier) {
  return std::chrono::duration_cast<seconds>(later - earlier);
}

bool Apart(WallTime a, WallTime b) {
  const seconds distance = Between(a, b);
  return distance > kTolerance || distance < -kTolerance;
}

// What the token's own times say. The server's clock decides, because it is
// the server that refused; this machine's stands in where there is none.
Finding JudgeTimes(const UnverifiedToken& token, const Evidence& evidence) {
  const WallTime at = evidence.server_now.value_or(evidence.now);
  if (token.issued_at && *token.issued_at > at + kTolerance) {
    return {Reason::kClockSkew, "The token was issued " +
                                    Seconds(Between(*token.issued_at, at)) +
                                    " in the future of the server's clock."};
  }
  if (!token.expires_at || *token.expires_at > at) return {};
  if (*token.expires_at > evidence.now && Apart(evidence.now, at)) {
    return {Reason::kClockSkew,
            "The token has expired by the server's clock and not by this "
            "machine's; they are " +
                Seconds(Between(evidence.now, at)) + " apart."};
  }
  return {Reason::kTokenExpired, "The access token expired " +
                                     Seconds(Between(at, *token.expires_at)) +
                                     " ago."};
}

std::string_view BearerToken(const CredentialHeader& sent) {
  const std::size_t blank = sent.value.find(' ');
  return blank == sent.value.npos ? sent.value : sent.value.substr(blank + 1);
}

bool IsApiKey(const CredentialHeader& sent) {
  return !EqualsIgnoreAsciiCase(sent.name, "Authorization");
}

// An API key that was refused without a word about why.
Finding JudgeApiKey(std::string_view key) {
  const ApiKeyScheme scheme{std::string(key.substr(0, key.find('_') + 1)),
                            "X-API-Key"};
  if (!ParseApiKey(scheme, key).ok()) return {Reason::kKeyMalformed, ""};
  return {Reason::kKeyUnknown,
          "The server does not take the API key: it was revoked, has expired "
          "or belongs to another server."};
}

// A 401 without a word about why.
Finding JudgeCredential(const Evidence& evidence) {
  if (!evidence.sent) return {Reason::kCredentialMissing, ""};
  if (IsApiKey(*evidence.sent)) return JudgeApiKey(evidence.sent->value);
  const auto token = InspectToken(BearerToken(*evidence.sent));
  if (!token.ok()) return {token.status().reason(), ""};
  Finding times = JudgeTimes(*token, evidence);
  if (times.cause != Reason::kNone) return times;
  return {Reason::kTokenSignature,
          "The server does not take the token, which has not expired: it was "
          "altered, revoked or made by another issuer."};
}

// The server's own word is believed. Of time it knows only its own clock, so
// there the token's times may tell more.
Finding JudgeOwnWord(Reason word, const Evidence& evidence) {
  const bool about_time =
      word == Reason::kTokenExpired || word == Reason::kTokenNotYetValid;
  if (about_time && evidence.sent) {
    const auto token = InspectToken(BearerToken(*evidence.sent));
    if (token.ok()) {
      Finding times = JudgeTimes(*token, evidence);
      if (times.cause == word || times.cause == Reason::kClockSkew) {
        return times;
      }
    }
  }
  return {word, ""};
}

Finding JudgeStatus(const Evidence& evidence) {
  const int status = evidence.response.status;
  for (const StatusRow& row : kStatuses) {
    if (row.status == status) return {row.cause, ""};
  }
  if (status >= 500) return {Reason::kServerError, ""};
  if (!evidence.body.fields.empty()) {
    return {Reason::kValidationFailed, evidence.body.fields};
  }
  return {Reason::kInvalidArgument, "The server does not take the request."};
}

Finding Judge(const Evidence& evidence) {
  const int status = evidence.response.status;
  if (status < 300 || status == 304) return {};
  if (status < 400) return {Reason::kRedirectRefused, ""};
  if (const auto own = OwnReason(evidence.body)) {
    return JudgeOwnWord(*own, evidence);
  }
  for (const WordRow& row : kForeignWords) {
    if (row.word == evidence.body.code) {
      return {row.cause, std::string(row.sentence)};
    }
  }
  for (const WordRow& row : kForeignSentences) {
    if (evidence.body.detail.find(row.word) != std::string::npos) {
      return {row.cause, std::string(row.sentence)};
    }
  }
  // Servers whose first check has no challenge to offer say 403 where nothing
  // was presented.
  if (status == 401 || (status == 403 && !evidence.sent)) {
    return JudgeCredential(evidence);
  }
  return JudgeStatus(evidence);
}

std::string RemedyFor(Reason cause, const Evidence& evidence) {
  const std::string* const retry_after =
      evidence.response.headers.Find("Retry-After");
  const bool waits =
      cause == Reason::kRateLimited || cause == Reason::kOverloaded;
  if (waits && retry_after != nullptr) {
    if (const auto wait = ParseRetryAfter(*retry_after, evidence.now)) {
      return "Try again in " + Seconds(*wait) + ".";
    }
  }
  return std::string(Describe(cause).remedy);
}

}  // namespace

Status Diagnosis::ToStatus(int http_status) const {
  if (cause == Reason::kNone) return Status();
  return Status(cause, sentence).WithHttpStatus(http_status);
}

Diagnosis DiagnoseHiding(std::vector<std::string_view> secrets,
                         const HttpResponse& response,
                         const std::optional<CredentialHeader>& sent,
                         WallTime now, const std::optional<ClockSkew>& skew) {
  if (sent) secrets.push_back(BearerToken(*sent));
  Evidence evidence{response, sent, ReadErrorBody(response, secrets), now, {}};
  Diagnosis diagnosis;
  if (const std::string* const date = response.headers.Find("Date")) {
    evidence.server_now = ParseHttpDate(*date);
  } else if (skew) {
    evidence.server_now = now + skew->ahead;
  }
  if (evidence.server_now) {
    diagnosis.clock_ahead = Between(now, *evidence.server_now);
  }
  if (const std::string* const id = response.headers.Find("X-Refusal-Id")) {
    diagnosis.refusal_id = CleanText(*id, kMaxRefusalId);
  }
  Finding finding = Judge(evidence);
  diagnosis.cause = finding.cause;
  if (finding.cause == Reason::kNone) return diagnosis;
  diagnosis.sentence = finding.sentence.empty()
                           ? std::string(Describe(finding.cause).text)
                           : std::move(finding.sentence);
  diagnosis.remedy = RemedyFor(finding.cause, evidence);
  if (!MayBeJson(response) && response.status >= 400) {
    diagnosis.sentence += " The answer is ";
    diagnosis.sentence += MediaTypeForDisplay(response);
    diagnosis.sentence += " and not JSON, so it may not be the API's.";
  }
  return diagnosis;
}

Diagnosis Diagnose(const HttpResponse& response,
                   const std::optional<CredentialHeader>& sent, WallTime now,
                   const std::optional<ClockSkew>& skew) {
  return DiagnoseHiding({}, response, sent, now, skew);
}

}  // namespace clone_auth
