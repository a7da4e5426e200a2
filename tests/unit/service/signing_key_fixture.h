#pragma once

// A service with one user, and short ways to see what its signing keys do.

#include <chrono>
#include <string>
#include <vector>

#include "clone/jwt.h"
#include "clone/service_operations.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {

class SigningKeys : public ::testing::Test {
 protected:
  SigningKeys() { user_ = harness_.NewUser(); }

  Result<SigningKeySummary> Rotate(std::chrono::seconds publish_ahead);
  std::vector<SigningKeySummary> List();
  std::vector<SigningKeySummary::State> States();
  /// The ids that the published key set lists.
  std::vector<std::string> Published();

  /// By the user's refresh token.
  std::string NewToken();
  int StatusOf(const std::string& token);
  std::string CodeOf(const std::string& token);
  /// The token as another server sees it that has the published key set.
  VerifiedJwt Verified(const std::string& token);
  std::string KeyIdOf(const std::string& token);

  /// Lets a minute pass and what is due every minute happen.
  void Maintain();
  /// Moves the folder with the files away, or back.
  void MoveFolder(bool away);
  std::string KeyFileText() const;

  ServiceHarness harness_;
  SignedInUser user_;
};

}  // namespace clone_auth::testing
