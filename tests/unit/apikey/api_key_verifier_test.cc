#include "clone/api_key_verifier.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "clone/api_key.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "support/scheme.h"
#include "unit/apikey/test_records.h"
#include "unit/apikey/watched_store.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using testing::FakeRandom;
using testing::IdOf;
using testing::TestScheme;
using testing::WatchedStore;

class ApiKeyVerifierTest : public ::testing::Test {
 protected:
  std::string NewKey() {
    return std::string(GenerateApiKey(TestScheme(), ApiKeyKind::kUser, random_)
                           ->text.Reveal());
  }

  /// Puts `key` into the store.
  ApiKeyRecord Keep(const std::string& key, std::uint64_t n = 1) {
    ApiKeyRecord record;
    record.id = IdOf(n);
    record.owner = IdOf(n + 100);
    record.digest = DigestApiKey(key);
    record.permissions =
        std::make_shared<const std::vector<std::string>>(1, "keys");
    EXPECT_TRUE(store_.records.Insert(record).ok());
    return record;
  }

  ApiKeyVerifier Verifier() const {
    return ApiKeyVerifier::Create(TestScheme(), &store_, &clock_).value();
  }

  Status Verify(const std::string& key) const {
    return Verifier().Verify(key).status();
  }

  FakeRandom random_;
  FakeClock clock_;
  WatchedStore store_;
};

TEST_F(ApiKeyVerifierTest, CannotBeMadeHalf) {
  EXPECT_EQ(
      ApiKeyVerifier::Create({"Bad", "X"}, &store_, &clock_).status().reason(),
      Reason::kSchemeInvalid);
  for (int missing = 0; missing < 2; ++missing) {
    EXPECT_EQ(
        ApiKeyVerifier::Create(TestScheme(), missing == 0 ? nullptr : &store_,
                               missing == 1 ? nullptr : &clock_)
            .status()
            .reason(),
        Reason::kInvalidArgument);
  }
}

TEST_F(ApiKeyVerifierTest, AcceptsAKeyOfTheStoreAndTellsWhoseItIs) {
  const std::string key = NewKey();
  const ApiKeyRecord record = Keep(key);
  const ApiKeyVerifier verifier = Verifier();
  const auto verified = verifier.Verify(key);
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->id(), record.id);
  EXPECT_EQ(verified->owner(), record.owner);
  EXPECT_EQ(verified->organization(), record.organization);
  EXPECT_EQ(verified->scope(), record.scope);
  EXPECT_EQ(verified->permissions(), *record.permissions);
  EXPECT_FALSE(verified->expires_at().has_value());
  EXPECT_EQ(verifier.scheme(), TestScheme());
}

TEST_F(ApiKeyVerifierTest, AcceptsOlderKeysWithoutChecksum) {
  std::uint64_t n = 0;
  for (const std::size_t size : {14u, 50u, 52u, 239u}) {
    const std::string key = TestScheme().prefix + std::string(size, 'k');
    EXPECT_EQ(Verify(key).reason(), Reason::kKeyUnknown);
    Keep(key, ++n);
    EXPECT_TRUE(Verify(key).ok()) << size;
  }
}

TEST_F(ApiKeyVerifierTest, AStoredKeyOf51CharactersStillNeedsItsChecksum) {
  const std::string key = TestScheme().prefix + std::string(51, 'k');
  Keep(key);
  EXPECT_EQ(Verify(key).reason(), Reason::kKeyUnknown);
  EXPECT_EQ(store_.lookups, 0);
}

TEST_F(ApiKeyVerifierTest, K01_UnknownAndAlteredKeysAreRefusedAlike) {
  const std::string known = NewKey();
  Keep(known);
  std::string altered = known;
  altered.back() = altered.back() == '0' ? '1' : '0';
  const std::string older = TestScheme().prefix + "abcdefghijklmno";
  Keep(older, 2);
  std::string older_altered = older;
  older_altered.back() = 'X';
  const Status unknown = Verify(NewKey());
  EXPECT_EQ(unknown.reason(), Reason::kKeyUnknown);
  EXPECT_EQ(Verify(altered), unknown);
  EXPECT_EQ(Verify(older_altered), unknown);
}

TEST_F(ApiKeyVerifierTest, K01_ARevokedKeyIsNamedOnlyToWhoeverHasAllOfIt) {
  const std::string key = TestScheme().prefix + "abcdefghijklmno";
  Keep(key);
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  EXPECT_EQ(Verify(key).reason(), Reason::kKeyRevoked);
  EXPECT_EQ(Verify(key.substr(0, key.size() - 1)).reason(),
            Reason::kKeyUnknown);
}

TEST_F(ApiKeyVerifierTest, K03_RandomKeysAreNeverAccepted) {
  Keep(NewKey());
  const ApiKeyVerifier verifier = Verifier();
  constexpr int kKeys = 20'000;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_EQ(verifier.Verify(NewKey()).status().reason(), Reason::kKeyUnknown);
  }
  EXPECT_EQ(store_.lookups, kKeys);
}

TEST_F(ApiKeyVerifierTest, K03_AWrongChecksumCostsNoLookUp) {
  const std::string key = NewKey();
  Keep(key);
  for (std::size_t i = TestScheme().prefix.size(); i < key.size(); ++i) {
    std::string altered = key;
    altered[i] = altered[i] == 'x' ? 'y' : 'x';
    EXPECT_EQ(Verify(altered).reason(), Reason::kKeyUnknown);
  }
  EXPECT_EQ(store_.lookups, 0);
}

