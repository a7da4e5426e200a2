#include "clone/credential_source.h"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clone/testing/fake_transport.h"
#include "gtest/gtest.h"
#include "unit/credential/source_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests

TEST(StaticSource, GivesItsCredentialAndHasNoOther) {
  auto credential = Credential::Parse(
      Secret::CopyOf(TestScheme().prefix + "abcdefghij1234"), TestScheme());
  ASSERT_TRUE(credential->BindTo(kBaseUrl).ok());
  const auto source = MakeStaticSource(std::move(credential).value());
  EXPECT_EQ(source->HeaderFor("GET", kMeUrl)->name, TestScheme().header);
  EXPECT_EQ(source->HeaderFor("GET", "https://evil").status().reason(),
            Reason::kForeignOrigin);
  EXPECT_FALSE(source->Renew(0));
}

TEST_F(SessionSource, AsksNobodyWhileTheTokenIsFresh) {
  const auto source = Open();
  for (int i = 0; i < 40; ++i) {
    EXPECT_TRUE(Ask(*source).ok());
    clock_.Advance(minutes(1) - seconds(1));
  }
  EXPECT_EQ(transport_->count(), 0u);
}

TEST_F(SessionSource, RefreshesAheadOfExpiry) {
  const auto source = Open();
  clock_.Advance(minutes(51));
  const auto header = Ask(*source);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->generation, 2u);
  EXPECT_EQ(transport_->count(), 1u);
  EXPECT_TRUE(Ask(*source).ok());
  EXPECT_EQ(transport_->count(), 1u);
}

TEST_F(SessionSource, ServesTheOldTokenWhileTheServerIsDown) {
  transport_ = std::make_shared<FakeTransport>();
  const auto source = Open();
  clock_.Advance(minutes(51));
  EXPECT_EQ(Ask(*source)->generation, 1u);
  clock_.Advance(minutes(8));
  EXPECT_EQ(Ask(*source)->generation, 1u);
  clock_.Advance(minutes(2));
  EXPECT_EQ(Ask(*source).status().reason(), Reason::kUnreachable)
      << "an outage is no sign-out";
  EXPECT_EQ(source->session().health(clock_.Now()), SessionHealth::kExpired);
}

TEST_F(SessionSource, SaysThatTheSessionHasEnded) {
  transport_ = std::make_shared<FakeTransport>();
  transport_->Push(401, R"({"code":"refresh_reused"})");
  const auto source = Open();
  clock_.Advance(minutes(61));
  EXPECT_EQ(Ask(*source).status().reason(), Reason::kSessionEnded);
  EXPECT_EQ(source->session().last_error().reason(), Reason::kRefreshReused);
  EXPECT_EQ(Ask(*source).status().reason(), Reason::kSessionEnded);
  EXPECT_EQ(transport_->count(), 1u);
}

TEST_F(SessionSource, R17_RenewsOnceForOneRefusedToken) {
  const auto source = Open();
  clock_.Advance(minutes(5));
  EXPECT_TRUE(source->Renew(1));
  EXPECT_EQ(transport_->count(), 1u);
  EXPECT_EQ(Ask(*source)->generation, 2u);
  EXPECT_TRUE(source->Renew(1)) << "a newer one is at hand";
  EXPECT_EQ(transport_->count(), 1u);
  EXPECT_FALSE(source->Renew(2)) << "too soon after the last";
  EXPECT_EQ(transport_->count(), 1u);
}

TEST_F(SessionSource, DoesNotRenewFromASessionThatIsRefused) {
  transport_ = std::make_shared<FakeTransport>();
  transport_->Push(401);
  const auto source = Open();
  clock_.Advance(minutes(5));
  EXPECT_FALSE(source->Renew(1));
  EXPECT_FALSE(source->Renew(1));
  EXPECT_EQ(transport_->count(), 1u);
}

