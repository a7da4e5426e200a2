#include "service/key_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "clone/testing/fake_random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::KeyFile;
using service::SigningPlan;
using ::testing::HasSubstr;
using ::testing::Not;

class KeyFiles : public ::testing::Test {
 protected:
  Result<KeyFile> Open(bool may_make = true) {
    return KeyFile::Open(path_, may_make, options_);
  }
  Reason ReasonOfOpening() {
    const auto opened = Open();
    if (opened.ok()) return Reason::kNone;
    EXPECT_THAT(std::string(opened.status().message()), HasSubstr(path_));
    return opened.status().reason();
  }
  std::string Read() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& text) {
    std::ofstream(path_) << text;
    chmod(path_.c_str(), 0600);
  }
  std::size_t FilesInFolder() const {
    const std::filesystem::directory_iterator files(
        std::filesystem::path(path_).parent_path());
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("auth.db.keys");
  FakeClock clock_;
  ServiceOptions options_ = TestOptions(&clock_);
};

TEST_F(KeyFiles, AreMadeOnceAndReadAfterwards) {
  std::string key_id;
  std::string pepper;
  std::string refresh_key;
  std::string audit_key;
  {
    const auto made = Open();
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    ASSERT_EQ(made->signing_keys.size(), 1U);
    ASSERT_EQ(made->peppers.size(), 1U);
    EXPECT_EQ(made->peppers[0].secret.size(), 32U);
    EXPECT_EQ(made->refresh_key.size(), 32U);
    key_id = made->signing_keys[0].key->key_id();
    pepper = made->peppers[0].secret.Reveal();
    refresh_key = made->refresh_key.Reveal();
    audit_key = made->audit_key.Reveal();
  }
  EXPECT_EQ(audit_key.size(), 32U);
  EXPECT_NE(pepper, refresh_key);
  EXPECT_NE(audit_key, refresh_key);
  const auto read = Open(false);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->signing_keys[0].key->key_id(), key_id);
  EXPECT_EQ(read->signing_keys[0].created_at, clock_.Now());
  EXPECT_EQ(read->signing_keys[0].signs_from, clock_.Now());
  EXPECT_EQ(read->signing_keys[0].token_life, std::chrono::seconds(3660));
  EXPECT_FALSE(read->signing_keys[0].leaves_at.has_value());
  EXPECT_EQ(read->peppers[0].secret.Reveal(), pepper);
  EXPECT_EQ(read->refresh_key.Reveal(), refresh_key);
  EXPECT_EQ(read->audit_key.Reveal(), audit_key);
  EXPECT_EQ(FilesInFolder(), 1U);
}

TEST_F(KeyFiles, AreNotMadeWhereTheyMustExist) {
  const auto opened = Open(false);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().reason(), Reason::kConfigMalformed);
  EXPECT_EQ(FilesInFolder(), 0U);
}

TEST_F(KeyFiles, K28_AreRefusedWhileOthersCanReadThem) {
  ASSERT_TRUE(Open().ok());
  for (const mode_t mode : {0640U, 0604U, 0620U, 0610U, 0644U}) {
    chmod(path_.c_str(), mode);
    EXPECT_EQ(ReasonOfOpening(), Reason::kFileInsecure) << mode;
  }
  chmod(path_.c_str(), 0400);
  EXPECT_EQ(ReasonOfOpening(), Reason::kNone);
}

TEST_F(KeyFiles, AreRegularFilesAndNoLinks) {
  ASSERT_TRUE(Open().ok());
  std::filesystem::rename(path_, folder_.File("elsewhere"));
  std::filesystem::create_symlink(folder_.File("elsewhere"), path_);
  EXPECT_EQ(ReasonOfOpening(), Reason::kFileInsecure);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(ReasonOfOpening(), Reason::kFileInsecure);
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(ReasonOfOpening(), Reason::kFileInsecure);
}

TEST_F(KeyFiles, K28_AreRefusedWhenAnythingInThemIsBroken) {
  ASSERT_TRUE(Open().ok());
  const std::string good = Read();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::string pepper_at = R"("id":1,"secret":")";
  const std::size_t secret = good.find(pepper_at) + pepper_at.size();
  const std::string short_pepper =
      good.substr(0, secret) + "c2hvcnQ" + good.substr(good.find('"', secret));
  for (const std::string& text :
       {std::string(),
        std::string("{"),
        std::string("[]"),
        std::string("{}"),
        good + "x",
        good.substr(0, good.size() / 2),
        short_pepper,
        with(R"("version":3)", R"("version":4)"),
        with(R"("version":3)", R"("version":1)"),
        with(R"("jwk":)", R"("key":)"),
        with("created_at", "made_at"),
        with(R"("signs_from":"2026)", R"("signs_from":"MMXXVI)"),
        with(R"("token_life":3660)", R"("token_life":0)"),
        with(R"("token_life":3660)", R"("token_life":"3660")"),
        with(R"("token_life":3660)", R"("token_life":9999999999)"),
        with("signing_keys", "other_keys"),
        with("peppers", "salts"),
        with("refresh_key", "other_key"),
        with("audit_key", "other_key"),
        with(R"("audit_key":")", R"("audit_key":"a)"),
        with(R"("id":1)", R"("id":-1)"),
        with(R"("id":1)", R"("id":4294967296)"),
        with("P-256", "P-257"),
        std::string(R"({"version":1,"signing_keys":[],"peppers":[]})"),
        std::string(300 * 1024, ' ')}) {
    Write(text);
    EXPECT_EQ(ReasonOfOpening(), Reason::kConfigMalformed)
        << text.substr(0, 80);
  }
  Write(good);
  EXPECT_EQ(ReasonOfOpening(), Reason::kNone);
}