TEST_F(ApiKeyVerifierTest, K04_K06_WhatIsNoKeyByItsFormCostsNoLookUp) {
  for (const std::string text : {"", "x", "short", "with a blank 0123456789"}) {
    EXPECT_EQ(Verify(text).reason(), Reason::kKeyMalformed);
    EXPECT_EQ(Verify(TestScheme().prefix + text).reason(),
              Reason::kKeyMalformed);
  }
  EXPECT_EQ(Verify("eyJhbGciOiJFUzI1NiJ9.e30.c2ln").reason(),
            Reason::kKeyMalformed);
  EXPECT_EQ(store_.lookups, 0);
}

TEST_F(ApiKeyVerifierTest, K18_NothingOver256BytesIsLookedUp) {
  for (const std::size_t size : {257u, 4u << 10, 64u << 10, 1u << 20}) {
    std::string key = TestScheme().prefix;
    key.resize(size, 'k');
    EXPECT_EQ(Verify(key).reason(), Reason::kKeyMalformed) << size;
  }
  EXPECT_EQ(store_.lookups, 0);
}

TEST_F(ApiKeyVerifierTest, K22_AKeyIsExpiredFromTheSecondItNames) {
  const std::string key = NewKey();
  Keep(key);
  const WallTime end = clock_.Now() + seconds(60);
  ASSERT_TRUE(store_.records.SetExpiry(IdOf(1), end).ok());
  const auto verified = Verifier().Verify(key);
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->expires_at(), end);
  clock_.Advance(seconds(60) - std::chrono::nanoseconds(1));
  EXPECT_TRUE(Verify(key).ok());
  clock_.Advance(std::chrono::nanoseconds(1));
  EXPECT_EQ(Verify(key).reason(), Reason::kKeyExpired);
}

TEST_F(ApiKeyVerifierTest, RevokedIsSaidBeforeExpired) {
  const std::string key = NewKey();
  Keep(key);
  ASSERT_TRUE(store_.records.SetExpiry(IdOf(1), clock_.Now()).ok());
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  EXPECT_EQ(Verify(key).reason(), Reason::kKeyRevoked);
}

TEST_F(ApiKeyVerifierTest, ARevokedKeyStaysRevokedWhenTheClockIsSetBack) {
  const std::string key = NewKey();
  Keep(key);
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), clock_.Now()).ok());
  clock_.Step(-std::chrono::hours(24));
  EXPECT_EQ(Verify(key).reason(), Reason::kKeyRevoked);
}

TEST_F(ApiKeyVerifierTest, K26_ADigestOfTheStoreIsNoKey) {
  const std::string key = NewKey();
  const ApiKeyRecord record = Keep(key);
  const std::string digest(record.digest.begin(), record.digest.end());
  EXPECT_FALSE(Verify(digest).ok());
  EXPECT_FALSE(Verify(TestScheme().prefix + digest).ok());
  EXPECT_FALSE(Verify(TestScheme().prefix + Base64UrlEncode(digest)).ok());
}

/// Knows one key by its text.
class OneOlderKey final : public OlderApiKeys {
 public:
  explicit OneOlderKey(std::string key) : key_(std::move(key)) {
    EXPECT_TRUE(record_.Insert(testing::RecordOf(7)).ok());
  }
  Result<std::optional<ApiKeyMatch>> Find(std::string_view key) const override {
    ++asked;
    if (failing) return Status(Reason::kStoreUnavailable);
    if (key != key_) return std::optional<ApiKeyMatch>();
    return record_.Find(testing::DigestOf(7));
  }

  InMemoryApiKeyStore& record() { return record_; }
  bool failing = false;
  mutable int asked = 0;

 private:
  std::string key_;
  InMemoryApiKeyStore record_;
};

TEST_F(ApiKeyVerifierTest, AnOlderKeyIsLookedForOnlyAfterTheStore) {
  const std::string key = NewKey();
  const std::string old_key = NewKey();
  Keep(key);
  OneOlderKey older(old_key);
  const auto verifier =
      ApiKeyVerifier::Create(TestScheme(), &store_, &clock_, &older).value();
  EXPECT_TRUE(verifier.Verify(key).ok());
  EXPECT_EQ(older.asked, 0);
  EXPECT_EQ(verifier.Verify(old_key)->id(), IdOf(7));
  EXPECT_EQ(verifier.Verify(NewKey()).status().reason(), Reason::kKeyUnknown);
  ASSERT_TRUE(older.record().Revoke(IdOf(7), clock_.Now()).ok());
  EXPECT_EQ(verifier.Verify(old_key).status().reason(), Reason::kKeyRevoked);
  older.failing = true;
  EXPECT_EQ(verifier.Verify(old_key).status().reason(),
            Reason::kStoreUnavailable);
}

TEST_F(ApiKeyVerifierTest, AStoreThatCannotAnswerIsNeverAnUnknownKey) {
  const std::string key = NewKey();
  Keep(key);
  store_.failing = true;
  EXPECT_EQ(Verify(key).reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(Verify(NewKey()).code(), StatusCode::kUnavailable);
}

TEST_F(ApiKeyVerifierTest, ARecordWithAnotherDigestIsNotBelieved) {
  const std::string key = NewKey();
  store_.lie = Keep(key).digest;
  EXPECT_TRUE(Verify(key).ok());
  EXPECT_EQ(Verify(NewKey()).reason(), Reason::kKeyUnknown);
}

}  // namespace
}  // namespace clone_auth
