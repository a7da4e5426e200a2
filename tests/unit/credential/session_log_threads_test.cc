#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "clone/durable_session.h"
#include "clone/testing/fake_transport.h"
#include "unit/credential/session_log_fixture.h"
#include "unit/credential/source_harness.h"

namespace clone_auth::testing {
namespace {

class SessionLogThreads : public SessionLogTest {
 protected:
  static constexpr int kThreads = 8;
  static constexpr int kRounds = 50;

  static std::string Key(int thread) {
    return "user-" + std::to_string(thread);
  }

  template <typename Work>
  static void InThreads(const Work& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(SessionLogThreads, SaveAtOnceAndEachFindsWhatItSaved) {
  {
    const auto log = Open();
    InThreads([&](int thread) {
      const auto store = log->StoreFor(Key(thread));
      for (int i = 0; i < kRounds; ++i) {
        const std::string refresh = std::to_string(i) + std::string(300, 'r');
        ASSERT_TRUE(store->Save(Session(refresh)).ok());
        ASSERT_EQ(Refresh(*log, Key(thread)), refresh);
      }
    });
    EXPECT_EQ(log->size(), static_cast<std::size_t>(kThreads));
  }
  const auto log = Open();
  for (int thread = 0; thread < kThreads; ++thread) {
    EXPECT_EQ(Refresh(*log, Key(thread)),
              std::to_string(kRounds - 1) + std::string(300, 'r'));
  }
}

// The disk takes as long as it takes all others to come with something.
TEST_F(SessionLogThreads, ShareOneSync) {
  const auto log = Open();
  const int before = disk_.syncs();
  std::atomic<int> saving{0};
  std::atomic<int> left{kThreads};
  disk_.OnSync([&] {
    while (saving < left) std::this_thread::yield();
  });
  InThreads([&](int thread) {
    const auto store = log->StoreFor(Key(thread));
    for (int i = 0; i < kRounds; ++i) {
      ++saving;
      EXPECT_TRUE(store->Save(Session("refresh")).ok());
      --saving;
    }
    --left;
  });
  EXPECT_LT(disk_.syncs() - before, kThreads * kRounds);
}

// Whatever had begun before may have missed the record.
TEST_F(SessionLogThreads, AreAnsweredAfterASyncThatBeganWhenTheyHadCome) {
  const auto log = Open();
  const int before = disk_.syncs();
  std::atomic<int> begun{0};
  disk_.OnSync([&] {
    ++begun;
    std::this_thread::yield();
  });
  InThreads([&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const int too_early = begun;
      ASSERT_TRUE(Save(*log, Key(thread), "refresh").ok());
      ASSERT_GT(disk_.syncs() - before, too_early);
    }
  });
}

TEST_F(SessionLogThreads, OfOneSessionTakeTurns) {
  const auto log = Open();
  ASSERT_TRUE(Save(*log, "a", "0").ok());
  InThreads([&](int) {
    const auto store = log->StoreFor("a");
    for (int i = 0; i < kRounds; ++i) {
      const auto lock = store->Acquire(std::chrono::seconds(60));
      ASSERT_TRUE(lock.ok());
      const int count = std::stoi(Refresh(*log, "a"));
      ASSERT_TRUE((*lock)->Save(Session(std::to_string(count + 1))).ok());
    }
  });
  EXPECT_EQ(Refresh(*log, "a"), std::to_string(kThreads * kRounds));
}

TEST_F(SessionLogThreads, SaveAndLoadWhileTheLogIsWrittenAnew) {
  {
    const auto log = Open();
    for (int i = 0; i < 2000; ++i) {
      ASSERT_TRUE(Save(*log, "idle-" + std::to_string(i), "idle").ok());
    }
    std::atomic<int> left{kThreads - 1};
    InThreads([&](int thread) {
      if (thread == 0) {
        do {
          ASSERT_TRUE(log->Compact().ok());
        } while (left > 0);
        return;
      }
      const auto store = log->StoreFor(Key(thread));
      for (int i = 0; i < kRounds; ++i) {
        ASSERT_TRUE(store->Save(Session(std::to_string(i))).ok());
        ASSERT_EQ(Refresh(*log, Key(thread)), std::to_string(i));
        ASSERT_EQ(Refresh(*log, "idle-" + std::to_string(i)), "idle");
        if (i % 3 == 0) {
          ASSERT_TRUE(store->Clear().ok());
          ASSERT_EQ(Refresh(*log, Key(thread)), "");
        }
      }
      --left;
    });
  }
  const auto log = Open();
  EXPECT_TRUE(log->warning().ok());
  EXPECT_EQ(log->size(), 2000u + kThreads - 1);
  for (int thread = 1; thread < kThreads; ++thread) {
    EXPECT_EQ(Refresh(*log, Key(thread)), std::to_string(kRounds - 1));
  }
}

TEST_F(SessionLogThreads, FindWhatTheySavedWhileMostWasCopiedAlready) {
  const auto log = Open();
  for (const char* key : {"a", "b", "c", "f"}) {
    ASSERT_TRUE(Save(*log, key, "old").ok());
  }
  ASSERT_TRUE(log->StoreFor("c")->Clear().ok());
  std::atomic<bool> is_copied{false};
  disk_.OnSync([&] {
    if (is_copied.exchange(true)) return;
    std::thread([&] {
      EXPECT_TRUE(Save(*log, "a", "new").ok());
      EXPECT_TRUE(log->StoreFor("b")->Clear().ok());
      EXPECT_TRUE(Save(*log, "d", "in the place of b").ok());
      EXPECT_TRUE(Save(*log, "e", "more").ok());
      EXPECT_TRUE(log->StoreFor("f")->Clear().ok());
      EXPECT_TRUE(Save(*log, "f", "new").ok());
    }).join();
  });
  ASSERT_TRUE(log->Compact().ok());
  ASSERT_TRUE(is_copied);
  const Tokens tokens = {
      {"a", "new"}, {"d", "in the place of b"}, {"e", "more"}, {"f", "new"}};
  EXPECT_EQ(All(*log), tokens);
  WriteFile(folder_ / "other.log", ReadFile(path()));
  EXPECT_EQ(All(**SessionLog::Create(folder_ / "other.log")), tokens);
}

TEST_F(SessionLogThreads, NeedNotAskForTheLogToBeWrittenAnew) {
  SessionLogOptions options;
  options.compact_after = 20'000;
  {
    const auto log = Open(options);
    InThreads([&](int thread) {
      for (int i = 0; i < 10 * kRounds; ++i) {
        ASSERT_TRUE(Save(*log, Key(thread), std::to_string(i)).ok());
      }
    });
    EXPECT_EQ(std::filesystem::file_size(path()), log->file_size());
    EXPECT_LT(log->file_size(), 300'000u) << "of more than 400,000 written";
  }
  const auto log = Open(options);
  for (int thread = 0; thread < kThreads; ++thread) {
    EXPECT_EQ(Refresh(*log, Key(thread)), std::to_string(10 * kRounds - 1));
  }
}

TEST_F(SessionLogThreads, DoNotWaitForWhoeverWritesTheLogAnewToLoad) {
  const auto log = Open();
  ASSERT_TRUE(Save(*log, "a", "refresh-1").ok());
  int loaded = 0;
  disk_.OnSync([&] {
    std::thread([&] { loaded += Refresh(*log, "a") == "refresh-1"; }).join();
  });
  ASSERT_TRUE(log->Compact().ok());
  EXPECT_EQ(loaded, 2) << "before the log is locked for writing, and after";
  ASSERT_TRUE(Save(*log, "b", "refresh-2").ok());
  EXPECT_EQ(loaded, 3) << "nor for whoever saves";
}

// What drives a session need not know where that is kept.
TEST_F(SessionLogThreads, ServeEachADurableSessionOfItsOwn) {
  constexpr int kCycles = 5;
  const auto log = Open();
  InThreads([&](int thread) {
    FakeClock clock;
    const auto store = log->StoreFor(Key(thread));
    SessionTokens tokens{Secret::CopyOf("access-0"),
                         Secret::CopyOf("refresh-0")};
    ASSERT_TRUE(store->Save(Session("refresh-0")).ok());
    TokenSessionOptions options;
    options.base_url = "https://api.example";
    DurableSessionOptions durable;
    durable.clock = &clock;
    auto session =
        TokenSession::Create(options, std::move(tokens), clock.Now());
    ASSERT_TRUE(session.ok());
    const auto driven =
        DurableSession::Create(std::move(session).value(), store, durable);
    for (int i = 1; i <= kCycles; ++i) {
      clock.Advance(std::chrono::minutes(51));
      const auto step = driven->Poll();
      const auto* send = std::get_if<TokenSession::Send>(&step);
      ASSERT_NE(send, nullptr);
      ASSERT_EQ((*store->Load())->tokens.idempotency_key, send->idempotency_key)
          << "safe before it is sent";
      const std::string number = std::to_string(i);
      driven->Complete(
          send->attempt,
          HttpResponse{200,
                       {},
                       R"({"access":"access-)" + number +
                           R"(","refresh":"refresh-)" + number + R"("})"});
      ASSERT_TRUE(driven->store_error().ok());
      ASSERT_EQ(Refresh(*log, Key(thread)), "refresh-" + number);
    }
  });
}

}  // namespace
}  // namespace clone_auth::testing
