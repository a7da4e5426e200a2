// When an issuer is asked for its keys, and how long they serve. No socket, no
// waiting: the test is the clock and the issuer.

#include "clone/jwk_fetcher.h"

#include <algorithm>
#include <set>
#include <string>

#include "unit/jwt/jwk_fetch.h"

namespace clone_auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Answer;
using testing::FakeRandom;
using testing::JwkFetch;
using testing::kKeysUrl;
using testing::kRealm;
using testing::SetOf;
using testing::WithUrl;

TEST_F(JwkFetch, AsksAtOnceAndServesWhatCame) {
  Start();
  EXPECT_FALSE(Serves());
  const auto request = Due();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->target, kKeysUrl);
  EXPECT_EQ(*request->headers.Find("Accept"), "application/json");
  EXPECT_TRUE(fetcher_->is_waiting());
  Complete(Answer(200, SetOf({&one_})));
  EXPECT_FALSE(fetcher_->is_waiting());
  EXPECT_EQ(fetcher_->generation(), 1u);
  ASSERT_TRUE(Serves());
  EXPECT_EQ(fetcher_->KeysAt(now_)->size(), 1u);
}

TEST_F(JwkFetch, OneRequestIsUnderWayHoweverManyAsk) {
  Start();
  ASSERT_TRUE(Due());
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(Due());
    EXPECT_FALSE(Renewal());
  }
}

TEST_F(JwkFetch, RefreshesBetween3QuartersAnd9TenthsOfTheLifetime) {
  for (int i = 0; i < 20; ++i) {
    Start();
    Load(1000);
    const int due = SecondsUntilDue(1000);
    EXPECT_GE(due, 750);
    EXPECT_LE(due, 900);
  }
}

TEST_F(JwkFetch, TwoOfManyFetchersPart) {
  std::set<int> times;
  for (int i = 0; i < 20; ++i) {
    Start();
    Load(1000);
    times.insert(SecondsUntilDue(1000));
  }
  EXPECT_GT(times.size(), 10u);
}

TEST_F(JwkFetch, ClampsTheLifetimeAndHasOneWhereNoneIsNamed) {
  const std::pair<HttpHeaders, int> cases[] = {
      {MaxAge(0), 60},
      {{{"Cache-Control", "no-store"}}, 60},
      {MaxAge(100'000'000), 24 * 3600},
      {{}, 600},
  };
  for (const auto& [headers, lifetime] : cases) {
    Start();
    Fetch(Answer(200, SetOf({&one_}), headers));
    const int due = SecondsUntilDue(25 * 3600);
    EXPECT_GE(due, lifetime * 3 / 4);
    EXPECT_LE(due, lifetime * 9 / 10 + 1);
  }
}

TEST_F(JwkFetch, PatienceLeavesWhatIsDueToOthersForThatLong) {
  Start();
  Load(1000);
  ASSERT_GT(SecondsUntilDue(1000), 0);
  Complete(Answer(200, SetOf({&one_}), MaxAge(1000)));
  const auto until = std::get<JwkFetcher::Ready>(fetcher_->Poll(now_)).until;
  const auto patient =
      std::get<JwkFetcher::Ready>(fetcher_->Poll(now_, seconds(5))).until;
  EXPECT_EQ(patient - until, seconds(5));
  now_ = until;
  EXPECT_TRUE(std::holds_alternative<JwkFetcher::Ready>(
      fetcher_->Poll(now_, seconds(5))));
  EXPECT_TRUE(Due());
}

TEST_F(JwkFetch, R23_AnUnknownKeyIsLookedForOncePerCooldown) {
  Start();
  Load(24 * 3600);
  int fetches = 0;
  for (int i = 0; i < 1000; ++i, now_ += std::chrono::milliseconds(100)) {
    if (!Renewal()) continue;
    ++fetches;
    Complete(Answer(200, SetOf({&one_}), MaxAge(24 * 3600)));
  }
  EXPECT_EQ(fetches, 10);
}

TEST_F(JwkFetch, TheCooldownIsNotStartedByAScheduledFetch) {
  Start();
  Load();
  EXPECT_TRUE(Renewal());
}

TEST_F(JwkFetch, AsksLessAndLessOftenWhileTheIssuerIsDown) {
  Start();
  ASSERT_TRUE(Due());
  int last = 0;
  for (int i = 0; i < 10; ++i) {
    Complete(Status(Reason::kUnreachable));
    const int due = SecondsUntilDue(100);
    ASSERT_GE(due, last / 2);
    last = due;
  }
  EXPECT_GE(last, 32);
  EXPECT_LE(last, 64);
}

TEST_F(JwkFetch, WaitsAsLongAsTheIssuerAsks) {
  Start();
  Fetch(Answer(503, "", {{"Retry-After", "120"}}));
  const auto step = fetcher_->Poll(now_);
  ASSERT_TRUE(std::holds_alternative<JwkFetcher::WaitUntil>(step));
  const int due = SecondsUntilDue(200);
  EXPECT_GE(due, 120);
  EXPECT_LE(due, 133);
}

