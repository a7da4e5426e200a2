#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "clone/rest_client.h"

namespace clone_auth::testing {

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