TEST_F(SessionSource, RefreshesOnDemand) {
  const auto source = Open();
  EXPECT_TRUE(source->Refresh().ok());
  EXPECT_EQ(Ask(*source)->generation, 2u);
  transport_->Push(503);
  EXPECT_EQ(source->Refresh().reason(), Reason::kOverloaded);
  EXPECT_EQ(Ask(*source)->generation, 2u);
  transport_->Push(401);
  EXPECT_EQ(source->Refresh().reason(), Reason::kRefreshInvalid);
  EXPECT_EQ(source->Refresh().reason(), Reason::kRefreshInvalid);
}

TEST_F(SessionSource, CannotRefreshWithoutARefreshToken) {
  SessionTokens tokens = Tokens(0);
  tokens.refresh = Secret();
  const auto source = Open(std::move(tokens));
  EXPECT_EQ(source->Refresh().reason(), Reason::kRefreshInvalid);
  EXPECT_TRUE(Ask(*source).ok());
  clock_.Advance(kHour);
  EXPECT_FALSE(Ask(*source).ok());
  EXPECT_EQ(transport_->count(), 0u);
}

TEST_F(SessionSource, R26_IsNotDisturbedByASetClock) {
  const auto source = Open();
  clock_.Advance(minutes(30));
  clock_.Step(-std::chrono::hours(5));  // while nobody asks
  clock_.Advance(minutes(5));
  EXPECT_EQ(Ask(*source)->generation, 1u);
  clock_.Step(std::chrono::hours(24 * 400));
  EXPECT_EQ(Ask(*source)->generation, 1u);
  EXPECT_EQ(transport_->count(), 0u) << "no storm";
  clock_.Step(FromUnixSeconds(seconds(0)) - clock_.Now());  // 1970
  clock_.Advance(minutes(26));
  EXPECT_EQ(Ask(*source)->generation, 2u) << "no use after expiry";
}

/// Threads that come all at once; no answer comes before the last of them.
class CrowdedSource : public SessionSource {
 protected:
  static constexpr int kThreads = 64;

  CrowdedSource() {
    transport_ =
        std::make_shared<FakeTransport>([this](const HttpRequest& request) {
          while (asking_ < kThreads) std::this_thread::yield();
          for (int i = 0; i < 1000; ++i) std::this_thread::yield();
          return Refreshed(request);
        });
  }

  void RunInAll(const std::function<void()>& task) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        ++asking_;
        task();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  std::atomic<int> asking_{0};
};

TEST_F(CrowdedSource, RefreshesOnceHoweverManyThreadsAskAtExpiry) {
  const auto source = Open();
  clock_.Advance(minutes(61));
  std::atomic<int> fresh{0};
  RunInAll([&] {
    for (int round = 0; round < 20; ++round) {
      const auto header = Ask(*source);
      if (header.ok() && header->generation == 2) ++fresh;
    }
  });
  EXPECT_EQ(served_, 1);
  EXPECT_EQ(fresh, kThreads * 20);
}

TEST_F(CrowdedSource, R17_RefreshesOnceHoweverManyThreadsAreRefused) {
  const auto source = Open();
  clock_.Advance(minutes(5));
  std::atomic<int> renewed{0};
  RunInAll([&] { renewed += source->Renew(1) ? 1 : 0; });
  EXPECT_EQ(served_, 1);
  EXPECT_EQ(renewed, kThreads);
}

TEST_F(SessionSource, LetsOthersGoOnWithTheOldTokenDuringARefresh) {
  std::unique_ptr<SessionCredentialSource> source;
  std::optional<std::uint64_t> seen;
  transport_ = std::make_shared<FakeTransport>([&](const HttpRequest& request) {
    std::thread([&] { seen = Ask(*source)->generation; }).join();
    return Refreshed(request);
  });
  source = Open();
  clock_.Advance(minutes(51));
  EXPECT_EQ(Ask(*source)->generation, 2u);
  EXPECT_EQ(seen, 1u);
}

}  // namespace
}  // namespace clone_auth
