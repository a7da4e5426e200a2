#include "clone/sqlite_api_key_store.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include "clone/api_key_digest.h"
#include "clone/api_key_verifier.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"
#include "service/sqlite/api_key_rows.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Database;
using std::chrono::seconds;
using Names = std::vector<std::string>;

const WallTime kNow = FromUnixSeconds(seconds(1'767'225'600));

/// Sealers of pepper 1, of 2, and of both with 2 as the one that seals.
std::shared_ptr<const ApiKeySealer> SealerOf(const std::string& fillings) {
  std::vector<Pepper> peppers;
  for (const char filling : fillings) {
    const auto id = static_cast<std::uint32_t>(filling - '0');
    peppers.push_back({id, Secret::CopyOf(std::string(32, filling))});
  }
  return std::make_shared<const ApiKeySealer>(
      ApiKeySealer::Create(std::move(peppers)).value());
}

class SqliteKeys : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteApiKeyStore> Open(const std::string& fillings = "12") {
    auto made = MakeSqliteApiKeyStore(path_, SealerOf(fillings), &clock_);
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    return *std::move(made);
  }
  ApiKeyRecord MakeRecord(const std::string& key) {
    ApiKeyRecord record;
    record.id = *Uuid::Generate(random_);
    record.owner = *Uuid::Generate(random_);
    record.organization = *Uuid::Generate(random_);
    record.digest = DigestApiKey(key);
    record.permissions = std::make_shared<const Names>(Names{"pull", key});
    record.expires_at = kNow + seconds(key.size());
    return record;
  }
  static std::optional<ApiKeyMatch> Find(const ApiKeyStore& store,
                                         const std::string& key) {
    const auto found = store.Find(DigestApiKey(key));
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return *found;
  }
  void Execute(const std::string& sql) {
    auto database = Database::Open(path_, seconds(2));
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)->Execute("PRAGMA foreign_keys=OFF").ok());
    const Status done = (*database)->Execute(sql.c_str());
    ASSERT_TRUE(done.ok()) << sql << ": " << done.ToString();
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("keys.db");
  FakeClock clock_;
  FakeRandom random_;
};

// What a service wrote is found as well, and binds more.
TEST_F(SqliteKeys, ThatTakeOverFromAnotherAreFound) {
  const auto store = Open();
  ASSERT_TRUE(store->Insert({MakeRecord("old")}).ok());
  service::StoredApiKey key;
  key.record = MakeRecord("new");
  key.rolled_from = *Uuid::Generate(random_);
  key.overlap = std::chrono::hours(24);
  {
    auto database = Database::Open(path_, seconds(2));
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)->Execute("PRAGMA foreign_keys=OFF").ok());
    ASSERT_TRUE(service::InsertRow(**database, *SealerOf("1"), key).ok());
  }
  EXPECT_TRUE(Find(*store, "new").has_value());
  Execute("UPDATE api_keys SET overlap = overlap + 1");
  EXPECT_FALSE(Find(*store, "new").has_value());
}

TEST_F(SqliteKeys, AreFoundWithAllThatWasSaid) {
  const auto store = Open();
  const ApiKeyRecord record = MakeRecord("one");
  ASSERT_TRUE(store->Insert({record, MakeRecord("three")}).ok());
  const auto match = Find(*store, "one");
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->id, record.id);
  EXPECT_EQ(match->owner, record.owner);
  EXPECT_EQ(match->organization, record.organization);
  EXPECT_EQ(match->digest, record.digest);
  EXPECT_EQ(match->expires_at, record.expires_at);
  EXPECT_EQ(*match->permissions, *record.permissions);
  EXPECT_FALSE(match->revoked_at.has_value());
  EXPECT_FALSE(Find(*store, "two").has_value());
}

