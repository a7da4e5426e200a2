#include "clone/api_key_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "clone/testing/fake_clock.h"
#include "unit/apikey/test_records.h"
#include "unit/apikey/watched_store.h"

namespace clone_auth {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::DigestOf;
using testing::FakeClock;
using testing::IdOf;
using testing::RecordOf;
using testing::WatchedStore;

#ifdef CLONE_AUTH_SANITIZE_ADDRESS
// What a sanitizer remembers counts too, and it takes its time.
constexpr bool kCountsMemory = false;
constexpr std::uint64_t kBadKeys = 100'000;
#else
constexpr bool kCountsMemory = true;
constexpr std::uint64_t kBadKeys = 1'000'000;
#endif

class ApiKeyCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Use({});
    for (std::uint64_t n = 1; n <= 8; ++n) {
      ASSERT_TRUE(store_.records.Insert(RecordOf(n)).ok());
    }
  }

  void Use(const ApiKeyCacheOptions& options) {
    auto cache = CachedApiKeyStore::Create(&store_, &clock_, options);
    ASSERT_TRUE(cache.ok());
    cache_ = *std::move(cache);
  }

  /// What the cache says of record number `n`: "good", "revoked", "unknown" or
  /// the word of the error.
  std::string Ask(std::uint64_t n) const {
    const auto found = cache_->Find(DigestOf(n));
    if (!found.ok()) return std::string(found.status().word());
    if (!found->has_value()) return "unknown";
    EXPECT_EQ((*found)->id, IdOf(n));
    EXPECT_EQ((*found)->digest, DigestOf(n));
    return (*found)->revoked_at.has_value() ? "revoked" : "good";
  }

  int LookupsSince(int before) const { return store_.lookups - before; }

  FakeClock clock_;
  WatchedStore store_;
  std::unique_ptr<CachedApiKeyStore> cache_;
};

TEST_F(ApiKeyCacheTest, CannotBeMadeHalfOrBeyondItsBounds) {
  const auto reason_of = [&](const ApiKeyCacheOptions& options) {
    return CachedApiKeyStore::Create(&store_, &clock_, options)
        .status()
        .reason();
  };
  EXPECT_EQ(CachedApiKeyStore::Create(nullptr, &clock_).status().reason(),
            Reason::kInvalidArgument);
  EXPECT_EQ(CachedApiKeyStore::Create(&store_, nullptr).status().reason(),
            Reason::kInvalidArgument);
  ApiKeyCacheOptions bad;
  bad.max_known = 0;
  EXPECT_EQ(reason_of(bad), Reason::kInvalidArgument);
  bad = {};
  bad.max_unknown = 16'777'217;
  EXPECT_EQ(reason_of(bad), Reason::kInvalidArgument);
  bad = {};
  bad.fresh_for = nanoseconds(-1);
  EXPECT_EQ(reason_of(bad), Reason::kInvalidArgument);
  bad = {};
  bad.fresh_for = hours(1) + nanoseconds(1);
  EXPECT_EQ(reason_of(bad), Reason::kInvalidArgument);
  bad = {};
  bad.outage_grace = hours(24) + nanoseconds(1);
  EXPECT_EQ(reason_of(bad), Reason::kInvalidArgument);
}

TEST_F(ApiKeyCacheTest, AsksOnceForAKeyAndOnceForNone) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Ask(1), "good");
    EXPECT_EQ(Ask(99), "unknown");
  }
  EXPECT_EQ(store_.lookups, 2);
}

TEST_F(ApiKeyCacheTest, AnswersWithEverythingThatTheStoreSaid) {
  ApiKeyRecord record = RecordOf(20);
  record.owner = IdOf(30);
  record.organization = IdOf(40);
  record.scope = ApiKeyScope::kOrganization;
  record.expires_at = clock_.Now() + seconds(5);
  record.permissions =
      std::make_shared<const std::vector<std::string>>(1, "keys");
  ASSERT_TRUE(store_.records.Insert(record).ok());
  ASSERT_EQ(Ask(20), "good");
  const auto found = cache_->Find(record.digest);
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->owner, record.owner);
  EXPECT_EQ((*found)->organization, record.organization);
  EXPECT_EQ((*found)->scope, record.scope);
  EXPECT_EQ((*found)->expires_at, record.expires_at);
  EXPECT_EQ(*(*found)->permissions, *record.permissions);
  EXPECT_EQ(store_.lookups, 1);
}

TEST_F(ApiKeyCacheTest, WhatIsOlderThanTheOptionsSayIsAskedForAnew) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_EQ(Ask(99), "unknown");
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  ASSERT_TRUE(store_.records.Insert(RecordOf(99)).ok());
  clock_.Advance(seconds(1) - nanoseconds(1));
  EXPECT_EQ(Ask(1), "good");
  EXPECT_EQ(Ask(99), "unknown");
  clock_.Advance(nanoseconds(1));
  EXPECT_EQ(Ask(1), "revoked");
  EXPECT_EQ(Ask(99), "good");
}

