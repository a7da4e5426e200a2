#pragma once

// The endpoints, each a function from a request to its answer. What is shared
// by them all is in Context; what one request brings is in Call.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/api_key_verifier.h"
#include "clone/authenticator.h"
#include "clone/clock.h"
#include "clone/http.h"
#include "clone/random.h"
#include "clone/service.h"
#include "clone/uuid.h"
#include "service/access_tokens.h"
#include "service/client_address.h"
#include "service/directory.h"
#include "service/key_adoption.h"
#include "service/legacy_tokens.h"
#include "service/passwords.h"
#include "service/peppers.h"
#include "service/rate_limiter.h"
#include "service/refresh_tokens.h"
#include "service/refusal_id.h"
#include "service/signing_keys.h"
#include "service/store.h"

namespace clone_auth::service {

struct Limiters {
  std::unique_ptr<RateLimiter> passwords_by_account;
  std::unique_ptr<RateLimiter> passwords_by_address;
  std::unique_ptr<RateLimiter> anonymous;
  std::unique_ptr<RateLimiter> refreshes;
  std::unique_ptr<RateLimiter> leaked_keys;
  std::unique_ptr<RateLimiter> keys_by_handle;
  std::unique_ptr<RateLimiter> keys_by_address;
};

/// Borrowed parts; they outlive every call.
struct Context {
  const ServiceOptions* options = nullptr;
  const Clock* clock = nullptr;
  RandomSource* random = nullptr;
  Store* store = nullptr;
  std::string key_file;  ///< where the secrets are
  Directory* directory = nullptr;
  SigningKeys* signing_keys = nullptr;
  Peppers* peppers = nullptr;
  const AccessTokens* access_tokens = nullptr;
  const RefreshTokens* refresh_tokens = nullptr;
  LegacyTokens* legacy_tokens = nullptr;
  const RefusalIds* refusal_ids = nullptr;
  const ApiKeyVerifier* key_verifier = nullptr;
  const Authenticator* authenticator = nullptr;
  const Authenticator* authenticator_for_imported = nullptr;
  const TrustedProxies* proxies = nullptr;
  const Passwords* passwords = nullptr;
  const Limiters* limiters = nullptr;

  /// The time, as it can be stored.
  WallTime Now() const;
  /// The one that takes keys of other systems too, once there are any.
  const Authenticator& CurrentAuthenticator() const {
    return directory->imports().has_keys() ? *authenticator_for_imported
                                           : *authenticator;
  }
  /// Whoever sent this, with a key or what it was exchanged for.
  Actor HolderOf(const HttpRequest& request) const {
    return Actor::Holder(proxies->AddressOf(request));
  }
};

struct Call {
  HttpRequest request;
  std::string client;   ///< whom attempts are counted under
  std::string address;  ///< the client's, for the audit trail
  Uuid id;              ///< from the path, where it has one
  std::optional<Principal> principal;
  /// What was left to do for a key that was not found.
  Adoption adoption = Adoption::kNone;
};

using Handler = HttpResponse (*)(const Context& context, const Call& call);

/// The key in the body of a request; empty where the request is refused
/// whatever the key is.
using KeyReader = std::string (*)(const Context& context,
                                  const HttpRequest& request);

// account_handlers.cc
HttpResponse Signup(const Context& context, const Call& call);
HttpResponse Login(const Context& context, const Call& call);
HttpResponse Me(const Context& context, const Call& call);

// session_handlers.cc
HttpResponse Refresh(const Context& context, const Call& call);
HttpResponse Logout(const Context& context, const Call& call);

// key_handlers.cc
HttpResponse ListKeys(const Context& context, const Call& call);
HttpResponse ShowKey(const Context& context, const Call& call);
HttpResponse RevokeKey(const Context& context, const Call& call);
HttpResponse RevokeLeakedKey(const Context& context, const Call& call);
std::string ReportedKey(const Context& context, const HttpRequest& request);

// key_issue_handlers.cc
HttpResponse IssueKey(const Context& context, const Call& call);
HttpResponse RollKey(const Context& context, const Call& call);

// audit_handlers.cc
HttpResponse ListAudit(const Context& context, const Call& call);
HttpResponse ListKeyAudit(const Context& context, const Call& call);

// verify_handler.cc
HttpResponse Verify(const Context& context, const Call& call);

// exchange_handler.cc
HttpResponse ExchangeToken(const Context& context, const Call& call);
std::string KeyToExchange(const Context& context, const HttpRequest& request);

// public_handlers.cc
HttpResponse ValidateInvite(const Context& context, const Call& call);
HttpResponse JoinWaitlist(const Context& context, const Call& call);
HttpResponse KeySet(const Context& context, const Call& call);
HttpResponse Healthy(const Context& context, const Call& call);
HttpResponse Ready(const Context& context, const Call& call);

}  // namespace clone_auth::service
