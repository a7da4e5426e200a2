#include "clone/device_grant.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/macros.h"
#include "oauth/device_codes.h"
#include "oauth/flow_state.h"
#include "oauth/oauth_answer.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kSlower{5};  // RFC 8628 section 3.5
constexpr seconds kLongestBackoff{60};
constexpr std::string_view kGrantType =
    "urn:ietf:params:oauth:grant-type:device_code";

}  // namespace

struct DeviceGrant::Impl {
  Impl(OAuthClient c, HttpRequest request)
      : client(std::move(c)), for_codes(std::move(request)) {}

  HttpRequest PollRequest() const;
  void ReceiveCodes(const Result<HttpResponse>& outcome, WallTime now);
  void ReceiveGranted(const Result<HttpResponse>& outcome);
  void ReceiveTokens(const Result<HttpResponse>& outcome, WallTime now);
  void PutOff(std::optional<seconds> retry_after, WallTime now);
  Status Expired() const;

  const OAuthClient client;
  HttpRequest for_codes;
  FlowState<TokenAnswer> state;
  WallTime asked_at{};
  std::optional<DeviceCodes> codes;

  WallTime next_poll{};
  bool was_slowed = false;
  int failures = 0;  // since the last answer
  Status last_failure;
};

HttpRequest DeviceGrant::Impl::PollRequest() const {
  return client.TokenRequest({{"grant_type", kGrantType},
                              {"device_code", codes->device_code.Reveal()}});
}

void DeviceGrant::Impl::ReceiveCodes(const Result<HttpResponse>& outcome,
                                     WallTime now) {
  const OAuthAnswer answer = ReadOAuthAnswer(outcome, asked_at);
  if (answer.verdict != OAuthVerdict::kGranted) {
    return state.Fail(answer.why);
  }
  auto read = ReadDeviceCodes(answer.granted, client.server().issuer, asked_at);
  if (!read.ok()) return state.Fail(std::move(read).status());
  codes = std::move(read).value();
  PutOff(answer.retry_after, now);
}

void DeviceGrant::Impl::ReceiveGranted(const Result<HttpResponse>& outcome) {
  auto tokens = client.ReadTokenAnswer(outcome, asked_at);
  if (!tokens.ok()) return state.Fail(std::move(tokens).status());
  state.Succeed(std::move(tokens).value());
}

void DeviceGrant::Impl::ReceiveTokens(const Result<HttpResponse>& outcome,
                                      WallTime now) {
  const OAuthAnswer answer = ReadOAuthAnswer(outcome, now);
  switch (answer.verdict) {
    case OAuthVerdict::kGranted:
      return ReceiveGranted(outcome);
    case OAuthVerdict::kFinal:
      return state.Fail(answer.why);
    case OAuthVerdict::kPassing:
      ++failures;
      last_failure = answer.why;
      break;
    case OAuthVerdict::kSlowDown:
      codes->interval += kSlower;
      was_slowed = true;
      [[fallthrough]];
    case OAuthVerdict::kPending:
      failures = 0;
      break;
  }
  PutOff(answer.retry_after, now);
}

// A wait is a fifth longer than the interval: the clock of a virtual machine
// may run so fast that it is over before the server's interval is.
void DeviceGrant::Impl::PutOff(std::optional<seconds> retry_after,
                               WallTime now) {
  const int per_mille = was_slowed ? 1400 : 1200;
  const milliseconds base = milliseconds(codes->interval) * per_mille / 1000;
  const milliseconds most = std::max<milliseconds>(base, kLongestBackoff);
  milliseconds wait = base;
  for (int i = 0; i < failures && wait < most; ++i) {
    wait = std::min(2 * wait, most);
  }
  if (retry_after) wait = std::max<milliseconds>(wait, *retry_after);
  next_poll = now + wait;
}

Status DeviceGrant::Impl::Expired() const {
  if (failures == 0) return Status(Reason::kSignInExpired);
  return Status(Reason::kSignInExpired,
                "the code expired while the sign-in server could not be "
                "asked: " +
                    std::string(last_failure.message()));
}

Result<DeviceGrant> DeviceGrant::Create(OAuthClient client,
                                        std::string_view scope) {
  CLONE_AUTH_ASSIGN_OR_RETURN(HttpRequest request,
                              client.DeviceAuthorizationRequest(scope));
  return DeviceGrant(
      std::make_unique<Impl>(std::move(client), std::move(request)));
}

DeviceGrant::DeviceGrant(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DeviceGrant::DeviceGrant(DeviceGrant&&) noexcept = default;
DeviceGrant& DeviceGrant::operator=(DeviceGrant&&) noexcept = default;
DeviceGrant::~DeviceGrant() = default;

OAuthFlow::Step DeviceGrant::Poll(WallTime now) {
  if (const auto idle = impl_->state.Idle()) return *idle;
  if (!impl_->codes) {
    impl_->asked_at = now;
    return impl_->state.Send(std::move(impl_->for_codes));
  }
  const WallTime expires_at = impl_->codes->prompt.expires_at;
  if (now >= expires_at) {
    impl_->state.Fail(impl_->Expired());
    return Done{};
  }
  if (now < impl_->next_poll) {
    return WaitUntil{std::min(impl_->next_poll, expires_at)};
  }
  impl_->asked_at = now;
  return impl_->state.Send(impl_->PollRequest());
}

void DeviceGrant::Complete(const Result<HttpResponse>& outcome, WallTime now) {
  if (!impl_->state.Receive()) return;
  if (impl_->codes) {
    impl_->ReceiveTokens(outcome, now);
  } else {
    impl_->ReceiveCodes(outcome, now);
  }
}

void DeviceGrant::Abandon(Status why) { impl_->state.Fail(std::move(why)); }

const DevicePrompt* DeviceGrant::prompt() const {
  return impl_->codes ? &impl_->codes->prompt : nullptr;
}

Result<TokenAnswer> DeviceGrant::Take() { return impl_->state.Take(); }

}  // namespace clone_auth
