#pragma once

// A client of an authorization server that exists in tests only.

#include <map>
#include <string>
#include <utility>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/oauth_client.h"

namespace clone_auth {

inline const WallTime kStart =
    FromUnixSeconds(std::chrono::seconds(1'767'225'600));

inline OAuthClientOptions ClientOptions() {
  OAuthClientOptions options;
  options.server.issuer = "https://login.example";
  options.server.token_endpoint = "https://login.example/token";
  options.server.device_authorization_endpoint = "https://login.example/device";
  options.server.revocation_endpoint = "https://login.example/revoke";
  options.client_id = "tool 1";
  return options;
}

inline Result<HttpResponse> Answer(int status, std::string body = "",
                                   HttpHeaders headers = {}) {
  return HttpResponse{status, std::move(headers), std::move(body)};
}

/// A refusal with this word, as RFC 6749 section 5.2 has it.
inline Result<HttpResponse> Refusal(const std::string& word, int status = 400) {
  return Answer(status, R"({"error":")" + word +
                            R"(","error_description":"s3cret told back"})");
}

inline std::string HeaderOf(const HttpRequest& request, const char* name) {
  const std::string* value = request.headers.Find(name);
  return value == nullptr ? "" : *value;
}

}  // namespace clone_auth
