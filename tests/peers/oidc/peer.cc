#include "peers/oidc/peer.h"

#include <filesystem>
#include <utility>

#include "clone/discovery.h"
#include "clone/secret.h"

namespace clone_auth::testing {

OidcPeer::OidcPeer(HttpTransport& transport, std::vector<std::string> flags)
    : transport_(transport), flags_(std::move(flags)) {
  Start();
}

void OidcPeer::Start() {
  std::vector<std::string> command{"node", PEER_OIDC};
  command.insert(command.end(), flags_.begin(), flags_.end());
  if (!url_.empty()) {
    command.insert(command.end(), {"--port", url_.substr(url_.rfind(':') + 1)});
  }
  process_.emplace(command);
  url_ = process_->ReadUrl();
  EXPECT_NE(url_, "") << "the peer did not start";
}

JsonValue OidcPeer::Call(const char* method, const char* path) {
  const auto answer = transport_.Send({method, url_ + path, {}, "", ""}, {});
  EXPECT_TRUE(answer.ok()) << answer.status().ToString();
  auto json = JsonValue::Parse(answer.ok() ? answer->body : "{}");
  EXPECT_TRUE(json.ok()) << json.status().ToString();
  return *std::move(json);
}

std::int64_t OidcPeer::Count(std::string_view name) {
  const JsonValue counts = Call("GET", "/_counts");
  const JsonValue* count = counts.Find(name);
  return count == nullptr ? -1 : *count->AsInt();
}

JsonValue OidcPeer::SignIn() { return Call("POST", "/_sign_in"); }

OAuthClient OidcPeer::Client(const std::string& client_id, const char* secret,
                             ClientAuthentication by) {
  DiscoveryOptions where;
  where.issuer = url_;
  Discovery discovery = *Discovery::Create(std::move(where));
  FlowDriverOptions driver;
  driver.transport = &transport_;
  RunFlow(discovery, driver);
  auto found = discovery.Take();
  EXPECT_TRUE(found.ok()) << found.status().ToString();
  OAuthClientOptions options;
  options.server = std::move(found->server);
  options.client_id = client_id;
  options.authentication = by;
  if (secret != nullptr) {
    options.client_secret =
        std::make_shared<const Secret>(Secret::CopyOf(secret));
  }
  return *OAuthClient::Create(std::move(options));
}

void OidcPeer::Answer(const char* act, const DevicePrompt& prompt) {
  Process user(UserCommand(act, url_ + "/device", prompt.user_code));
  EXPECT_EQ(user.Wait(), 0);
}

std::vector<std::string> UserCommand(const std::string& act,
                                     const std::string& url,
                                     const std::string& code) {
  std::vector<std::string> command{PEER_PYTHON, PEER_USER, act, url};
  if (!code.empty()) command.push_back(code);
  return command;
}

void OidcTest::SetUp() {
  if (!std::filesystem::exists(PEER_OIDC)) {
    GTEST_SKIP() << "oidc-provider is not installed";
  }
  auto made = MakeCurlTransport();
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  transport = *std::move(made);
}

}  // namespace clone_auth::testing
