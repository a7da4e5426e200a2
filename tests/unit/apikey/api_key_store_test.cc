#include "clone/api_key_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "unit/apikey/test_records.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using testing::DigestOf;
using testing::IdOf;
using testing::RecordOf;

std::shared_ptr<const std::vector<std::string>> Names(
    std::vector<std::string> names) {
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

std::optional<ApiKeyMatch> Find(const InMemoryApiKeyStore& store,
                                std::uint64_t n) {
  const auto found = store.Find(DigestOf(n));
  EXPECT_TRUE(found.ok());
  return *found;
}

TEST(InMemoryApiKeyStore, FindsWhatWasInserted) {
  InMemoryApiKeyStore store;
  ApiKeyRecord record = RecordOf(1);
  record.owner = IdOf(20);
  record.organization = IdOf(30);
  record.scope = ApiKeyScope::kOrganization;
  record.expires_at = FromUnixSeconds(seconds(2'000));
  record.revoked_at = FromUnixSeconds(seconds(1'000));
  record.permissions = Names({"keys", "push"});
  ASSERT_TRUE(store.Insert(record).ok());

  const auto match = Find(store, 1);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->id, record.id);
  EXPECT_EQ(match->owner, record.owner);
  EXPECT_EQ(match->organization, record.organization);
  EXPECT_EQ(match->scope, record.scope);
  EXPECT_EQ(match->digest, record.digest);
  EXPECT_EQ(match->expires_at, record.expires_at);
  EXPECT_EQ(match->revoked_at, record.revoked_at);
  EXPECT_EQ(*match->permissions, *record.permissions);
}

TEST(InMemoryApiKeyStore, AnUnknownDigestIsNoError) {
  InMemoryApiKeyStore store;
  EXPECT_FALSE(Find(store, 1).has_value());
  ASSERT_TRUE(store.Insert(RecordOf(1)).ok());
  EXPECT_FALSE(Find(store, 2).has_value());
}

TEST(InMemoryApiKeyStore, TellsDigestsApartThatBeginAlike) {
  InMemoryApiKeyStore store;
  for (std::uint8_t n = 1; n <= 40; ++n) {
    ApiKeyRecord record;
    record.id = IdOf(n);
    record.digest[31] = n;
    ASSERT_TRUE(store.Insert(record).ok());
  }
  for (std::uint8_t n = 1; n <= 40; ++n) {
    ApiKeyDigest digest{};
    digest[31] = n;
    const auto found = store.Find(digest);
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->id, IdOf(n));
  }
  EXPECT_FALSE(store.Find(ApiKeyDigest{})->has_value());
}

TEST(InMemoryApiKeyStore, FindsEveryRecordThroughGrowth) {
  constexpr std::uint64_t kRecords = 5'000;
  InMemoryApiKeyStore store;
  for (std::uint64_t n = 0; n < kRecords; ++n) {
    ASSERT_TRUE(store.Insert(RecordOf(n)).ok());
  }
  EXPECT_EQ(store.size(), kRecords);
  for (std::uint64_t n = 0; n < kRecords; ++n) {
    const auto match = Find(store, n);
    ASSERT_TRUE(match.has_value()) << n;
    EXPECT_EQ(match->id, IdOf(n));
  }
  EXPECT_FALSE(Find(store, kRecords).has_value());
}

TEST(InMemoryApiKeyStore, RefusesASecondRecordWithOneId) {
  InMemoryApiKeyStore store;
  ASSERT_TRUE(store.Insert(RecordOf(1)).ok());
  ApiKeyRecord second = RecordOf(2);
  second.id = IdOf(1);
  EXPECT_EQ(store.Insert(second).reason(), Reason::kAlreadyExists);
  EXPECT_FALSE(Find(store, 2).has_value());
  EXPECT_EQ(store.size(), 1u);
}

TEST(InMemoryApiKeyStore, RefusesASecondRecordWithOneDigest) {
  InMemoryApiKeyStore store;
  ASSERT_TRUE(store.Insert(RecordOf(1)).ok());
  ApiKeyRecord second = RecordOf(2);
  second.digest = DigestOf(1);
  EXPECT_EQ(store.Insert(second).reason(), Reason::kAlreadyExists);
  EXPECT_EQ(Find(store, 1)->id, IdOf(1));
  EXPECT_EQ(store.size(), 1u);
}

TEST(InMemoryApiKeyStore, ARevokedKeyKeepsItsFirstTime) {
  InMemoryApiKeyStore store;
  ASSERT_TRUE(store.Insert(RecordOf(1)).ok());
  EXPECT_FALSE(Find(store, 1)->revoked_at.has_value());
  ASSERT_TRUE(store.Revoke(IdOf(1), FromUnixSeconds(seconds(500))).ok());
  EXPECT_EQ(Find(store, 1)->revoked_at, FromUnixSeconds(seconds(500)));
  ASSERT_TRUE(store.Revoke(IdOf(1), FromUnixSeconds(seconds(900))).ok());
  EXPECT_EQ(Find(store, 1)->revoked_at, FromUnixSeconds(seconds(500)));
}

TEST(InMemoryApiKeyStore, NoTimeOfRevocationIsTakenForNone) {
  InMemoryApiKeyStore store;
  std::uint64_t n = 0;
  for (const WallTime when : {WallTime::min(), WallTime::max(), WallTime()}) {
    ASSERT_TRUE(store.Insert(RecordOf(++n)).ok());
    ASSERT_TRUE(store.Revoke(IdOf(n), when).ok());
    EXPECT_TRUE(Find(store, n)->revoked_at.has_value());
    ApiKeyRecord born_revoked = RecordOf(++n);
    born_revoked.revoked_at = when;
    ASSERT_TRUE(store.Insert(born_revoked).ok());
    EXPECT_TRUE(Find(store, n)->revoked_at.has_value());
  }
}

TEST(InMemoryApiKeyStore, ExpiryCanBeSetAndCleared) {
  InMemoryApiKeyStore store;
  ASSERT_TRUE(store.Insert(RecordOf(1)).ok());
  const WallTime end = FromUnixSeconds(seconds(700));
  ASSERT_TRUE(store.SetExpiry(IdOf(1), end).ok());
  EXPECT_EQ(Find(store, 1)->expires_at, end);
  ASSERT_TRUE(store.SetExpiry(IdOf(1), std::nullopt).ok());
  EXPECT_FALSE(Find(store, 1)->expires_at.has_value());
  ASSERT_TRUE(store.SetExpiry(IdOf(1), WallTime::min()).ok());
  EXPECT_EQ(Find(store, 1)->expires_at, WallTime::min());
}

TEST(InMemoryApiKeyStore, ChangesNothingOfAKeyThatIsNotThere) {
  InMemoryApiKeyStore store;
  EXPECT_EQ(store.Revoke(IdOf(1), WallTime()).reason(), Reason::kNotFound);
  EXPECT_EQ(store.SetExpiry(IdOf(1), WallTime()).reason(), Reason::kNotFound);
}

TEST(InMemoryApiKeyStore, KeepsOneCopyOfASetOfPermissions) {
  InMemoryApiKeyStore store;
  ApiKeyRecord first = RecordOf(1), second = RecordOf(2), third = RecordOf(3);
  first.permissions = Names({"pull"});
  second.permissions = Names({"pull"});
  third.permissions = Names({"push"});
  for (const ApiKeyRecord* record : {&first, &second, &third}) {
    ASSERT_TRUE(store.Insert(*record).ok());
  }
  const auto* kept = Find(store, 1)->permissions;
  EXPECT_EQ(kept, Find(store, 2)->permissions);
  EXPECT_NE(kept, Find(store, 3)->permissions);
  first.permissions.reset();
  EXPECT_EQ(*kept, std::vector<std::string>{"pull"});
}

TEST(InMemoryApiKeyStore, NullPermissionsAreNone) {
  InMemoryApiKeyStore store;
  ASSERT_TRUE(store.Insert(RecordOf(1)).ok());
  ASSERT_NE(Find(store, 1)->permissions, nullptr);
  EXPECT_TRUE(Find(store, 1)->permissions->empty());
}

}  // namespace
}  // namespace clone_auth
