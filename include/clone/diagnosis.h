#pragma once

// Why a server said no: one typed cause out of the answer, what the credential
// tells of itself and the two clocks. Pure functions.

#include <chrono>
#include <optional>
#include <string>

#include "clone/clock.h"
#include "clone/credential.h"
#include "clone/http.h"
#include "clone/status.h"
#include "clone/token_session.h"

namespace clone_auth {

struct Diagnosis {
  /// kNone for an answer that is no refusal.
  Reason cause = Reason::kNone;
  std::string sentence;  ///< what happened, in one line
  std::string remedy;    ///< what to do next, in one line
  /// How far this machine's clock is ahead of the server's: by the answer's
  /// Date, or by what else is known.
  std::optional<std::chrono::seconds> clock_ahead;
  /// What whoever runs the service needs to find out more (X-Refusal-Id);
  /// empty where the answer has none.
  std::string refusal_id;

  /// The same as a Status, with the answer's HTTP status.
  Status ToStatus(int http_status) const;
};

/// `sent` is the credential's header as it was sent; empty where the request
/// had none. Trusts the server's reason word first, then its status and
/// headers, then the token's own claims. `skew`, such as a session's
/// (TokenSession::clock_skew), stands in for the Date of an answer without one.
Diagnosis Diagnose(const HttpResponse& response,
                   const std::optional<CredentialHeader>& sent, WallTime now,
                   const std::optional<ClockSkew>& skew = std::nullopt);

}  // namespace clone_auth
