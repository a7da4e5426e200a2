#pragma once

// A service with a user, and short ways to exchange the user's keys.

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {

inline constexpr char kAccessToken[] =
    "urn:ietf:params:oauth:token-type:access_token";
inline constexpr char kKeyType[] = "urn:clone-auth:token-type:api-key";
inline constexpr char kGrant[] =
    "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";

inline std::string Subject(const std::string& key) {
  return std::string("&subject_token_type=") + kKeyType +
         "&subject_token=" + key;
}

class Exchange : public ::testing::Test {
 protected:
  Answer Send(const std::string& form, HttpHeaders headers = {}) {
    headers.Add("Content-Type", "application/x-www-form-urlencoded");
    return harness_.Post("/token", form, std::move(headers));
  }
  Answer Swap(const std::string& key, const std::string& more = {}) {
    return Send(kGrant + Subject(key) + more);
  }
  Answer Issue(const std::string& body) {
    return harness_.IssueKey(body, Bearer(user_.access));
  }
  std::string NewKey(const std::string& body = R"({"label":"a"})") {
    return Issue(body).Text("key");
  }
  std::string TokenFor(const std::string& body) {
    return Swap(NewKey(body)).Text("access_token");
  }
  void Revoke(const Answer& key) {
    EXPECT_EQ(harness_
                  .Delete("/api/auth/keys/" + key.Text("id") + "/",
                          Bearer(user_.access))
                  .status(),
              204);
  }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

}  // namespace clone_auth::testing
