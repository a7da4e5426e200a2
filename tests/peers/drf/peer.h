#pragma once

#include <sys/types.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "clone/rest_client.h"

namespace clone_auth::testing {

/// The Django REST framework server of server.py, as long as this lives.
class DrfPeer {
 public:
  DrfPeer();
  ~DrfPeer();
  DrfPeer(const DrfPeer&) = delete;
  DrfPeer& operator=(const DrfPeer&) = delete;

  /// "http://127.0.0.1:PORT"; empty if the server did not come up.
  const std::string& url() const { return url_; }

 private:
  pid_t child_ = -1;
  std::string url_;
};

inline constexpr char kAlice[] = "alice@example.test";
inline constexpr char kPassword[] = "correct horse 1";

/// Tests that share one peer.
class DrfTest : public ::testing::Test {
 protected:
  void SetUp() override;

  /// A client without a credential, or with this source.
  std::unique_ptr<RestClient> Connect(
      std::shared_ptr<CredentialSource> source = nullptr);

  /// Signs in with the password that all accounts have.
  SessionTokens SignIn(const std::string& email = kAlice);

  /// A source of this token for the peer.
  std::shared_ptr<CredentialSource> SourceOf(const Secret& token);

  std::string url;
  std::shared_ptr<HttpTransport> transport;
};

}  // namespace clone_auth::testing
