#include <utility>

#include "clone/api_key.h"
#include "clone/json.h"
#include "service/form.h"
#include "service/handlers.h"
#include "service/key_answers.h"
#include "service/pages.h"
#include "service/responses.h"

namespace clone_auth::service {

HttpResponse ListKeys(const Context& context, const Call& call) {
  const PageRequest page = ReadPage(call.request.target);
  const ApiKeyPageOf found = context.directory->ListApiKeys(
      call.principal->subject(), IsOrganizationKey(*call.principal),
      page.offset(), page.size);
  if (auto missing = MissingPage(page, found.count)) return *std::move(missing);
  JsonWriter body;
  BeginPage(context, "/api/auth/keys/", page, found.count, body);
  body.BeginArray();
  for (const StoredApiKey& key : found.keys) WriteKey(context, key, body);
  return JsonAnswer(200, body.EndArray().EndObject().Take());
}

HttpResponse ShowKey(const Context& context, const Call& call) {
  const auto key = FindVisibleKey(context, call);
  if (!key.ok()) return ErrorAnswer(key.status());
  JsonWriter body;
  WriteKey(context, *key, body);
  return JsonAnswer(200, body.Take());
}

HttpResponse RevokeKey(const Context& context, const Call& call) {
  if (!call.principal->HasPermission(kKeysPermission)) {
    return ErrorAnswer(Status(Reason::kPermissionDenied));
  }
  const auto key = FindVisibleKey(context, call);
  if (!key.ok()) return ErrorAnswer(key.status());
  const Status revoked = context.directory->RevokeApiKey(call.id, context.Now(),
                                                         ActorOf(call), {});
  return revoked.ok() ? EmptyAnswer() : ErrorAnswer(revoked);
}

// What is over the limit is not even hashed.
std::string ReportedKey(const Context& context, const HttpRequest& request) {
  Form form(request);
  std::string key = form.Text("key");
  const bool blocked =
      context.limiters->leaked_keys->Blocked(context.proxies->ClientOf(request))
          .has_value();
  return form.Refusal().has_value() || blocked ? std::string() : key;
}

// Whoever has the whole key may end it. The answer is the same whatever it
// was, and so is the work, but for the write that ends a good one: that tells
// no more than using it would.
HttpResponse RevokeLeakedKey(const Context& context, const Call& call) {
  Form form(call.request);
  const std::string key = form.Text("key");
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  if (auto wait = context.limiters->leaked_keys->Take(call.client)) {
    return ThrottledAnswer(*wait);
  }
  if (key.size() > kApiKeyMaxSize) return EmptyAnswer();
  const auto id = context.directory->IdOf(key);
  if (!id.has_value()) return EmptyAnswer();
  const Status revoked = context.directory->RevokeApiKey(
      *id, context.Now(), Actor::Holder(call.address), "reported as leaked");
  // It was revoked before.
  if (revoked.reason() == Reason::kNotFound) return EmptyAnswer();
  return revoked.ok() ? EmptyAnswer() : ErrorAnswer(revoked);
}

}  // namespace clone_auth::service