TEST_F(SqliteKeys, AreInsertedAllOrNone) {
  const auto store = Open();
  const ApiKeyRecord one = MakeRecord("one");
  ASSERT_TRUE(store->Insert({one}).ok());
  EXPECT_EQ(store->Insert({MakeRecord("three"), one}).reason(),
            Reason::kAlreadyExists);
  EXPECT_FALSE(Find(*store, "three").has_value());
  for (const char* name : {"", "a b"}) {
    ApiKeyRecord odd = MakeRecord("three");
    odd.permissions = std::make_shared<const Names>(Names{name});
    EXPECT_EQ(store->Insert({MakeRecord("four"), odd}).reason(),
              Reason::kInvalidArgument);
  }
  EXPECT_FALSE(Find(*store, "four").has_value());
}

TEST_F(SqliteKeys, AreRevokedAndExpireForWhoeverLooksNext) {
  const auto store = Open();
  const auto other = Open();
  const ApiKeyRecord record = MakeRecord("one");
  ASSERT_TRUE(store->Insert({record}).ok());
  ASSERT_TRUE(other->SetExpiry(record.id, std::nullopt).ok());
  EXPECT_FALSE(Find(*store, "one")->expires_at.has_value());
  ASSERT_TRUE(other->Revoke(record.id, kNow).ok());
  EXPECT_EQ(Find(*store, "one")->revoked_at, kNow);
  EXPECT_EQ(other->Revoke(record.id, kNow).reason(), Reason::kNotFound);
  const Uuid nobody = *Uuid::Generate(random_);
  EXPECT_EQ(store->Revoke(nobody, kNow).reason(), Reason::kNotFound);
  EXPECT_EQ(store->SetExpiry(nobody, kNow).reason(), Reason::kNotFound);
}

TEST_F(SqliteKeys, AreFoundUnderAnOlderPepperAsLongAsItIsThere) {
  ASSERT_TRUE(Open("1")->Insert({MakeRecord("one")}).ok());
  EXPECT_TRUE(Find(*Open("21"), "one").has_value());
  EXPECT_FALSE(Find(*Open("2"), "one").has_value());
}

TEST_F(SqliteKeys, AreCopiedIntoMemory) {
  const auto store = Open();
  ASSERT_TRUE(store->Insert({MakeRecord("one"), MakeRecord("three")}).ok());
  Execute("UPDATE api_keys SET scope = 1 WHERE sequence = 2");
  InMemoryApiKeyStore memory;
  const auto altered = store->LoadInto(memory);
  ASSERT_TRUE(altered.ok());
  EXPECT_EQ(*altered, 1U);
  EXPECT_EQ(memory.size(), 1U);
  EXPECT_TRUE(Find(memory, "one").has_value());
}

TEST_F(SqliteKeys, TellThatSomebodyHasChangedThem) {
  const auto store = Open();
  const auto other = Open();
  const auto before = store->ChangeMarker();
  EXPECT_EQ(*store->ChangeMarker(), *before);
  const ApiKeyRecord record = MakeRecord("one");
  ASSERT_TRUE(other->Insert({record}).ok());
  const auto after = store->ChangeMarker();
  EXPECT_NE(*after, *before);
  ASSERT_TRUE(store->Revoke(record.id, kNow).ok());
  EXPECT_NE(*store->ChangeMarker(), *after);
}

TEST_F(SqliteKeys, OfAnOutageAreNotUnknown) {
  const auto store = Open();
  ASSERT_TRUE(store->Insert({MakeRecord("one")}).ok());
  EXPECT_TRUE(Find(*store, "one").has_value());
  std::filesystem::rename(path_, path_ + ".gone");
  // A reader looks at its path every so often.
  Reason reason = Reason::kNone;
  for (int i = 0; i < 100 && reason == Reason::kNone; ++i) {
    reason = store->Find(DigestApiKey("one")).status().reason();
  }
  EXPECT_EQ(reason, Reason::kStoreUnavailable);
  EXPECT_EQ(MakeSqliteApiKeyStore(folder_.File("none/keys.db"), SealerOf("1"))
                .status()
                .reason(),
            Reason::kStoreUnavailable);
  EXPECT_EQ(MakeSqliteApiKeyStore(path_, nullptr).status().reason(),
            Reason::kInvalidArgument);
}

