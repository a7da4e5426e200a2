// A device's sign-in at oidc-provider outlasts what happens while a person
// types its code elsewhere.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_transport.h"
#include "peers/oidc/peer.h"
#include "support/raw_server.h"
#include "support/temporary_folder.h"

namespace clone_auth {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::FakeClock;
using testing::FakeTransport;
using testing::OidcPeer;
using testing::OidcTest;
using testing::RawConnection;
using testing::RawServer;
using testing::TemporaryFolder;

// A clock that goes a fifth too fast, as those of virtual machines may.
class FastClock final : public Clock {
 public:
  WallTime Now() const override {
    return FromUnixSeconds(seconds(1'767'225'600)) +
           duration_cast<WallTime::duration>(SinceBoot());
  }
  nanoseconds SinceBoot() const override {
    return (steady_clock::now() - start_) * 6 / 5;
  }
  void SleepFor(nanoseconds time) const override {
    SystemClock().SleepFor(time * 5 / 6);
  }

 private:
  const steady_clock::time_point start_ = steady_clock::now();
};

// Looks on while a grant waits, and has people and the network act.
using Watch = std::function<void(const DevicePrompt&)>;

class OidcSurvival : public OidcTest {
 protected:
  Result<TokenAnswer> SignIn(const OAuthClient& client, HttpTransport& network,
                             const Clock& time, const Watch& watch) {
    DeviceGrant grant = *DeviceGrant::Create(client, "openid offline_access");
    FlowDriverOptions driver;
    driver.transport = &network;
    driver.clock = &time;
    driver.wait = [&](nanoseconds slice) {
      if (grant.prompt() != nullptr) watch(*grant.prompt());
      time.SleepFor(slice);
      return true;
    };
    RunFlow(grant, driver);
    return grant.Take();
  }

  /// Approves once, as soon as `when` holds.
  static Watch ApproveWhen(OidcPeer& peer, std::function<bool()> when) {
    return [&peer, when = std::move(when),
            is_done = false](const DevicePrompt& prompt) mutable {
      if (is_done || !when()) return;
      is_done = true;
      peer.Approve(prompt);
    };
  }

  FakeClock clock;
};

// What becomes of connections while the network is cut.
struct Cut {
  const char* name;
  /// Null: there are none.
  std::function<void(RawConnection&)> handler;
};

class OidcCut : public OidcSurvival, public ::testing::WithParamInterface<Cut> {
 protected:
  /// What comes of a request that goes astray.
  Result<HttpResponse> Lose(HttpRequest request) {
    request.target = dead_end_ ? dead_end_->Url() : "http://127.0.0.1:1/";
    return transport->Send(request, {milliseconds(200)});
  }

 private:
  std::unique_ptr<RawServer> dead_end_ =
      GetParam().handler ? std::make_unique<RawServer>(GetParam().handler)
                         : nullptr;
};

TEST_P(OidcCut, O11_AMinuteWithoutTheNetworkIsOutlasted) {
  OidcPeer peer(*transport, {"--interval", "0"});
  const OAuthClient client = peer.Client("native");
  const WallTime start = clock.Now() + seconds(10);
  const WallTime end = start + minutes(1);
  int lost = 0;
  FakeTransport network([&](const HttpRequest& request) {
    if (clock.Now() < start || clock.Now() >= end) {
      return transport->Send(request, {});
    }
    ++lost;
    return Lose(request);
  });
  const auto answer = SignIn(client, network, clock, ApproveWhen(peer, [&] {
                               return clock.Now() >= start + seconds(30);
                             }));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_GE(clock.Now(), end);
  // After 12, 24 and 48 seconds.
  EXPECT_EQ(lost, 3);
  EXPECT_EQ(peer.Count("polls"), 2);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OidcCut,
    ::testing::Values(Cut{"Refused", nullptr},
                      Cut{"Reset",
                          [](RawConnection& connection) {
                            connection.ReadRequest();
                            connection.BreakOff();
                          }},
                      Cut{"Swallowed",
                          [](RawConnection& connection) {
                            connection.WaitUntilGone();
                          }},
                      Cut{"BrokenOff",
                          [](RawConnection& connection) {
                            connection.ReadRequest();
                            connection.Write(
                                "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n"
                                "\r\n{\"access_token\":\"");
                          }}),
    [](const auto& cut) { return cut.param.name; });

TEST_F(OidcSurvival, AnAnswerThatIsLostOnItsWayEndsItWithTheReason) {
  OidcPeer peer(*transport, {"--interval", "0"});
  const OAuthClient client = peer.Client("native");
  bool is_approved = false;
  bool is_lost = false;
  FakeTransport network([&](const HttpRequest& request) {
    auto answer = transport->Send(request, {});
    if (!is_approved || std::exchange(is_lost, true)) return answer;
    return Result<HttpResponse>(Status(Reason::kConnectionLost));
  });
  const auto answer = SignIn(client, network, clock, ApproveWhen(peer, [&] {
                               return is_approved = peer.Count("polls") == 1;
                             }));
  EXPECT_EQ(answer.status().reason(), Reason::kGrantInvalid);
  EXPECT_EQ(peer.Count("polls"), 3);
}

// Stops the peer once it was polled, and starts it again half a minute later.
Watch Restart(OidcPeer& peer, const Clock& clock, Watch then) {
  return [&peer, &clock, then = std::move(then), back = WallTime::max(),
          is_back = false](const DevicePrompt& prompt) mutable {
    if (is_back) return then(prompt);
    if (back == WallTime::max()) {
      if (peer.Count("polls") == 0) return;
      peer.Stop();
      back = clock.Now() + seconds(30);
    } else if (clock.Now() >= back) {
      peer.Start();
      is_back = true;
    }
  };
}

TEST_F(OidcSurvival, O11_AServerThatStartsAgainIsOutlasted) {
  const TemporaryFolder folder;
  OidcPeer peer(*transport,
                {"--interval", "0", "--storage", folder / "peer.json"});
  const auto answer =
      SignIn(peer.Client("native"), *transport, clock,
             Restart(peer, clock, ApproveWhen(peer, [] { return true; })));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_FALSE(answer->tokens.refresh.empty());
}

TEST_F(OidcSurvival, O11_AServerThatForgotTheCodesEndsItWithTheReason) {
  OidcPeer peer(*transport, {"--interval", "0"});
  const auto answer = SignIn(peer.Client("native"), *transport, clock,
                             Restart(peer, clock, [](const auto&) {}));
  EXPECT_EQ(answer.status().reason(), Reason::kGrantInvalid);
}

TEST_F(OidcSurvival, O11_AClockThatIsAFifthFastPollsNeverEarly) {
  OidcPeer peer(*transport, {"--interval", "1"});
  const auto answer =
      SignIn(peer.Client("native"), *transport, FastClock(),
             ApproveWhen(peer, [&] { return peer.Count("polls") == 4; }));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(peer.Count("early"), 0);
}

}  // namespace
}  // namespace clone_auth
