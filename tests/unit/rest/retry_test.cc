// What is sent again, when, and how often.

#include "rest/retry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "unit/rest/client_fixture.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::ClientTest;
using testing::FakeRandom;
using testing::StubSource;

class RetryTest : public ClientTest {
 protected:
  /// How many requests went out, and what became of it, when every one of
  /// them ends in `outcome`.
  struct Series {
    std::size_t requests;
    nanoseconds took;
    int status;  // 0: no answer
  };
  Series Run(const std::string& method, const Result<HttpResponse>& outcome,
             HttpHeaders headers = {}) {
    const std::size_t before = transport->count();
    const nanoseconds start = clock.SinceBoot();
    for (int i = 0; i < 10; ++i) transport->Push(outcome);
    HttpRequest request{method, "/x", std::move(headers), "", ""};
    const auto answer = client->Send(std::move(request));
    const std::size_t requests = transport->count() - before;
    // What is left of the script must not reach the next series.
    while (transport->count() - before < 10) {
      (void)transport->Send({}, {});
    }
    return {requests, clock.SinceBoot() - start,
            answer.ok() ? answer->status : 0};
  }
};

HttpResponse Answer(int status, HttpHeaders headers = {}) {
  return {status, std::move(headers), ""};
}

TEST_F(RetryTest, R16_IdempotentRequestsOutlastPassingFailures) {
  for (const char* method : {"GET", "HEAD", "OPTIONS", "DELETE", "PUT"}) {
    for (const int status : {429, 502, 503, 504}) {
      SCOPED_TRACE(std::string(method) + std::to_string(status));
      const Series series = Run(method, Answer(status));
      EXPECT_EQ(series.requests, 3u);
      EXPECT_EQ(series.status, status);
      // Half of 500 ms and 1000 ms is sure.
      EXPECT_GE(series.took, milliseconds(750));
      EXPECT_LE(series.took, milliseconds(1500));
    }
    EXPECT_EQ(Run(method, Status(Reason::kConnectionLost)).requests, 3u);
    EXPECT_EQ(Run(method, Status(Reason::kUnreachable)).requests, 3u);
  }
}

TEST_F(RetryTest, FailuresThatStayAreNotRepeated) {
  for (const Reason reason :
       {Reason::kTimeout, Reason::kTlsFailed, Reason::kAnswerTooLarge,
        Reason::kAnswerMalformed, Reason::kInternal}) {
    EXPECT_EQ(Run("GET", Status(reason)).requests, 1u);
  }
  for (const int status : {200, 400, 403, 404, 500, 501}) {
    EXPECT_EQ(Run("GET", Answer(status)).requests, 1u);
  }
}

TEST_F(RetryTest, R11_APostIsRepeatedOnlyWhereItWasSurelyNotTaken) {
  for (const char* method : {"POST", "PATCH"}) {
    EXPECT_EQ(Run(method, Status(Reason::kUnreachable)).requests, 3u);
    EXPECT_EQ(Run(method, Status(Reason::kConnectionLost)).requests, 1u);
    for (const int status : {429, 502, 503, 504}) {
      EXPECT_EQ(Run(method, Answer(status)).requests, 1u);
    }
    for (const int status : {429, 503}) {
      EXPECT_EQ(Run(method, Answer(status, {{"Retry-After", "1"}})).requests,
                3u);
    }
    EXPECT_EQ(Run(method, Answer(502, {{"Retry-After", "1"}})).requests, 1u);
  }
}

TEST_F(RetryTest, AnIdempotencyKeyMakesAPostRepeatable) {
  const HttpHeaders keyed{{"Idempotency-Key", "a"}};
  EXPECT_EQ(Run("POST", Status(Reason::kConnectionLost), keyed).requests, 3u);
  EXPECT_EQ(Run("POST", Answer(502), keyed).requests, 3u);
}

TEST_F(RetryTest, R18_ARefreshIsSentOnceUnlessItHasAnIdempotencyKey) {
  for (const Result<HttpResponse>& outcome :
       {Result<HttpResponse>(Status(Reason::kConnectionLost)),
        Result<HttpResponse>(Status(Reason::kUnreachable)),
        Result<HttpResponse>(Answer(503, {{"Retry-After", "1"}}))}) {
    const std::size_t before = transport->count();
    transport->Push(outcome);
    EXPECT_FALSE(client->Refresh(Secret::CopyOf("r")).ok());
    EXPECT_EQ(transport->count() - before, 1u);
  }
  transport->Push(Status(Reason::kConnectionLost));
  PushJson(200, R"({"access":"a"})");
  EXPECT_TRUE(client->Refresh(Secret::CopyOf("r"), "key").ok());
}

TEST_F(RetryTest, R15_RetryAfterIsKeptAndNeverUndercut) {
  for (int i = 0; i < 20; ++i) {
    const Series series = Run("GET", Answer(429, {{"Retry-After", "2"}}));
    EXPECT_EQ(series.requests, 3u);
    EXPECT_GE(series.took, seconds(4));
    EXPECT_LE(series.took, milliseconds(4400));
  }
}

TEST_F(RetryTest, R15_RetryAfterIsClampedAndALongOneEndsTheCall) {
  const struct {
    const char* value;
    std::size_t requests;
    milliseconds least;
  } rows[] = {
      {"0", 3, seconds(2)},  // 1 s each
      {"1000000000000", 1, seconds(0)},
      {"9", 1, seconds(0)},
      {"Thu, 01 Jan 1970 00:00:00 GMT", 3, seconds(2)},
      {"Thu, 01 Jan 2099 00:00:00 GMT", 1, seconds(0)},
      {"-5", 3, milliseconds(750)},  // no Retry-After: backoff
      {"soon", 3, milliseconds(750)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.value);
    const Series series = Run("GET", Answer(503, {{"Retry-After", row.value}}));
    EXPECT_EQ(series.requests, row.requests);
    EXPECT_GE(series.took, row.least);
    EXPECT_LE(series.took, row.least * 2 + seconds(1));
  }
}

