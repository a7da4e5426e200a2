#include "service/revocation_log.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::LogPosition;
using service::Revocation;
using service::RevocationLog;
using ::testing::HasSubstr;
using Kind = Revocation::Kind;

class RevocationLogTest : public ::testing::Test {
 protected:
  void SetUp() override { Make(); }

  void Make() {
    auto made = RevocationLog::Make(path_, id_);
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    log_ = *std::move(made);
  }
  Status Reopen() {
    log_.reset();
    auto opened = RevocationLog::Open(path_, id_);
    if (!opened.ok()) return opened.status();
    log_ = *std::move(opened);
    return Status();
  }
  static Uuid NewId() { return *Uuid::Generate(SystemRandom()); }
  Uuid Revoke() {
    const Uuid key = NewId();
    EXPECT_TRUE(log_->Append({Kind::kKeyRevoked, key, now_, {}}).ok());
    return key;
  }
  std::vector<Revocation> Since(const LogPosition& start) const {
    std::vector<Revocation> since;
    const Status read = RevocationLog::Read(
        path_, start,
        [&](const Revocation& revocation) { since.push_back(revocation); });
    EXPECT_TRUE(read.ok()) << read.ToString();
    return since;
  }
  Reason WhyNotFrom(const LogPosition& start) const {
    return RevocationLog::Read(path_, start, [](const Revocation&) {}).reason();
  }
  std::string Text() const {
    std::ifstream file(path_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  void Write(const std::string& text) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("auth.db.revoked");
  Uuid id_ = NewId();
  WallTime now_ = FakeClock().Now();
  std::unique_ptr<RevocationLog> log_;
};

TEST_F(RevocationLogTest, GivesBackWhatCameAfterAPlaceInOrder) {
  Revoke();
  const LogPosition start = log_->position();
  const Uuid key = Revoke();
  const Uuid user = NewId();
  ASSERT_TRUE(log_->Append({Kind::kPasswordSet, user, now_, "$a$b"}).ok());
  ASSERT_TRUE(Reopen().ok());
  ASSERT_TRUE(log_->Append({Kind::kAccountDisabled, user, now_, {}}).ok());
  ASSERT_TRUE(log_->Append({Kind::kAccountEnabled, user, now_, {}}).ok());
  const std::vector<Revocation> since = Since(start);
  ASSERT_EQ(since.size(), 4U);
  EXPECT_EQ(since[0].kind, Kind::kKeyRevoked);
  EXPECT_EQ(since[0].subject, key);
  EXPECT_EQ(since[0].when, now_);
  EXPECT_EQ(since[1].kind, Kind::kPasswordSet);
  EXPECT_EQ(since[1].password_hash, "$a$b");
  EXPECT_EQ(since[2].kind, Kind::kAccountDisabled);
  EXPECT_EQ(since[2].subject, user);
  EXPECT_EQ(since[3].kind, Kind::kAccountEnabled);
  EXPECT_TRUE(Since(log_->position()).empty());
}

TEST_F(RevocationLogTest, IsReadableByItsOwnerAlone) {
  struct stat state;
  ASSERT_EQ(stat(path_.c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600U);
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  EXPECT_EQ(Reopen().reason(), Reason::kFileInsecure);
}

TEST_F(RevocationLogTest, ForgetsALastLineTornAtAnyByte) {
  Revoke();
  const LogPosition start = log_->position();
  const std::string before = Text();
  Revoke();
  const std::string whole = Text();
  for (std::size_t size = before.size(); size < whole.size(); ++size) {
    Write(whole.substr(0, size));
    EXPECT_TRUE(Since(start).empty()) << size;
    ASSERT_TRUE(Reopen().ok()) << size;
    EXPECT_EQ(Text(), before);
    Revoke();
    EXPECT_EQ(Since(start).size(), 1U) << size;
  }
}

TEST_F(RevocationLogTest, RefusesEveryOtherChangeOfAByte) {
  Revoke();
  const LogPosition end = log_->position();
  const std::string good = Text();
  for (std::size_t i = 0; i < good.size() - 1; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    Write(bad);
    EXPECT_EQ(Reopen().reason(), Reason::kConfigMalformed) << i;
    EXPECT_EQ(WhyNotFrom(end), Reason::kConfigMalformed) << i;
  }
  Write("");
  EXPECT_EQ(Reopen().reason(), Reason::kConfigMalformed);
  Write(std::string(100'000, 'x'));
  const Status refused = Reopen();
  EXPECT_EQ(refused.reason(), Reason::kConfigMalformed);
  EXPECT_THAT(std::string(refused.message()), HasSubstr(path_));
}

TEST_F(RevocationLogTest, RefusesWhatIsMissingOrAnothers) {
  const LogPosition start = log_->position();
  id_ = NewId();
  EXPECT_EQ(Reopen().reason(), Reason::kConfigMalformed);
  LogPosition other = start;
  other.log = id_;
  EXPECT_EQ(WhyNotFrom(other), Reason::kBackupUnusable);
  std::filesystem::remove(path_);
  EXPECT_EQ(Reopen().reason(), Reason::kNotFound);
  EXPECT_EQ(WhyNotFrom(start), Reason::kNotFound);
}

TEST_F(RevocationLogTest, RefusesAPlaceThatItNeverHad) {
  const std::string before = Text();
  Revoke();
  const LogPosition start = log_->position();
  Write(before);
  EXPECT_EQ(WhyNotFrom(start), Reason::kBackupUnusable);
  // An older copy that went on by itself.
  ASSERT_TRUE(Reopen().ok());
  Revoke();
  Revoke();
  EXPECT_EQ(WhyNotFrom(start), Reason::kBackupUnusable);
}

TEST_F(RevocationLogTest, TakesNothingOnceItIsNoLongerInItsPlace) {
  std::filesystem::remove(path_);
  const auto append = [&] {
    return log_->Append({Kind::kKeyRevoked, NewId(), now_, {}}).reason();
  };
  EXPECT_EQ(append(), Reason::kStoreUnavailable);
  Write("another");
  EXPECT_EQ(append(), Reason::kStoreUnavailable);
}

}  // namespace
}  // namespace clone_auth::testing
