#include <condition_variable>
#include <future>
#include <mutex>

#include "gtest/gtest.h"
#include "service/core.h"
#include "service/sqlite/sqlite_store.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Core;
using service::KeyFile;
using service::PoolSizes;
using service::SqliteStore;
using service::WorkerPool;

/// Holds a pool's thread until it is opened.
class Gate {
 public:
  ~Gate() { Open(); }

  void Hold(WorkerPool& pool) {
    const std::shared_ptr<State> state = state_;
    ASSERT_TRUE(pool.Submit([state] {
      state->held.set_value();
      state->open.get_future().wait();
    }));
    state->held.get_future().wait();
  }

  void Open() {
    if (!opened_) state_->open.set_value();
    opened_ = true;
  }

 private:
  // Shared with the task, which may be the last to leave.
  struct State {
    std::promise<void> held;
    std::promise<void> open;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
  bool opened_ = false;
};

/// An answer that may still be on its way.
class Awaited {
 public:
  std::function<void(HttpResponse)> Slot() {
    return [this](HttpResponse answer) {
      const std::lock_guard lock(mutex_);
      ++times_;
      answer_ = std::move(answer);
      changed_.notify_all();
    };
  }
  int times() {
    const std::lock_guard lock(mutex_);
    return times_;
  }
  HttpResponse Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return times_ > 0; });
    return answer_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int times_ = 0;
  HttpResponse answer_;
};

class Lanes : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = SqliteStore::Open(folder_.File("auth.db"));
    ASSERT_TRUE(store.ok());
    auto keys =
        KeyFile::Open(folder_.File("auth.db.keys"), true, TestOptions(&clock_));
    ASSERT_TRUE(keys.ok()) << keys.status().ToString();
    PoolSizes sizes;
    sizes.password_threads = 1;
    sizes.password_waiting = 2;
    sizes.store_threads = 1;
    sizes.store_waiting = 2;
    auto core = Core::Create(TestOptions(&clock_), *std::move(store),
                             NewLog(folder_.File("auth.db.revoked")),
                             *std::move(keys), sizes);
    ASSERT_TRUE(core.ok()) << core.status().ToString();
    core_ = *std::move(core);
    ASSERT_EQ(Post("/api/auth/signup/", kUser).status, 201);
    const HttpResponse login = Post("/api/auth/login/", kUser);
    access_ = *JsonValue::Parse(login.body)->FindString("access");
  }

  HttpResponse Post(const std::string& path, const std::string& body) {
    return core_->Handle(MakeRequest("POST", path, body));
  }

  const std::string kUser = Credentials(kEmail, kPassword);
  TemporaryFolder folder_;
  FakeClock clock_;
  std::unique_ptr<Core> core_;
  std::string access_;
};

TEST_F(Lanes, AnswerMeWhileEverySignInWaits) {
  // Before the gate, so that they outlive the answers that it lets go.
  Awaited logins[3];
  Gate gate;
  gate.Hold(core_->password_pool());
  for (Awaited& login : logins) {
    core_->HandleAsync(MakeRequest("POST", "/api/auth/login/", kUser),
                       login.Slot());
  }
  // Two wait; the third finds no place.
  EXPECT_EQ(logins[0].times(), 0);
  EXPECT_EQ(logins[1].times(), 0);
  ASSERT_EQ(logins[2].times(), 1);
  const HttpResponse refused = logins[2].Wait();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(*JsonValue::Parse(refused.body)->FindString("code"), "overloaded");
  EXPECT_NE(refused.headers.Find("Retry-After"), nullptr);

  Awaited me;
  core_->HandleAsync(MakeRequest("GET", "/api/auth/me/", {}, Bearer(access_)),
                     me.Slot());
  ASSERT_EQ(me.times(), 1);
  EXPECT_EQ(me.Wait().status, 200);
  // What writes has threads of its own.
  EXPECT_EQ(Post("/api/auth/waitlist/", R"({"email":"a@b.test"})").status, 201);

  gate.Open();
  EXPECT_EQ(logins[0].Wait().status, 200);
  EXPECT_EQ(logins[1].Wait().status, 200);
}

TEST_F(Lanes, AnswerWhatOnlyReadsInTheCallersThread) {
  Gate gate;
  gate.Hold(core_->store_pool());
  Gate other;
  other.Hold(core_->password_pool());
  for (const char* path :
       {"/api/auth/me/", "/api/auth/keys/", "/api/auth/verify/", "/healthz",
        "/.well-known/jwks.json", "/nothing"}) {
    Awaited answer;
    core_->HandleAsync(MakeRequest("GET", path, {}, Bearer(access_)),
                       answer.Slot());
    EXPECT_EQ(answer.times(), 1) << path;
  }
}

TEST_F(Lanes, IssueNoKeyToWhoLostAccessWhileItWaited) {
  Awaited issued;
  Gate gate;
  gate.Hold(core_->store_pool());
  core_->HandleAsync(MakeRequest("POST", "/api/auth/keys/", R"({"label":"a"})",
                                 Bearer(access_)),
                     issued.Slot());
  ASSERT_TRUE(core_->operations()
                  .SetPassword(kEmail, Secret::CopyOf("another password"))
                  .ok());
  gate.Open();
  EXPECT_EQ(issued.Wait().status, 401);

  const HttpResponse login =
      Post("/api/auth/login/", Credentials(kEmail, "another password"));
  const auto access = JsonValue::Parse(login.body);
  const HttpResponse keys = core_->Handle(MakeRequest(
      "GET", "/api/auth/keys/", {}, Bearer(*access->FindString("access"))));
  EXPECT_EQ(*JsonValue::Parse(keys.body)->Find("count")->AsInt(), 0);
}

TEST_F(Lanes, FinishWhatIsInFlightBeforeTheyEnd) {
  Awaited login;
  core_->HandleAsync(MakeRequest("POST", "/api/auth/login/", kUser),
                     login.Slot());
  core_.reset();
  ASSERT_EQ(login.times(), 1);
  EXPECT_EQ(login.Wait().status, 200);
}

}  // namespace
}  // namespace clone_auth::testing
