#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/handlers.h"
#include "service/permission_name.h"
#include "service/responses.h"
#include "service/try.h"
#include "service/url_form.h"

namespace clone_auth::service {
namespace {

// A query that is not understood is no query to pass over: whoever wrote it
// meant to ask for something.
Result<std::vector<std::string>> RequiredPermissions(std::string_view target) {
  std::vector<std::string> names;
  const std::size_t query = target.find('?');
  if (query == target.npos) return names;
  CLONE_AUTH_TRY_ASSIGN(const UrlForm form,
                        UrlForm::Parse(target.substr(query + 1)));
  for (const auto& [name, value] : form.fields()) {
    if (name != "permission" || !IsPermissionName(value)) {
      return Status(Reason::kInvalidArgument);
    }
    names.push_back(value);
  }
  return names;
}

template <typename Names>
std::string Words(const Names& names) {
  std::string words;
  for (const std::string_view name : names) {
    if (!IsPermissionName(name)) continue;
    if (!words.empty()) words += ' ';
    words += name;
  }
  return words;
}

// RFC 6750 section 3: the scope says what would have been enough.
HttpResponse Forbidden(const Context& context,
                       const std::vector<std::string>& required) {
  const Status refusal(Reason::kPermissionDenied);
  HttpResponse answer = ErrorAnswer(refusal);
  answer.headers.Add("WWW-Authenticate",
                     context.authenticator->ChallengeFor(refusal) +
                         ", scope=\"" + Words(required) + '"');
  MakeForProxies(refusal, answer);
  return answer;
}

void AddUnlessEmpty(std::string name, std::string value, HttpHeaders& headers) {
  if (!value.empty()) headers.Add(std::move(name), std::move(value));
}

std::string TextOf(const Uuid& id) {
  return id.IsNil() ? std::string() : id.ToString();
}

}  // namespace

HttpResponse Verify(const Context& context, const Call& call) {
  const Principal& principal = *call.principal;
  const auto required = RequiredPermissions(call.request.target);
  if (!required.ok()) {
    return ErrorAnswer(required.status(),
                       "The query may hold 'permission' alone, once for each "
                       "name that is needed.");
  }
  for (const std::string& name : *required) {
    if (!principal.HasPermission(name)) return Forbidden(context, *required);
  }
  HttpResponse answer = EmptyAnswer();
  HttpHeaders& headers = answer.headers;
  headers.reserve(8);
  // A key that acts as the organization does not act as whoever issued it.
  const bool in_person =
      !principal.acts_by_key() || principal.scope() == ApiKeyScope::kUser;
  if (in_person) {
    headers.Add("X-Clone-User", principal.subject().ToString());
  }
  AddUnlessEmpty("X-Clone-Organization", TextOf(principal.organization()),
                 headers);
  AddUnlessEmpty("X-Clone-Role", principal.role(), headers);
  AddUnlessEmpty("X-Clone-Permissions", Words(principal.Permissions()),
                 headers);
  AddUnlessEmpty("X-Clone-Key", TextOf(principal.key_id()), headers);
  return answer;
}

}  // namespace clone_auth::service
