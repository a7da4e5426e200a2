#include "identity.h"

#include <algorithm>
#include <array>
#include <utility>

#include "auth_service.h"
#include "clone/diagnosis.h"
#include "clone/user_info.h"

namespace clonit {
namespace {

using clone_auth::HttpResponse;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::SessionCredentialSource;
using clone_auth::Status;
using clone_auth::UserInfo;

// What it says where nobody has heard of /api/auth/me/: a web page, or the way
// to one.
constexpr std::array kNotOurApi = {Reason::kNotFound, Reason::kAnswerMalformed,
                                   Reason::kRedirectRefused};

bool IsNotOurApi(const Status& status) {
  return std::find(kNotOurApi.begin(), kNotOurApi.end(), status.reason()) !=
         kNotOurApi.end();
}

/// One request with the session's token. It is for the issuer as well, which
/// granted it, although the session gives it to nobody but the cloud.
Result<UserInfo> AskOnce(Workspace& workspace, const std::string& base_url,
                         SessionCredentialSource& session,
                         const clone_auth::AuthServerMetadata& issuer) {
  const auto header = session.HeaderFor("GET", base_url);
  if (!header.ok()) return header.status();
  auto request =
      clone_auth::UserInfoRequest(issuer, session.session().tokens().access);
  if (!request.ok()) return request.status();
  const auto answer = Ask(workspace, std::move(request).value());
  if (!answer.ok()) return answer.status();
  if (answer->status == 200) return clone_auth::ParseUserInfo(answer->body);
  const Status why =
      clone_auth::Diagnose(*answer, *header, clone_auth::SystemClock().Now())
          .ToStatus(answer->status);
  return why.ok() ? Status(Reason::kAnswerMalformed) : why;
}

Result<UserInfo> AskIssuer(Workspace& workspace, const std::string& base_url,
                           SessionCredentialSource& session) {
  const auto found =
      DiscoverIssuer(workspace, session.session().options().issuer);
  if (!found.ok()) return found.status();
  const auto generation = session.session().generation();
  auto info = AskOnce(workspace, base_url, session, found->server);
  if (info.status().http_status() != 401 || !session.Renew(generation)) {
    return info;
  }
  return AskOnce(workspace, base_url, session, found->server);
}

}  // namespace

const std::string& Identity::Handle() const {
  if (!user.email.empty()) return user.email;
  return name.empty() ? user.id : name;
}

Result<Identity> IdentityOf(Workspace& workspace, SignedInClient& opened) {
  auto user = opened.client->Me();
  if (user.ok()) return Identity{std::move(user).value(), ""};
  auto* session = opened.session();
  if (session == nullptr || session->session().options().issuer.empty() ||
      !IsNotOurApi(user.status())) {
    return user.status();
  }
  auto info = AskIssuer(workspace, opened.base_url, *session);
  if (!info.ok()) return info.status();
  Identity identity;
  identity.user.id = std::move(info->subject);
  identity.user.email = std::move(info->email);
  identity.name =
      std::move(info->name.empty() ? info->preferred_username : info->name);
  return identity;
}

}  // namespace clonit
