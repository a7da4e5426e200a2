#include "clone/authorization_code.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/macros.h"
#include "base/url.h"
#include "base/words.h"
#include "clone/id_token.h"
#include "clone/jwk_fetcher.h"
#include "oauth/authorization_url.h"
#include "oauth/flow_state.h"
#include "oauth/pkce.h"
#include "oauth/query.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

constexpr seconds kLongestLifetime{3600};
constexpr seconds kTimeForKeys{60};

bool AsksForIdToken(const AuthorizationCodeOptions& options) {
  return HasWord(options.scope, "openid");
}

Status CheckServer(const AuthServerMetadata& server, bool with_id_token) {
  const auto& methods = server.code_challenge_methods_supported;
  if (server.authorization_endpoint.empty()) {
    return Status(Reason::kGrantUnsupported);
  }
  if (server.authorization_endpoint.find('#') != std::string::npos) {
    return Status(Reason::kUrlMalformed,
                  "the authorization endpoint has a fragment");
  }
  if (std::find(methods.begin(), methods.end(), "S256") == methods.end()) {
    return Status(Reason::kGrantUnsupported,
                  "the sign-in server does not say that it takes PKCE with "
                  "S256");
  }
  if (with_id_token && server.jwks_uri.empty()) {
    return Status(Reason::kGrantUnsupported,
                  "the sign-in server names no keys to check an ID token "
                  "with");
  }
  return Status();
}

Status CheckOptions(const AuthorizationCodeOptions& options) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url redirect,
                              ParseUrl(options.redirect_uri));
  CLONE_AUTH_RETURN_IF_ERROR(RequireSecure(redirect));
  if (options.redirect_uri.find_first_of("?#") != std::string::npos) {
    return Status(Reason::kInvalidArgument,
                  "the redirect URI is without query and fragment");
  }
  if (options.lifetime < seconds(1) || options.lifetime > kLongestLifetime) {
    return Status(Reason::kInvalidArgument, "a lifetime of 1 s to 1 h");
  }
  if (options.max_age.has_value() && *options.max_age < seconds(0)) {
    return Status(Reason::kInvalidArgument, "max_age is not below 0");
  }
  return Status();
}

// What `iss` in an answer has to be (RFC 9207 section 2.4).
Status CheckIssuer(const Query& query, const AuthServerMetadata& server) {
  const std::string* const issuer = query.Find("iss");
  if (issuer != nullptr
          ? *issuer == server.issuer
          : !server.authorization_response_iss_parameter_supported) {
    return Status();
  }
  return Status(Reason::kIssuerMismatch);
}

Result<Secret> ReadCode(const Query& query, const AuthServerMetadata& server) {
  if (query.HasRepeats()) {
    return Status(Reason::kAnswerMalformed,
                  "the browser's answer repeats a parameter");
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckIssuer(query, server));
  if (const std::string* const error = query.Find("error")) {
    return StatusOfOAuthError(*error);
  }
  if (const std::string* const code = query.Find("code")) {
    return Secret::CopyOf(*code);
  }
  return Status(Reason::kAnswerMalformed, "the browser's answer has no code");
}

}  // namespace

struct AuthorizationCodeGrant::Impl {
  // What is to come next.
  enum class Stage : std::uint8_t { kBrowser, kRequest, kTokens, kKeys };

  Impl(OAuthClient c, AuthorizationCodeOptions o)
      : client(std::move(c)), options(std::move(o)) {}

  Status Prepare(RandomSource& random);
  std::optional<Query> OwnQuery(std::string_view target) const;
  Step AwaitBrowser(WallTime now);
  Step Redeem(WallTime now);
  void TakeTokens(const Result<HttpResponse>& outcome, WallTime now);
  Step PollKeys(WallTime now);
  Status CheckAnswer(const JwkSet& set, WallTime now);

  const OAuthClient client;
  const AuthorizationCodeOptions options;
  std::string url;
  std::string path;  // of the redirect URI
  Secret state_text;
  Secret verifier;
  std::string nonce;  // empty where no ID token is asked for
  std::optional<JwkFetcher> keys;

