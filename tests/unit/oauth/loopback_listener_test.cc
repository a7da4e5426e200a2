#include "clone/loopback_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "clone/testing/fake_clock.h"
#include "unit/oauth/visitor.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing::Visitor;

// Longer than any of this takes.
constexpr seconds kLong{60};

LoopbackListener MakeListener(const Clock* clock = nullptr) {
  auto listener = LoopbackListener::Create("/callback", clock);
  EXPECT_TRUE(listener.ok()) << listener.status().ToString();
  return *std::move(listener);
}

// Takes what holds "state=right" for the answer.
Callback JudgeByState(std::string_view target) {
  return target.find("state=right") != std::string_view::npos
             ? Callback::kCode
             : Callback::kStray;
}

bool IsHeard(LoopbackListener& listener, const LoopbackListener::Judge& judge) {
  const auto heard = listener.Hear(judge, kLong);
  EXPECT_TRUE(heard.ok()) << heard.status().ToString();
  return heard.ok() && *heard;
}

Visitor RightOne(const LoopbackListener& listener) {
  Visitor visitor(listener.redirect_uri());
  visitor.Request("GET", "/callback?code=secret-code&state=right");
  return visitor;
}

TEST(LoopbackListenerTest, TheRedirectUriIsThisMachinesAddressAndAFreshPort) {
  const LoopbackListener one = MakeListener();
  const LoopbackListener other = MakeListener();
  EXPECT_THAT(one.redirect_uri(), StartsWith("http://127.0.0.1:"));
  EXPECT_THAT(one.redirect_uri(), ::testing::EndsWith("/callback"));
  EXPECT_NE(one.redirect_uri(), other.redirect_uri());
}

TEST(LoopbackListenerTest, APathThatIsNoneIsRefused) {
  for (const char* path : {"", "callback", "/a?b", "/a#b", "/a b", "/a\r\nb"}) {
    EXPECT_EQ(LoopbackListener::Create(path).status().reason(),
              Reason::kInvalidArgument)
        << path;
  }
}

TEST(LoopbackListenerTest, TheAnswerEndsTheWaitAndIsAnsweredWithAPage) {
  LoopbackListener listener = MakeListener();
  Visitor visitor = RightOne(listener);
  std::string seen;
  EXPECT_TRUE(IsHeard(listener, [&](std::string_view target) {
    seen = target;
    return Callback::kCode;
  }));
  EXPECT_EQ(seen, "/callback?code=secret-code&state=right");
  EXPECT_THAT(visitor.ReadAll(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(LoopbackListenerTest, O10_ThePageHoldsNothingOfTheRequest) {
  LoopbackListener listener = MakeListener();
  Visitor visitor = RightOne(listener);
  EXPECT_TRUE(IsHeard(listener, JudgeByState));
  const std::string page = visitor.ReadAll();
  EXPECT_THAT(page, HasSubstr("You can close this window"));
  EXPECT_THAT(page, Not(HasSubstr("secret-code")));
  EXPECT_THAT(page, Not(HasSubstr("right")));
}

TEST(LoopbackListenerTest, ARefusalEndsTheWaitAndThePageSaysSo) {
  LoopbackListener listener = MakeListener();
  Visitor visitor = RightOne(listener);
  EXPECT_TRUE(
      IsHeard(listener, [](std::string_view) { return Callback::kRefusal; }));
  EXPECT_THAT(visitor.ReadAll(), HasSubstr("The sign-in failed"));
}

TEST(LoopbackListenerTest, O09_StrayRequestsDoNotEndTheWait) {
  LoopbackListener listener = MakeListener();
  std::vector<Visitor> strays;
  const auto visit = [&](const std::string& method, const std::string& target) {
    strays.emplace_back(listener.redirect_uri()).Request(method, target);
  };
  visit("GET", "/favicon.ico");
  visit("GET", "/callback");
  visit("GET", "/callback?code=a&state=wrong");
  visit("HEAD", "/callback?code=a&state=right");
  visit("POST", "/callback?code=a&state=right");
  visit("GET", "http://127.0.0.1/callback?code=a&state=right");
  strays.emplace_back(listener.redirect_uri())
      .Write(
          "GET /callback?code=a&state=right HTTP/1.1\r\n"
          "Host: evil.example\r\n\r\n");
  strays.emplace_back(listener.redirect_uri()).Write("\x16\x03\x01\r\n\r\n");
  Visitor right = RightOne(listener);

  EXPECT_TRUE(IsHeard(listener, JudgeByState));
  EXPECT_THAT(right.ReadAll(), HasSubstr("You can close this window"));
  for (Visitor& stray : strays) {
    const std::string answer = stray.ReadAll();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 Not Found\r\n"));
    EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
  }
}

// A visitor sends what `send` does, all of which must be taken, and reads the
// answer; only then the right one comes.
void ExpectSentAway(const std::function<bool(Visitor&)>& send) {
  LoopbackListener listener = MakeListener();
  bool is_sent = false;
  std::string answer;
  std::thread large([&] {
    Visitor visitor(listener.redirect_uri());
    is_sent = send(visitor);
    answer = visitor.ReadAll();
    RightOne(listener);
  });
  EXPECT_TRUE(IsHeard(listener, JudgeByState));
  large.join();
  EXPECT_TRUE(is_sent);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("broken")));
}

TEST(LoopbackListenerTest, O09_ARequestOfAMegabyteIsSentAway) {
  ExpectSentAway([](Visitor& visitor) {
    return visitor.Write(
        "GET /callback?state=right HTTP/1.1\r\nHost: 127.0.0.1:" +
        std::to_string(visitor.Port()) +
        "\r\nCookie: " + std::string(1 << 20, 'a'));
  });
}

TEST(LoopbackListenerTest, O09_WhoeverPostsAMegabyteGetsToReadTheAnswer) {
  ExpectSentAway([](Visitor& visitor) {
    return visitor.Write(
               "POST /callback?state=right HTTP/1.1\r\n"
               "Content-Length: 1048576\r\n\r\n") &&
           visitor.Write(std::string(1 << 20, 'a'));
  });
}

TEST(LoopbackListenerTest, ConnectionsThatSayNothingKeepNobodyWaiting) {
  LoopbackListener listener = MakeListener();
  Visitor silent(listener.redirect_uri());
  Visitor slow(listener.redirect_uri());
  slow.Write("GET /callback?state=right HTTP/1.1\r\nHost: 127");
  { const Visitor gone(listener.redirect_uri()); }
  Visitor right = RightOne(listener);
  EXPECT_TRUE(IsHeard(listener, JudgeByState));
  EXPECT_THAT(silent.ReadAll(), IsEmpty());
}

TEST(LoopbackListenerTest, ARequestInPiecesIsPutTogether) {
  LoopbackListener listener = MakeListener();
  Visitor visitor(listener.redirect_uri());
  const std::string authority = "127.0.0.1:" + std::to_string(visitor.Port());
  visitor.Write("GET /callback?code=a&sta");
  Visitor other(listener.redirect_uri());
  other.Request("GET", "/favicon.ico");
  EXPECT_TRUE(IsHeard(listener, [&](std::string_view target) {
    if (target == "/favicon.ico") {
      visitor.Write("te=right HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
    }
    return JudgeByState(target);
  }));
  EXPECT_THAT(visitor.ReadAll(), HasSubstr("You can close this window"));
}

TEST(LoopbackListenerTest, AConnectionThatTakesTooLongIsClosed) {
  const FakeClock clock;
  LoopbackListener listener = MakeListener(&clock);
  Visitor silent(listener.redirect_uri());
  Visitor stray(listener.redirect_uri());
  stray.Request("GET", "/");
  const auto heard = listener.Hear(
      [&](std::string_view) {
        EXPECT_FALSE(silent.IsClosed());
        clock.Advance(seconds(10));
        return Callback::kStray;
      },
      seconds(10));
  ASSERT_TRUE(heard.ok());
  EXPECT_FALSE(*heard);

  const Visitor right = RightOne(listener);
  EXPECT_TRUE(IsHeard(listener, [&](std::string_view) {
    EXPECT_TRUE(silent.IsClosed());
    return Callback::kCode;
  }));
}

TEST(LoopbackListenerTest, TheOldestOfTooManyConnectionsIsClosed) {
  LoopbackListener listener = MakeListener();
  std::vector<Visitor> silent;
  for (int i = 0; i < 16; ++i) silent.emplace_back(listener.redirect_uri());
  const Visitor right = RightOne(listener);
  EXPECT_TRUE(IsHeard(listener, [&](std::string_view) {
    EXPECT_TRUE(silent[0].IsClosed());
    EXPECT_FALSE(silent[1].IsClosed());
    return Callback::kCode;
  }));
}

TEST(LoopbackListenerTest, O09_NobodyElseCanListenOnThePort) {
  const LoopbackListener listener = MakeListener();
  const std::uint16_t port = Visitor(listener.redirect_uri()).Port();
  for (const std::uint32_t host : {INADDR_LOOPBACK, INADDR_ANY}) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host);
    address.sin_port = htons(port);
    EXPECT_NE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address),
              0);
    EXPECT_EQ(errno, EADDRINUSE);
    close(fd);
  }
}

TEST(LoopbackListenerTest, O09_AfterTheAnswerThePortIsClosed) {
  LoopbackListener listener = MakeListener();
  const Visitor first = RightOne(listener);
  const Visitor second = RightOne(listener);
  int judged = 0;
  EXPECT_TRUE(IsHeard(listener, [&](std::string_view) {
    ++judged;
    return Callback::kCode;
  }));
  EXPECT_EQ(judged, 1);

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(first.Port());
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_NE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address),
            0);
  EXPECT_EQ(errno, ECONNREFUSED);
  close(fd);
}

TEST(LoopbackListenerTest, WithoutTimeNothingIsHeard) {
  LoopbackListener listener = MakeListener();
  const Visitor right = RightOne(listener);
  const auto heard = listener.Hear(JudgeByState, seconds(0));
  ASSERT_TRUE(heard.ok());
  EXPECT_FALSE(*heard);
}

}  // namespace
}  // namespace clone_auth
