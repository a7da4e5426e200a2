#include "capi/flow.h"

#include <memory>
#include <string>

#include "capi/exchange.h"
#include "capi/session.h"

using clone_auth::AuthorizationCodeGrant;
using clone_auth::Callback;
using clone_auth::Discovered;
using clone_auth::Discovery;
using clone_auth::DiscoveryOptions;
using clone_auth::OAuthFlow;
using clone_auth::Reason;
using clone_auth::SignIn;
using clone_auth::Status;
using clone_auth::TokenAnswer;
using clone_auth::WallTime;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::Live;
using clone_auth::capi::NanosecondsTo;
using clone_auth::capi::Output;
using clone_auth::capi::ReadFields;
using clone_auth::capi::ReportedAnswer;
using clone_auth::capi::ShortText;
using clone_auth::capi::Text;
using clone_auth::capi::View;

namespace {

static_assert(static_cast<int>(Callback::kStray) == CLONE_AUTH_CALLBACK_STRAY);
static_assert(static_cast<int>(Callback::kCode) == CLONE_AUTH_CALLBACK_CODE);
static_assert(static_cast<int>(Callback::kRefusal) ==
              CLONE_AUTH_CALLBACK_REFUSAL);

Status Discover(DiscoveryOptions where, clone_auth_flow** out) {
  auto discovery = Discovery::Create(std::move(where));
  if (!discovery.ok()) return discovery.status();
  *out = new clone_auth_flow(*std::move(discovery));
  return Status();
}

clone_auth_status DiscoverFrom(std::string DiscoveryOptions::*member,
                               const char* url, size_t size,
                               clone_auth_flow** out,
                               clone_auth_error** error) {
  return Fence(error, {ShortText(url, size), Output(out)}, [&] {
    DiscoveryOptions where;
    where.*member = View(url, size);
    return Discover(std::move(where), out);
  });
}

// Has the machine do something. One that runs out of memory half-way has lost
// its place, so it is over.
template <typename Do>
auto Run(clone_auth_flow& flow, Do&& what) {
  try {
    return what(flow.steps());
  } catch (...) {
    flow.steps().Abandon(Status(Reason::kInternal, "out of memory"));
    throw;
  }
}

void Keep(Discovered found, clone_auth_flow& flow) {
  flow.known = std::move(found);
}

void Keep(TokenAnswer answer, clone_auth_flow& flow) {
  flow.granted.tokens = std::move(answer.tokens);
  flow.granted.id_token = std::move(answer.id_token);
  if (!answer.scope.empty()) flow.known.scope = std::move(answer.scope);
}

void Keep(SignIn sign_in, clone_auth_flow& flow) {
  Keep(std::move(sign_in.answer), flow);
  flow.granted.verified_id_token = std::move(sign_in.id_token);
}

// Takes over what came of the machine, which tells it once.
void Finish(clone_auth_flow& flow) {
  if (flow.outcome.reason() != Reason::kSignInPending) return;
  std::visit(
      [&flow](auto& machine) {
        auto taken = machine.Take();
        flow.outcome = taken.status();
        if (taken.ok()) Keep(*std::move(taken), flow);
      },
      flow.machine);
}

}  // namespace

clone_auth_status clone_auth_flow_discover_cloud(const char* url,
                                                 size_t url_size,
                                                 clone_auth_flow** out,
                                                 clone_auth_error** error) {
  return DiscoverFrom(&DiscoveryOptions::cloud_url, url, url_size, out, error);
}

clone_auth_status clone_auth_flow_discover_issuer(const char* issuer,
                                                  size_t issuer_size,
                                                  clone_auth_flow** out,
                                                  clone_auth_error** error) {
  return DiscoverFrom(&DiscoveryOptions::issuer, issuer, issuer_size, out,
                      error);
}

clone_auth_status clone_auth_flow_discover_resource(
    const char* url, size_t url_size, const char* headers, size_t headers_size,
    clone_auth_flow** out, clone_auth_error** error) {
  return Fence(
      error,
      {ShortText(url, url_size), ShortText(headers, headers_size), Output(out)},
      [&] {
        DiscoveryOptions where;
        where.resource_url = View(url, url_size);
        where.challenge = ReadFields(View(headers, headers_size));
        return Discover(std::move(where), out);
      });
}

clone_auth_status clone_auth_flow_poll(clone_auth_flow* flow, int* step,
                                       int64_t* wait_ns,
                                       clone_auth_session_request** request,
                                       clone_auth_error** error) {
  return Fence(
      error, {Live(flow), Output(step), Output(wait_ns), Output(request)}, [&] {
        auto made = std::make_unique<clone_auth_session_request>();
        const WallTime now = flow->time.Now();
        OAuthFlow::Step next =
            Run(*flow, [now](OAuthFlow& machine) { return machine.Poll(now); });
        if (auto* send = std::get_if<OAuthFlow::Send>(&next)) {
          made->send.request = std::move(send->request);
          *request = made.release();
          *step = CLONE_AUTH_STEP_SEND;
        } else if (const auto* wait =
                       std::get_if<OAuthFlow::WaitUntil>(&next)) {
          *wait_ns = NanosecondsTo(wait->until, now);
          *step = CLONE_AUTH_STEP_WAIT;
        } else {
          Finish(*flow);
          *step = CLONE_AUTH_STEP_ENDED;
        }
        return Status();
      });
}

clone_auth_status clone_auth_flow_complete(clone_auth_flow* flow, int status,
                                           const char* headers,
                                           size_t headers_size,
                                           const char* body, size_t body_size,
                                           clone_auth_error** error) {
  return Fence(
      error,
      {Live(flow), true, Text(headers, headers_size), Text(body, body_size)},
      [&] {
        const ReportedAnswer answer(status, View(headers, headers_size),
                                    View(body, body_size));
        Run(*flow, [&](OAuthFlow& machine) {
          machine.Complete(answer.outcome(), flow->time.Now());
        });
        return Status();
      });
}

clone_auth_status clone_auth_flow_fail(clone_auth_flow* flow,
                                       clone_auth_error** error) {
  return Fence(error, {Live(flow)}, [&] {
    Run(*flow, [&](OAuthFlow& machine) {
      machine.Complete(Status(Reason::kUnreachable), flow->time.Now());
    });
    return Status();
  });
}

clone_auth_status clone_auth_flow_receive(clone_auth_flow* flow,
                                          const char* target,
                                          size_t target_size, int* callback,
                                          clone_auth_error** error) {
  auto* const grant = Live(flow)
                          ? std::get_if<AuthorizationCodeGrant>(&flow->machine)
                          : nullptr;
  return Fence(
      error,
      {grant != nullptr, ShortText(target, target_size), Output(callback)},
      [&] {
        *callback = static_cast<int>(Run(*flow, [&](OAuthFlow& /*machine*/) {
          return grant->Receive(View(target, target_size));
        }));
        return Status();
      });
}

void clone_auth_flow_free(clone_auth_flow* flow) { Free(flow); }