  FlowState<SignIn> state;
  Stage stage = Stage::kBrowser;
  std::optional<WallTime> deadline;  // for the browser, then for the keys
  Secret code;
  WallTime asked_at{};
  TokenAnswer answer;
  std::uint64_t attempt = 0;  // of `keys`
};

Status AuthorizationCodeGrant::Impl::Prepare(RandomSource& random) {
  CLONE_AUTH_ASSIGN_OR_RETURN(Url redirect, ParseUrl(options.redirect_uri));
  path = std::move(redirect.target);
  CLONE_AUTH_ASSIGN_OR_RETURN(state_text, Unguessable(random));
  CLONE_AUTH_ASSIGN_OR_RETURN(verifier, Unguessable(random));
  if (AsksForIdToken(options)) {
    CLONE_AUTH_ASSIGN_OR_RETURN(const Secret text, Unguessable(random));
    nonce = text.Reveal();
    JwkFetchOptions fetch;
    fetch.jwks_uri = client.server().jwks_uri;
    CLONE_AUTH_ASSIGN_OR_RETURN(keys, JwkFetcher::Create(fetch, &random));
  }
  const std::string challenge = CodeChallengeS256(verifier.Reveal());
  const std::string max_age = options.max_age.has_value()
                                  ? std::to_string(options.max_age->count())
                                  : std::string();
  url = WithParameters(client.server().authorization_endpoint,
                       {{"response_type", "code"},
                        {"client_id", client.client_id()},
                        {"redirect_uri", options.redirect_uri},
                        {"scope", options.scope},
                        {"state", state_text.Reveal()},
                        {"code_challenge", challenge},
                        {"code_challenge_method", "S256"},
                        {"nonce", nonce},
                        {"resource", client.resource()},
                        {"prompt", options.prompt},
                        {"login_hint", options.login_hint},
                        {"max_age", max_age}});
  return Status();
}

// The query of a request that carries this object's state to the right place.
std::optional<Query> AuthorizationCodeGrant::Impl::OwnQuery(
    std::string_view target) const {
  const std::size_t end = std::min(target.find('?'), target.size());
  if (target.substr(0, end) != path) return std::nullopt;
  auto query = Query::Parse(target.substr(std::min(end + 1, target.size())));
  if (!query.has_value()) return std::nullopt;
  const std::string* const given = query->Find("state");
  if (given == nullptr ||
      !ConstantTimeEquals(Secret::CopyOf(*given), state_text)) {
    return std::nullopt;
  }
  return query;
}

OAuthFlow::Step AuthorizationCodeGrant::Impl::AwaitBrowser(WallTime now) {
  if (!deadline.has_value()) deadline = now + options.lifetime;
  if (now < *deadline) return WaitUntil{*deadline};
  state.Fail(Status(Reason::kSignInExpired));
  return Done();
}

OAuthFlow::Step AuthorizationCodeGrant::Impl::Redeem(WallTime now) {
  stage = Stage::kTokens;
  asked_at = now;
  HttpRequest request =
      client.TokenRequest({{"grant_type", "authorization_code"},
                           {"code", code.Reveal()},
                           {"redirect_uri", options.redirect_uri},
                           {"code_verifier", verifier.Reveal()}});
  // Sent once: a second use may cost the tokens of the first.
  code = Secret();
  verifier = Secret();
  return state.Send(std::move(request));
}

void AuthorizationCodeGrant::Impl::TakeTokens(
    const Result<HttpResponse>& outcome, WallTime now) {
  auto read = client.ReadTokenAnswer(outcome, asked_at);
  if (!read.ok()) return state.Fail(std::move(read).status());
  answer = *std::move(read);
  if (!keys.has_value()) {
    return state.Succeed(SignIn{std::move(answer), std::nullopt});
  }
  if (answer.id_token.empty()) {
    return state.Fail(
        Status(Reason::kAnswerMalformed, "the answer has no ID token"));
  }
  stage = Stage::kKeys;
  deadline = now + kTimeForKeys;
}