TEST_F(JwkFetch, AnUnknownKeyOfAnIssuerThatIsDownIsLookedForWithBackoff) {
  Start();
  Load();
  ASSERT_TRUE(Renewal());
  Complete(Answer(503, "", {{"Retry-After", "120"}}));
  now_ += seconds(100);
  EXPECT_TRUE(
      std::holds_alternative<JwkFetcher::WaitUntil>(fetcher_->Renew(now_)));
  EXPECT_TRUE(Serves());
}

TEST_F(JwkFetch, WhatFailedForAnUnknownKeyIsTriedAgainUnasked) {
  Start();
  Load();
  ASSERT_TRUE(Renewal());
  Complete(Status(Reason::kUnreachable));
  EXPECT_TRUE(Serves());
  EXPECT_LE(SecondsUntilDue(10), 1);
}

TEST_F(JwkFetch, R24_OldKeysServeForADayAndNoLonger) {
  Start();
  Load(1000);
  const WallTime end = now_ + seconds(1000) + hours(24);
  while (now_ < end) {
    ASSERT_TRUE(Serves());
    if (Due()) Complete(Status(Reason::kUnreachable));
    now_ = std::min<WallTime>(now_ + seconds(60), end);
  }
  EXPECT_FALSE(Serves());
  EXPECT_FALSE(std::holds_alternative<JwkFetcher::Ready>(fetcher_->Poll(now_)));
  now_ += hours(1);
  if (fetcher_->is_waiting()) Complete(Status(Reason::kUnreachable));
  now_ += hours(1);
  Fetch(Answer(200, SetOf({&one_})));
  EXPECT_TRUE(Serves());
}

TEST_F(JwkFetch, TheTimeForWhichOldKeysServeIsSettable) {
  JwkFetchOptions options = WithUrl();
  options.max_stale = seconds(0);
  Start(options);
  Load(100);
  now_ += seconds(99);
  EXPECT_TRUE(Serves());
  now_ += seconds(1);
  EXPECT_FALSE(Serves());
}

TEST_F(JwkFetch, NothingIsReadyPastTheEndOfTheKeys) {
  JwkFetchOptions options = WithUrl();
  options.max_stale = seconds(0);
  Start(options);
  Load(100);
  const WallTime end = now_ + seconds(100);
  now_ = end - seconds(1);
  ASSERT_TRUE(Due());
  now_ += std::chrono::milliseconds(500);
  EXPECT_EQ(std::get<JwkFetcher::Ready>(fetcher_->Poll(now_)).until, end);
}

TEST_F(JwkFetch, AnAttemptThatNobodyCompletesIsLostAfterAMinute) {
  Start();
  ASSERT_TRUE(Due());
  const auto lost = attempt_;
  now_ += seconds(59);
  EXPECT_FALSE(Due());
  now_ += seconds(3);
  EXPECT_FALSE(Due());
  now_ += seconds(3);
  ASSERT_TRUE(Due());
  fetcher_->Complete(lost, Answer(200, SetOf({&one_})), now_);
  EXPECT_FALSE(Serves());
  Complete(Answer(200, SetOf({&one_})));
  EXPECT_TRUE(Serves());
}

TEST_F(JwkFetch, R26_AClockThatIsSetBackStopsNothing) {
  Start();
  Load(1000);
  now_ += seconds(10);
  EXPECT_FALSE(Due());
  now_ -= hours(48);
  const int due = SecondsUntilDue(1000);
  EXPECT_GE(due, 740);
  EXPECT_LE(due, 890);
}

TEST_F(JwkFetch, WithoutRandomBytesItStillFetches) {
  random_.Fail();
  Start();
  Load(1000);
  EXPECT_EQ(SecondsUntilDue(1000), 750);
}

TEST(JwkFetchOptions, AreCheckedAtOnce) {
  FakeRandom random;
  const auto reason_of = [&](const JwkFetchOptions& options) {
    return JwkFetcher::Create(options, &random).status().reason();
  };
  EXPECT_EQ(reason_of({}), Reason::kInvalidArgument);
  JwkFetchOptions both = WithUrl();
  both.issuer = kRealm;
  EXPECT_EQ(reason_of(both), Reason::kInvalidArgument);
  JwkFetchOptions plain;
  plain.jwks_uri = "http://issuer.example/keys";
  EXPECT_EQ(reason_of(plain), Reason::kInsecureUrl);
  plain.jwks_uri = "http://localhost/keys";
  EXPECT_EQ(reason_of(plain), Reason::kNone);
  constexpr int kMonth = 30 * 24 * 3600;
  const struct {
    seconds JwkFetchOptions::*option;
    int bad;
  } kTimes[] = {
      {&JwkFetchOptions::min_lifetime, 0},
      {&JwkFetchOptions::max_lifetime, 59},
      {&JwkFetchOptions::max_lifetime, kMonth + 1},
      {&JwkFetchOptions::unknown_key_cooldown, 0},
      {&JwkFetchOptions::unknown_key_cooldown, 3601},
      {&JwkFetchOptions::max_stale, -1},
      {&JwkFetchOptions::max_stale, kMonth + 1},
  };
  for (const auto& time : kTimes) {
    JwkFetchOptions options = WithUrl();
    options.*time.option = seconds(time.bad);
    EXPECT_EQ(reason_of(options), Reason::kInvalidArgument) << time.bad;
  }
  EXPECT_FALSE(JwkFetcher::Create(WithUrl(), nullptr).ok());
}

}  // namespace
}  // namespace clone_auth
