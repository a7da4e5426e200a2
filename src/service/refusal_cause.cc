#include "service/refusal_cause.h"

#include <optional>
#include <string>
#include <string_view>

#include "clone/api_key.h"
#include "clone/json.h"
#include "service/base64.h"

namespace clone_auth::service {
namespace {

void About(RefusalSubject subject, const Uuid& id, Refusal& cause) {
  cause.subject = subject;
  cause.id = id;
}

std::string_view CredentialIn(const HttpHeaders& headers,
                              const ApiKeyScheme& scheme) {
  if (const std::string* key = headers.Find(scheme.header)) return *key;
  const std::string* field = headers.Find("Authorization");
  if (field == nullptr) return {};
  const std::string_view value = *field;
  const std::size_t blank = value.find(' ');
  return blank == value.npos ? std::string_view() : value.substr(blank + 1);
}

bool IsKnownKey(const Context& context, std::string_view text, Refusal& cause) {
  const auto id = context.directory->IdOf(text);
  if (!id.has_value()) return false;
  About(RefusalSubject::kKey, *id, cause);
  if (cause.reason == Reason::kAccountDisabled) {
    cause.detail = RefusalDetail::kAccountDisabled;
  }
  return true;
}

void ExplainKey(const Context& context, std::string_view text, Refusal& cause) {
  const auto parsed = ParseApiKey(context.options->scheme, text);
  if (!parsed.ok()) {
    if (cause.reason == Reason::kKeyUnknown) {
      cause.detail = RefusalDetail::kChecksumWrong;
    }
    return;
  }
  if (IsKnownKey(context, text, cause)) return;
  cause.detail = parsed->has_checksum ? RefusalDetail::kNeverIssued
                                      : RefusalDetail::kOlderFormUnknown;
}

// The claims of a token whose signature was found good before.
std::optional<JsonValue> ClaimsOf(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  if (second == token.npos) return std::nullopt;
  const std::string_view part = token.substr(first + 1, second - first - 1);
  std::string text(part.size() * 3 / 4, '\0');
  if (!FromBase64Url(part, text.data(), text.size())) return std::nullopt;
  auto claims = JsonValue::Parse(text);
  if (!claims.ok()) return std::nullopt;
  return std::move(claims).value();
}

bool SignatureWasGood(Reason reason) {
  return reason == Reason::kTokenExpired || reason == Reason::kTokenRevoked ||
         reason == Reason::kTokenNotYetValid || reason == Reason::kClockSkew ||
         reason == Reason::kAccountDisabled;
}

std::optional<Uuid> IdIn(const JsonValue& claims, std::string_view name) {
  const std::string* text = claims.FindString(name);
  const auto id = text == nullptr ? Result<Uuid>(Status(Reason::kNotFound))
                                  : Uuid::Parse(*text);
  return id.ok() ? std::optional<Uuid>(*id) : std::nullopt;
}

// Of a token that was exchanged for a key, which is its `sid`.
bool IsAboutKey(Reason reason) {
  return reason == Reason::kKeyRevoked || reason == Reason::kKeyExpired;
}

// Only that it is found tells a key of another system from a token.
bool IsImportedKey(const Context& context, std::string_view text,
                   Refusal& cause) {
  const bool may_be =
      IsAboutKey(cause.reason) || cause.reason == Reason::kAccountDisabled;
  return may_be && context.directory->imports().has_keys() &&
         IsKnownKey(context, text, cause);
}

void ExplainToken(const Context& context, std::string_view token,
                  Refusal& cause) {
  const bool about_key = IsAboutKey(cause.reason);
  if (!about_key && !SignatureWasGood(cause.reason)) return;
  const auto claims = ClaimsOf(token);
  if (!claims.has_value()) return;
  const auto id = IdIn(*claims, about_key ? "sid" : "sub");
  if (!id.has_value()) return;
  if (about_key) return About(RefusalSubject::kKey, *id, cause);
  About(RefusalSubject::kAccount, *id, cause);
  if (cause.reason == Reason::kAccountDisabled) {
    cause.detail = RefusalDetail::kAccountDisabled;
  }
  if (cause.reason != Reason::kTokenRevoked) return;
  const auto account = context.directory->FindAccount(*id);
  const JsonValue* generation = claims->Find("gen");
  if (!account.has_value()) {
    cause.detail = RefusalDetail::kSubjectUnknown;
  } else if (generation != nullptr && generation->AsInt() != nullptr &&
             *generation->AsInt() != account->generation) {
    cause.detail = RefusalDetail::kGenerationPassed;
  } else {
    cause.detail = RefusalDetail::kSessionNotOpen;
  }
}

}  // namespace

Refusal CauseOf(const Context& context, const HttpHeaders& headers,
                const Status& refusal) {
  return CauseOf(context, CredentialIn(headers, context.options->scheme),
                 refusal);
}

Refusal CauseOf(const Context& context, std::string_view credential,
                const Status& refusal) {
  Refusal cause;
  cause.when = context.Now();
  cause.reason = refusal.reason();
  if (context.options->scheme.Matches(credential)) {
    ExplainKey(context, credential, cause);
  } else if (!IsImportedKey(context, credential, cause)) {
    ExplainToken(context, credential, cause);
  }
  return cause;
}

void NoteRefusal(const Context& context, const HttpRequest& request,
                 const Refusal& refusal) {
  if (refusal.reason != Reason::kKeyRevoked ||
      refusal.subject != RefusalSubject::kKey) {
    return;
  }
  context.directory->NoteRefusedUse(refusal.id, refusal.when,
                                    [&] { return context.HolderOf(request); });
}

void AddRefusalId(const Context& context, const Refusal& refusal,
                  HttpResponse& answer) {
  if (answer.status != 401) return;
  auto id = context.refusal_ids->Seal(refusal, *context.random);
  // The answer is as good without it.
  if (id.ok()) answer.headers.Add("X-Refusal-Id", std::move(id).value());
}

}  // namespace clone_auth::service