OAuthFlow::Step AuthorizationCodeGrant::Impl::PollKeys(WallTime now) {
  if (now >= *deadline) {
    state.Fail(Status(Reason::kKeySetUnavailable,
                      "the keys of the sign-in server cannot be had: " +
                          std::string(keys->last_error().message())));
    return Done();
  }
  JwkFetcher::Step step = keys->Poll(now);
  if (auto* const send = std::get_if<JwkFetcher::Send>(&step)) {
    attempt = send->attempt;
    return state.Send(std::move(send->request));
  }
  if (const auto* const wait = std::get_if<JwkFetcher::WaitUntil>(&step)) {
    return WaitUntil{std::min(wait->time, *deadline)};
  }
  if (Status status = CheckAnswer(*keys->KeysAt(now), now); !status.ok()) {
    state.Fail(std::move(status));
  }
  return Done();
}

Status AuthorizationCodeGrant::Impl::CheckAnswer(const JwkSet& set,
                                                 WallTime now) {
  IdTokenExpectation expected;
  expected.issuer = client.server().issuer;
  expected.client_id = client.client_id();
  expected.nonce = nonce;
  expected.access_token = answer.tokens.access.Reveal();
  expected.max_age = options.max_age;
  CLONE_AUTH_ASSIGN_OR_RETURN(
      VerifiedJwt id_token,
      CheckIdToken(answer.id_token.Reveal(), set, expected, now));
  state.Succeed(SignIn{std::move(answer), std::move(id_token)});
  return Status();
}

Result<AuthorizationCodeGrant> AuthorizationCodeGrant::Create(
    OAuthClient client, AuthorizationCodeOptions options,
    RandomSource& random) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckOptions(options));
  CLONE_AUTH_RETURN_IF_ERROR(
      CheckServer(client.server(), AsksForIdToken(options)));
  auto impl = std::make_unique<Impl>(std::move(client), std::move(options));
  CLONE_AUTH_RETURN_IF_ERROR(impl->Prepare(random));
  return AuthorizationCodeGrant(std::move(impl));
}

const std::string& AuthorizationCodeGrant::authorization_url() const {
  return impl_->url;
}

Callback AuthorizationCodeGrant::Receive(std::string_view target) {
  Impl& self = *impl_;
  if (self.state.Idle() || self.stage != Impl::Stage::kBrowser) {
    return Callback::kStray;
  }
  const std::optional<Query> query = self.OwnQuery(target);
  if (!query.has_value()) return Callback::kStray;
  Result<Secret> code = ReadCode(*query, self.client.server());
  if (!code.ok()) {
    self.state.Fail(std::move(code).status());
    return Callback::kRefusal;
  }
  self.code = *std::move(code);
  self.stage = Impl::Stage::kRequest;
  return Callback::kCode;
}

OAuthFlow::Step AuthorizationCodeGrant::Poll(WallTime now) {
  if (const auto idle = impl_->state.Idle()) return *idle;
  switch (impl_->stage) {
    case Impl::Stage::kBrowser:
      return impl_->AwaitBrowser(now);
    case Impl::Stage::kRequest:
      return impl_->Redeem(now);
    case Impl::Stage::kTokens:  // has an answer to come, so it is idle
    case Impl::Stage::kKeys:
      break;
  }
  return impl_->PollKeys(now);
}

void AuthorizationCodeGrant::Complete(const Result<HttpResponse>& outcome,
                                      WallTime now) {
  if (!impl_->state.Receive()) return;
  if (impl_->stage == Impl::Stage::kTokens) {
    impl_->TakeTokens(outcome, now);
  } else {
    impl_->keys->Complete(impl_->attempt, outcome, now);
  }
}

void AuthorizationCodeGrant::Abandon(Status why) {
  impl_->state.Fail(std::move(why));
}

Result<SignIn> AuthorizationCodeGrant::Take() { return impl_->state.Take(); }

AuthorizationCodeGrant::AuthorizationCodeGrant(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
AuthorizationCodeGrant::AuthorizationCodeGrant(
    AuthorizationCodeGrant&&) noexcept = default;
AuthorizationCodeGrant& AuthorizationCodeGrant::operator=(
    AuthorizationCodeGrant&&) noexcept = default;
AuthorizationCodeGrant::~AuthorizationCodeGrant() = default;

}  // namespace clone_auth
