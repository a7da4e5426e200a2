#include "clone/credential_source.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "support/fake_transport.h"
#include "support/temporary_folder.h"
#include "unit/credential/session_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests

/// A rotating server that answers every refresh, and a source that asks it.
class SessionSource : public ::testing::Test {
 protected:
  SessionSource() {
    transport_ = std::make_shared<FakeTransport>(
        [this](const HttpRequest& request) { return Refreshed(request); });
  }

  Result<HttpResponse> Refreshed(const HttpRequest&) {
    const int serial = ++served_;
    return Answer(200, TokenBody(Access(serial), Refresh(serial)));
  }

  std::string Access(int serial, const std::string& subject = "user-1") const {
    return AccessToken(clock_.Now(), kHour, static_cast<std::uint64_t>(serial),
                       subject);
  }
  static std::string Refresh(int serial) {
    return "refresh-" + std::to_string(serial);
  }
  SessionTokens Tokens(int serial,
                       const std::string& subject = "user-1") const {
    SessionTokens tokens;
    tokens.access = Secret::CopyOf(Access(serial, subject));
    tokens.refresh = Secret::CopyOf(Refresh(serial));
    return tokens;
  }
  StoredSession Stored(int serial,
                       const std::string& subject = "user-1") const {
    return {kBaseUrl, Tokens(serial, subject)};
  }

  std::unique_ptr<SessionCredentialSource> Open(
      SessionTokens tokens, std::shared_ptr<TokenStore> store = nullptr) {
    TokenSessionOptions options;
    options.base_url = kBaseUrl;
    options.scheme = TestScheme();
    auto session =
        TokenSession::Create(options, std::move(tokens), clock_.Now(), random_);
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    return SessionCredentialSource::Create(
        std::move(session).value(), transport_, &clock_, std::move(store));
  }
  std::unique_ptr<SessionCredentialSource> Open() { return Open(Tokens(0)); }

  static Result<CredentialHeader> Ask(SessionCredentialSource& source) {
    return source.HeaderFor("GET", kMeUrl);
  }

  FakeClock clock_;
  FakeRandom random_;
  std::atomic<int> served_{0};
  std::shared_ptr<FakeTransport> transport_;
};

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

