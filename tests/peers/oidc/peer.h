#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/device_grant.h"
#include "clone/http.h"
#include "clone/json.h"
#include "clone/oauth_client.h"
#include "peers/process.h"

namespace clone_auth::testing {

/// The one secret that the peer's clients have.
inline constexpr char kClientSecret[] = "a secret of 32 characters or more";

/// The oidc-provider of peer.mjs with these flags, as long as this lives.
class OidcPeer {
 public:
  explicit OidcPeer(HttpTransport& transport,
                    std::vector<std::string> flags = {});

  /// "http://127.0.0.1:PORT"; empty if it did not come up.
  const std::string& url() const { return url_; }

  /// It is gone until Start(), which gives it the URL of before.
  void Stop() { process_.reset(); }
  void Start();

  /// A member of what the peer counts.
  std::int64_t Count(std::string_view name);

  /// A client of the peer, found by its issuer alone.
  OAuthClient Client(const std::string& client_id, const char* secret = nullptr,
                     ClientAuthentication by = ClientAuthentication::kNone);

  /// {"access_token", "refresh_token"} of somebody who has signed in to
  /// "native".
  JsonValue SignIn();

  /// The person of user.py types the code, signs in, and agrees or not.
  void Approve(const DevicePrompt& prompt) { Answer("approve", prompt); }
  void Deny(const DevicePrompt& prompt) { Answer("deny", prompt); }

 private:
  void Answer(const char* act, const DevicePrompt& prompt);
  JsonValue Call(const char* method, const char* path);

  HttpTransport& transport_;
  std::vector<std::string> flags_;
  std::string url_;
  std::optional<Process> process_;
};

/// The command of a person with a browser, as user.py has it.
std::vector<std::string> UserCommand(const std::string& act,
                                     const std::string& url,
                                     const std::string& code = "");

/// Tests that are skipped where no oidc-provider is installed.
class OidcTest : public ::testing::Test {
 protected:
  void SetUp() override;

  std::unique_ptr<HttpTransport> transport;
};

}  // namespace clone_auth::testing
