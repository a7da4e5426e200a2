#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clone/credential_source.h"
#include "clone/testing/fake_transport.h"
#include "clone/token_store.h"
#include "gtest/gtest.h"
#include "support/temporary_folder.h"
#include "unit/credential/source_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests

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

TEST_F(StoredSessionSource, O20_CountsALostRaceAsNoSignOut) {
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
       {Stored(8, "user-2"), StoredSession{"https://other.example", Tokens(8)},
        StoredSession{kBaseUrl, Tokens(8), "https://login.example",
                      "https://login.example/token"}}) {
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

TEST_F(StoredSessionSource, S06_GoesOnInMemoryWhereTheStoreCannotBeUsed) {
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
};

TEST_F(SessionSource, S11_SendsNothingWithoutTheLock) {
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
