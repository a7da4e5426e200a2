#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clone/json.h"
#include "service/handlers.h"
#include "service/media_type.h"
#include "service/refusal_cause.h"
#include "service/responses.h"
#include "service/try.h"
#include "service/url_form.h"

namespace clone_auth::service {
namespace {

constexpr std::string_view kGrant =
    "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr std::string_view kAccessToken =
    "urn:ietf:params:oauth:token-type:access_token";
constexpr std::string_view kApiKey = "urn:clone-auth:token-type:api-key";

constexpr std::string_view kSubjectToken = "subject_token";

constexpr std::string_view kInvalidRequest = "invalid_request";

// Those that RFC 8693 section 2.1 lets stand more than once.
constexpr std::array<std::string_view, 2> kRepeatable = {"resource",
                                                         "audience"};

/// RFC 6749 section 5.2, with our reason word beside its error.
HttpResponse Refuse(std::string_view error, const Status& why,
                    std::string_view description) {
  JsonWriter body;
  body.BeginObject();
  body.Name("error").String(error);
  body.Name("error_description").String(description);
  body.Name("code").String(why.word());
  return JsonAnswer(400, body.EndObject().Take());
}

HttpResponse BadRequest(std::string_view description) {
  return Refuse(kInvalidRequest, Status(Reason::kInvalidArgument), description);
}

/// RFC 8693 section 2.2.2 has one error for every subject token that will not
/// do; the reason word tells them apart.
HttpResponse RefuseKey(const Status& why) {
  if (HttpStatusFor(why) == 503) return ErrorAnswer(why);
  return Refuse(kInvalidRequest, why, Describe(why.reason()).text);
}

std::string_view First(const UrlForm& form, std::string_view name) {
  const auto values = form.All(name);
  return values.empty() ? std::string_view() : values.front();
}

bool RepeatsAField(const UrlForm& form) {
  return std::any_of(
      form.fields().begin(), form.fields().end(), [&form](const auto& field) {
        const bool repeatable =
            std::find(kRepeatable.begin(), kRepeatable.end(), field.first) !=
            kRepeatable.end();
        const auto same = std::count_if(
            form.fields().begin(), form.fields().end(),
            [&field](const auto& other) { return other.first == field.first; });
        return !repeatable && same > 1;
      });
}

/// What is wrong with the request, whatever the key is.
std::optional<HttpResponse> CheckForm(const UrlForm& form) {
  if (RepeatsAField(form)) return BadRequest("A parameter is repeated.");
  const std::string_view grant = First(form, "grant_type");
  if (grant.empty()) return BadRequest("grant_type is missing.");
  if (grant != kGrant) {
    return Refuse("unsupported_grant_type", Status(Reason::kInvalidArgument),
                  "The only grant here is the token exchange of RFC 8693.");
  }
  if (First(form, kSubjectToken).empty()) {
    return BadRequest("subject_token is missing: the API key.");
  }
  const std::string_view type = First(form, "subject_token_type");
  if (type != kApiKey && type != kAccessToken) {
    return BadRequest("subject_token_type is missing or not that of a key.");
  }
  const std::string_view wanted = First(form, "requested_token_type");
  if (!wanted.empty() && wanted != kAccessToken) {
    return BadRequest("Only access tokens are issued.");
  }
  if (!First(form, "actor_token").empty()) {
    return BadRequest("A key acts for nobody else: no actor_token.");
  }
  return std::nullopt;
}

bool IsForUs(const Context& context, const UrlForm& form) {
  return std::all_of(
      kRepeatable.begin(), kRepeatable.end(), [&](std::string_view name) {
        const auto values = form.All(name);
        return std::all_of(values.begin(), values.end(),
                           [&context](std::string_view value) {
                             return value == context.access_tokens->audience();
                           });
      });
}

/// The names that are asked for, or all that the key has; none where one is
/// asked for that it has not.
std::optional<std::string> ScopeFor(const VerifiedApiKey& key,
                                    std::string_view asked) {
  std::vector<std::string> names = key.permissions();
  if (!asked.empty()) {
    names = absl::StrSplit(std::string(asked), ' ', absl::SkipEmpty());
    for (const std::string& name : names) {
      if (std::find(key.permissions().begin(), key.permissions().end(), name) ==
          key.permissions().end()) {
        return std::nullopt;
      }
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return absl::StrJoin(names, " ");
}

HttpResponse Issue(const Context& context, const VerifiedApiKey& key,
                   const std::string& scope) {
  const std::optional<Account> owner =
      context.directory->FindAccount(key.owner());
  if (!owner.has_value()) return ErrorAnswer(Status(Reason::kInternal));
  const auto made =
      context.access_tokens->IssueFor(key, *owner, scope, context.Now());
  if (made.status().reason() == Reason::kKeyExpired) {
    return RefuseKey(made.status());
  }
  if (!made.ok()) return ErrorAnswer(made.status());
  JsonWriter body;
  body.BeginObject();
  body.Name("access_token").String(made->token);
  body.Name("issued_token_type").String(kAccessToken);
  body.Name("token_type").String("Bearer");
  body.Name("expires_in").Int(made->lifetime.count());
  body.Name("scope").String(scope);
  return JsonAnswer(200, body.EndObject().Take());
}

/// The form, or what is wrong with the request, whatever the key is.
std::variant<UrlForm, HttpResponse> ReadForm(const Context& context,
                                             const HttpRequest& request) {
  if (!HasMediaType(request, "application/x-www-form-urlencoded")) {
    return BadRequest("The body must be application/x-www-form-urlencoded.");
  }
  auto form = UrlForm::Parse(request.body);
  if (!form.ok()) return BadRequest("The body is not form-urlencoded.");
  if (auto refusal = CheckForm(*form)) return *std::move(refusal);
  // The key is the subject token; a credential in a header is a second one.
  const auto beside =
      context.CurrentAuthenticator().Authenticate(request.headers);
  if (beside.status().reason() != Reason::kCredentialMissing) {
    const Status two(Reason::kMultipleCredentials);
    return Refuse(kInvalidRequest, two, Describe(two.reason()).text);
  }
  return *std::move(form);
}

/// One that another system issued may have any form.
Result<VerifiedApiKey> VerifyKey(const Context& context, std::string_view key) {
  const bool is_ours = context.options->scheme.Matches(key) ||
                       !context.directory->imports().has_keys();
  CLONE_AUTH_TRY_ASSIGN(const VerifiedApiKey verified,
                        is_ours ? context.key_verifier->Verify(key)
                                : context.key_verifier->VerifyForeign(key));
  CLONE_AUTH_TRY(context.directory->CheckKey(verified));
  return verified;
}

}  // namespace

std::string KeyToExchange(const Context& context, const HttpRequest& request) {
  const auto read = ReadForm(context, request);
  const UrlForm* form = std::get_if<UrlForm>(&read);
  return form == nullptr ? std::string()
                         : std::string(First(*form, kSubjectToken));
}

HttpResponse ExchangeToken(const Context& context, const Call& call) {
  auto read = ReadForm(context, call.request);
  if (auto* refusal = std::get_if<HttpResponse>(&read)) {
    return std::move(*refusal);
  }
  const UrlForm& form = std::get<UrlForm>(read);
  const std::string_view presented = First(form, kSubjectToken);
  const auto key = VerifyKey(context, presented);
  if (!key.ok()) {
    NoteRefusal(context, call.request,
                CauseOf(context, presented, key.status()));
    return RefuseKey(key.status());
  }
  if (!IsForUs(context, form)) {
    return Refuse("invalid_target", Status(Reason::kInvalidArgument),
                  "Tokens are issued for this service alone.");
  }
  const auto scope = ScopeFor(*key, First(form, "scope"));
  if (!scope.has_value()) {
    return Refuse("invalid_scope", Status(Reason::kPermissionDenied),
                  "The key has not every permission that is asked for.");
  }
  context.directory->NoteUse(key->id(), context.Now(),
                             [&] { return context.HolderOf(call.request); });
  return Issue(context, *key, *scope);
}

}  // namespace clone_auth::service
