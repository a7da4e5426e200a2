#include "clone/token_session.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "base/macros.h"
#include "credential/access_token.h"
#include "credential/refresh_answer.h"
#include "credential/refresh_endpoint.h"
#include "credential/session_snapshot.h"
#include "credential/session_state.h"
#include "credential/shape.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// A clock that is set back is noticed by a thread at the latest this long
// after it last looked.
constexpr seconds kLook{1};

std::uint64_t NextSessionId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// The access token, bound to where it may go. Errors: credential_malformed.
Result<Credential> MakeCredential(const TokenSessionOptions& options,
                                  const SessionTokens& tokens) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      Credential credential,
      Credential::Parse(tokens.access.Clone(SecretReach::kThisProcess),
                        options.scheme));
  if (credential.shape() != CredentialShape::kBearer) {
    return Status(Reason::kCredentialMalformed,
                  "an API key is no access token");
  }
  if (!tokens.refresh.empty()) {
    CLONE_AUTH_RETURN_IF_ERROR(
        CheckCredentialText(tokens.refresh.Reveal(), CredentialShape::kBearer));
  }
  CLONE_AUTH_RETURN_IF_ERROR(credential.BindTo(options.base_url));
  return credential;
}

}  // namespace

struct TokenSession::Impl {
  Impl(TokenSessionOptions o, RefreshEndpoint endpoint, const Secret& refresh,
       RandomSource& random)
      : options(std::move(o)),
        state(std::move(endpoint), options.session_name, refresh, random) {}

  AccessTokenFacts Facts(const SessionTokens& tokens,
                         std::optional<WallTime> server_time) const {
    return FactsOf(tokens.access.Reveal(),
                   tokens.expires_in.value_or(options.assumed_lifetime),
                   server_time);
  }

  Status Look(WallTime now, SnapshotSlot& slot);

  const TokenSessionOptions options;
  const std::uint64_t id = NextSessionId();
  std::mutex mutex;
  SessionState state;
};

// Takes a new snapshot into the thread's slot.
Status TokenSession::Impl::Look(WallTime now, SnapshotSlot& slot) {
  const std::lock_guard lock(mutex);
  if (state.IsBereft()) return SessionState::BereftStatus();
  state.Observe(now);
  if (!state.ended().ok()) {
    return Status(
        Reason::kSessionEnded,
        "the session has ended: " + std::string(state.ended().message()));
  }
  const WallTime expires_at = state.times().expires_at;
  if (now >= expires_at) return Status(Reason::kTokenExpired);
  slot.session = id;
  slot.published = state.published().load(std::memory_order_relaxed);
  slot.process = ForkGeneration();
  slot.from = now;
  slot.until = std::min<WallTime>(now + kLook, expires_at);
  slot.snapshot = state.snapshot();
  return Status();
}

Result<std::unique_ptr<TokenSession>> TokenSession::Create(
    TokenSessionOptions options, SessionTokens tokens, WallTime now,
    RandomSource& random) {
  CLONE_AUTH_ASSIGN_OR_RETURN(RefreshEndpoint endpoint,
                              RefreshEndpoint::Create(options));
  CLONE_AUTH_ASSIGN_OR_RETURN(Credential credential,
                              MakeCredential(options, tokens));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(endpoint),
                                     tokens.refresh, random);
  const AccessTokenFacts facts = impl->Facts(tokens, std::nullopt);
  impl->state.Observe(now);
  impl->state.Install(std::move(tokens), std::move(credential), facts, now);
  return std::unique_ptr<TokenSession>(new TokenSession(std::move(impl)));
}

