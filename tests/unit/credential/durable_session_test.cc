#include "clone/durable_session.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "support/temporary_folder.h"
#include "unit/credential/session_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests
using Send = TokenSession::Send;

class DurableSessionTest : public ::testing::Test {
 protected:
  DurableSessionTest() { EXPECT_TRUE(Store()->Save(First()).ok()); }

  std::string path() const { return folder_ / "credentials.json"; }
  std::shared_ptr<TokenStore> Store() const {
    return MakeFileTokenStore(path());
  }
  StoredSession Stored() const {
    auto stored = Store()->Load();
    EXPECT_TRUE(stored.ok() && stored->has_value());
    return std::move(**stored);
  }
  StoredSession First() {
    StoredSession first;
    first.base_url = kBaseUrl;
    first.tokens.access = Secret::CopyOf(NextAccess());
    first.tokens.refresh = Secret::CopyOf("refresh-0");
    first.tokens.received_at = clock_.Now();
    return first;
  }
  std::string NextAccess() {
    return AccessToken(clock_.Now(), kHour, ++serial_);
  }

  /// A process that starts with what is stored.
  std::unique_ptr<DurableSession> Open() { return Open(Store()); }
  std::unique_ptr<DurableSession> Open(std::shared_ptr<TokenStore> store) {
    TokenSessionOptions options;
    options.base_url = kBaseUrl;
    auto session =
        TokenSession::Create(options, Stored().tokens, clock_.Now(), random_);
    EXPECT_TRUE(session.ok());
    return DurableSession::Create(std::move(session).value(), std::move(store),
                                  {&clock_, {}});
  }

  static std::optional<Send> AsksToSend(DurableSession& session) {
    auto step = session.Poll();
    auto* send = std::get_if<Send>(&step);
    return send == nullptr ? std::nullopt : std::optional<Send>(*send);
  }
  Result<HttpResponse> Success(const std::string& refresh) {
    return Answer(200, TokenBody(NextAccess(), refresh));
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  FakeRandom random_;
  std::uint64_t serial_ = 0;
};

TEST_F(DurableSessionTest, RecordsTheKeyBeforeItAsksToSend) {
  const auto session = Open();
  EXPECT_EQ(Stored().tokens.idempotency_key, "");
  clock_.Advance(minutes(51));
  const auto send = AsksToSend(*session);
  ASSERT_TRUE(send);
  EXPECT_NE(send->idempotency_key, "");
  EXPECT_EQ(Stored().tokens.idempotency_key, send->idempotency_key);
  EXPECT_EQ(*send->request.headers.Find("Idempotency-Key"),
            send->idempotency_key);
}

TEST_F(DurableSessionTest, R18_PresentsATokenUnderTheKeyOfAProcessThatDied) {
  clock_.Advance(minutes(51));
  const auto first = AsksToSend(*Open());
  const auto second = AsksToSend(*Open());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->idempotency_key, first->idempotency_key);
  EXPECT_EQ(second->request.body, first->request.body);
}

TEST_F(DurableSessionTest, UsesTheRecordedKeyAlsoWhereItBeganWithAnother) {
  const auto session = Open();
  clock_.Advance(minutes(51));
  const auto dead = AsksToSend(*Open());
  const auto send = AsksToSend(*session);
  ASSERT_TRUE(dead && send);
  EXPECT_EQ(send->idempotency_key, dead->idempotency_key);
}

TEST_F(DurableSessionTest, StoresTheSuccessorWithoutAKey) {
  const auto session = Open();
  clock_.Advance(minutes(51));
  const auto send = AsksToSend(*session);
  ASSERT_TRUE(send);
  session->Complete(send->attempt, Success("refresh-1"));
  EXPECT_EQ(Stored().tokens.refresh.Reveal(), "refresh-1");
  EXPECT_EQ(Stored().tokens.idempotency_key, "");
  EXPECT_TRUE(Store()->Acquire({}).ok()) << "the lock is let go";
}

TEST_F(DurableSessionTest, WaitsForAnotherProcessAndTakesOverWhatItGot) {
  const auto first = Open();
  const auto second = Open();
  clock_.Advance(minutes(61));
  const auto send = AsksToSend(*first);
  ASSERT_TRUE(send);
  auto step = second->Poll();
  const auto* wait = std::get_if<TokenSession::WaitUntil>(&step);
  ASSERT_NE(wait, nullptr);
  EXPECT_LE(wait->until, second->Now() + seconds(1)) << "looks again soon";
  first->Complete(send->attempt, Success("refresh-1"));
  clock_.Advance(seconds(1));
  step = second->Poll();
  EXPECT_TRUE(std::holds_alternative<TokenSession::Ready>(step));
  EXPECT_EQ(second->session().tokens().refresh.Reveal(), "refresh-1");
}

TEST_F(DurableSessionTest, S11_CountsALockThatIsHeldForTenSecondsAsAFailure) {
  const auto session = Open();
  const auto held = Store()->Acquire({});
  ASSERT_TRUE(held.ok());
  clock_.Advance(minutes(51));
  for (int i = 0; i < 11; ++i) {
    EXPECT_FALSE(AsksToSend(*session));
    EXPECT_EQ(session->session().health(session->Now()),
              i < 10 ? SessionHealth::kAging : SessionHealth::kDegraded);
    clock_.Advance(seconds(1));
  }
  EXPECT_EQ(session->session().last_error().reason(), Reason::kTimeout);
}