TEST_F(SqliteKeys, AreReadByManyThreadsWhileOneWrites) {
  const auto store = Open();
  ASSERT_TRUE(store->Insert({MakeRecord("one")}).ok());
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!done) wrong += Find(*store, "one").has_value() ? 0 : 1;
    });
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(store->Insert({MakeRecord("k" + std::to_string(i))}).ok());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

struct Edit {
  std::string column;
  std::string value;  ///< an expression; empty: swap it between the two rows
};

class EditedRow : public SqliteKeys,
                  public ::testing::WithParamInterface<Edit> {};

TEST_P(EditedRow, IsNobodysKey) {
  const auto store = Open();
  ApiKeyRecord other = MakeRecord("three");
  other.scope = ApiKeyScope::kOrganization;
  const ApiKeyRecord record = MakeRecord("one");
  ASSERT_TRUE(store->Insert({record, other}).ok());
  if (GetParam().column == "revoked_at") {
    ASSERT_TRUE(store->Revoke(record.id, kNow).ok());
  }
  if (GetParam().column == "pepper_id" && GetParam().value.empty()) {
    // A row under each of them.
    const auto under_two = Open("21");
    ASSERT_TRUE(under_two->SetExpiry(other.id, kNow).ok());
  }
  const std::string& column = GetParam().column;
  if (!GetParam().value.empty()) {
    Execute("UPDATE api_keys SET " + column + " = " + GetParam().value +
            " WHERE sequence = 1");
  } else {
    const std::string set = "UPDATE api_keys SET " + column + " = ";
    const std::string of = "(SELECT " + column + " FROM old WHERE sequence = ";
    Execute("CREATE TEMP TABLE old AS SELECT * FROM api_keys;" + set +
            "x'ff' WHERE sequence = 1;" + set + of + "1) WHERE sequence = 2;" +
            set + of + "2) WHERE sequence = 1");
    EXPECT_FALSE(Find(*store, "three").has_value());
  }
  EXPECT_FALSE(Find(*store, "one").has_value());
  InMemoryApiKeyStore memory;
  EXPECT_GE(*store->LoadInto(memory), 1U);
  EXPECT_FALSE(Find(memory, "one").has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Columns, EditedRow,
    ::testing::Values(
        Edit{"id", "randomblob(16)"}, Edit{"id", ""},
        Edit{"owner_id", "randomblob(16)"}, Edit{"owner_id", "zeroblob(16)"},
        Edit{"owner_id", ""}, Edit{"organization_id", "randomblob(16)"},
        Edit{"organization_id", "zeroblob(16)"}, Edit{"organization_id", ""},
        Edit{"scope", "1"}, Edit{"scope", ""}, Edit{"pepper_id", "2"},
        Edit{"pepper_id", "3"}, Edit{"pepper_id", ""},
        Edit{"digest", "randomblob(32)"}, Edit{"digest", ""},
        Edit{"masked", "randomblob(32)"}, Edit{"masked", ""},
        Edit{"mac", "randomblob(32)"}, Edit{"mac", "NULL"}, Edit{"mac", ""},
        Edit{"hashed_with", "1"}, Edit{"permissions", "'pull one keys'"},
        Edit{"permissions", "''"}, Edit{"permissions", ""},
        Edit{"expires_at", "NULL"}, Edit{"expires_at", "expires_at + 1"},
        Edit{"expires_at", ""}, Edit{"revoked_at", "NULL"},
        Edit{"revoked_at", "revoked_at - 1"}),
    [](const auto& row) {
      std::string name = row.param.column + "_" + std::to_string(row.index);
      return name + (row.param.value.empty() ? "_swapped" : "");
    });

}  // namespace
}  // namespace clone_auth::testing