TEST_F(ApiKeyCacheTest, AWallClockThatIsSetBackKeepsNothingAlive) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  clock_.Advance(seconds(2));
  clock_.Step(-hours(24));
  EXPECT_EQ(Ask(1), "revoked");
}

TEST_F(ApiKeyCacheTest, AChangeOfAKeyIsSeenAtOnce) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  cache_->KeyChanged(IdOf(1));
  EXPECT_EQ(Ask(1), "revoked");
}

TEST_F(ApiKeyCacheTest, AChangeByDigestIsSeenAtOnce) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  cache_->DigestChanged(DigestOf(1));
  EXPECT_EQ(Ask(1), "revoked");
}

TEST_F(ApiKeyCacheTest, AChangeOfOneKeyForgetsNoOther) {
  for (const std::uint64_t n : {1U, 2U, 3U}) ASSERT_EQ(Ask(n), "good");
  const int before = store_.lookups;
  cache_->KeyChanged(IdOf(1));
  EXPECT_EQ(Ask(2), "good");
  EXPECT_EQ(Ask(3), "good");
  EXPECT_EQ(LookupsSince(before), 0);
}

TEST_F(ApiKeyCacheTest, AnUnknownDigestIsForgottenWhenItsKeyIsMade) {
  ASSERT_EQ(Ask(99), "unknown");
  ASSERT_TRUE(store_.records.Insert(RecordOf(99)).ok());
  cache_->DigestChanged(DigestOf(99));
  EXPECT_EQ(Ask(99), "good");
}

TEST_F(ApiKeyCacheTest, NothingIsAnsweredFromMemoryWhenAnythingMayHaveChanged) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_EQ(Ask(99), "unknown");
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  ASSERT_TRUE(store_.records.Insert(RecordOf(99)).ok());
  cache_->AnythingChanged();
  EXPECT_EQ(Ask(1), "revoked");
  EXPECT_EQ(Ask(99), "good");
}

TEST_F(ApiKeyCacheTest, ALookUpThatBeganBeforeAChangeBringsBackNothing) {
  bool changed = false;
  store_.after_read = [&] {
    if (std::exchange(changed, true)) return;
    ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
    cache_->KeyChanged(IdOf(1));
  };
  ASSERT_EQ(Ask(1), "good");  // began before
  EXPECT_EQ(Ask(1), "revoked");
}

TEST_F(ApiKeyCacheTest, ALookUpThatBeganBeforeAKeyWasMadeHidesItFromNobody) {
  bool changed = false;
  store_.after_read = [&] {
    if (std::exchange(changed, true)) return;
    ASSERT_TRUE(store_.records.Insert(RecordOf(99)).ok());
    cache_->DigestChanged(DigestOf(99));
  };
  ASSERT_EQ(Ask(99), "unknown");  // began before
  EXPECT_EQ(Ask(99), "good");
}

TEST_F(ApiKeyCacheTest, JunkDrivesOutNoKey) {
  ApiKeyCacheOptions options;
  options.max_known = 64;
  options.max_unknown = 8;
  Use(options);
  for (std::uint64_t n = 1; n <= 8; ++n) ASSERT_EQ(Ask(n), "good");
  for (std::uint64_t n = 1'000; n < 11'000; ++n) ASSERT_EQ(Ask(n), "unknown");
  const int before = store_.lookups;
  for (std::uint64_t n = 1; n <= 8; ++n) EXPECT_EQ(Ask(n), "good");
  EXPECT_EQ(LookupsSince(before), 0);
}

TEST_F(ApiKeyCacheTest, KeysThatAreNotUsedMakeRoomForThoseThatAre) {
  ApiKeyCacheOptions options;
  options.max_known = 8;
  Use(options);
  for (std::uint64_t n = 100; n < 1'000; ++n) {
    ASSERT_TRUE(store_.records.Insert(RecordOf(n)).ok());
  }
  ASSERT_EQ(Ask(1), "good");
  for (std::uint64_t n = 100; n < 1'000; ++n) {
    ASSERT_EQ(Ask(1), "good");
    ASSERT_EQ(Ask(n), "good");
  }
  EXPECT_EQ(store_.lookups, 901);
}

