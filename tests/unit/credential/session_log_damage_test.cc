#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "credential/log_frame.h"
#include "unit/credential/session_log_fixture.h"

namespace clone_auth::testing {
namespace {

// A log with several records, what each made of it, and where each ends.
class SessionLogDamage : public SessionLogTest {
 protected:
  void SetUp() override {
    const auto log = Open();
    ends_.push_back(log->file_size());
    Do([&] { return Save(*log, "a", "a-1"); }, *log);
    Do([&] { return Save(*log, "b", std::string(300, 'b')); }, *log);
    Do([&] { return Save(*log, "a", "a-2"); }, *log);
    Do([&] { return Save(*log, "c", "c-1"); }, *log);
    Do([&] { return log->StoreFor("b")->Clear(); }, *log);
    Do([&] { return Save(*log, "d", "d-1"); }, *log);
    content_ = ReadFile(path());
    ASSERT_EQ(content_.size(), ends_.back());
  }

  // The record that byte `at` belongs to; 0 is the header.
  std::size_t RecordAt(std::size_t at) const {
    std::size_t record = 0;
    while (at >= ends_[record]) ++record;
    return record;
  }

  // What there is after `count` records, without the one that is `missing`.
  Tokens After(std::size_t count, std::size_t missing = 0) const {
    const std::vector<std::pair<std::string, std::string>> records = {
        {"a", "a-1"}, {"b", std::string(300, 'b')},
        {"a", "a-2"}, {"c", "c-1"},
        {"b", ""},    {"d", "d-1"}};
    Tokens tokens;
    for (std::size_t i = 1; i <= count; ++i) {
      const auto& [key, refresh] = records[i - 1];
      if (i == missing) continue;
      if (refresh.empty()) {
        tokens.erase(key);
      } else {
        tokens[key] = refresh;
      }
    }
    return tokens;
  }
  Tokens All() const { return After(ends_.size() - 1); }
  using SessionLogTest::All;

  void Put(const std::string& content) {
    std::filesystem::remove(aside());
    WriteFile(path(), content);
  }

  // Once put away, the damage is told no more, and saving goes on.
  void ExpectThatItGoesOnWith(Tokens tokens) {
    for (const char* key : {"e", "f"}) {
      const auto log = Open();
      ASSERT_NE(log, nullptr);
      EXPECT_TRUE(log->warning().ok()) << log->warning().ToString();
      EXPECT_EQ(All(*log), tokens);
      EXPECT_TRUE(Save(*log, key, "").ok());
      tokens[key] = "";
    }
  }

  std::vector<std::size_t> ends_;
  std::string content_;

