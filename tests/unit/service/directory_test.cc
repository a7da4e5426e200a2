#include "service/directory.h"

#include <thread>

#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"
#include "service/core.h"
#include "service/refresh_tokens.h"
#include "service/sqlite/sqlite_store.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Actor;
using service::Core;
using service::Database;
using service::Directory;
using service::HashOf;
using service::KeyFile;
using service::NewAccount;
using service::NewSession;
using service::Rotation;
using service::SessionState;
using service::SqliteStore;
using service::StoredApiKey;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Actor kActor = Actor::Operator();
const WallTime kNow = FromUnixSeconds(seconds(1'767'225'600));

/// A directory over a file whose writes can be made to fail.
class DirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = SqliteStore::Open(folder_.File("auth.db"), milliseconds(0));
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
    store_->UseAuditChain(TestAuditChain());
    ASSERT_TRUE(store_->UseSealer(TestSealer(), true).ok());
    log_ = NewLog(folder_.File("auth.db.revoked"));
    directory_ = Reload();
    user_ = MakeAccount(kEmail);
    ASSERT_TRUE(directory_->CreateAccount(user_).ok());
    session_ = MakeSession();
    ASSERT_TRUE(directory_->CreateSession(session_).ok());
    key_ = MakeKey("one");
    ASSERT_TRUE(directory_->InsertApiKey(key_, kActor).ok());
    auto blocker = Database::Open(folder_.File("auth.db"), seconds(1));
    ASSERT_TRUE(blocker.ok());
    blocker_ = *std::move(blocker);
  }

  void BlockWrites() { ASSERT_TRUE(blocker_->Execute("BEGIN IMMEDIATE").ok()); }
  void AllowWrites() { ASSERT_TRUE(blocker_->Execute("ROLLBACK").ok()); }

  std::unique_ptr<Directory> Reload() {
    auto loaded =
        Directory::Load(store_.get(), log_.get(), TestSealer(), &clock_);
    EXPECT_TRUE(loaded.ok());
    return *std::move(loaded);
  }
  NewAccount MakeAccount(const std::string& email) {
    NewAccount made;
    made.account.id = *Uuid::Generate(random_);
    made.account.organization = *Uuid::Generate(random_);
    made.account.organization_name = "o";
    made.account.role = "owner";
    made.account.email = email;
    made.password_hash = "hash";
    return made;
  }
  NewSession MakeSession() {
    NewSession made;
    made.session = {*Uuid::Generate(random_), user_.account.id, kNow,
                    kNow + seconds(1000)};
    made.refresh = HashOf("1");
    return made;
  }
  StoredApiKey MakeKey(const char* label) {
    StoredApiKey key;
    key.record.id = *Uuid::Generate(random_);
    key.record.owner = user_.account.id;
    key.record.organization = user_.account.organization;
    key.record.digest = HashOf(label);
    key.record.permissions = std::make_shared<const std::vector<std::string>>();
    key.label = label;
    return key;
  }
  bool IsOpen(const NewSession& session, std::int64_t generation = 1) const {
    return directory_
        ->CheckToken(user_.account.id, session.session.id, generation)
        .ok();
  }
  bool Verifies(const StoredApiKey& key) const {
    const auto found = directory_->keys().Find(key.record.digest);
    EXPECT_TRUE(found.ok());
    return found->has_value() && !(*found)->revoked_at.has_value();
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  FakeRandom random_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<service::RevocationLog> log_;
  std::unique_ptr<Database> blocker_;
  std::unique_ptr<Directory> directory_;
  NewAccount user_;
  NewSession session_;
  StoredApiKey key_;
};

TEST_F(DirectoryTest, ChangesNothingThatTheStoreDidNotCommit) {
  BlockWrites();
  const Uuid& user = user_.account.id;
  const NewAccount other = MakeAccount("bob@example.test");
  const NewSession session = MakeSession();
  const StoredApiKey key = MakeKey("two");
  Rotation reuse;
  reuse.session = session_.session.id;
  reuse.presented = HashOf("old");
  reuse.now = kNow;
  for (const Status& status :
       {directory_->CreateAccount(other), directory_->CreateSession(session),
        directory_->InsertApiKey(key, kActor),
        directory_->RevokeApiKey(key_.record.id, kNow, kActor, {}),
        directory_->SetPassword(user, "new", kNow, kActor),
        directory_->SetEnabled(user, false, kNow, kActor),
        directory_->EndSession(session_.session.id, kNow).status(),
        directory_->Rotate(reuse).status(),
        directory_->ForgetSessions(kNow + seconds(2000))}) {
    EXPECT_EQ(status.reason(), Reason::kStoreUnavailable);
  }
  EXPECT_FALSE(directory_->FindAccount(other.account.id).has_value());
  EXPECT_FALSE(IsOpen(session));
  EXPECT_FALSE(directory_->FindApiKey(key.record.id).ok());
  EXPECT_FALSE(Verifies(key));
  EXPECT_TRUE(Verifies(key_));
  EXPECT_TRUE(IsOpen(session_));

  AllowWrites();
  EXPECT_EQ(directory_->Rotate(reuse)->state, SessionState::kReused);
  EXPECT_FALSE(IsOpen(session_));
}

TEST_F(DirectoryTest, KnowsNobodyElsesSession) {
  const NewAccount other = MakeAccount("bob@example.test");
  ASSERT_TRUE(directory_->CreateAccount(other).ok());
  EXPECT_TRUE(IsOpen(session_));
  EXPECT_EQ(
      directory_->CheckToken(other.account.id, session_.session.id, 1).reason(),
      Reason::kTokenRevoked);
  EXPECT_EQ(
      directory_->CheckToken(*Uuid::Generate(random_), session_.session.id, 1)
          .reason(),
      Reason::kTokenRevoked);
  EXPECT_FALSE(IsOpen(session_, 2));
}

TEST_F(DirectoryTest, RefusesTokensOfAnEarlierGenerationForGood) {
  ASSERT_TRUE(
      directory_->SetPassword(user_.account.id, "new", kNow, kActor).ok());
  EXPECT_FALSE(IsOpen(session_, 1));
  EXPECT_FALSE(IsOpen(session_, 2));
  NewSession late = MakeSession();
  EXPECT_EQ(directory_->CreateSession(late).reason(), Reason::kNotFound);
  late.account_generation = 2;
  ASSERT_TRUE(directory_->CreateSession(late).ok());
  EXPECT_TRUE(IsOpen(late, 2));
  EXPECT_FALSE(IsOpen(late, 1));
}

TEST_F(DirectoryTest, LoadsNoSessionThatHasEnded) {
  const NewSession other = MakeSession();
  ASSERT_TRUE(directory_->CreateSession(other).ok());
  ASSERT_TRUE(directory_->EndSession(other.session.id, kNow).ok());
  directory_ = Reload();
  EXPECT_TRUE(IsOpen(session_));
  EXPECT_FALSE(IsOpen(other));
}

TEST_F(DirectoryTest, SavesLaterWhatItCannotSaveNow) {
  const auto saved = [this] {
    return Reload()->FindApiKey(key_.record.id)->last_used_at;
  };
  directory_->NoteUse(key_.record.id, kNow, [] { return kActor; });
  BlockWrites();
  EXPECT_EQ(directory_->SaveUses().reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(directory_->FindApiKey(key_.record.id)->last_used_at, kNow);
  AllowWrites();
  EXPECT_FALSE(saved().has_value());
  EXPECT_TRUE(directory_->SaveUses().ok());
  EXPECT_EQ(saved(), kNow);
  // An earlier time, as from a clock that was set back, takes nothing away.
  directory_->NoteUse(key_.record.id, kNow - seconds(5), [] { return kActor; });
  EXPECT_TRUE(directory_->SaveUses().ok());
  EXPECT_EQ(saved(), kNow);
}

TEST_F(DirectoryTest, ReadsWhileItChanges) {
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        (void)directory_->FindAccount(user_.account.id);
        (void)IsOpen(session_);
        (void)Verifies(key_);
        directory_->NoteUse(key_.record.id, kNow + seconds(n),
                            [] { return kActor; });
        (void)directory_->ListApiKeys(user_.account.id, false, 0, 10);
      }
    });
  }
  for (const char* label : {"a", "b", "c", "d"}) {
    const StoredApiKey key = MakeKey(label);
    EXPECT_TRUE(directory_->InsertApiKey(key, kActor).ok());
    EXPECT_TRUE(directory_->RevokeApiKey(key.record.id, kNow, kActor, {}).ok());
    EXPECT_TRUE(directory_->SaveUses().ok());
  }
  EXPECT_TRUE(directory_->EndSession(session_.session.id, kNow).ok());
  for (std::thread& reader : readers) reader.join();
  EXPECT_FALSE(IsOpen(session_));
}

