#include "peers/drf/peer.h"

#include <utility>

#include "peers/process.h"

namespace clone_auth::testing {

void DrfTest::SetUp() {
  static Process peer({PEER_PYTHON, PEER_SERVER});
  static const std::string peer_url = peer.ReadUrl();
  ASSERT_NE(peer_url, "") << "the peer did not start; are its packages here? "
                             "cmake/dependencies.sh installs them";
  url = peer_url;
  auto made = MakeCurlTransport();
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  transport = std::move(made).value();
}

std::unique_ptr<RestClient> DrfTest::Connect(
    std::shared_ptr<CredentialSource> source) {
  RestClientOptions options;
  options.base_url = url;
  options.transport = transport;
  options.credentials = std::move(source);
  auto made = RestClient::Create(std::move(options));
  EXPECT_TRUE(made.ok()) << made.status().ToString();
  return std::move(made).value();
}

SessionTokens DrfTest::SignIn(const std::string& email) {
  auto signed_in = Connect()->Login(email, Secret::CopyOf(kPassword));
  EXPECT_TRUE(signed_in.ok()) << signed_in.status().ToString();
  return std::move(signed_in->tokens);
}

std::shared_ptr<CredentialSource> DrfTest::SourceOf(const Secret& token) {
  auto credential = Credential::Parse(token.Clone());
  EXPECT_TRUE(credential.ok()) << credential.status().ToString();
  EXPECT_TRUE(credential->BindTo(url).ok());
  return MakeStaticSource(std::move(credential).value());
}

}  // namespace clone_auth::testing
