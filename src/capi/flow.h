#pragma once

// The handles of clone/c_oauth.h.

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "capi/handle.h"
#include "clone/authorization_code.h"
#include "clone/c_oauth.h"
#include "clone/clock.h"
#include "clone/device_grant.h"
#include "clone/discovery.h"
#include "clone/oauth_client.h"

namespace clone_auth::capi {

/// Time of day as it would be, had nobody set the clock since this was made.
class TimeSinceBoot {
 public:
  WallTime Now() const {
    return wall_ + std::chrono::duration_cast<WallTime::duration>(
                       SystemClock().SinceBoot() - boot_);
  }

 private:
  WallTime wall_ = SystemClock().Now();
  std::chrono::nanoseconds boot_ = SystemClock().SinceBoot();
};

/// What a sign-in has yielded and nobody has taken yet.
struct Granted {
  std::optional<SessionTokens> tokens;
  Secret id_token;
  std::optional<VerifiedJwt> verified_id_token;
};

}  // namespace clone_auth::capi

struct clone_auth_flow : clone_auth::capi::Handle<24> {
  using Machine = std::variant<clone_auth::Discovery, clone_auth::DeviceGrant,
                               clone_auth::AuthorizationCodeGrant>;

  explicit clone_auth_flow(clone_auth::Discovery discovery)
      : machine(std::move(discovery)) {}
  clone_auth_flow(Machine grant, clone_auth::OAuthClient of,
                  clone_auth::Discovered asked)
      : machine(std::move(grant)),
        client(std::move(of)),
        known(std::move(asked)) {}

  clone_auth::OAuthFlow& steps() {
    return std::visit([](auto& m) -> clone_auth::OAuthFlow& { return m; },
                      machine);
  }

  Machine machine;
  std::optional<clone_auth::OAuthClient> client;  ///< of a sign-in
  /// Of a discovery, what it has found; of a sign-in, what it goes by.
  clone_auth::Discovered known;
  clone_auth::capi::TimeSinceBoot time;
  clone_auth::Status outcome{clone_auth::Reason::kSignInPending,
                             "the flow is not over yet"};
  clone_auth::capi::Granted granted;
};

struct clone_auth_sign_in_options : clone_auth::capi::Handle<25> {
  explicit clone_auth_sign_in_options(clone_auth::Discovered found)
      : asked(std::move(found)) {}
  clone_auth::Discovered asked;
  /// Without redirect URI and scope.
  clone_auth::AuthorizationCodeOptions browser;
};
