#include "credential/log_frame.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "clone/testing/fake_clock.h"
#include "credential/session_payload.h"

namespace clone_auth {
namespace {

using testing::FakeClock;

std::string Frame(const std::string& key, const std::string& payload) {
  return std::string(
      EncodeLogFrame({LogRecordKind::kSession, key, payload}).Reveal());
}

// With runs that end before, at and behind the longest that there is.
std::vector<std::string> Payloads() {
  std::vector<std::string> payloads = {"", std::string(1, '\0'),
                                       std::string(600, '\0')};
  for (std::size_t size = 245; size < 265; ++size) {
    payloads.push_back(std::string(size, 'x'));
    payloads.push_back(std::string(size, 'x') + '\0');
    payloads.push_back(std::string(size, '\xff') + '\0' +
                       std::string(2 * size, '\x01'));
  }
  payloads.push_back(std::string(kMaxLogPayload, 'x'));
  payloads.push_back(std::string(kMaxLogPayload, '\0'));
  return payloads;
}

TEST(LogFrame, GivesBackWhateverItHolds) {
  for (const std::string& payload : Payloads()) {
    for (const std::string& key :
         {std::string("k"), std::string(kMaxLogKey, '\0')}) {
      const std::string frame = Frame(key, payload);
      const auto decoded = DecodedLogRecord::Of(frame);
      ASSERT_TRUE(decoded) << payload.size();
      EXPECT_EQ(decoded->record().kind, LogRecordKind::kSession);
      EXPECT_EQ(decoded->record().key, key);
      EXPECT_EQ(decoded->record().payload, payload);
    }
  }
}

TEST(LogFrame, HasOneZeroByteAndThatAtItsEnd) {
  for (const std::string& payload : Payloads()) {
    const std::string frame = Frame("key", payload);
    EXPECT_EQ(frame.find('\0'), frame.size() - 1) << payload.size();
  }
}

TEST(LogFrame, TellsItsSizeAndKeepsToTheLimit) {
  for (const std::string& payload : Payloads()) {
    const std::string frame = Frame(std::string(kMaxLogKey, 'k'), payload);
    EXPECT_EQ(LogFrameSize(frame), frame.size());
    EXPECT_LE(frame.size(), kMaxLogFrame);
  }
}

TEST(LogFrame, IsReadWithOrWithoutItsEndButNotWithLess) {
  const std::string frame = Frame("key", "payload");
  for (std::size_t size = 0; size + 1 < frame.size(); ++size) {
    EXPECT_FALSE(DecodedLogRecord::Of(frame.substr(0, size))) << size;
  }
  EXPECT_TRUE(DecodedLogRecord::Of(frame.substr(0, frame.size() - 1)));
  EXPECT_TRUE(DecodedLogRecord::Of(frame + "more"));
}

TEST(LogFrame, IsRefusedWithAnyBitOfItWrong) {
  const std::string frame = Frame("key", "a payload");
  for (std::size_t bit = 0; bit < (frame.size() - 1) * 8; ++bit) {
    std::string other = frame;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(DecodedLogRecord::Of(other)) << bit;
  }
}

TEST(SessionPayload, GivesBackWhateverItHolds) {
  StoredSession session;
  session.base_url = "https://api.example";
  session.tokens.access = Secret::CopyOf(std::string(2000, 'a'));
  session.tokens.refresh = Secret::CopyOf(std::string("r\0r", 3));
  session.tokens.received_at =
      FakeClock().Now() + std::chrono::microseconds(1'234'567);
  session.tokens.expires_in = std::chrono::seconds(0);
  session.tokens.idempotency_key = "key-1";
  const auto decoded =
      DecodeSession(EncodeSession(session, WallTime()).Reveal());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->base_url, session.base_url);
  EXPECT_EQ(decoded->tokens.access.Reveal(), session.tokens.access.Reveal());
  EXPECT_EQ(decoded->tokens.refresh.Reveal(), session.tokens.refresh.Reveal());
  EXPECT_EQ(decoded->tokens.received_at, session.tokens.received_at);
  EXPECT_EQ(decoded->tokens.expires_in, std::chrono::seconds(0));
  EXPECT_EQ(decoded->tokens.idempotency_key, "key-1");
}

TEST(SessionPayload, GivesBackWhoGrantedASessionAndWhereItGoesOn) {
  StoredSession session;
  session.base_url = "https://api.example";
  session.issuer = "https://login.example";
  session.token_endpoint = "https://login.example/token";
  session.client_id = "tool";
  const Secret payload = EncodeSession(session, WallTime());
  const auto decoded = DecodeSession(payload.Reveal());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->issuer, session.issuer);
  EXPECT_EQ(decoded->token_endpoint, session.token_endpoint);
  EXPECT_EQ(decoded->client_id, "tool");
  EXPECT_EQ(decoded->resource, "");
  EXPECT_FALSE(DecodeSession(payload.Reveal().substr(0, payload.size() - 9)));
}

TEST(SessionPayload, KeepsWhatIsNotToldUntoldAndTakesTokensAsComeJustNow) {
  const WallTime now = FakeClock().Now();
  const auto decoded = DecodeSession(EncodeSession({}, now).Reveal());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->tokens.received_at, now);
  EXPECT_FALSE(decoded->tokens.expires_in);
  EXPECT_TRUE(decoded->tokens.refresh.empty());
}

TEST(SessionPayload, IsRefusedWhereItIsCutOrHasMore) {
  const Secret payload = EncodeSession({}, FakeClock().Now());
  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(DecodeSession(payload.Reveal().substr(0, size))) << size;
  }
  EXPECT_FALSE(DecodeSession(std::string(payload.Reveal()) + "x"));
  std::string late(payload.Reveal());
  late.replace(0, 8, std::string(7, '\xff') + '\x7f');
  EXPECT_FALSE(DecodeSession(late)) << "a time that no clock of ours has";
}

}  // namespace
}  // namespace clone_auth