TokenSession::TokenSession(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

TokenSession::~TokenSession() = default;

TokenSession::Step TokenSession::Poll(WallTime now) {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.Next(now, false);
}

TokenSession::Step TokenSession::Start(WallTime now) {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.Next(now, true);
}

void TokenSession::Complete(std::uint64_t attempt,
                            const Result<HttpResponse>& outcome, WallTime now,
                            const Keep& keep) {
  RefreshAnswer answer = ReadRefreshAnswer(outcome, impl_->options.scheme, now);
  const AccessTokenFacts facts =
      impl_->Facts(answer.tokens, answer.server_time);
  SessionState& state = impl_->state;
  std::unique_lock lock(impl_->mutex);
  state.Observe(now);
  if (!state.IsUnderWay(attempt)) return;
  if (answer.server_time) state.Compare(*answer.server_time, now);
  if (answer.verdict != RefreshVerdict::kTokens) {
    state.Fail(std::move(answer), now);
    return;
  }
  if (state.IsForeign(facts)) {
    state.End(Status(Reason::kTokenClaim,
                     "the refresh brought another subject's token"),
              now);
    return;
  }
  auto credential = MakeCredential(impl_->options, answer.tokens);
  if (!credential.ok() || facts.lifetime <= seconds(0)) {
    answer.verdict = RefreshVerdict::kPassing;
    answer.why = Status(Reason::kAnswerMalformed,
                        "the refresh brought a token that was never valid");
    state.Fail(std::move(answer), now);
    return;
  }
  const WallTime arrival = state.ArrivalAt(now);
  if (keep) {
    const Secret& refresh =
        answer.tokens.refresh.empty() ? state.refresh() : answer.tokens.refresh;
    const SessionTokens kept{answer.tokens.access.Clone(), refresh.Clone(),
                             arrival, answer.tokens.expires_in};
    lock.unlock();
    keep(kept);
    lock.lock();
    if (!state.IsUnderWay(attempt)) return;
  }
  state.Install(std::move(answer.tokens), std::move(credential).value(), facts,
                now, answer.refresh_in);
}

std::optional<TokenSession::Send> TokenSession::SendUnder(std::uint64_t attempt,
                                                          std::string key) {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->state.IsUnderWay(attempt)) return std::nullopt;
  return impl_->state.SendUnder(std::move(key));
}

void TokenSession::Postpone(std::uint64_t attempt, WallTime until,
                            WallTime now) {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.Observe(now);
  if (impl_->state.IsUnderWay(attempt)) impl_->state.Postpone(until);
}

void TokenSession::Forget() {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.Postpone(WallTime{});
}

void TokenSession::Notice(SessionEvent::Kind kind, WallTime now) {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.Observe(now);
  impl_->state.Notice(kind, now);
}

Status TokenSession::Adopt(SessionTokens tokens, WallTime now) {
  CLONE_AUTH_ASSIGN_OR_RETURN(Credential credential,
                              MakeCredential(impl_->options, tokens));
  const AccessTokenFacts facts = impl_->Facts(tokens, std::nullopt);
  const std::lock_guard lock(impl_->mutex);
  impl_->state.Observe(now);
  if (impl_->state.IsForeign(facts)) {
    return Status(Reason::kTokenClaim, "the tokens are of another subject");
  }
  impl_->state.Install(std::move(tokens), std::move(credential), facts, now);
  return Status();
}

Result<CredentialHeader> TokenSession::HeaderFor(std::string_view method,
                                                 std::string_view url,
                                                 WallTime now) const {
  SnapshotSlot& slot = SlotOf(impl_->id);
  const bool is_current =
      slot.session == impl_->id &&
      slot.published ==
          impl_->state.published().load(std::memory_order_acquire) &&
      slot.process == ForkGeneration() && now >= slot.from && now < slot.until;
  if (!is_current) CLONE_AUTH_RETURN_IF_ERROR(impl_->Look(now, slot));
  auto header = slot.snapshot->credential.HeaderFor(method, url);
  if (header.ok()) header->generation = slot.snapshot->generation;
  return header;
}

void TokenSession::Invalidate(std::uint64_t generation, WallTime now) {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.Observe(now);
  impl_->state.Refuse(generation);
}

const std::string& TokenSession::base_url() const {
  return impl_->options.base_url;
}

const TokenSessionOptions& TokenSession::options() const {
  return impl_->options;
}

SessionHealth TokenSession::health(WallTime now) const {
  const std::lock_guard lock(impl_->mutex);
  impl_->state.Observe(now);
  return impl_->state.HealthAt(now);
}

bool TokenSession::is_refreshing() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.is_refreshing();
}

std::uint64_t TokenSession::generation() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.snapshot()->generation;
}

WallTime TokenSession::expires_at() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.times().expires_at;
}

Status TokenSession::last_error() const {
  const std::lock_guard lock(impl_->mutex);
  const SessionState& state = impl_->state;
  return state.ended().ok() ? state.last_error() : state.ended();
}

SessionTokens TokenSession::tokens() const {
  const std::lock_guard lock(impl_->mutex);
  const SessionState& state = impl_->state;
  if (state.IsBereft()) return {};
  return {state.snapshot()->credential.text().Clone(), state.refresh().Clone(),
          state.times().received_at, state.expires_in(),
          state.idempotency_key()};
}

bool TokenSession::IsBereft() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.IsBereft();
}

std::optional<ClockSkew> TokenSession::clock_skew() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.skew();
}

std::optional<SessionEvent> TokenSession::TakeEvent() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.TakeEvent();
}

}  // namespace clone_auth
