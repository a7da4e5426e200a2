// Which connections are kept, and who shares them.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "unit/http/curl_test_support.h"

namespace clone_auth {
namespace {

using testing::Get;
using testing::HttpAnswer;
using testing::MakeTransport;
using testing::RawConnection;
using testing::RawServer;

TEST(CurlConnection, IsKeptOpenBetweenCalls) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto transport = MakeTransport();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlConnection, IsKeptOpenForTheNextThread) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto transport = MakeTransport();
  for (int i = 0; i < 3; ++i) {
    std::thread([&] {
      EXPECT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
    }).join();
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlConnection, AnAnswerThatWasEndedEarlyLeavesNoneBehind) {
  RawServer server(HttpAnswer("200 OK", "", std::string(4000, 'x')));
  const auto transport = MakeTransport();
  HttpLimits limits;
  limits.max_body = 10;
  EXPECT_FALSE(transport->Send(Get(server.Url("/")), limits).ok());
  const auto answer = transport->Send(Get(server.Url("/")), {});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body.size(), 4000u);
  EXPECT_EQ(server.connections(), 2);
}

// R29: a kept connection carries nothing of the request before.
TEST(CurlConnection, TheNextRequestHasNoneOfTheHeadersBefore) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto transport = MakeTransport();
  ASSERT_TRUE(
      transport
          ->Send(Get(server.Url("/"), {{"Authorization", "Bearer canary"}}), {})
          .ok());
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  ASSERT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests()[1].find("canary"), std::string::npos);
}

// R27
TEST(CurlConnection, SixteenThreadsShareOneTransport) {
  // Says to each request what it asked for.
  RawServer server([](RawConnection& connection) {
    std::string request;
    while (!(request = connection.ReadRequest()).empty()) {
      connection.Write(
          HttpAnswer("200 OK", "", request.substr(0, request.find(" HTTP"))));
    }
  });
  const auto transport = MakeTransport();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 16; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 25; ++i) {
        const std::string path =
            "/" + std::to_string(thread) + "/" + std::to_string(i);
        const auto answer = transport->Send(Get(server.Url(path)), {});
        if (answer.ok() && answer->body == "GET " + path) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 16 * 25);
  EXPECT_LE(server.connections(), 16);
}

#ifndef CLONE_AUTH_SANITIZE_THREAD  // which does not follow a fork of threads
// R27
TEST(CurlConnection, AForkedChildLeavesTheParentsConnectionAlone) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto transport = MakeTransport();
  ASSERT_TRUE(transport->Send(Get(server.Url("/parent")), {}).ok());
  const pid_t child = fork();
  if (child == 0) {
    _exit(transport->Send(Get(server.Url("/child")), {}).ok() ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(server.connections(), 2);
  ASSERT_TRUE(transport->Send(Get(server.Url("/parent")), {}).ok());
  EXPECT_EQ(server.connections(), 2);
}
#endif

TEST(CurlConnection, TwoTransportsLiveAndDieApart) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto kept = MakeTransport();
  { EXPECT_TRUE(MakeTransport()->Send(Get(server.Url("/")), {}).ok()); }
  EXPECT_TRUE(kept->Send(Get(server.Url("/")), {}).ok());
}

}  // namespace
}  // namespace clone_auth
