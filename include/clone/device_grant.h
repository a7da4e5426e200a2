#pragma once

// Signs a person in on a machine without a browser of its own: shows a code
// that is typed elsewhere and polls until somebody has answered (RFC 8628). A
// flow (oauth_flow.h): drive it with RunFlow() or by hand.
//
// It survives what happens meanwhile: lost connections, servers that fail, a
// machine that sleeps and a clock that runs fast, until the code expires.

#include <memory>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/oauth_client.h"
#include "clone/oauth_flow.h"
#include "clone/result.h"
#include "clone/status.h"
#include "clone/token_answer.h"

namespace clone_auth {

/// What the person has to see.
struct DevicePrompt {
  /// Exactly as the server sent it; printable ASCII, at most 64 characters.
  std::string user_code;
  /// Where to type it; https, or http to loopback.
  std::string verification_uri;
  /// The same with the code in it, for a browser or a QR code; empty where the
  /// server has none.
  std::string verification_uri_complete;
  WallTime expires_at{};
};

class DeviceGrant final : public OAuthFlow {
 public:
  /// An empty `scope` leaves it to the server. Error: grant_unsupported.
  static Result<DeviceGrant> Create(OAuthClient client, std::string_view scope);

  DeviceGrant(DeviceGrant&&) noexcept;
  DeviceGrant& operator=(DeviceGrant&&) noexcept;
  ~DeviceGrant() override;

  /// The first poll comes after a whole interval: what the server says, 5 s
  /// where that is nothing sensible, at most 5 min; 5 s more after each
  /// slow_down. Each wait is a fifth longer, two fifths after a slow_down,
  /// because clocks of virtual machines run fast. Without an answer the waits
  /// double up to a minute, or are what Retry-After asks for.
  Step Poll(WallTime now) override;
  void Complete(const Result<HttpResponse>& outcome, WallTime now) override;
  void Abandon(Status why) override;

  /// Null until the codes are here.
  const DevicePrompt* prompt() const;

  /// Once it is done. Errors: sign_in_denied, sign_in_expired, the other
  /// final ones of OAuthClient::ReadTokenAnswer, what Abandon() was given.
  /// Before there are codes, whatever went wrong.
  Result<TokenAnswer> Take();

 private:
  struct Impl;
  explicit DeviceGrant(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth
