#include <map>
#include <memory>
#include <string>
#include <utility>

#include "clone/credential_source.h"
#include "clone/testing/fake_transport.h"
#include "clone/token_store.h"
#include "gtest/gtest.h"
#include "support/temporary_folder.h"
#include "unit/credential/session_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests

class DefaultSourceTest : public ::testing::Test {
 protected:
  std::string Key(const std::string& name) const {
    return TestScheme().prefix + name + "-123456789";
  }
  std::string config_file() const { return folder_ / "config.yaml"; }
  void WriteConfig(const std::string& text, mode_t mode = 0600) const {
    WriteFile(config_file(), text, mode);
  }
  void StoreSession(const std::string& base_url) {
    StoredSession session;
    session.base_url = base_url;
    session.tokens.access = Secret::CopyOf(AccessToken(clock_.Now(), kHour));
    session.tokens.refresh = Secret::CopyOf("refresh-0");
    session.tokens.received_at = clock_.Now();
    ASSERT_TRUE(
        MakeFileTokenStore(folder_ / "credentials.json")->Save(session).ok());
  }
  DefaultSourceOptions Options() {
    DefaultSourceOptions options;
    options.config_file = config_file();
    options.scheme = TestScheme();
    options.transport = transport_;
    options.clock = &clock_;
    options.environment =
        [this](const std::string& name) -> std::optional<std::string> {
      const auto it = environment_.find(name);
      if (it == environment_.end()) return std::nullopt;
      return it->second;
    };
    return options;
  }
  Result<DefaultSource> Find() { return MakeDefaultSource(Options()); }
  Reason WhyNot() { return Find().status().reason(); }

  static std::string Sent(const DefaultSource& found) {
    const auto header = found.source->HeaderFor("GET", found.base_url + "/x");
    return header.ok() ? std::string(header->value)
                       : header.status().ToString();
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  std::map<std::string, std::string> environment_;
};

TEST_F(DefaultSourceTest, PrefersTheProgramThenEnvironmentConfigAndSession) {
  StoreSession("https://session.example");
  auto found = Find();
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->found_in, "session");
  EXPECT_EQ(found->base_url, "https://session.example");
  EXPECT_EQ(Sent(*found).substr(0, 7), "Bearer ");

  WriteConfig("cloud:\n  url: https://config.example\n  api_key: " +
              Key("config") + "\n");
  found = Find();
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->found_in, "config");
  EXPECT_EQ(found->base_url, "https://config.example");
  EXPECT_EQ(Sent(*found), Key("config"));

  environment_["CLONE_API_TOKEN"] = Key("environment");
  environment_["CLONE_API_URL"] = "https://environment.example";
  found = Find();
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->found_in, "environment");
  EXPECT_EQ(found->base_url, "https://environment.example");
  EXPECT_EQ(Sent(*found), Key("environment"));

  DefaultSourceOptions options = Options();
  options.credential = Secret::CopyOf(Key("program"));
  options.base_url = "https://program.example";
  found = MakeDefaultSource(std::move(options));
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->found_in, "explicit");
  EXPECT_EQ(found->base_url, "https://program.example");
  EXPECT_EQ(Sent(*found), Key("program"));
}

TEST_F(DefaultSourceTest, SaysThatNothingIsConfigured) {
  EXPECT_EQ(WhyNot(), Reason::kNotConfigured);
  WriteConfig("");
  EXPECT_EQ(WhyNot(), Reason::kNotConfigured);
  WriteConfig("cloud:\n  url: https://config.example\nother: [1, 2]\n");
  EXPECT_EQ(WhyNot(), Reason::kNotConfigured);
  environment_["CLONE_API_TOKEN"] = "";
  EXPECT_EQ(WhyNot(), Reason::kNotConfigured) << "empty counts as not set";
}

TEST_F(DefaultSourceTest, SaysThatACredentialHasNoServer) {
  environment_["CLONE_API_TOKEN"] = Key("a");
  EXPECT_EQ(WhyNot(), Reason::kNotConfigured);
}

TEST_F(DefaultSourceTest, SendsATokenOfThisRunToTheConfiguredServer) {
  WriteConfig("cloud:\n  url: https://config.example\n");
  environment_["CLONE_API_TOKEN"] = "a.b.c";
  const auto found = Find();
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->base_url, "https://config.example");
  EXPECT_EQ(Sent(*found), "Bearer a.b.c");
}

TEST_F(DefaultSourceTest, SendsAConfiguredKeyToNoOtherServer) {
  WriteConfig("cloud:\n  url: https://config.example\n  api_key: " + Key("a"));
  environment_["CLONE_API_URL"] = "https://evil.example";
  EXPECT_EQ(WhyNot(), Reason::kForeignOrigin);
  environment_["CLONE_API_URL"] = "https://config.example:443/v2";
  EXPECT_EQ(Find()->base_url, "https://config.example:443/v2");
}

TEST_F(DefaultSourceTest, SendsAStoredSessionToNoOtherServer) {
  StoreSession("https://session.example");
  WriteConfig("cloud:\n  url: https://config.example\n");
  EXPECT_EQ(WhyNot(), Reason::kForeignOrigin);
  environment_["CLONE_API_URL"] = "https://session.example";
  EXPECT_TRUE(Find().ok());
}

TEST_F(DefaultSourceTest, RefreshesAStoredSession) {
  StoreSession("https://session.example");
  clock_.Advance(std::chrono::hours(3));
  transport_->Push(200, TokenBody(AccessToken(clock_.Now(), kHour, 7), "r-1"));
  const auto found = Find();
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(Sent(*found).substr(0, 7), "Bearer ");
  EXPECT_EQ(transport_->count(), 1u);
  const auto stored = MakeFileTokenStore(folder_ / "credentials.json")->Load();
  EXPECT_EQ((*stored)->tokens.refresh.Reveal(), "r-1");
}

TEST_F(DefaultSourceTest, RefreshesAStoredSessionAtWhoGrantedIt) {
  TokenSessionOptions options;
  options.base_url = "https://session.example";
  options.issuer = "https://login.example";
  options.token_endpoint = "https://login.example/token";
  options.client_id = "tool";
  SessionTokens tokens;
  tokens.access = Secret::CopyOf(AccessToken(clock_.Now(), kHour));
  tokens.refresh = Secret::CopyOf("refresh-0");
  tokens.received_at = clock_.Now();
  const auto store = MakeFileTokenStore(folder_ / "credentials.json");
  ASSERT_TRUE(store->Save(MakeStoredSession(options, std::move(tokens))).ok());
  clock_.Advance(std::chrono::hours(3));
  transport_->Push(200, TokenBody(AccessToken(clock_.Now(), kHour, 7), "r-1"));
  const auto found = Find();
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(Sent(*found).substr(0, 7), "Bearer ");
  EXPECT_EQ(transport_->last_request().target, "https://login.example/token");
  EXPECT_EQ(transport_->last_request().body,
            "grant_type=refresh_token&refresh_token=refresh-0&client_id=tool");
  const auto stored = store->Load();
  EXPECT_EQ((*stored)->tokens.refresh.Reveal(), "r-1");
  EXPECT_EQ((*stored)->issuer, "https://login.example");
}

TEST_F(DefaultSourceTest, PassesOverNothingThatIsBroken) {
  StoreSession("https://session.example");
  environment_["CLONE_API_URL"] = "https://api.example";
  environment_["CLONE_API_TOKEN"] = Key("a") + "\n";
  EXPECT_EQ(WhyNot(), Reason::kCredentialMalformed);
  environment_["CLONE_API_TOKEN"] = Key("a");
  environment_["CLONE_API_URL"] = "api.example";
  EXPECT_EQ(WhyNot(), Reason::kUrlMalformed);
  environment_["CLONE_API_URL"] = "http://api.example";
  EXPECT_EQ(WhyNot(), Reason::kInsecureUrl);
  environment_.clear();
  WriteConfig("cloud:\n  url: https://config.example\n  api_key: 'a b'\n");
  EXPECT_EQ(WhyNot(), Reason::kCredentialMalformed);
  WriteConfig("cloud: [");
  EXPECT_EQ(WhyNot(), Reason::kConfigMalformed);
  WriteConfig("");
  WriteFile(folder_ / "credentials.json", "{");
  EXPECT_EQ(WhyNot(), Reason::kConfigMalformed);
}

TEST_F(DefaultSourceTest, NamesFileAndLineOfABrokenConfig) {
  struct Case {
    const char* text;
    const char* line;
  };
  for (const Case& c :
       {Case{"cloud:\n  url: [a]\n", ":2: cloud.url"},
        Case{"a: 1\ncloud:\n  api_key: {a: b}\n", ":3: cloud.api_key"},
        Case{"cloud:\n  url: https://a\n  url: https://a\n", ":3: cloud.url"},
        Case{"cloud:\n  url: api.example\n", ":2: cloud.url"},
        Case{"cloud:\n  url:\n    - a\n", ":3: cloud.url"},
        Case{"cloud: text\n", ":1: cloud must"},
        Case{"- a\n- b\n", ": must hold settings"},
        Case{"a: b: c\n", ":1: is not valid YAML"},
        Case{"cloud: {url: a\n", ":2: is not valid YAML"},
        Case{"\tcloud:\n", ":1: is not valid YAML"}}) {
    WriteConfig(c.text);
    const Status status = Find().status();
    EXPECT_EQ(status.reason(), Reason::kConfigMalformed) << c.text;
    EXPECT_NE(status.message().find("config.yaml" + std::string(c.line)),
              std::string_view::npos)
        << status.ToString();
  }
}

TEST_F(DefaultSourceTest, RefusesAConfigOfWrongKindSizeOrDepth) {
  WriteConfig(std::string(70'000, '#'));
  EXPECT_EQ(WhyNot(), Reason::kConfigMalformed);
  WriteConfig(std::string(60'000, '['));
  EXPECT_EQ(WhyNot(), Reason::kConfigMalformed);
  std::filesystem::remove(config_file());
  std::filesystem::create_directory(config_file());
  EXPECT_EQ(WhyNot(), Reason::kConfigMalformed);
}

TEST_F(DefaultSourceTest, RefusesAConfigWithAKeyThatOthersMayRead) {
  const std::string text =
      "cloud:\n  url: https://config.example\n  api_key: " + Key("a") + "\n";
  for (const mode_t mode : {0644u, 0640u, 0604u, 0620u}) {
    WriteConfig(text, mode);
    EXPECT_EQ(WhyNot(), Reason::kFileInsecure);
  }
  WriteConfig(text, 0400);
  EXPECT_TRUE(Find().ok());
  WriteConfig("cloud:\n  url: https://config.example\n", 0644);
  EXPECT_EQ(WhyNot(), Reason::kNotConfigured) << "no key, no harm";
}

TEST_F(DefaultSourceTest, LooksInTheFoldersOfTheUser) {
  const std::string text = "cloud:\n  url: https://config.example\n  api_key: ";
  const auto put = [&](const std::string& folder, const std::string& name) {
    std::filesystem::create_directories(folder_ / folder);
    WriteFile(folder_ / folder + "/config.yaml", text + Key(name));
  };
  put("xdg/clonit", "xdg");
  put("home/.config/clonit", "home");
  const auto found = [&] {
    DefaultSourceOptions options = Options();
    options.config_file.clear();
    const auto source = MakeDefaultSource(std::move(options));
    return source.ok() ? Sent(*source) : source.status().ToString();
  };
  environment_["HOME"] = folder_ / "home";
  EXPECT_EQ(found(), Key("home"));
  environment_["XDG_CONFIG_HOME"] = "relative";
  EXPECT_EQ(found(), Key("home"));
  environment_["XDG_CONFIG_HOME"] = folder_ / "xdg";
  EXPECT_EQ(found(), Key("xdg"));
  environment_.clear();
  EXPECT_EQ(found().substr(0, 14), "not_configured");
}

TEST_F(DefaultSourceTest, TellsNoSecretInAnyMessage) {
  const std::string canary = "canary-secret";
  for (const std::string& text :
       {"cloud:\n  url: https://a.example\n  api_key: '" + canary + " x'\n",
        "cloud:\n  api_key: [" + canary + "]\n", canary + ": {",
        "cloud:\n  url: nowhere\n  api_key: " + canary + "\n",
        "cloud:\n  api_key: " + canary + "\n  api_key: " + canary + "\n",
        "cloud: " + canary + "\n"}) {
    WriteConfig(text);
    const auto found = Find();
    ASSERT_FALSE(found.ok()) << text;
    EXPECT_EQ(found.status().ToString().find("canary"), std::string::npos)
        << found.status().ToString();
  }
}

TEST_F(DefaultSourceTest, NamesTheServerAndTheFileWithoutACredential) {
  auto server = FindDefaultServer(Options());
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  EXPECT_EQ(server->base_url, "");
  EXPECT_EQ(server->config_file, config_file());

  WriteConfig("cloud:\n  url: https://config.example\n");
  server = FindDefaultServer(Options());
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(server->base_url, "https://config.example");

  environment_["CLONE_API_URL"] = "https://env.example";
  server = FindDefaultServer(Options());
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(server->base_url, "https://env.example");

  auto options = Options();
  options.base_url = "https://given.example";
  server = FindDefaultServer(std::move(options));
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(server->base_url, "https://given.example");
}

TEST_F(DefaultSourceTest, NamesNoServerOutOfABrokenFile) {
  WriteConfig("cloud: [\n");
  EXPECT_EQ(FindDefaultServer(Options()).status().reason(),
            Reason::kConfigMalformed);
}

}  // namespace
}  // namespace clone_auth
