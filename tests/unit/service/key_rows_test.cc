// What the files of a service tell whoever reads or writes them.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <unordered_set>
#include <vector>

#include "gtest/gtest.h"
#include "service/base64.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Database;
using std::chrono::seconds;

std::string Hex(std::string_view bytes, const char* digits) {
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

/// A key as somebody might have written it, but for what may be shown of it.
std::vector<std::string> FormsOf(const std::string& key) {
  constexpr std::size_t kSecret = 38;
  const std::string secret = key.substr(key.size() - kSecret);
  return {secret,
          std::string(secret.rbegin(), secret.rend()),
          Hex(secret, "0123456789abcdef"),
          Hex(secret, "0123456789ABCDEF"),
          service::ToBase64Url(secret.data(), secret.size()),
          service::ToBase64Url(key.data(), key.size())};
}

TEST(KeyRows, K25_NoFileHoldsAKeyInAnyForm) {
  constexpr std::size_t kWindow = 24;
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  std::unordered_set<std::string> canaries;
  for (int i = 0; i < 1000; ++i) {
    const std::string key =
        harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
    ASSERT_EQ(harness.Me(KeyHeader(key)).status(), 200);
    for (const std::string& form : FormsOf(key)) {
      // All of it stands there if its end does.
      canaries.insert(form.substr(form.size() - kWindow));
    }
  }
  ServiceOperations& operations = harness.service().operations();
  ASSERT_TRUE(operations.Backup(harness.folder().File("copy")).ok());
  std::string files = harness.folder().Contents();
  harness.Stop();
  files += harness.folder().Contents();
  ASSERT_GT(files.size(), 1'000'000U);
  for (std::size_t at = 0; at + kWindow <= files.size(); ++at) {
    ASSERT_EQ(canaries.count(files.substr(at, kWindow)), 0U) << at;
  }
}

TEST(KeyRows, K26_NothingOfARowIsGoodAsAKey) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.IssueKey(R"({"label":"a"})", Bearer(user.access));
  auto database = Database::Open(harness.database(), seconds(2));
  ASSERT_TRUE(database.ok());
  auto row = (*database)->Prepare("SELECT digest, masked, mac FROM api_keys");
  ASSERT_TRUE(row.ok() && *row->Step());
  for (const int column : {0, 1, 2}) {
    const auto bytes = row->Hash(column);
    const std::string_view view(reinterpret_cast<const char*>(bytes.data()),
                                bytes.size());
    for (const std::string& form :
         {std::string(view), Hex(view, "0123456789abcdef"),
          service::ToBase64Url(view.data(), view.size())}) {
      EXPECT_EQ(harness.Me(KeyHeader(form)).status(), 401);
      EXPECT_EQ(harness.Me(KeyHeader(harness.options().scheme.prefix + form))
                    .status(),
                401);
    }
  }
}

TEST(KeyRows, K28_AServiceWithoutAGoodPepperDoesNotStart) {
  ServiceHarness harness;
  harness.NewUser();
  harness.Stop();
  const std::string path = harness.database() + ".keys";
  std::ifstream file(path);
  const std::string good(std::istreambuf_iterator<char>(file), {});
  const std::string before = R"("peppers":[{"id":1,"secret":")";
  const std::size_t at = good.find(before);
  ASSERT_NE(at, std::string::npos);
  const std::size_t secret = at + before.size();
  const std::size_t end = good.find('"', secret);
  const auto opened = [&] {
    return IdentityService::OpenSqlite(harness.database(), harness.options())
        .status()
        .reason();
  };
  const std::string one = good.substr(at, good.find(']', at) - at);
  for (const std::string& text :
       {good.substr(0, secret) + good.substr(end),       // empty
        good.substr(0, secret + 42) + good.substr(end),  // 31 bytes
        good.substr(0, at) + R"("peppers":[)" + good.substr(good.find(']', at)),
        good.substr(0, at) + R"("others":[)" + good.substr(good.find(']', at)),
        good.substr(0, at) + one + "," + one.substr(one.find('{')) +
            good.substr(good.find(']', at))}) {  // one id twice
    std::ofstream(path) << text;
    EXPECT_EQ(opened(), Reason::kConfigMalformed) << text.size();
  }
  std::ofstream(path) << good;
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(opened(), Reason::kFileInsecure);
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(opened(), Reason::kNone);
  ASSERT_EQ(unlink(path.c_str()), 0);
  EXPECT_EQ(opened(), Reason::kConfigMalformed);
}

}  // namespace
}  // namespace clone_auth::testing
