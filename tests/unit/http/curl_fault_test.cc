// Peers that are absent, slow, or break off.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "unit/http/curl_test_support.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using testing::Get;
using testing::GetOnce;
using testing::HttpAnswer;
using testing::MakeTransport;
using testing::Post;
using testing::RawConnection;
using testing::RawServer;

// One byte now and then, for as long as anybody listens.
void Drip(RawConnection& connection, std::string_view text) {
  for (const char c : text) {
    if (!connection.Write(std::string_view(&c, 1))) return;
    if (!connection.Pause(milliseconds(20))) return;
  }
}

std::uint16_t PortOfNobody() {
  const RawServer gone(HttpAnswer("200 OK", "", ""));
  return gone.port();
}

TEST(CurlFault, AnAbsentServerIsUnreachable) {
  const std::string origin =
      "http://127.0.0.1:" + std::to_string(PortOfNobody());
  const auto answer = GetOnce(origin + "/secret-path");
  EXPECT_EQ(answer.status().reason(), Reason::kUnreachable);
  EXPECT_NE(answer.status().message().find(origin), std::string_view::npos);
  EXPECT_EQ(answer.status().message().find("secret-path"),
            std::string_view::npos);
}

TEST(CurlFault, AnUnknownNameIsUnreachable) {
  HttpLimits limits;
  limits.connect = milliseconds(2000);
  EXPECT_EQ(GetOnce("https://nobody.invalid/", limits).status().reason(),
            Reason::kUnreachable);
}

// Peers that would keep a caller for ever.
struct Keeper {
  const char* name;
  const char* scheme;
  RawServer::Handler handler;
  Reason reason;
};

const Keeper kKeepers[] = {
    {"silence after the handshake's first word", "https",
     [](RawConnection& connection) { connection.WaitUntilGone(); },
     Reason::kUnreachable},  // nothing went out: safe to repeat
    {"silence after the request", "http",
     [](RawConnection& connection) {
       connection.ReadRequest();
       connection.WaitUntilGone();
     },
     Reason::kTimeout},
    {"headers byte by byte", "http",
     [](RawConnection& connection) {
       connection.ReadRequest();
       Drip(connection,
            HttpAnswer("200 OK", "X-A: " + std::string(1000, 'x'), "{}"));
     },
     Reason::kTimeout},
    {"a body byte by byte", "http",
     [](RawConnection& connection) {
       connection.ReadRequest();
       connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
       Drip(connection, std::string(1000, 'x'));
     },
     Reason::kTimeout},
};

TEST(CurlFault, R10_TheDeadlineIsKeptWithinATenthWhateverThePeerDoes) {
  HttpLimits limits;
  limits.total = milliseconds(300);
  for (const Keeper& keeper : kKeepers) {
    SCOPED_TRACE(keeper.name);
    RawServer server(keeper.handler);
    const std::string url = std::string(keeper.scheme) +
                            "://127.0.0.1:" + std::to_string(server.port());
    // A busy machine may be late at times, not every time.
    auto best = milliseconds::max();
    for (int i = 0; i < 10 && best > limits.total * 11 / 10; ++i) {
      const auto start = std::chrono::steady_clock::now();
      const auto answer = GetOnce(url, limits);
      const auto took = std::chrono::duration_cast<milliseconds>(
          std::chrono::steady_clock::now() - start);
      EXPECT_EQ(answer.status().reason(), keeper.reason);
      EXPECT_GE(took, limits.total * 9 / 10);
      best = std::min(best, took);
    }
    EXPECT_LE(best, limits.total * 11 / 10);
  }
}

TEST(CurlFault, ASlowAnswerInTimeIsTaken) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    Drip(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  });
  EXPECT_TRUE(GetOnce(server.Url("/")).ok());
}

TEST(CurlFault, ALimitOfZeroMeansAtOnceAndNotForEver) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitUntilGone();
  });
  HttpLimits limits;
  limits.total = milliseconds(0);
  EXPECT_FALSE(GetOnce(server.Url("/"), limits).ok());
}

TEST(CurlFault, R12_ABodyShorterThanItsLengthIsAConnectionLost) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":");
  });
  EXPECT_EQ(GetOnce(server.Url("/")).status().reason(),
            Reason::kConnectionLost);
}

TEST(CurlFault, R12_ChunksWithoutTheLastAreAConnectionLost) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\n{\"a\":\r\n");
  });
  EXPECT_EQ(GetOnce(server.Url("/")).status().reason(),
            Reason::kConnectionLost);
}

TEST(CurlFault, R11_AResetAfterTheHeadersIsAConnectionLost) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    connection.Pause(milliseconds(20));
    connection.BreakOff();
  });
  EXPECT_EQ(GetOnce(server.Url("/")).status().reason(),
            Reason::kConnectionLost);
}

TEST(CurlFault, ClosingWithoutAWordIsAConnectionLost) {
  RawServer server([](RawConnection& connection) { connection.ReadRequest(); });
  EXPECT_EQ(GetOnce(server.Url("/")).status().reason(),
            Reason::kConnectionLost);
}

// Answers the first request of each connection and hangs up at the second.
void HangUpAtTheSecond(RawConnection& connection) {
  connection.ReadRequest();
  connection.Write(HttpAnswer("200 OK", "", "{}"));
  connection.ReadRequest();
}

// The server may have acted before it hung up.
TEST(CurlFault, R11_R18_APostIsNeverSentASecondTimeByItself) {
  RawServer server(HangUpAtTheSecond);
  const auto transport = MakeTransport();
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  const auto answer = transport->Send(Post(server.Url("/once"), "{}"), {});
  EXPECT_EQ(answer.status().reason(), Reason::kConnectionLost);
  EXPECT_EQ(server.requests().size(), 2u);
  const std::string received = server.received();
  EXPECT_EQ(received.find("POST"), received.rfind("POST"));
}

TEST(CurlFault, R11_R18_APostWithoutABodyIsNeverSentASecondTimeByItself) {
  RawServer server(HangUpAtTheSecond);
  const auto transport = MakeTransport();
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  ASSERT_TRUE(transport->Send(Post(server.Url("/once"), ""), {}).ok());
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(CurlFault, AGetOnAConnectionThatJustClosedGoesOutAgain) {
  RawServer server(HangUpAtTheSecond);
  const auto transport = MakeTransport();
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  EXPECT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  EXPECT_EQ(server.connections(), 2);
}

TEST(CurlFault, APutWithItsBodyGoesOutAgainWhole) {
  RawServer server(HangUpAtTheSecond);
  const auto transport = MakeTransport();
  ASSERT_TRUE(transport->Send(Get(server.Url("/")), {}).ok());
  HttpRequest put = Post(server.Url("/"), "whole");
  put.method = "PUT";
  EXPECT_TRUE(transport->Send(put, {}).ok());
  const std::string last = server.requests().back();
  EXPECT_EQ(last.substr(last.size() - 9), "\r\n\r\nwhole");
}

}  // namespace
}  // namespace clone_auth