TEST_F(ApiKeyCacheTest, K30_AMillionBadKeysTakeNoMoreThanTheOptionsAllow) {
  const auto resident = [] {
    std::ifstream statm("/proc/self/statm");
    std::int64_t all = 0, pages = 0;
    statm >> all >> pages;
    return pages * sysconf(_SC_PAGESIZE);
  };
  for (std::uint64_t n = 1; n <= 8; ++n) ASSERT_EQ(Ask(n), "good");
  const std::int64_t before = resident();
  for (std::uint64_t n = 0; n < kBadKeys; ++n) {
    ApiKeyDigest digest{};
    const std::uint64_t word = n * 0x9e3779b97f4a7c15;
    std::memcpy(digest.data(), &word, sizeof word);
    ASSERT_FALSE(cache_->Find(digest)->has_value());
  }
  if (kCountsMemory) {
    EXPECT_LT(resident() - before, 8 * 1024 * 1024);
  }
  const int lookups = store_.lookups;
  for (std::uint64_t n = 1; n <= 8; ++n) EXPECT_EQ(Ask(n), "good");
  EXPECT_EQ(LookupsSince(lookups), 0);
}

TEST_F(ApiKeyCacheTest, AFeedThatSpeaksKeepsRecordsFresh) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_EQ(Ask(99), "unknown");
  for (int i = 0; i < 100; ++i) {
    clock_.Advance(milliseconds(900));
    cache_->AliveAsOf(clock_.SinceBoot());
    EXPECT_EQ(Ask(1), "good");
    EXPECT_EQ(Ask(99), "unknown");
  }
  EXPECT_EQ(store_.lookups, 2);
}

TEST_F(ApiKeyCacheTest, AFeedThatFellSilentVouchesForNothing) {
  ASSERT_EQ(Ask(1), "good");
  clock_.Advance(seconds(10));
  cache_->AliveAsOf(clock_.SinceBoot());
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  clock_.Advance(seconds(1));
  EXPECT_EQ(Ask(1), "revoked");
  // Nor does one whose news are old.
  cache_->AliveAsOf(clock_.SinceBoot() - seconds(1));
  const int before = store_.lookups;
  clock_.Advance(seconds(1));
  EXPECT_EQ(Ask(1), "revoked");
  EXPECT_EQ(LookupsSince(before), 1);
}

class StoreIsDown : public ApiKeyCacheTest {
 protected:
  void SetUp() override {
    ApiKeyCacheTest::SetUp();
    ASSERT_EQ(Ask(1), "good");
    ASSERT_EQ(Ask(99), "unknown");
    store_.failing = true;
  }
};

TEST_F(StoreIsDown, KnownKeysGoOnForAsLongAsTheOptionsSay) {
  clock_.Advance(seconds(61) - nanoseconds(1));
  EXPECT_EQ(Ask(1), "good");
  clock_.Advance(nanoseconds(1));
  EXPECT_EQ(Ask(1), "store_unavailable");
}

TEST_F(StoreIsDown, NobodyIsCalledUnknown) {
  EXPECT_EQ(Ask(2), "store_unavailable");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Ask(99), "store_unavailable");
}

TEST_F(StoreIsDown, AKeyWhoseChangeWasToldDoesNotGoOn) {
  clock_.Advance(seconds(2));
  ASSERT_EQ(Ask(1), "good");
  cache_->KeyChanged(IdOf(1));
  EXPECT_EQ(Ask(1), "store_unavailable");
}

TEST_F(StoreIsDown, NorDoesOneWhoseChangeIsToldWhileTheStoreIsAsked) {
  clock_.Advance(seconds(2));
  store_.after_read = [&] { cache_->KeyChanged(IdOf(1)); };
  EXPECT_EQ(Ask(1), "store_unavailable");
}

TEST_F(StoreIsDown, NoKeyGoesOnWhenAnythingMayHaveChanged) {
  cache_->AnythingChanged();
  EXPECT_EQ(Ask(1), "store_unavailable");
}

TEST_F(StoreIsDown, KnownKeysDoNotWaitForItEachTime) {
  clock_.Advance(seconds(2));
  const int before = store_.lookups;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Ask(1), "good");
  EXPECT_EQ(LookupsSince(before), 1);
  clock_.Advance(seconds(1));
  EXPECT_EQ(Ask(1), "good");
  EXPECT_EQ(LookupsSince(before), 2);
}

TEST_F(StoreIsDown, WhatWasRevokedMeanwhileIsSeenWhenItAnswersAgain) {
  clock_.Advance(seconds(2));
  ASSERT_EQ(Ask(1), "good");
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  store_.failing = false;
  clock_.Advance(seconds(1));
  EXPECT_EQ(Ask(1), "revoked");
}

TEST_F(StoreIsDown, AFeedThatSpeaksKeepsKnownKeysGoing) {
  for (int i = 0; i < 200; ++i) {
    clock_.Advance(milliseconds(900));
    cache_->AliveAsOf(clock_.SinceBoot());
    ASSERT_EQ(Ask(1), "good");
  }
}

}  // namespace
}  // namespace clone_auth
