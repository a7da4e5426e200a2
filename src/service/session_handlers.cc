#include <chrono>
#include <utility>

#include "clone/json.h"
#include "service/form.h"
#include "service/handlers.h"
#include "service/refusal_cause.h"
#include "service/responses.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

// How long a spent refresh token is good for whoever holds it, so that two
// posts of one token at once, or a lost answer, end nobody's session.
constexpr std::chrono::seconds kGrace{10};

Status Failure(SessionState state) {
  switch (state) {
    case SessionState::kOpen:
      return Status();
    case SessionState::kReused:
      return Status(Reason::kRefreshReused);
    case SessionState::kEnded:
      return Status(Reason::kSessionEnded);
    case SessionState::kExpired:
      return Status(Reason::kRefreshExpired);
    case SessionState::kUnknown:
      break;
  }
  return Status(Reason::kRefreshInvalid);
}

HttpResponse Refused(const Context& context, const std::string& text,
                     const Status& failure) {
  // Here the words are about the token in the body, not about a credential.
  HttpResponse answer = ErrorAnswer(
      failure,
      failure.reason() == Reason::kTokenType ? "Token has wrong type" : "");
  Refusal refusal;
  refusal.when = context.Now();
  refusal.reason = failure.reason();
  if (failure.reason() == Reason::kRefreshInvalid) {
    refusal.detail = context.refresh_tokens->Read(text).ok()
                         ? RefusalDetail::kRefreshUnknown
                         : RefusalDetail::kRefreshForged;
  }
  AddRefusalId(context, refusal, answer);
  return answer;
}

// Bad tokens count against their sender.
HttpResponse CountAndRefuse(const Context& context, const Call& call,
                            const std::string& text, const Status& failure) {
  if (failure.code() == StatusCode::kUnauthenticated) {
    if (auto wait = context.limiters->refreshes->Take(call.client)) {
      return ThrottledAnswer(*wait);
    }
  }
  return Refused(context, text, failure);
}

std::optional<TokenHash> AttemptOf(const HttpRequest& request) {
  const std::string* name = request.headers.Find("Idempotency-Key");
  if (name == nullptr || name->empty()) return std::nullopt;
  return HashOf(*name);
}

// A refresh token of the former issuer becomes a session of ours, which lives
// no longer than it would have.
Result<Rotated> SpendLegacy(const Context& context, const Call& call,
                            const std::string& text, WallTime now) {
  CLONE_AUTH_TRY_ASSIGN(const LegacyRefresh token,
                        context.legacy_tokens->ReadRefresh(text));
  CLONE_AUTH_TRY_ASSIGN(const Uuid id, Uuid::Generate(*context.random));
  LegacySpend spend;
  spend.token = token.token;
  spend.session.session = {id, token.user, token.issued_at, token.expires_at};
  spend.session.account_generation = kImportedGeneration;
  spend.session.refresh =
      HashOf(context.refresh_tokens->Make(RefreshToken{id, 1}));
  spend.presented = HashOf(text);
  spend.attempt = AttemptOf(call.request);
  spend.now = now;
  spend.grace_start = now - kGrace;
  const auto rotated = context.directory->SpendLegacyToken(spend);
  // The account was changed a moment ago.
  if (rotated.status().reason() == Reason::kNotFound) {
    return Status(Reason::kSessionEnded);
  }
  CLONE_AUTH_TRY(rotated.status());
  CLONE_AUTH_TRY(Failure(rotated->state));
  return rotated;
}

Result<Rotated> Rotate(const Context& context, const Call& call,
                       const std::string& text, WallTime now) {
  if (context.legacy_tokens->MayBeRefresh(text)) {
    return SpendLegacy(context, call, text, now);
  }
  CLONE_AUTH_TRY_ASSIGN(const RefreshToken token,
                        context.refresh_tokens->Read(text));
  Rotation rotation;
  rotation.session = token.session;
  rotation.presented = HashOf(text);
  rotation.successor = HashOf(context.refresh_tokens->Make(
      RefreshToken{token.session, token.generation + 1}));
  rotation.attempt = AttemptOf(call.request);
  rotation.now = now;
  rotation.grace_start = now - kGrace;
  CLONE_AUTH_TRY_ASSIGN(Rotated rotated, context.directory->Rotate(rotation));
  CLONE_AUTH_TRY(Failure(rotated.state));
  return rotated;
}

Status EndSession(const Context& context, const std::string& text) {
  if (context.legacy_tokens->MayBeRefresh(text)) {
    CLONE_AUTH_TRY_ASSIGN(const LegacyRefresh token,
                          context.legacy_tokens->ReadRefresh(text));
    CLONE_AUTH_TRY_ASSIGN(const SessionState state,
                          context.directory->EndLegacyToken(
                              {token.token, token.expires_at}, context.Now()));
    return Failure(state);
  }
  CLONE_AUTH_TRY_ASSIGN(const RefreshToken token,
                        context.refresh_tokens->Read(text));
  CLONE_AUTH_TRY_ASSIGN(
      const SessionState state,
      context.directory->EndSession(token.session, context.Now()));
  return Failure(state);
}

}  // namespace

HttpResponse Refresh(const Context& context, const Call& call) {
  Form form(call.request);
  const std::string text = form.Text("refresh");
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  if (auto wait = context.limiters->refreshes->Blocked(call.client)) {
    return ThrottledAnswer(*wait);
  }
  const WallTime now = context.Now();
  const auto rotated = Rotate(context, call, text, now);
  if (!rotated.ok())
    return CountAndRefuse(context, call, text, rotated.status());
  const std::optional<Account> account =
      context.directory->FindAccount(rotated->session.user);
  if (!account.has_value()) return ErrorAnswer(Status(Reason::kInternal));
  const auto access =
      context.access_tokens->Issue(*account, rotated->session, now);
  if (!access.ok()) return ErrorAnswer(access.status());
  JsonWriter body;
  body.BeginObject();
  body.Name("access").String(*access);
  body.Name("refresh").String(context.refresh_tokens->Make(
      RefreshToken{rotated->session.id, rotated->successor_generation}));
  return JsonAnswer(200, body.EndObject().Take());
}

HttpResponse Logout(const Context& context, const Call& call) {
  Form form(call.request);
  const std::string text = form.Text("refresh");
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  if (auto wait = context.limiters->refreshes->Blocked(call.client)) {
    return ThrottledAnswer(*wait);
  }
  const Status ended = EndSession(context, text);
  if (!ended.ok()) return CountAndRefuse(context, call, text, ended);
  return JsonAnswer(200, "{}");
}

}  // namespace clone_auth::service
