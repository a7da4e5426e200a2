// Who asks, and what is noted of it.

#include <string>
#include <utility>

#include "service/core.h"
#include "service/refusal_cause.h"
#include "service/responses.h"

namespace clone_auth::service {

void Core::NoteRefusal(const Call& call, const Refusal& refusal) const {
  if (refusal.reason != Reason::kKeyRevoked ||
      refusal.subject != RefusalSubject::kKey) {
    return;
  }
  directory_->NoteRefusedUse(refusal.id, refusal.when,
                             [&] { return context_.HolderOf(call.request); });
}

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
  const Authenticator& authenticator = this->authenticator();
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
  NoteRefusal(call, cause);
  AddRefusalId(context_, cause, answer);
  return answer;
}

}  // namespace clone_auth::service