 private:
  template <typename Change>
  void Do(const Change& change, const SessionLog& log) {
    ASSERT_TRUE(change().ok());
    ends_.push_back(log.file_size());
  }
};

TEST_F(SessionLogDamage, CutAnywhereLosesOnlyWhatWasNotWrittenWhole) {
  for (std::size_t size = 0; size <= content_.size(); ++size) {
    Put(content_.substr(0, size));
    const auto whole = static_cast<std::size_t>(
        std::count_if(ends_.begin() + 1, ends_.end(),
                      [&](std::size_t end) { return end <= size; }));
    {
      const auto log = Open();
      ASSERT_NE(log, nullptr) << size;
      EXPECT_TRUE(log->warning().ok()) << size << log->warning().ToString();
      EXPECT_EQ(All(*log), After(whole)) << size;
      EXPECT_EQ(log->file_size(), size < ends_[0] ? ends_[0] : ends_[whole]);
    }
    EXPECT_FALSE(Exists(aside()));
    ExpectThatItGoesOnWith(After(whole));
  }
}

// That no bit of a frame passes is for log_frame_test.cc.
TEST_F(SessionLogDamage, OfAnyByteCostsThatRecordAndIsKeptAsItWas) {
  for (std::size_t at = 0; at < content_.size(); ++at) {
    std::string damaged = content_;
    Flip(damaged, at, static_cast<int>(at % 8));
    Put(damaged);
    const std::size_t record = RecordAt(at);
    // A frame of which the end alone is wrong can be read.
    const bool is_end = at + 1 == ends_[record];
    const auto log = Open();
    ASSERT_NE(log, nullptr) << at;
    EXPECT_EQ(log->warning().reason(), Reason::kConfigMalformed) << at;
    ASSERT_EQ(All(*log), After(ends_.size() - 1, is_end ? 0 : record)) << at;
    EXPECT_EQ(ReadFile(aside()), damaged);
  }
}

TEST_F(SessionLogDamage, IsToldOnceAndWhatIsLeftGoesOn) {
  std::string damaged = content_;
  Flip(damaged, ends_[3] - 3);
  Put(damaged);
  EXPECT_FALSE(Open()->warning().ok());
  ExpectThatItGoesOnWith(After(6, 3));
}

TEST_F(SessionLogDamage, NeverOverwritesWhatWasSetAsideBefore) {
  std::string damaged = content_;
  Flip(damaged, ends_[3] - 3);
  Put(damaged);
  WriteFile(aside(1), "precious");
  WriteFile(aside(3), "precious");
  const auto log = Open();
  EXPECT_EQ(ReadFile(aside(1)), "precious");
  EXPECT_EQ(ReadFile(aside(2)), damaged);
  EXPECT_EQ(ReadFile(aside(3)), "precious");
  EXPECT_EQ(ModeOf(aside(2)), 0600u);
  EXPECT_NE(log->warning().message().find("damaged-2"), std::string::npos);
}

TEST_F(SessionLogDamage, OfAStretchCostsTheRecordsThatItCovers) {
  for (const char with : {'\0', 'x', '\xff'}) {
    for (std::size_t from = 1; from < content_.size(); from += 7) {
      std::string damaged = content_;
      const std::size_t size = std::min(content_.size() - from, ends_[0] * 4);
      damaged.replace(from, size, std::string(size, with));
      Put(damaged);
      const auto log = TryOpen();
      if (from + size == content_.size()) continue;
      ASSERT_TRUE(log.ok()) << from;
      EXPECT_EQ(Refresh(**log, "d"),
                RecordAt(from + size - 1) < 6 ? "d-1" : "");
    }
  }
}

TEST_F(SessionLogDamage, MayAddBytesAnywhere) {
  for (const std::string& more :
       {std::string("x"), std::string(1, '\0'), std::string(5000, '\0'),
        std::string(100'000, 'x'), content_.substr(ends_[1], 20)}) {
    for (const std::size_t at : ends_) {
      if (at == ends_.back()) continue;
      Put(content_.substr(0, at) + more + content_.substr(at));
      const auto log = Open();
      ASSERT_NE(log, nullptr);
      EXPECT_FALSE(log->warning().ok()) << at;
      // What is taken for the start of a frame may take the next one along.
      const std::size_t next = RecordAt(at);
      const Tokens without = After(6, next);
      const Tokens tokens = All(*log);
      EXPECT_TRUE(tokens == All() || tokens == without) << at;
    }
  }
}

TEST_F(SessionLogDamage, IsNoneWhereRoomWasMadeAndNeverWritten) {
  for (const std::size_t room : {1u, 2u, 4096u, 3u << 20}) {
    Put(content_ + std::string(room, '\0'));
    const auto log = Open();
    EXPECT_TRUE(log->warning().ok());
    EXPECT_EQ(All(*log), All());
    EXPECT_EQ(log->file_size(), content_.size());
    EXPECT_EQ(std::filesystem::file_size(path()), content_.size());
  }
}

TEST_F(SessionLogDamage, BringsNothingToLifeThatATokenHolds) {
  const std::string inner(EncodeLogFrame({LogRecordKind::kSession, "victim",
                                          "nothing in particular"})
                              .Reveal());
  std::filesystem::remove(path());
  {
    const auto log = Open();
    ASSERT_TRUE(Save(*log, "evil", '\0' + inner + '\0').ok());
    ASSERT_TRUE(Save(*log, "a", "a-1").ok());
  }
  const std::string content = ReadFile(path());
  for (std::size_t at = ends_[0]; at < content.size(); ++at) {
    std::string damaged = content;
    Flip(damaged, at, 2);
    Put(damaged);
    const auto log = Open();
    for (const std::string& key : log->keys()) EXPECT_NE(key, "victim") << at;
  }
}

TEST_F(SessionLogDamage, OfTheHeaderAloneLeavesNothingToKeep) {
  std::filesystem::remove(path());
  Open();
  const std::string header = ReadFile(path());
  for (std::size_t at = 0; at + 1 < header.size(); ++at) {
    std::string damaged = header;
    Flip(damaged, at);
    Put(damaged);
    EXPECT_EQ(TryOpen().status().reason(), Reason::kConfigMalformed) << at;
    EXPECT_EQ(ReadFile(path()), damaged);
  }
}

TEST_F(SessionLogDamage, IsNoneOfALogThatANewerVersionMade) {
  const std::string newer(
      EncodeLogFrame({LogRecordKind::kHeader, {}, "clone-auth-sessions 2"})
          .Reveal());
  Put(newer + content_.substr(ends_[0]));
  EXPECT_EQ(TryOpen().status().reason(), Reason::kSchemaUnknown);
  EXPECT_EQ(ReadFile(path()), newer + content_.substr(ends_[0]));
}

TEST_F(SessionLogDamage, IsFoundByLoadToo) {
  const auto log = Open();
  std::string damaged = content_;
  Flip(damaged, ends_[6] - 3);
  {
    std::ofstream file(path(), std::ios::binary | std::ios::in);
    file << damaged;
  }
  EXPECT_EQ(log->StoreFor("d")->Load().status().reason(),
            Reason::kConfigMalformed);
  EXPECT_EQ(Refresh(*log, "c"), "c-1");
  EXPECT_TRUE(Save(*log, "d", "d-2").ok()) << "signing in again repairs it";
  EXPECT_EQ(Refresh(*log, "d"), "d-2");
}

}  // namespace
}  // namespace clone_auth::testing