TEST_F(SessionSource, RenewsOnceForOneRefusedToken) {
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

TEST_F(SessionSource, IsNotDisturbedByASetClock) {
  const auto source = Open();
  clock_.Advance(minutes(30));
  clock_.Step(-std::chrono::hours(5));  // while nobody asks
  clock_.Advance(minutes(5));
  EXPECT_EQ(Ask(*source)->generation, 1u);
  clock_.Step(std::chrono::hours(24 * 400));
  EXPECT_EQ(Ask(*source)->generation, 1u);
  EXPECT_EQ(transport_->count(), 0u) << "no storm";
  clock_.Step(-std::chrono::hours(24 * 800));
  clock_.Advance(minutes(26));
  EXPECT_EQ(Ask(*source)->generation, 2u) << "no use after expiry";
}

TEST_F(SessionSource, RefreshesOnceHoweverManyThreadsAskAtExpiry) {
  std::atomic<int> asking{0};
  transport_ = std::make_shared<FakeTransport>([&](const HttpRequest& request) {
    // The answer comes when all the others have come to ask.
    while (asking < 64) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    return Refreshed(request);
  });
  const auto source = Open();
  clock_.Advance(minutes(61));
  std::atomic<int> fresh{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      ++asking;
      for (int round = 0; round < 20; ++round) {
        const auto header = Ask(*source);
        if (header.ok() && header->generation == 2) ++fresh;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served_, 1);
  EXPECT_EQ(fresh, 64 * 20);
}

TEST_F(SessionSource, RefreshesOnceHoweverManyThreadsAreRefused) {
  std::atomic<int> asking{0};
  transport_ = std::make_shared<FakeTransport>([&](const HttpRequest& request) {
    while (asking < 64) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    return Refreshed(request);
  });
  const auto source = Open();
  clock_.Advance(minutes(5));
  std::atomic<int> renewed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      ++asking;
      renewed += source->Renew(1) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served_, 1);
  EXPECT_EQ(renewed, 64);
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

class StoredSessionSource : public SessionSource {
 protected:
  std::shared_ptr<TokenStore> Store() const {
    return MakeFileTokenStore(folder_ / "credentials.json");
  }
  std::string StoredRefresh() const {
    const auto stored = Store()->Load();
    EXPECT_TRUE(stored.ok()) << stored.status().ToString();
    if (!stored.ok() || !stored->has_value()) return "";
    return std::string((*stored)->tokens.refresh.Reveal());
  }

  TemporaryFolder folder_;
};

TEST_F(StoredSessionSource, StoresNewTokensBeforeTheyAreUsed) {
  ASSERT_TRUE(Store()->Save(Stored(0)).ok());
  const auto source = Open(Tokens(0), Store());
  clock_.Advance(minutes(51));
  EXPECT_EQ(Ask(*source)->generation, 2u);
  EXPECT_EQ(StoredRefresh(), Refresh(1));
  EXPECT_TRUE(source->store_error().ok());
}

TEST_F(StoredSessionSource, TakesOverWhatAnotherProcessRefreshed) {
  ASSERT_TRUE(Store()->Save(Stored(0)).ok());
  const auto first = Open(Tokens(0), Store());
  const auto second = Open(Tokens(0), Store());
  clock_.Advance(minutes(51));
  EXPECT_EQ(Ask(*first)->generation, 2u);
  const std::string token(Ask(*first)->value);
  EXPECT_EQ(Ask(*second)->value, token);
  EXPECT_EQ(transport_->count(), 1u);
  EXPECT_EQ(second->session().tokens().refresh.Reveal(), Refresh(1));
}

TEST_F(StoredSessionSource, RefreshesWhatItTookOverWhereThatIsOldToo) {
  ASSERT_TRUE(Store()->Save(Stored(0)).ok());
  const auto first = Open(Tokens(0), Store());
  const auto second = Open(Tokens(0), Store());
  clock_.Advance(minutes(51));
  EXPECT_TRUE(Ask(*first).ok());
  clock_.Advance(std::chrono::hours(5));
  EXPECT_TRUE(Ask(*second).ok());
  EXPECT_EQ(transport_->last_request().body, R"({"refresh":"refresh-1"})");
  EXPECT_EQ(StoredRefresh(), Refresh(2));
}

TEST_F(StoredSessionSource, RenewsFromTheStoreWhereAnotherProcessWasFirst) {
  ASSERT_TRUE(Store()->Save(Stored(0)).ok());
  const auto source = Open(Tokens(0), Store());
  clock_.Advance(minutes(5));
  ASSERT_TRUE(Store()->Save(Stored(8)).ok());
  EXPECT_TRUE(source->Renew(1));
  EXPECT_EQ(transport_->count(), 0u);
  EXPECT_EQ(source->session().tokens().refresh.Reveal(), Refresh(8));
}

TEST_F(StoredSessionSource, CountsALostRaceAsNoSignOut) {
  ASSERT_TRUE(Store()->Save(Stored(0)).ok());
  // A program that takes no lock rotates the token during our exchange.
  transport_ = std::make_shared<FakeTransport>([&](const HttpRequest&) {
    TemporaryFolder other;
    const auto store = MakeFileTokenStore(other / "credentials.json");
    EXPECT_TRUE(store->Save(Stored(8)).ok());
    std::filesystem::rename(other / "credentials.json",
                            folder_ / "credentials.json");
    return Answer(401, R"({"code":"refresh_reused"})");
  });
  const auto source = Open(Tokens(0), Store());
  clock_.Advance(minutes(51));
  EXPECT_TRUE(Ask(*source).ok());
  EXPECT_EQ(source->session().tokens().refresh.Reveal(), Refresh(8));
  EXPECT_EQ(source->session().health(clock_.Now()), SessionHealth::kFresh);
}

TEST_F(StoredSessionSource, LeavesSomebodyElsesStoredSessionAlone) {
  for (const StoredSession& theirs :
       {Stored(8, "user-2"),
        StoredSession{"https://other.example", Tokens(8)}}) {
    ASSERT_TRUE(Store()->Save(theirs).ok());
    const auto source = Open(Tokens(0), Store());
    clock_.Advance(minutes(51));
    EXPECT_TRUE(Ask(*source).ok());
    EXPECT_EQ(source->session().tokens().refresh.Reveal(), Refresh(served_));
    EXPECT_EQ(StoredRefresh(), Refresh(8));
  }
}

TEST_F(StoredSessionSource, ReplacesAnOlderSessionOfItsOwn) {
  ASSERT_TRUE(Store()->Save(Stored(8)).ok());
  clock_.Advance(minutes(5));
  const auto source = Open(Tokens(0), Store());
  clock_.Advance(minutes(51));
  EXPECT_TRUE(Ask(*source).ok());
  EXPECT_EQ(transport_->last_request().body, R"({"refresh":"refresh-0"})");
  EXPECT_EQ(StoredRefresh(), Refresh(1));
}

TEST_F(StoredSessionSource, DoesNotBringBackASessionThatWasSignedOut) {
  ASSERT_TRUE(Store()->Save(Stored(0)).ok());
  const auto source = Open(Tokens(0), Store());
  ASSERT_TRUE(source->Refresh().ok());
  ASSERT_TRUE(Store()->Clear().ok());
  ASSERT_TRUE(source->Refresh().ok());
  EXPECT_EQ(StoredRefresh(), "");
}

TEST_F(StoredSessionSource, GoesOnInMemoryWhereTheStoreCannotBeUsed) {
  WriteFile(folder_ / "file", "");
  const auto source =
      Open(Tokens(0), MakeFileTokenStore(folder_ / "file/credentials.json"));
  clock_.Advance(minutes(51));
  EXPECT_EQ(Ask(*source)->generation, 2u);
  EXPECT_EQ(source->store_error().reason(), Reason::kStoreUnavailable);
}

/// A store that another process never lets go of.
class BusyStore final : public TokenStore {
 public:
  Result<std::unique_ptr<Lock>> Acquire(std::chrono::milliseconds) override {
    return Status(Reason::kTimeout);
  }
  Result<std::optional<StoredSession>> Load() override {
    return std::optional<StoredSession>();
  }
  Status Save(const StoredSession&) override { return Status(); }
  Status Clear() override { return Status(); }
};

TEST_F(SessionSource, SendsNothingWithoutTheLock) {
  const auto source = Open(Tokens(0), std::make_shared<BusyStore>());
  clock_.Advance(minutes(51));
  EXPECT_EQ(Ask(*source)->generation, 1u);
  EXPECT_EQ(transport_->count(), 0u);
  EXPECT_EQ(source->session().health(clock_.Now()), SessionHealth::kDegraded);
}

TEST_F(StoredSessionSource, RefreshesOnceForManySourcesAndThreads) {
  ASSERT_TRUE(Store()->Save(Stored(0)).ok());
  std::vector<std::unique_ptr<SessionCredentialSource>> sources;
  for (int i = 0; i < 4; ++i) sources.push_back(Open(Tokens(0), Store()));
  clock_.Advance(minutes(61));
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    SessionCredentialSource& source = *sources[static_cast<std::size_t>(i) % 4];
    threads.emplace_back([&source] { EXPECT_TRUE(Ask(source).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served_, 1);
}

}  // namespace
}  // namespace clone_auth
