#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "capi_world.h"
#include "memory_faults.h"

namespace clone_auth::testing {
namespace {

using CSessionOptions =
    CHandle<clone_auth_session_options, clone_auth_session_options_free>;
using CSession = CHandle<clone_auth_session, clone_auth_session_free>;
using CRequest =
    CHandle<clone_auth_session_request, clone_auth_session_request_free>;

constexpr char kUrl[] = "https://a.example";

CSession MakeSession() {
  clone_auth_session_options* options = nullptr;
  EXPECT_EQ(clone_auth_session_options_create(kUrl, sizeof kUrl - 1, &options,
                                              nullptr),
            CLONE_AUTH_OK);
  const CSessionOptions owned(options);
  clone_auth_session* session = nullptr;
  EXPECT_EQ(clone_auth_session_create(options, "access", 6, "refresh", 7, 600,
                                      &session, nullptr),
            CLONE_AUTH_OK);
  return CSession(session);
}

/// The attempt that begins now; -1 where another is under way.
std::int64_t Start(clone_auth_session* session) {
  int step = -1;
  std::int64_t wait_ns = -1;
  std::int64_t attempt = -1;
  clone_auth_session_request* request = nullptr;
  EXPECT_EQ(
      clone_auth_session_start(session, &step, &wait_ns, &request, nullptr),
      CLONE_AUTH_OK);
  const CRequest owned(request);
  if (step == CLONE_AUTH_STEP_SEND) {
    EXPECT_EQ(clone_auth_session_request_attempt(request, &attempt, nullptr),
              CLONE_AUTH_OK);
  }
  return attempt;
}

Outcome Complete(clone_auth_session* session, std::int64_t attempt,
                 const std::string& access) {
  const std::string body = R"({"access":")" + access + R"(","refresh":"next"})";
  return OutcomeOf([&](clone_auth_error** error) {
    return clone_auth_session_complete(session, attempt, 200, "date: x", 7,
                                       body.data(), body.size(), error);
  });
}

Outcome Header(const clone_auth_session* session, std::string* value) {
  clone_auth_string* name = nullptr;
  clone_auth_string* text = nullptr;
  std::int64_t generation = 0;
  const Outcome outcome = OutcomeOf([&](clone_auth_error** error) {
    return clone_auth_session_header(session, "GET", 3, kUrl, sizeof kUrl - 1,
                                     &name, &text, &generation, error);
  });
  *value = clone_auth_string_data(text);
  clone_auth_string_free(name);
  clone_auth_string_free(text);
  return outcome;
}

TEST(CSessions, HandEachAttemptToOneOfManyThreads) {
  const CSession session = MakeSession();
  std::atomic<int> under_way{0};
  std::atomic<int> completed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) {
        std::string value;
        EXPECT_EQ(Header(session.get(), &value).status, CLONE_AUTH_OK);
        const std::int64_t attempt = Start(session.get());
        if (attempt < 0) continue;
        EXPECT_EQ(under_way++, 0);
        const std::string access = "access-" + std::to_string(attempt);
        --under_way;
        EXPECT_EQ(Complete(session.get(), attempt, access).status,
                  CLONE_AUTH_OK);
        ++completed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(completed, 1);
  std::string value;
  EXPECT_EQ(Header(session.get(), &value).status, CLONE_AUTH_OK);
  EXPECT_EQ(value, "Bearer access-" + std::to_string(completed));
}

TEST(CSessions, KeepTheirTokenWhereThereIsNoMemoryForARefresh) {
  for (int count = 0;; ++count) {
    const CSession session = MakeSession();
    int step = -1;
    std::int64_t wait_ns = -1;
    clone_auth_session_request* request = nullptr;
    memory_faults = {true, false, count, false};
    const auto status = clone_auth_session_start(session.get(), &step, &wait_ns,
                                                 &request, nullptr);
    memory_faults.armed = false;
    const CRequest owned(request);
    if (!memory_faults.failed) {
      EXPECT_EQ(step, CLONE_AUTH_STEP_SEND);
      EXPECT_GT(count, 5);
      return;
    }
    EXPECT_EQ(status, CLONE_AUTH_INTERNAL) << count;
    EXPECT_EQ(request, nullptr) << count;
    std::string value;
    EXPECT_EQ(Header(session.get(), &value).status, CLONE_AUTH_OK);
    EXPECT_EQ(value, "Bearer access");
    EXPECT_EQ(clone_auth_session_start(session.get(), &step, &wait_ns, &request,
                                       nullptr),
              CLONE_AUTH_OK);
    const CRequest next(request);
    EXPECT_EQ(step, CLONE_AUTH_STEP_SEND) << count << ": nobody is at it";
  }
}

TEST(CSessions, AreLeftAsTheyWereByAHeaderThereIsNoMemoryFor) {
  const CSession session = MakeSession();
  for (int count = 0;; ++count) {
    std::string value;
    memory_faults = {true, false, count, false};
    const Outcome outcome = Header(session.get(), &value);
    memory_faults.armed = false;
    if (!memory_faults.failed) {
      EXPECT_EQ(value, "Bearer access");
      EXPECT_GE(count, 2);
      return;
    }
    EXPECT_EQ(outcome, (Outcome{CLONE_AUTH_INTERNAL, "internal"})) << count;
    EXPECT_EQ(value, "");
  }
}

TEST(CSessions, CountAnAnswerThatIsTooLargeAsNone) {
  const CSession session = MakeSession();
  EXPECT_EQ(Complete(session.get(), Start(session.get()),
                     std::string(std::size_t{1} << 20, 'a'))
                .status,
            CLONE_AUTH_OK);
  EXPECT_EQ(OutcomeOf([&](clone_auth_error** error) {
              return clone_auth_session_last_error(session.get(), error);
            }).reason,
            "answer_too_large");
  std::string value;
  EXPECT_EQ(Header(session.get(), &value).status, CLONE_AUTH_OK);
}

}  // namespace
}  // namespace clone_auth::testing
