// Who asks, what is noted of it, and what is done first for keys of other
// systems.

#include <string>
#include <utility>

#include "service/core.h"
#include "service/refusal_cause.h"
#include "service/responses.h"

namespace clone_auth::service {

void Core::SaveKeyEventsSoon() {
  if (saving_.exchange(true)) return;
  const bool taken = store_pool_->Submit([this] {
    saving_ = false;
    (void)directory_->SaveKeyEvents();
  });
  // The timer will do it.
  if (!taken) saving_ = false;
}

std::optional<HttpResponse> Core::Identify(const Endpoint& endpoint,
                                           Call& call) const {
  const Authenticator& authenticator = context_.CurrentAuthenticator();
  auto principal = authenticator.Authenticate(call.request.headers);
  if (principal.ok()) {
    if (principal->acts_by_key()) {
      directory_->NoteUse(principal->key_id(), context_.Now(),
                          [&] { return context_.HolderOf(call.request); });
    }
    call.principal = *std::move(principal);
    return std::nullopt;
  }
  const Status refusal = principal.status();
  if (refusal.reason() == Reason::kKeyUnknown &&
      directory_->imports().has_keys()) {
    call.adoption =
        key_adoption_->StepFor(authenticator.KeyIn(call.request.headers));
  }
  HttpResponse answer = ErrorAnswer(refusal);
  if (endpoint.for_proxies) MakeForProxies(refusal, answer);
  std::string challenge = authenticator.ChallengeFor(refusal);
  if (!challenge.empty()) {
    answer.headers.Add("WWW-Authenticate", std::move(challenge));
  }
  const Refusal cause = CauseOf(context_, call.request.headers, refusal);
  NoteRefusal(context_, call.request, cause);
  AddRefusalId(context_, cause, answer);
  return answer;
}

Adoption Core::StepForBody(const Endpoint& endpoint,
                           const HttpRequest& request) const {
  if (directory_->imports().left() == 0) return Adoption::kNone;
  const std::string key = endpoint.key_in_body(context_, request);
  const Status found = key_verifier_->VerifyForeign(key).status();
  return found.reason() == Reason::kKeyUnknown ? key_adoption_->StepFor(key)
                                               : Adoption::kNone;
}

// The key is looked up anew, and everything else decided, once what could be
// found out about it is written down.
HttpResponse Core::RunAdopted(const Match& match, Call& call) const {
  const KeyReader in_body = match.endpoint->key_in_body;
  const std::string key =
      in_body != nullptr ? in_body(context_, call.request)
                         : std::string(context_.CurrentAuthenticator().KeyIn(
                               call.request.headers));
  std::chrono::seconds wait{};
  const Status adopted = key_adoption_->Adopt(key, call.client, wait);
  if (!adopted.ok()) {
    HttpResponse answer = adopted.reason() == Reason::kRateLimited
                              ? ThrottledAnswer(wait)
                              : ErrorAnswer(adopted);
    if (match.endpoint->for_proxies) MakeForProxies(adopted, answer);
    return answer;
  }
  if (auto answer = Screen(match, call)) return *std::move(answer);
  return Run(match, call);
}

}  // namespace clone_auth::service
