// The client over libcurl, against a server that says what it is told to.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "clone/rest_client.h"
#include "clone/testing/fake_clock.h"
#include "support/raw_server.h"
#include "unit/rest/client_fixture.h"

namespace clone_auth {
namespace {

using testing::FakeClock;
using testing::HttpAnswer;
using testing::RawConnection;
using testing::RawServer;
using testing::StubSource;
using testing::TestScheme;

constexpr char kJson[] = "Content-Type: application/json\r\n";

class RestServerTest : public ::testing::Test {
 protected:
  std::unique_ptr<RestClient> Connect(const RawServer& server) {
    RestClientOptions options;
    options.base_url = server.Url();
    options.credentials = std::make_shared<StubSource>();
    options.clock = &clock;
    auto made = RestClient::Create(std::move(options));
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    return std::move(made).value();
  }

  Status MeAgainst(const std::string& answer) {
    RawServer server(answer);
    return Connect(server)->Me().status();
  }

  FakeClock clock;  // so that waits between attempts take no time
};

TEST_F(RestServerTest, TheRequestIsWhatTheApiExpects) {
  RawServer server(HttpAnswer("200 OK", kJson, R"({"id":1,"email":"a@b.c"})"));
  ASSERT_TRUE(Connect(server)->Me().ok());
  const std::string request = server.requests()[0];
  EXPECT_EQ(request.rfind("GET /api/auth/me/ HTTP/1.1\r\n", 0), 0u);
  EXPECT_NE(request.find("\r\n" + TestScheme().header + ": " +
                         StubSource::Key(1) + "\r\n"),
            std::string::npos);
  EXPECT_NE(request.find("\r\nAccept: application/json\r\n"),
            std::string::npos);
  EXPECT_EQ(request.find("Content-Type"), std::string::npos);
  EXPECT_EQ(request.find("Authorization"), std::string::npos);
}

TEST_F(RestServerTest, R01_R03_ARedirectTakesNothingElsewhere) {
  RawServer elsewhere(HttpAnswer("200 OK", kJson, R"({"access":"a"})"));
  for (const char* status : {"301 M", "302 F", "303 S", "307 T", "308 P"}) {
    RawServer server(
        HttpAnswer(status, "Location: " + elsewhere.Url("/") + "\r\n", ""));
    const auto client = Connect(server);
    EXPECT_EQ(client->Me().status().reason(), Reason::kRedirectRefused);
    EXPECT_EQ(client->Refresh(Secret::CopyOf("r")).status().reason(),
              Reason::kRedirectRefused);
  }
  EXPECT_EQ(elsewhere.connections(), 0);
}

// Libcurl takes a close for the end here; the JSON tells.
TEST_F(RestServerTest, R12_ABodyCutByTheCloseIsMalformed) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Connection: close\r\n\r\n{\"id\":1,\"email\":\"a@");
  });
  EXPECT_EQ(Connect(server)->Me().status().reason(), Reason::kAnswerMalformed);
}

TEST_F(RestServerTest, R13_AWebPageIsMalformed) {
  EXPECT_EQ(MeAgainst(HttpAnswer("200 OK", "Content-Type: text/html\r\n",
                                 "<html>Log in</html>"))
                .reason(),
            Reason::kAnswerMalformed);
}

TEST_F(RestServerTest, R08_ABodyBeyondTheLimitIsTooLarge) {
  EXPECT_EQ(MeAgainst(HttpAnswer("200 OK", kJson, std::string(2 << 20, ' ')))
                .reason(),
            Reason::kAnswerTooLarge);
}

TEST_F(RestServerTest, R11_ALostAnswerToAGetIsAskedForAgain) {
  std::atomic<int> connections{0};
  RawServer server([&](RawConnection& connection) {
    connection.ReadRequest();
    if (++connections < 3) return;  // hangs up
    connection.Write(HttpAnswer("200 OK", kJson, R"({"id":1})"));
  });
  EXPECT_TRUE(Connect(server)->Me().ok());
  EXPECT_EQ(server.requests().size(), 3u);
}

// The server took the token; only the answer was lost.
TEST_F(RestServerTest, R11_R18_ALostAnswerToARefreshIsNotAskedForAgain) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.BreakOff();
  });
  EXPECT_EQ(Connect(server)->Refresh(Secret::CopyOf("r")).status().reason(),
            Reason::kConnectionLost);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(RestServerTest, AnAbsentServerIsUnreachableForEveryCall) {
  std::unique_ptr<RestClient> client;
  {
    RawServer server("");
    client = Connect(server);
  }
  EXPECT_EQ(client->Me().status().reason(), Reason::kUnreachable);
  EXPECT_EQ(client->Login("e", Secret::CopyOf("p")).status().reason(),
            Reason::kUnreachable);
}

// Every failure on the wire, with every secret that a request can hold.
TEST_F(RestServerTest, NoErrorHoldsASecret) {
  const std::string echo =
      R"({"field":["canary-secret )" + StubSource::Key(1) + R"("]})";
  for (const std::string& answer :
       {HttpAnswer("400 Bad", kJson, echo), HttpAnswer("401 No", kJson, echo),
        HttpAnswer("200 OK", "Content-Type: canary\r\n", echo),
        HttpAnswer("302 Found", "Location: http://canary/\r\n", ""),
        std::string("HTTP/1.1 canary\r\n\r\n"), std::string("canary\r\n"),
        HttpAnswer("200 OK", "X canary: 1\r\n", "{}"),
        HttpAnswer("200 OK", "Content-Encoding: canary\r\n", "{}")}) {
    RawServer server([&](RawConnection& connection) {
      connection.ReadRequest();
      connection.Write(answer);
    });
    const auto client = Connect(server);
    const Secret secret = Secret::CopyOf("canary-secret");
    for (const Status& status :
         {client->Login("e", secret).status(), client->Refresh(secret).status(),
          client->Me().status()}) {
      EXPECT_FALSE(status.ok());
      EXPECT_EQ(status.ToString().find("canary"), std::string::npos)
          << status.ToString();
    }
  }
}

}  // namespace
}  // namespace clone_auth
