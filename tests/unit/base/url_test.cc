#include "base/url.h"

#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

Url Parsed(std::string_view text) {
  auto url = ParseUrl(text);
  EXPECT_TRUE(url.ok()) << text << ": " << url.status().ToString();
  return url.ok() ? std::move(url).value() : Url{};
}

void ExpectRefused(std::string_view text) {
  const auto url = ParseUrl(text);
  ASSERT_FALSE(url.ok()) << text;
  EXPECT_EQ(url.status().reason(), Reason::kUrlMalformed) << text;
}

TEST(Url, SplitsIntoSchemeHostPortAndTarget) {
  const Url url = Parsed("HTTPS://API.Example:8443/a/b?c=d&e#fragment");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host, "api.example");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.target, "/a/b?c=d&e");
}

TEST(Url, FillsInThePortOfTheScheme) {
  EXPECT_EQ(Parsed("http://a").port, 80);
  EXPECT_EQ(Parsed("https://a").port, 443);
}

TEST(Url, AlwaysHasATarget) {
  EXPECT_EQ(Parsed("https://a").target, "/");
  EXPECT_EQ(Parsed("https://a#b").target, "/");
  EXPECT_EQ(Parsed("https://a?b=/c").target, "/?b=/c");
}

TEST(Url, WritesAnOriginInOneWay) {
  EXPECT_EQ(Parsed("https://API.example/x").Origin(),
            "https://api.example:443");
  EXPECT_EQ(Parsed("https://api.example:443").Origin(),
            "https://api.example:443");
  EXPECT_EQ(Parsed("http://[0:0::1]:8080").Origin(), "http://[::1]:8080");
  EXPECT_EQ(Parsed("http://[2001:DB8::A]").Origin(), "http://[2001:db8::a]:80");
}

TEST(Url, RefusesWhatCouldHideAHost) {
  for (const char* text :
       {"https://user@evil.example", "https://user:pw@evil.example",
        "https://good.example\\@evil.example", "https://good.example\\evil",
        "https://good.example /", " https://good.example",
        "https://good.example\r\nHost: evil", "https://good\t.example",
        "https://ex\xc3\xa4mple", "https://a\x7f", "https://good%2eexample",
        "https://a,b", "https://a;b", "https://[::1", "https://[::1]evil",
        "https://[::1%25eth0]", "https://[127.0.0.1]", "https://[]",
        "https://::1/"}) {
    ExpectRefused(text);
  }
  ExpectRefused(std::string_view("https://a\0b", 11));
}

TEST(Url, RefusesWhatIsNoAbsoluteHttpUrl) {
  for (const char* text :
       {"", "/path", "//host/path", "api.example", "ftp://a", "file:///etc",
        "javascript:alert(1)", "https:/a", "https:a", "https://", "https:///a",
        "https://?a", "https://#a", "https://:80", "://a"}) {
    ExpectRefused(text);
  }
}

TEST(Url, RefusesPortsOutsideTheirRangeAndForm) {
  for (const char* text :
       {"https://a:0", "https://a:65536", "https://a:99999999999",
        "https://a:", "https://a:-1", "https://a:+80", "https://a:080",
        "https://a:80x", "https://a:80:80", "https://[::1]:"}) {
    ExpectRefused(text);
  }
  EXPECT_EQ(Parsed("https://a:65535").port, 65535);
  EXPECT_EQ(Parsed("https://a:1").port, 1);
}

TEST(Url, RefusesEmptyAndOverlongLabels) {
  ExpectRefused("https://a..b");
  ExpectRefused("https://.a");
  ExpectRefused("https://a.");
  ExpectRefused("https://" + std::string(64, 'a'));
  Parsed("https://" + std::string(63, 'a'));
  ExpectRefused("https://a/" + std::string(9000, 'b'));
}

TEST(Url, IsLoopbackByExactRules) {
  for (const char* text :
       {"http://127.0.0.1", "http://127.1.2.3:80", "http://127.255.255.255",
        "http://[::1]", "http://[0:0:0:0:0:0:0:1]", "http://localhost",
        "http://LOCALHOST:1"}) {
    EXPECT_TRUE(Parsed(text).IsLoopback()) << text;
  }
  for (const char* text :
       {"http://0x7f.1", "http://0x7f.0.0.1", "http://2130706433",
        "http://0177.0.0.1", "http://127.1", "http://127.0.0.01",
        "http://127.0.0.256", "http://127.0.0.1.evil.example",
        "http://127.0.0.x", "http://127.0.0.1.1", "http://128.0.0.1",
        "http://0.0.0.0", "http://[::]", "http://[::ffff:127.0.0.1]",
        "http://localhost.evil.example", "http://evil.localhost",
        "http://localhost-1"}) {
    EXPECT_FALSE(Parsed(text).IsLoopback()) << text;
  }
}

TEST(Url, AllowsPlainHttpToLoopbackOnly) {
  EXPECT_TRUE(RequireSecure(Parsed("https://api.example")).ok());
  EXPECT_TRUE(RequireSecure(Parsed("http://127.0.0.1:8000")).ok());
  EXPECT_EQ(RequireSecure(Parsed("http://api.example")).reason(),
            Reason::kInsecureUrl);
  EXPECT_EQ(RequireSecure(Parsed("http://0x7f.1")).reason(),
            Reason::kInsecureUrl);
}

TEST(Url, R20_EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(EncodeUrlComponent("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(EncodeUrlComponent("../a b%2f?#\r\n"),
            "..%2Fa%20b%252f%3F%23%0D%0A");
  EXPECT_EQ(EncodeUrlComponent("\xc3\xa4"), "%C3%A4");
}

}  // namespace
}  // namespace clone_auth
