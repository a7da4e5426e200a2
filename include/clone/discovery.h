#pragma once

// Finds the authorization server and what it says of itself, from the little
// that a person configures. A flow (oauth_flow.h): drive it with RunFlow() or
// by hand.
//
// Where somebody else had a say in where to look, as whoever sends a challenge
// has, give it a transport of public addresses only.

#include <memory>
#include <string>

#include "clone/auth_server_metadata.h"
#include "clone/clock.h"
#include "clone/http.h"
#include "clone/oauth_flow.h"
#include "clone/result.h"

namespace clone_auth {

/// Where to begin: exactly one of the three URLs, https or http to loopback.
struct DiscoveryOptions {
  /// A cloud: `<cloud_url>/api/v1/auth/config` names issuer, client and scope.
  std::string cloud_url;
  /// The authorization server itself.
  std::string issuer;
  /// What answered 401 or 403, and the headers of that answer: its metadata
  /// (RFC 9728), found by the challenge or beside the resource, names the
  /// issuer.
  std::string resource_url;
  HttpHeaders challenge;

  /// What a sign-in asked for before this one, which asks for more because of
  /// a challenge with insufficient_scope (RFC 6750 section 3.1): nothing of it
  /// is given up.
  std::string asked_scope;
  /// Wants a refresh token: asks for `offline_access` (OpenID Connect Core 1.0
  /// section 11) as well, where there is a scope to ask for and the server says
  /// that it knows this one.
  bool offline_access = false;
};

struct Discovered {
  AuthServerMetadata server;
  /// As the cloud says; empty where none was asked.
  std::string client_id;
  /// What to ask for: as the cloud, the challenge or the resource says, in
  /// this order, with what the options add; empty where none of them does.
  std::string scope;
  /// What the tokens are for (RFC 8707); empty where no resource was asked.
  std::string resource;
  /// Until when the answer may be used again; 1 min to 1 day from now.
  WallTime fresh_until{};
};

class Discovery final : public OAuthFlow {
 public:
  /// Errors: invalid_argument (not exactly one URL), url_malformed,
  /// insecure_url.
  static Result<Discovery> Create(DiscoveryOptions options);

  Discovery(Discovery&&) noexcept;
  Discovery& operator=(Discovery&&) noexcept;
  ~Discovery() override;

  Step Poll(WallTime now) override;
  void Complete(const Result<HttpResponse>& outcome, WallTime now) override;
  void Abandon(Status why) override;

  /// Once it is done. Errors: not_found (nothing of the kind there),
  /// answer_malformed, issuer_mismatch, foreign_origin (metadata of another
  /// resource), permission_denied (a token grants too little for the resource,
  /// and all that it names was asked for already), redirect_refused,
  /// url_malformed and insecure_url (of what the answers name); and those after
  /// which it may well work later: server_error, overloaded, rate_limited,
  /// timeout, and why there was no answer.
  Result<Discovered> Take();

 private:
  struct Impl;
  explicit Discovery(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Drives a Discovery to its end, in the calling thread. Errors: those of
/// Discovery; cancelled.
Result<Discovered> Discover(DiscoveryOptions options,
                            const FlowDriverOptions& driver);

}  // namespace clone_auth
