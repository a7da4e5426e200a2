#include <string>
#include <utility>

#include "clone/json.h"
#include "service/form.h"
#include "service/handlers.h"
#include "service/responses.h"

namespace clone_auth::service {

HttpResponse ValidateInvite(const Context& context, const Call& call) {
  Form form(call.request);
  const std::string code = form.Text("code");
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  if (auto wait = context.limiters->anonymous->Take(call.client)) {
    return ThrottledAnswer(*wait);
  }
  const auto valid = context.store->InviteIsValid(HashOf(code));
  if (!valid.ok()) return ErrorAnswer(valid.status());
  JsonWriter body;
  return JsonAnswer(
      200, body.BeginObject().Name("valid").Bool(*valid).EndObject().Take());
}

HttpResponse JoinWaitlist(const Context& context, const Call& call) {
  Form form(call.request);
  const std::string email = form.Email("email");
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  if (auto wait = context.limiters->anonymous->Take(call.client)) {
    return ThrottledAnswer(*wait);
  }
  const Status joined = context.store->JoinWaitlist(email, context.Now());
  if (!joined.ok()) return ErrorAnswer(joined);
  JsonWriter body;
  return JsonAnswer(
      201, body.BeginObject().Name("email").String(email).EndObject().Take());
}

HttpResponse KeySet(const Context& context, const Call&) {
  HttpResponse answer =
      JsonAnswer(200, context.signing_keys->Published()->json);
  answer.headers.Add(
      "Cache-Control",
      "public, max-age=" + std::to_string(kKeySetMaxAge.count()));
  return answer;
}

HttpResponse Healthy(const Context&, const Call&) {
  return JsonAnswer(200, R"({"status":"ok"})");
}

HttpResponse Ready(const Context& context, const Call&) {
  const Status status = context.store->Ping();
  if (!status.ok()) return ErrorAnswer(status);
  return JsonAnswer(200, R"({"status":"ready"})");
}

}  // namespace clone_auth::service