TEST_F(DurableSessionTest,
       SendsNothingWhileTheKeyCannotBeStoredAndTheTokenWorks) {
  const auto session = Open();
  std::filesystem::create_directory(path() + ".tmp");  // in the way
  clock_.Advance(minutes(51));
  EXPECT_FALSE(AsksToSend(*session));
  EXPECT_EQ(session->store_error().reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(session->session().health(session->Now()),
            SessionHealth::kDegraded);
  EXPECT_TRUE(session->HeaderFor("GET", kMeUrl).ok());
  std::filesystem::remove(path() + ".tmp");
  clock_.Advance(minutes(2));
  EXPECT_TRUE(AsksToSend(*session)) << "there is room again";
  EXPECT_TRUE(session->store_error().ok());
}

TEST_F(DurableSessionTest, GoesOnInMemoryWhereTheStoreFailsAndTheTokenIsOver) {
  const auto session = Open();
  std::filesystem::create_directory(path() + ".tmp");
  clock_.Advance(minutes(61));
  const auto send = AsksToSend(*session);
  ASSERT_TRUE(send);
  session->Complete(send->attempt, Success("refresh-1"));
  EXPECT_TRUE(session->HeaderFor("GET", kMeUrl).ok());
  EXPECT_EQ(Stored().tokens.refresh.Reveal(), "refresh-0") << "still there";
  std::filesystem::remove(path() + ".tmp");
  clock_.Advance(minutes(1));
  session->Poll();
  EXPECT_EQ(Stored().tokens.refresh.Reveal(), "refresh-1")
      << "stored as soon as there is room";
  EXPECT_TRUE(session->store_error().ok());
}

TEST_F(DurableSessionTest, R26_TellsOfSleepAndOfAClockThatWasSet) {
  const auto session = Open();
  session->Poll();
  while (session->session().TakeEvent()) {
  }
  clock_.Step(-minutes(30));
  session->Poll();
  auto event = session->session().TakeEvent();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, SessionEvent::Kind::kClockSet);
  clock_.Suspend(minutes(20));
  session->Poll();
  event = session->session().TakeEvent();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, SessionEvent::Kind::kResumed);
  EXPECT_FALSE(session->session().TakeEvent());
}

TEST_F(DurableSessionTest, R26_WaitsALittleAfterSleepButNotPastTheTokensLife) {
  const auto early = Open();
  early->Poll();
  clock_.Suspend(minutes(52));
  EXPECT_FALSE(AsksToSend(*early)) << "machines that wake together";
  clock_.Advance(seconds(31));
  EXPECT_TRUE(AsksToSend(*early));
}

TEST_F(DurableSessionTest, R26_RefreshesAtOnceWhereTheTokenDiedInSleep) {
  const auto session = Open();
  session->Poll();
  clock_.Suspend(minutes(90));
  EXPECT_TRUE(AsksToSend(*session));
}

/// Runs `in_child` in a forked process; true if it returns true.
template <typename InChild>
bool HoldsInChild(const InChild& in_child) {
  const pid_t child = fork();
  if (child == 0) _exit(in_child() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(DurableSessionTest, IsNotSentByAChildWhileItsParentIsAtIt) {
  const auto session = Open();
  clock_.Advance(minutes(61));
  const auto send = AsksToSend(*session);
  ASSERT_TRUE(send);
  EXPECT_TRUE(HoldsInChild(
      [&] { return !AsksToSend(*session) && !session->is_refreshing(); }));
  EXPECT_FALSE(Store()->Acquire({}).ok()) << "the child let its parent's go";
  session->Complete(send->attempt, Success("refresh-1"));
  EXPECT_TRUE(
      HoldsInChild([&] { return session->HeaderFor("GET", kMeUrl).ok(); }));
}

TEST_F(DurableSessionTest, DoesNotStayLockedByAChildOfAProcessThatIsGone) {
  auto session = Open();
  clock_.Advance(minutes(61));
  ASSERT_TRUE(AsksToSend(*session));
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (write(pipe_ends[1], "", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte = 1;
  ASSERT_EQ(read(pipe_ends[0], &byte, 1), 1) << "the child is there";
  session.reset();  // as the kernel does where the parent dies
  EXPECT_TRUE(Store()->Acquire({}).ok());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_F(DurableSessionTest, HasEndedInAChildWithoutAStore) {
  const auto session = Open(nullptr);
  EXPECT_TRUE(HoldsInChild([&] {
    const auto step = session->Poll();
    return std::holds_alternative<TokenSession::Ended>(step) &&
           session->HeaderFor("GET", kMeUrl).status().reason() ==
               Reason::kSessionEnded &&
           session->health() == SessionHealth::kEnded &&
           session->session().tokens().access.empty();
  }));
  EXPECT_TRUE(session->HeaderFor("GET", kMeUrl).ok());
}

TEST_F(DurableSessionTest, HasNoTokensOfItsParentInAChild) {
  const auto session = Open();
  const auto header = session->HeaderFor("GET", kMeUrl);
  ASSERT_TRUE(header.ok());
  const std::string_view seen = header->value;
  const std::string token(seen);
  EXPECT_TRUE(HoldsInChild([&] {
    const bool is_gone = seen == std::string(seen.size(), '\0');
    const auto own = session->HeaderFor("GET", kMeUrl);
    return is_gone && own.ok() && own->value == token;
  }));
}

TEST_F(DurableSessionTest, GoesOnInAChildAsSoonAsTheStoreCanBeRead) {
  const auto session = Open();
  EXPECT_TRUE(HoldsInChild([&] {
    if (!Store()->Clear().ok()) return false;
    const bool is_gone = !session->HeaderFor("GET", kMeUrl).ok();
    if (!Store()->Save(First()).ok()) return false;
    const bool is_ready =
        std::holds_alternative<TokenSession::Ready>(session->Poll());
    return is_gone && is_ready && session->HeaderFor("GET", kMeUrl).ok();
  }));
}

}  // namespace
}  // namespace clone_auth
