#pragma once

// Who an access token is about, by the word of its OpenID provider (OpenID
// Connect Core 1.0 section 5.3): the request to its userinfo endpoint, and
// what the answer says. Pure functions.

#include <string>
#include <string_view>

#include "clone/auth_server_metadata.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// Empty where the provider does not say; all but `subject` are what it, or
/// the person, chose to tell.
struct UserInfo {
  std::string subject;  ///< what tells people apart there
  std::string name;
  std::string preferred_username;
  std::string email;
  bool email_verified = false;
};

/// The `Authorization` header of the request is a secret. Error:
/// grant_unsupported (the provider has no such endpoint, or there is no
/// token).
Result<HttpRequest> UserInfoRequest(const AuthServerMetadata& server,
                                    const Secret& access_token);

/// Reads the body of an answer with status 200. Where `subject`, such as that
/// of an ID token, is not empty, the answer must be about it (section 5.3.2).
/// Errors: answer_malformed (no JSON object with a `sub`, or a member of
/// another type; a signed answer is not read), token_claim (about somebody
/// else).
Result<UserInfo> ParseUserInfo(std::string_view body,
                               std::string_view subject = {});

}  // namespace clone_auth
