#pragma once

// A service with many keys, whose rows are sealed with a pepper.

#include <string>
#include <vector>

#include "clone/random.h"
#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"
#include "service/key_file.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {

std::string KeyNumber(int n);

class PeppersTest : public ::testing::Test {
 protected:
  void SetUp() override { user_ = harness_.NewUser(); }

  ServiceOperations& operations() { return harness_.service().operations(); }

  /// Keys of the user, by way of the file; the service is stopped.
  void AddKeys(int count);
  /// By another connection than the service's.
  void Change(const char* statement);

  Result<service::KeyFile> Keys();
  std::vector<std::uint32_t> PepperIds();
  static bool Verifies(IdentityService& service, const std::string& key);
  static int CountGood(IdentityService& service, int count);
  /// Each write waits for those before it: there is one thread for them.
  static void Finish(IdentityService& service);

  ServiceHarness harness_;
  SignedInUser user_;
  FakeRandom random_;
};

}  // namespace clone_auth::testing