TEST(StoreOutage, IsA503AndEndsNoAccess) {
  TemporaryFolder folder;
  FakeClock clock;
  auto store = SqliteStore::Open(folder.File("auth.db"), milliseconds(0));
  ASSERT_TRUE(store.ok());
  auto keys = KeyFile::Open(folder.File("keys"), true, TestOptions(&clock));
  ASSERT_TRUE(keys.ok());
  const auto core =
      Core::Create(TestOptions(&clock), *std::move(store),
                   NewLog(folder.File("revoked")), *std::move(keys));
  ASSERT_TRUE(core.ok());
  const auto post = [&](const char* path, const std::string& body) {
    return (*core)->Handle(MakeRequest("POST", path, body));
  };
  const std::string credentials = Credentials(kEmail, kPassword);
  ASSERT_EQ(post("/api/auth/signup/", credentials).status, 201);
  const auto login =
      JsonValue::Parse(post("/api/auth/login/", credentials).body);
  ASSERT_TRUE(login.ok());
  const std::string refresh = *login->FindString("refresh");
  auto blocker = Database::Open(folder.File("auth.db"), seconds(1));
  ASSERT_TRUE((*blocker)->Execute("BEGIN IMMEDIATE").ok());
  for (const auto& [path, body] :
       {std::pair("/api/auth/login/", credentials),
        {"/api/auth/token/refresh/", RefreshBody(refresh)},
        {"/api/auth/logout/", RefreshBody(refresh)},
        {"/api/auth/signup/", Credentials("bob@example.test", kPassword)},
        {"/api/auth/waitlist/", std::string(R"({"email":"a@b.test"})")}}) {
    const HttpResponse answer = post(path, body);
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_EQ(answer.body, R"({"detail":"The store cannot answer.",)"
                           R"("code":"store_unavailable"})");
    EXPECT_NE(answer.headers.Find("Retry-After"), nullptr);
  }
  EXPECT_EQ((*core)
                ->Handle(MakeRequest("GET", "/api/auth/me/", {},
                                     Bearer(*login->FindString("access"))))
                .status,
            200);
  ASSERT_TRUE((*blocker)->Execute("ROLLBACK").ok());
  EXPECT_EQ(post("/api/auth/token/refresh/", RefreshBody(refresh)).status, 200);
}

}  // namespace
}  // namespace clone_auth::testing
