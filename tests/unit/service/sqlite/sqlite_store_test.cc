#include "service/sqlite/sqlite_store.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include "clone/testing/fake_random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/refresh_tokens.h"
#include "service/sqlite/schema.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Account;
using service::Actor;
using service::Database;
using service::HashOf;
using service::Migrate;
using service::NewAccount;
using service::NewSession;
using service::Rotated;
using service::Rotation;
using service::SessionState;
using service::SqliteStore;
using service::StoredApiKey;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

const Actor kActor = Actor::Operator();
const WallTime kNow = FromUnixSeconds(seconds(1'767'225'600));

class Store : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteStore> Open() {
    auto opened = SqliteStore::Open(path_, milliseconds(0));
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    if (!opened.ok()) return nullptr;
    EXPECT_TRUE((*opened)->UseSealer(TestSealer(4'000'000'000), true).ok());
    (*opened)->UseAuditChain(TestAuditChain());
    return *std::move(opened);
  }
  NewAccount MakeAccount(const std::string& email) {
    NewAccount made;
    made.account.id = *Uuid::Generate(random_);
    made.account.organization = *Uuid::Generate(random_);
    made.account.organization_name = "o";
    made.account.role = "owner";
    made.account.email = email;
    made.account.created_at = kNow;
    made.password_hash = "hash";
    return made;
  }
  NewSession MakeSession(const NewAccount& owner) {
    NewSession made;
    made.session = {*Uuid::Generate(random_), owner.account.id, kNow,
                    kNow + seconds(1000)};
    made.refresh = HashOf("1");
    return made;
  }
  static Rotation Present(const NewSession& session, const char* token,
                          const char* successor, seconds after) {
    Rotation rotation;
    rotation.session = session.session.id;
    rotation.presented = HashOf(token);
    rotation.successor = HashOf(successor);
    rotation.now = kNow + after;
    rotation.grace_start = rotation.now - seconds(10);
    return rotation;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("auth.db");
  FakeRandom random_;
};

TEST_F(Store, MakesNothingOfAnAccountThatCannotBeMadeWhole) {
  const auto store = Open();
  NewAccount ann = MakeAccount(kEmail);
  ASSERT_TRUE(store->CreateAccount(ann).ok());
  ASSERT_TRUE(store->CreateInvite(HashOf("code"), 1, kNow).ok());
  NewAccount again = MakeAccount(kEmail);
  again.invite = HashOf("code");
  EXPECT_EQ(store->CreateAccount(again).reason(), Reason::kAlreadyExists);
  EXPECT_TRUE(*store->InviteIsValid(HashOf("code")));
  NewAccount bad_role = MakeAccount("bob@example.test");
  bad_role.account.role = "emperor";
  EXPECT_EQ(store->CreateAccount(bad_role).reason(), Reason::kStoreUnavailable);
  int accounts = 0;
  ASSERT_TRUE(store->ForEachAccount([&](const Account&) { ++accounts; }).ok());
  EXPECT_EQ(accounts, 1);
}

TEST_F(Store, OpensNoSessionForAnAccountThatHasChanged) {
  const auto store = Open();
  const NewAccount ann = MakeAccount(kEmail);
  ASSERT_TRUE(store->CreateAccount(ann).ok());
  NewSession session = MakeSession(ann);
  session.account_generation = 2;
  EXPECT_EQ(store->CreateSession(session).reason(), Reason::kNotFound);
  session.account_generation = 1;
  EXPECT_TRUE(store->CreateSession(session).ok());
  const auto disabled = store->SetEnabled(ann.account.id, false, kNow, kActor);
  ASSERT_TRUE(disabled.ok());
  EXPECT_EQ(disabled->generation, 2);
  EXPECT_EQ(disabled->ended_sessions, std::vector<Uuid>{session.session.id});
  NewSession late = MakeSession(ann);
  late.account_generation = 2;
  EXPECT_EQ(store->CreateSession(late).reason(), Reason::kNotFound);
}

TEST_F(Store, DecidesWhatARefreshTokenIsWorth) {
  const auto store = Open();
  const NewAccount ann = MakeAccount(kEmail);
  ASSERT_TRUE(store->CreateAccount(ann).ok());
  const NewSession session = MakeSession(ann);
  ASSERT_TRUE(store->CreateSession(session).ok());
  const auto first = store->Rotate(Present(session, "1", "2", seconds(0)));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->state, SessionState::kOpen);
  EXPECT_EQ(first->successor_generation, 2);
  EXPECT_EQ(first->session.user, ann.account.id);
  const auto repeat = store->Rotate(Present(session, "1", "2", seconds(10)));
  EXPECT_EQ(repeat->state, SessionState::kOpen);
  EXPECT_EQ(repeat->successor_generation, 2);
  const auto next = store->Rotate(Present(session, "2", "3", seconds(11)));
  EXPECT_EQ(next->successor_generation, 3);
  // A token that is neither the newest nor its predecessor.
  const auto old = store->Rotate(Present(session, "1", "2", seconds(12)));
  EXPECT_EQ(old->state, SessionState::kReused);
  const auto after = store->Rotate(Present(session, "3", "4", seconds(12)));
  EXPECT_EQ(after->state, SessionState::kEnded);
  Rotation unknown = Present(session, "1", "2", seconds(0));
  unknown.session = ann.account.id;
  EXPECT_EQ(store->Rotate(unknown)->state, SessionState::kUnknown);
}

TEST_F(Store, SaysThatItCannotAnswerWhileAnotherHoldsTheFile) {
  const auto store = Open();
  const NewAccount ann = MakeAccount(kEmail);
  ASSERT_TRUE(store->CreateAccount(ann).ok());
  const NewSession session = MakeSession(ann);
  ASSERT_TRUE(store->CreateSession(session).ok());
  auto other = Database::Open(path_, seconds(2));
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE((*other)->Execute("BEGIN IMMEDIATE").ok());
  EXPECT_EQ(store->CreateAccount(MakeAccount("bob@example.test")).reason(),
            Reason::kStoreUnavailable);
  const Status locked =
      store->Rotate(Present(session, "1", "2", seconds(0))).status();
  EXPECT_EQ(locked.reason(), Reason::kStoreUnavailable);
  EXPECT_THAT(std::string(locked.message()), HasSubstr("locked"));
  // Readers are not kept out.
  EXPECT_TRUE(store->Ping().ok());
  EXPECT_TRUE(*store->HasAccounts());
  ASSERT_TRUE((*other)->Execute("ROLLBACK").ok());
  EXPECT_EQ(store->Rotate(Present(session, "1", "2", seconds(0)))->state,
            SessionState::kOpen);
}

TEST_F(Store, SaysThatItCannotAnswerOnceItsFileIsNotThere) {
  const auto store = Open();
  ASSERT_TRUE(store->CreateAccount(MakeAccount(kEmail)).ok());
  const std::string elsewhere = folder_.File("elsewhere");
  std::filesystem::rename(path_, elsewhere);
  EXPECT_EQ(store->Ping().reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(store->FindPassword(kEmail).status().reason(),
            Reason::kStoreUnavailable);
  EXPECT_EQ(store->CreateAccount(MakeAccount("bob@example.test")).reason(),
            Reason::kStoreUnavailable);
  std::filesystem::rename(elsewhere, path_);
  EXPECT_TRUE(store->Ping().ok());
  EXPECT_TRUE(store->CreateAccount(MakeAccount("bob@example.test")).ok());
}

TEST_F(Store, SaysThatItCannotAnswerFromADamagedFile) {
  {
    const auto store = Open();
    ASSERT_TRUE(store->CreateAccount(MakeAccount(kEmail)).ok());
  }
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file << std::string(30'000, '\x5a');
  }
  const auto opened = SqliteStore::Open(path_, milliseconds(0));
  if (opened.ok()) {
    EXPECT_EQ((*opened)->FindPassword(kEmail).status().reason(),
              Reason::kStoreUnavailable);
  } else {
    EXPECT_EQ(opened.status().reason(), Reason::kStoreUnavailable);
  }
}

TEST_F(Store, KeepsKeysInTheOrderOfTheirMaking) {
  const NewAccount ann = MakeAccount(kEmail);
  {
    const auto store = Open();
    ASSERT_TRUE(store->CreateAccount(ann).ok());
    for (const char* label : {"one", "two", "three"}) {
      StoredApiKey key;
      key.record.id = *Uuid::Generate(random_);
      key.record.owner = ann.account.id;
      key.record.organization = ann.account.organization;
      key.record.scope = ApiKeyScope::kOrganization;
      key.record.digest = HashOf(label);
      key.record.expires_at = kNow + seconds(5);
      key.record.permissions = std::make_shared<const std::vector<std::string>>(
          std::vector<std::string>{"a", "b"});
      key.label = label;
      key.display_prefix = "p";
      key.created_at = kNow;
      ASSERT_TRUE(store->InsertApiKey(key, kActor).ok());
      EXPECT_EQ(store->InsertApiKey(key, kActor).reason(),
                Reason::kAlreadyExists);
      ASSERT_TRUE(store->SaveLastUsed({{key.record.id, kNow}}).ok());
    }
  }
  std::vector<std::string> labels;
  const auto store = Open();
  ASSERT_TRUE(store
                  ->ForEachApiKey([&](const StoredApiKey& key) {
                    labels.push_back(key.label);
                    EXPECT_EQ(key.record.digest, HashOf(key.label));
                    EXPECT_EQ(key.record.scope, ApiKeyScope::kOrganization);
                    EXPECT_EQ(key.record.permissions->size(), 2U);
                    EXPECT_EQ(key.record.expires_at, kNow + seconds(5));
                    EXPECT_EQ(key.last_used_at, kNow);
                    EXPECT_FALSE(key.record.revoked_at.has_value());
                  })
                  .ok());
  EXPECT_THAT(labels, ::testing::ElementsAre("one", "two", "three"));
}

TEST_F(Store, BringsAnOlderFileUpToDateWithWhatIsInIt) {
  {
    auto database = Database::Open(path_, seconds(2));
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(Migrate(**database, 1).ok());
    EXPECT_FALSE((*database)->Execute("SELECT * FROM waitlist").ok());
    ASSERT_TRUE((*database)
                    ->Execute("INSERT INTO users VALUES(x'01', 'a@b.test',"
                              " 'hash', 1, 1, 0)")
                    .ok());
  }
  const auto store = Open();
  EXPECT_TRUE(*store->HasAccounts());
  EXPECT_TRUE(store->JoinWaitlist("a@b.test", kNow).ok());
  EXPECT_EQ((*store->FindPassword("a@b.test"))->hash, "hash");
}

TEST_F(Store, LeavesAFileOfANewerProgramAlone) {
  Open();
  {
    auto database = Database::Open(path_, seconds(2));
    ASSERT_TRUE((*database)->Execute("PRAGMA user_version=99").ok());
  }
  const auto opened = SqliteStore::Open(path_, milliseconds(0));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().reason(), Reason::kSchemaUnknown);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("version 99"));
}

TEST_F(Store, IsMadeOnceWhenTwoOpenItAtOnce) {
  std::vector<std::thread> threads;
  std::vector<Status> statuses(4);
  for (Status& status : statuses) {
    threads.emplace_back([&] {
      const auto opened = SqliteStore::Open(path_, seconds(10));
      if (!opened.ok()) status = opened.status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Status& status : statuses) {
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
}

TEST_F(Store, HasForeignKeysAndFullSynchronisation) {
  Open();
  auto database = Database::Open(path_, seconds(2));
  ASSERT_TRUE(database.ok());
  const auto pragma = [&](const char* sql) {
    auto row = (*database)->Prepare(sql);
    EXPECT_TRUE(row.ok() && row->Step().ok());
    return row->Text(0);
  };
  EXPECT_EQ(pragma("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(pragma("PRAGMA synchronous"), "2");
  EXPECT_EQ(pragma("PRAGMA foreign_keys"), "1");
  EXPECT_FALSE((*database)
                   ->Execute("INSERT INTO memberships VALUES(x'01', x'02',"
                             " 'owner')")
                   .ok());
  EXPECT_FALSE((*database)->Prepare("SELECT nonsense FROM nowhere").ok());
}

}  // namespace
}  // namespace clone_auth::testing
