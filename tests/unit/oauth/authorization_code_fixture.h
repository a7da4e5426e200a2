#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

#include "clone/authorization_code.h"
#include "clone/testing/fake_random.h"
#include "unit/oauth/auth_server.h"

namespace clone_auth::testing {

inline const WallTime kNow =
    FromUnixSeconds(std::chrono::seconds(1'767'225'600));

inline AuthorizationCodeOptions Request(const std::string& scope = "read") {
  AuthorizationCodeOptions request;
  request.redirect_uri = "http://127.0.0.1:5000/callback";
  request.scope = scope;
  return request;
}

class AuthorizationCodeTest : public ::testing::Test {
 protected:
  AuthorizationCodeGrant Grant(AuthorizationCodeOptions request = Request()) {
    return AuthorizationCodeGrant::Create(ClientOf(server_), std::move(request),
                                          random_)
        .value();
  }
  Status Refusal(AuthorizationCodeOptions request = Request()) {
    return AuthorizationCodeGrant::Create(ClientOf(server_), std::move(request),
                                          random_)
        .status();
  }

  static std::string StateOf(const AuthorizationCodeGrant& grant) {
    return ParameterOf(grant.authorization_url(), "state");
  }
  // A good answer with `more` behind it.
  static std::string Answer(const AuthorizationCodeGrant& grant,
                            const std::string& more = {}) {
    return "/callback?code=c-1&state=" + StateOf(grant) + more;
  }

  // The request that the grant wants sent; empty where it wants something else.
  static HttpRequest Sent(AuthorizationCodeGrant& grant, WallTime now = kNow) {
    OAuthFlow::Step step = grant.Poll(now);
    auto* const send = std::get_if<OAuthFlow::Send>(&step);
    return send != nullptr ? std::move(send->request) : HttpRequest();
  }
  static bool IsWaiting(AuthorizationCodeGrant& grant, WallTime now = kNow) {
    return std::holds_alternative<OAuthFlow::WaitUntil>(grant.Poll(now));
  }
  static bool IsDone(AuthorizationCodeGrant& grant, WallTime now = kNow) {
    return std::holds_alternative<OAuthFlow::Done>(grant.Poll(now));
  }

  // A grant whose code was answered with `tokens`.
  AuthorizationCodeGrant Redeemed(const std::string& scope,
                                  const HttpResponse& tokens) {
    AuthorizationCodeGrant grant = Grant(Request(scope));
    EXPECT_EQ(grant.Receive(Answer(grant)), Callback::kCode);
    EXPECT_EQ(Sent(grant).target, server_.token_endpoint);
    grant.Complete(tokens, kNow);
    return grant;
  }

  AuthServerMetadata server_ = ServerMetadata();
  FakeRandom random_;
};

}  // namespace clone_auth::testing
