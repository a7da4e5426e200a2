// Which connections are kept, and who shares them.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <future>
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

// What authenticates is in the request: a kept connection carries none of it to
// the next.
TEST(CurlConnection, R29_OneTenantsCredentialIsInNoRequestOfAnother) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  const auto transport = MakeTransport();
  for (const HttpHeaders& tenant :
       {HttpHeaders{{"Authorization", "Bearer canary-1"}},
        HttpHeaders{{"X-Clone-API-Key", "canary-2"}},
        HttpHeaders{{"Authorization", "Bearer canary-3"}}, HttpHeaders{}}) {
    ASSERT_TRUE(transport->Send(Get(server.Url("/"), tenant), {}).ok());
  }
  ASSERT_EQ(server.connections(), 1);
  const auto requests = server.requests();
  for (std::size_t sent = 0; sent < requests.size(); ++sent) {
    for (std::size_t tenant = 0; tenant < requests.size(); ++tenant) {
      const bool has =
          requests[sent].find("canary-" + std::to_string(tenant + 1)) !=
          std::string::npos;
      EXPECT_EQ(has, sent == tenant && sent < 3) << requests[sent];
    }
  }
}

TEST(CurlConnection, R29_AConnectionServesItsOriginAlone) {
  RawServer one(HttpAnswer("200 OK", "", "1"));
  RawServer two(HttpAnswer("200 OK", "", "2"));
  const auto transport = MakeTransport();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(transport->Send(Get(one.Url("/")), {})->body, "1");
    EXPECT_EQ(transport->Send(Get(two.Url("/")), {})->body, "2");
  }
  EXPECT_EQ(one.connections(), 1);
  EXPECT_EQ(two.connections(), 1);
}

TEST(CurlConnection, R27_SixtyFourThreadsShareOneTransport) {
  // Says to each request what it asked for.
  RawServer server([](RawConnection& connection) {
    std::string request;
    while (!(request = connection.ReadRequest()).empty()) {
      connection.Write(
          HttpAnswer("200 OK", "", request.substr(0, request.find(" HTTP"))));
    }
  });
  constexpr int kThreads = 64;
  constexpr int kCalls = 10;
  CurlTransportOptions options;
  options.max_idle_connections = kThreads;
  const auto transport = MakeTransport(options);
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kCalls; ++i) {
        const std::string path =
            "/" + std::to_string(thread) + "/" + std::to_string(i);
        const auto answer = transport->Send(Get(server.Url(path)), {});
        if (answer.ok() && answer->body == "GET " + path) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kThreads * kCalls);
  EXPECT_LE(server.connections(), kThreads);
}

#ifndef CLONE_AUTH_SANITIZE_THREAD  // which does not follow a fork of threads
TEST(CurlConnection, R27_AForkedChildLeavesTheParentsConnectionAlone) {
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

TEST(CurlConnection, R27_AForkInTheMiddleOfATransferHarmsNeither) {
  std::promise<void> asked;
  std::promise<void> go;
  RawServer server([&](RawConnection& connection) {
    const bool parent = connection.ReadRequest().rfind("GET /parent ", 0) == 0;
    if (parent) {
      connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{");
      asked.set_value();
      go.get_future().wait();
      connection.Write("}");
    } else {
      connection.Write(HttpAnswer("200 OK", "", "[]"));
    }
  });
  const auto transport = MakeTransport();
  auto transfer = std::async(std::launch::async, [&] {
    return transport->Send(Get(server.Url("/parent")), {});
  });
  asked.get_future().wait();
  const pid_t child = fork();
  if (child == 0) {
    const auto answer = transport->Send(Get(server.Url("/child")), {});
    _exit(answer.ok() && answer->body == "[]" ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  go.set_value();
  const auto answer = transfer.get();
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->body, "{}");
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