TEST_F(RetryTest, TheDeadlineIsForTheWholeCall) {
  const HttpLimits limits;
  transport->Push(Answer(503, {{"Retry-After", "8"}}));
  transport->Push(Answer(503, {{"Retry-After", "8"}}));
  transport->Push(Answer(200));
  ASSERT_TRUE(client->Send({"GET", "/x", {}, "", ""}).ok());
  // Two waits of at least 8 s are gone from the 30 s.
  EXPECT_LE(transport->last_limits().total, limits.total - seconds(16));
  EXPECT_GT(transport->last_limits().total, seconds(0));
}

TEST_F(RetryTest, NoAttemptStartsAfterTheDeadline) {
  auto slow = std::make_shared<testing::FakeTransport>(
      [&](const HttpRequest&) -> Result<HttpResponse> {
        clock.Advance(seconds(29));
        return Answer(503);
      });
  RestClientOptions options;
  options.base_url = "https://api.example";
  options.transport = slow;
  options.clock = &clock;
  options.random = &random;
  options.retry.first_wait = seconds(4);
  const auto made = RestClient::Create(std::move(options));
  ASSERT_TRUE(made.ok());
  const auto answer = (*made)->Send({"GET", "/x", {}, "", ""});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(slow->count(), 1u);
}

TEST(WaitBeforeRepeat, R16_DoublesUpToTheLongestWait) {
  RetryPolicy policy;
  policy.max_attempts = 100;
  FakeRandom random;
  milliseconds full = policy.first_wait;
  for (int attempt = 1; attempt < 40; ++attempt) {
    const auto wait =
        WaitBeforeRepeat(policy, Repeat::kAlways, attempt,
                         Status(Reason::kUnreachable), WallTime(), random);
    ASSERT_TRUE(wait.has_value());
    EXPECT_GE(*wait, full / 2);
    EXPECT_LE(*wait, full);
    full = std::min(full * 2, policy.max_wait);
  }
  EXPECT_EQ(full, policy.max_wait);
}

TEST(WaitBeforeRepeat, WaitsWithoutRandomBytesToo) {
  FakeRandom random;
  random.Fail();
  EXPECT_EQ(WaitBeforeRepeat({}, Repeat::kAlways, 1,
                             Status(Reason::kUnreachable), WallTime(), random),
            nanoseconds(milliseconds(250)));
}

TEST_F(RetryTest, R17_A401IsRenewedOnceAndSentOnceMore) {
  Make(std::make_shared<StubSource>(5));
  transport->Push(Answer(401));
  PushJson(200, R"({"id":1})");
  ASSERT_TRUE(client->Me().ok());
  EXPECT_EQ(LastKey(), StubSource::Key(2));
  EXPECT_EQ(transport->count(), 2u);
}

TEST_F(RetryTest, R17_A401ForEverEndsAfterOneRenewal) {
  Make(std::make_shared<StubSource>(5));
  for (int i = 0; i < 10; ++i) transport->Push(Answer(401));
  EXPECT_EQ(client->Me().status().http_status(), 401);
  EXPECT_EQ(transport->count(), 2u);
  EXPECT_EQ(source->asked(), 1);
}

TEST_F(RetryTest, A401IsFinalWhereTheSourceHasNothingElse) {
  transport->Push(Answer(401));
  EXPECT_EQ(client->Me().status().http_status(), 401);
  EXPECT_EQ(transport->count(), 1u);
}

TEST_F(RetryTest, A401OfASignInRenewsNothing) {
  Make(std::make_shared<StubSource>(5));
  transport->Push(Answer(401));
  EXPECT_FALSE(client->Login("e", Secret::CopyOf("p")).ok());
  EXPECT_EQ(source->asked(), 0);
}

TEST_F(RetryTest, R17_ManyThreadsRenewOneCredentialOnce) {
  Make(std::make_shared<StubSource>(100));
  const std::string old = StubSource::Key(1);
  const auto judge = std::make_shared<testing::FakeTransport>(
      [&](const HttpRequest& request) -> Result<HttpResponse> {
        const std::string* const key =
            request.headers.Find(testing::TestScheme().header);
        return Answer(key != nullptr && *key == old ? 401 : 200);
      });
  RestClientOptions options;
  options.base_url = "https://api.example";
  options.transport = judge;
  options.credentials = source;
  auto made = RestClient::Create(std::move(options));
  ASSERT_TRUE(made.ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      const auto answer = (*made)->Send({"GET", "/x", {}, "", ""});
      EXPECT_TRUE(answer.ok() && answer->status == 200);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(source->HeaderFor("GET", "")->value, StubSource::Key(2));
}

TEST_F(RetryTest, ARevocationWhoseAnswerWasLostIsDone) {
  transport->Push(Status(Reason::kConnectionLost));
  PushJson(404, R"({"detail":"Not found."})");
  EXPECT_TRUE(client->RevokeKey("k").ok());
  // Nothing was sent the first time: there is no such key.
  transport->Push(Status(Reason::kUnreachable));
  PushJson(404, R"({"detail":"Not found."})");
  EXPECT_EQ(client->RevokeKey("k").reason(), Reason::kNotFound);
}

}  // namespace
}  // namespace clone_auth
