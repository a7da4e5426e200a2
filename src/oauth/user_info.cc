#include "clone/user_info.h"

#include <array>
#include <utility>

#include "base/macros.h"
#include "clone/json.h"
#include "oauth/members.h"

namespace clone_auth {
namespace {

struct TextRow {
  const char* name;
  std::string UserInfo::*member;
};

constexpr std::array kTexts = {
    TextRow{"sub", &UserInfo::subject},
    TextRow{"name", &UserInfo::name},
    TextRow{"preferred_username", &UserInfo::preferred_username},
    TextRow{"email", &UserInfo::email},
};

constexpr const char* kDocument = "the user info";

}  // namespace

Result<HttpRequest> UserInfoRequest(const AuthServerMetadata& server,
                                    const Secret& access_token) {
  if (server.userinfo_endpoint.empty() || access_token.empty()) {
    return Status(Reason::kGrantUnsupported,
                  server.issuer + " does not tell who is signed in");
  }
  HttpRequest request;
  request.target = server.userinfo_endpoint;
  request.headers.Add("Accept", "application/json");
  // Allocated once, so that wiping the header leaves no copy.
  constexpr std::string_view kBearer = "Bearer ";
  std::string header;
  header.reserve(kBearer.size() + access_token.Reveal().size());
  header.append(kBearer).append(access_token.Reveal());
  request.headers.Add("Authorization", std::move(header));
  return request;
}

Result<UserInfo> ParseUserInfo(std::string_view body,
                               std::string_view subject) {
  const auto json = JsonValue::Parse(body);
  if (!json.ok() || json->AsObject() == nullptr) {
    return Status(Reason::kAnswerMalformed,
                  "the user info is no JSON object that can be read");
  }
  UserInfo info;
  for (const TextRow& row : kTexts) {
    CLONE_AUTH_RETURN_IF_ERROR(
        ReadText(*json, kDocument, row.name, info.*row.member));
  }
  if (const JsonValue* value = FindGiven(*json, "email_verified")) {
    // Some write the word and not the value.
    const std::string* word = value->AsString();
    const bool* flag = value->AsBool();
    if (word == nullptr && flag == nullptr) {
      return OfAnotherType(kDocument, "email_verified");
    }
    info.email_verified = flag != nullptr ? *flag : *word == "true";
  }
  if (info.subject.empty()) {
    return Status(Reason::kAnswerMalformed, "the user info has no 'sub'");
  }
  if (!subject.empty() && info.subject != subject) {
    return Status(Reason::kTokenClaim, "the user info is about another person");
  }
  return info;
}

}  // namespace clone_auth