TEST_F(KeyFiles, TellNoSecretInTheirErrors) {
  Write(R"({"version":1,"signing_keys":[{"kty":"oct","k":"hunter2"}]})");
  const auto opened = Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(std::string(opened.status().message()), Not(HasSubstr("hunter")));
}

TEST_F(KeyFiles, BelongToOneServiceAtATime) {
  auto first = Open();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(ReasonOfOpening(), Reason::kStoreUnavailable);
  const KeyFile moved = *std::move(first);
  EXPECT_EQ(ReasonOfOpening(), Reason::kStoreUnavailable);
}

TEST_F(KeyFiles, KeepWhenEachKeySignsAndLeaves) {
  const auto time = clock_.Now() + std::chrono::microseconds(1'500'000);
  {
    auto made = Open();
    ASSERT_TRUE(made.ok());
    SigningPlan plan = made->signing_keys;
    plan.push_back(plan.front());
    plan.front().signs_from = time;
    plan.front().token_life = std::chrono::seconds(7);
    plan.back().leaves_at = time + std::chrono::hours(1);
    ASSERT_TRUE(made->Replace(std::move(plan), SystemRandom()).ok());
    EXPECT_EQ(made->signing_keys.size(), 2U);
    // What was written is locked like what was read.
    EXPECT_EQ(ReasonOfOpening(), Reason::kStoreUnavailable);
  }
  const auto read = Open(false);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  ASSERT_EQ(read->signing_keys.size(), 2U);
  EXPECT_EQ(read->signing_keys[0].signs_from, time);
  EXPECT_EQ(read->signing_keys[0].token_life, std::chrono::seconds(7));
  EXPECT_EQ(read->signing_keys[1].leaves_at, time + std::chrono::hours(1));
  EXPECT_EQ(FilesInFolder(), 1U);
}

TEST_F(KeyFiles, OfARetiredKeySayWhenItLeaves) {
  ASSERT_TRUE(Open().ok());
  std::string text = Read();
  const std::size_t begin = text.find('[') + 1;
  const std::string entry = text.substr(begin, text.find(']') - begin);
  Write(text.insert(begin, entry + ","));
  EXPECT_EQ(ReasonOfOpening(), Reason::kConfigMalformed);
}

TEST_F(KeyFiles, AreAsTheyWereAfterAFailedReplacement) {
  auto made = Open();
  ASSERT_TRUE(made.ok());
  const std::string before = Read();
  FakeRandom random;
  random.Fail();
  EXPECT_EQ(made->Replace(made->signing_keys, random).reason(),
            Reason::kRandomUnavailable);
  // Nothing can be made in a folder that is gone.
  const auto folder = std::filesystem::path(path_).parent_path();
  const std::string elsewhere = folder.string() + "-elsewhere";
  std::filesystem::rename(folder, elsewhere);
  EXPECT_EQ(made->Replace(made->signing_keys, SystemRandom()).reason(),
            Reason::kStoreUnavailable);
  std::filesystem::rename(elsewhere, folder);
  EXPECT_EQ(made->signing_keys.size(), 1U);
  EXPECT_EQ(Read(), before);
  EXPECT_EQ(FilesInFolder(), 1U);
  EXPECT_EQ(ReasonOfOpening(), Reason::kStoreUnavailable);
}

TEST_F(KeyFiles, AreNotMadeWithoutRandomBytes) {
  FakeRandom random;
  random.Fail();
  options_.random = &random;
  const auto made = Open();
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.status().reason(), Reason::kRandomUnavailable);
  EXPECT_EQ(FilesInFolder(), 0U);
}

TEST_F(KeyFiles, SayWhenTheDiskRefuses) {
  path_ = folder_.File("none/auth.db.keys");
  EXPECT_EQ(ReasonOfOpening(), Reason::kStoreUnavailable);
}

}  // namespace
}  // namespace clone_auth::testing
