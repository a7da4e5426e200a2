#include "service/client_address.h"

#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using service::TrustedProxies;

std::string ClientOf(const std::vector<std::string>& trusted,
                     const std::string& peer,
                     std::vector<std::string> forwarded = {}) {
  const auto proxies = TrustedProxies::Create(trusted);
  EXPECT_TRUE(proxies.ok());
  HttpRequest request;
  request.peer_address = peer;
  for (std::string& value : forwarded) {
    request.headers.Add("X-Forwarded-For", std::move(value));
  }
  return proxies->ClientOf(request);
}

std::string Direct(const std::string& peer) { return ClientOf({}, peer); }

TEST(ClientAddress, IsThePeerWhereNobodyIsTrusted) {
  EXPECT_EQ(ClientOf({}, "192.0.2.1", {"198.51.100.1"}), Direct("192.0.2.1"));
  EXPECT_NE(Direct("192.0.2.1"), Direct("192.0.2.2"));
  EXPECT_EQ(Direct("::ffff:192.0.2.1"), Direct("192.0.2.1"));
}

TEST(ClientAddress, IsTheSameForEveryAddressOfALink) {
  EXPECT_EQ(Direct("fe80::1%eth0"), Direct("fe80::2%eth0"));
  EXPECT_EQ(Direct("fe80::1%eth0"), Direct("fe80::1"));
}

TEST(ClientAddress, IsTheLastHopThatIsNoTrustedProxy) {
  const std::vector<std::string> trusted = {"10.0.0.0/8", "fd00::/8"};
  const struct {
    const char* peer;
    std::vector<std::string> forwarded;
    const char* client;
  } cases[] = {
      {"10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
      {"10.0.0.1", {"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
      {"10.0.0.1", {"1.1.1.1,198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
      {"10.0.0.1", {"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
      {"fd00::1", {"198.51.100.1"}, "198.51.100.1"},
      {"::ffff:10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
      {"10.0.0.1", {"10.0.0.2, 10.0.0.3"}, "10.0.0.2"},
      {"10.0.0.1", {}, "10.0.0.1"},
      {"10.0.0.1", {"nonsense"}, "10.0.0.1"},
      {"10.0.0.1", {"1.1.1.1, nonsense, 10.0.0.2"}, "10.0.0.2"},
      {"10.0.0.1", {""}, "10.0.0.1"},
      {"11.0.0.1", {"198.51.100.1"}, "11.0.0.1"},
      {"fe00::1", {"198.51.100.1"}, "fe00::1"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(ClientOf(trusted, row.peer, row.forwarded), Direct(row.client))
        << row.peer << ' ' << row.client;
  }
}

TEST(ClientAddress, CountsANetworkOfIpv6AsOne) {
  EXPECT_EQ(Direct("2001:db8:1:2::1"), Direct("2001:db8:1:2:ffff::9"));
  EXPECT_NE(Direct("2001:db8:1:2::1"), Direct("2001:db8:1:3::1"));
}

TEST(ClientAddress, TakesWhatIsNoAddressAsItIs) {
  EXPECT_EQ(ClientOf({"10.0.0.0/8"}, "", {"198.51.100.1"}), "");
  EXPECT_EQ(ClientOf({"10.0.0.0/8"}, "unix:", {"198.51.100.1"}), "unix:");
}

TEST(TrustedProxies, AreAddressesAndNetworks) {
  for (const char* good : {"10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1",
                           "fd00::/8", "::/0", "10.0.0.1/32", "::1/128"}) {
    EXPECT_TRUE(TrustedProxies::Create({good}).ok()) << good;
  }
  for (const char* bad :
       {"", "proxy.test", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/",
        "10.0.0.0/x", "::/129", "/8", "10.0.0.0/8/8"}) {
    EXPECT_EQ(TrustedProxies::Create({bad}).status().reason(),
              Reason::kInvalidArgument)
        << bad;
  }
  // A network of IPv4 says nothing about IPv6.
  EXPECT_EQ(ClientOf({"0.0.0.0/0"}, "2001:db8::1", {"198.51.100.1"}),
            Direct("2001:db8::1"));
}

TEST(ClientAddress, IsToldWhole) {
  const auto proxies = TrustedProxies::Create({"10.0.0.0/8"});
  ASSERT_TRUE(proxies.ok());
  HttpRequest request;
  request.headers.Add("X-Forwarded-For", "2001:db8::1:2:3:4");
  request.peer_address = "10.0.0.1";
  EXPECT_EQ(proxies->AddressOf(request), "2001:db8::1:2:3:4");
  request.peer_address = "::ffff:192.0.2.1";
  EXPECT_EQ(proxies->AddressOf(request), "192.0.2.1");
}

}  // namespace
}  // namespace clone_auth::testing
