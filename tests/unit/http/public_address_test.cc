#include "http/curl/public_address.h"

#include <netdb.h>
#include <sys/socket.h>

#include <string>

#include "gtest/gtest.h"
#include "unit/http/curl_test_support.h"

namespace clone_auth {
namespace {

using testing::Get;
using testing::HttpAnswer;
using testing::MakeTransport;
using testing::RawServer;

// An address in any of the forms that the system's resolver reads.
bool IsPublic(const std::string& text) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  EXPECT_EQ(getaddrinfo(text.c_str(), nullptr, &hints, &found), 0) << text;
  const bool is_public = IsPublicAddress(*found->ai_addr);
  freeaddrinfo(found);
  return is_public;
}

TEST(PublicAddress, R22_OfIpv4IsWhatNoRegistryKeepsBack) {
  for (const char* text :
       {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255",
        "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255",
        "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255"}) {
    EXPECT_TRUE(IsPublic(text)) << text;
    EXPECT_TRUE(IsPublic(std::string("::ffff:") + text)) << text;
    EXPECT_TRUE(IsPublic(std::string("64:ff9b::") + text)) << text;
  }
  for (const char* text :
       {"0.0.0.0",         "0.1.2.3",         "10.0.0.0",
        "10.255.255.255",  "100.64.0.0",      "100.127.255.255",
        "127.0.0.1",       "127.255.255.255", "169.254.0.0",
        "169.254.169.254", "172.16.0.0",      "172.31.255.255",
        "192.0.0.1",       "192.0.2.1",       "192.88.99.1",
        "192.168.0.0",     "192.168.255.255", "198.18.0.0",
        "198.19.255.255",  "198.51.100.1",    "203.0.113.1",
        "224.0.0.1",       "239.255.255.255", "240.0.0.1",
        "255.255.255.255"}) {
    EXPECT_FALSE(IsPublic(text)) << text;
    EXPECT_FALSE(IsPublic(std::string("::ffff:") + text)) << text;
    EXPECT_FALSE(IsPublic(std::string("64:ff9b::") + text)) << text;
  }
}

TEST(PublicAddress, R22_OfIpv6IsGlobalUnicastAlone) {
  for (const char* text : {"2606:4700:4700::1111", "2001:4860:4860::8888",
                           "2a00::1", "2001:200::1", "3ffe::1"}) {
    EXPECT_TRUE(IsPublic(text)) << text;
  }
  for (const char* text :
       {"::", "::1", "::127.0.0.1", "::8.8.8.8", "64:ff9b:1::8.8.8.8", "100::1",
        "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1",
        "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1"}) {
    EXPECT_FALSE(IsPublic(text)) << text;
  }
}

TEST(PublicAddress, IsOneOfTheInternet) {
  sockaddr local{};
  local.sa_family = AF_UNIX;
  EXPECT_FALSE(IsPublicAddress(local));
}

TEST(PublicAddressesOnly, R22_NoNameAndNoSpellingLeadsToAPrivateAddress) {
  RawServer server(HttpAnswer("200 OK", "", "{}"));
  CurlTransportOptions options;
  options.public_addresses_only = true;
  options.allow_insecure_http = true;
  const auto transport = MakeTransport(options);
  const std::string port = ":" + std::to_string(server.port()) + "/";
  for (const char* host :
       {"127.0.0.1", "localhost", "127.1", "0x7f.1", "0x7f000001", "2130706433",
        "017700000001", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1",
        "[fe80::1]", "[fc00::1]"}) {
    SCOPED_TRACE(host);
    const auto answer =
        transport->Send(Get(std::string("http://") + host + port), {});
    EXPECT_EQ(answer.status().reason(), Reason::kAddressRefused)
        << answer.status().ToString();
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(PublicAddressesOnly, R22_IsNothingThatAProxyWouldKeep) {
  CurlTransportOptions options;
  options.public_addresses_only = true;
  options.proxy = "http://proxy.example:3128";
  EXPECT_EQ(MakeCurlTransport(options).status().reason(),
            Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth
