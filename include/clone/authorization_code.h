#pragma once

// Signs a person in with the browser: sends them to the authorization server
// and takes the code that they come back with (RFC 6749 section 4.1), which
// without this object's secret is worth nothing (RFC 7636, S256 always). A
// flow (oauth_flow.h): drive it with RunFlow() or by hand; SignInWithBrowser()
// (browser_sign_in.h) does the rest, too.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/callback.h"
#include "clone/jwt.h"
#include "clone/oauth_client.h"
#include "clone/oauth_flow.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/token_answer.h"

namespace clone_auth {

struct AuthorizationCodeOptions {
  /// Where the browser is sent back to: https, or http to loopback; without
  /// query and fragment.
  std::string redirect_uri;
  /// Empty: the server's choice. With "openid" among its words, the answer must
  /// hold an ID token, which is checked.
  std::string scope;
  /// OpenID Connect Core 1.0 section 3.1.2.1. Empty: not sent.
  std::string prompt;
  std::string login_hint;
  /// If set, the person proves who they are anew where that was longer ago.
  /// Not below 0.
  std::optional<std::chrono::seconds> max_age;
  /// How long the person has, from the first Poll() on. 1 s to 1 h.
  std::chrono::seconds lifetime{600};
};

struct SignIn {
  TokenAnswer answer;
  /// Who signed in, checked (id_token.h). Empty where the scope was without
  /// "openid".
  std::optional<VerifiedJwt> id_token;
};

class AuthorizationCodeGrant final : public OAuthFlow {
 public:
  /// `random` is borrowed. Errors: grant_unsupported (no authorization
  /// endpoint, one that does not say that it takes S256, or an ID token is
  /// asked for where there is no key set), url_malformed, insecure_url,
  /// invalid_argument, random_unavailable.
  static Result<AuthorizationCodeGrant> Create(
      OAuthClient client, AuthorizationCodeOptions options,
      RandomSource& random = SystemRandom());

  AuthorizationCodeGrant(AuthorizationCodeGrant&&) noexcept;
  AuthorizationCodeGrant& operator=(AuthorizationCodeGrant&&) noexcept;
  ~AuthorizationCodeGrant() override;

  /// Where to send the person. Good for one sign-in.
  const std::string& authorization_url() const;

  /// Takes the target (path and query) of a request to the redirect URI. One of
  /// another path, without this object's `state`, or after the first one that
  /// had it, is a stray and changes nothing. The answer is
  /// refused, before any code leaves this process, where it repeats a
  /// parameter, is another issuer's or lacks the `iss` that was announced (RFC
  /// 9207 section 2.4), or holds an error or no code.
  Callback Receive(std::string_view target);

  /// Waits for Receive() until the lifetime is over; then sends the code, once;
  /// then fetches the keys for the ID token, for a minute at most.
  Step Poll(WallTime now) override;
  void Complete(const Result<HttpResponse>& outcome, WallTime now) override;
  void Abandon(Status why) override;

  /// Once it is done, and once. Errors: sign_in_denied and the other words of
  /// OAuthClient::ReadTokenAnswer; sign_in_expired; issuer_mismatch;
  /// answer_malformed; those of CheckIdToken(); key_set_unavailable; what
  /// Abandon() was given; sign_in_pending where it is not done.
  Result<SignIn> Take();

 private:
  struct Impl;
  explicit AuthorizationCodeGrant(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth
