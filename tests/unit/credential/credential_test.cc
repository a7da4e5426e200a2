#include "clone/credential.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "support/scheme.h"

namespace clone_auth {
namespace {

using testing::TestScheme;

Result<Credential> Parse(std::string_view text) {
  return Credential::Parse(Secret::CopyOf(text), TestScheme());
}

Credential Bound(std::string_view text, std::string_view url) {
  auto credential = Parse(text);
  EXPECT_TRUE(credential.ok()) << credential.status().ToString();
  EXPECT_TRUE(credential->BindTo(url).ok());
  return std::move(credential).value();
}

TEST(CredentialParse, TakesThePrefixForAKey) {
  const auto key = Parse(TestScheme().prefix + "abcdefghij1234");
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->shape(), CredentialShape::kApiKey);
}

TEST(CredentialParse, TakesAnythingElseForABearerToken) {
  const std::string prefix = TestScheme().prefix;
  for (const std::string& text :
       {std::string("a.b.c"), std::string("opaque"), prefix.substr(1),
        "x" + prefix + "abc", prefix.substr(0, prefix.size() - 1),
        std::string("CLONE_abc")}) {
    const auto credential = Parse(text);
    ASSERT_TRUE(credential.ok()) << text;
    EXPECT_EQ(credential->shape(), CredentialShape::kBearer) << text;
  }
}

TEST(CredentialParse, RefusesAnEmptyText) {
  EXPECT_EQ(Parse("").status().reason(), Reason::kCredentialMissing);
}

TEST(CredentialParse, K09_RefusesBlanksControlCharactersAndBytesBeyondAscii) {
  const std::string prefix = TestScheme().prefix;
  for (const std::string& bad :
       {std::string(" "), std::string("\t"), std::string("\r\nX-Evil: 1"),
        std::string("\n"), std::string("\0", 1), std::string("\x7f"),
        std::string("\x80"), std::string("\xc3\xa4")}) {
    for (const std::string& text : {"a" + bad + "b", bad + "a", "a" + bad,
                                    prefix + "a" + bad, prefix + bad + "a"}) {
      EXPECT_EQ(Parse(text).status().reason(), Reason::kCredentialMalformed);
    }
  }
}

TEST(CredentialParse, RefusesKeysBeyond256BytesAndTokensBeyond16KiB) {
  const std::string prefix = TestScheme().prefix;
  EXPECT_TRUE(Parse(prefix + std::string(256 - prefix.size(), 'a')).ok());
  EXPECT_EQ(
      Parse(prefix + std::string(257 - prefix.size(), 'a')).status().reason(),
      Reason::kCredentialMalformed);
  EXPECT_TRUE(Parse(std::string(16 * 1024, 'a')).ok());
  EXPECT_EQ(Parse(std::string(16 * 1024 + 1, 'a')).status().reason(),
            Reason::kCredentialMalformed);
}

TEST(CredentialParse, RefusesASchemeThatIsNone) {
  EXPECT_EQ(Credential::Parse(Secret::CopyOf("a"), {"", "X"}).status().reason(),
            Reason::kSchemeInvalid);
}

TEST(CredentialHeader, CarriesAKeyInTheHeaderOfTheScheme) {
  const std::string key = TestScheme().prefix + "abcdefghij1234";
  const Credential credential = Bound(key, "https://api.example");
  const auto header = credential.HeaderFor("GET", "https://api.example/a");
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->name, TestScheme().header);
  EXPECT_EQ(header->value, key);
}

TEST(CredentialHeader, CarriesATokenAsBearer) {
  const Credential credential = Bound("a.b.c", "https://api.example");
  const auto header = credential.HeaderFor("GET", "https://api.example");
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->name, "Authorization");
  EXPECT_EQ(header->value, "Bearer a.b.c");
}

TEST(CredentialHeader, GoesNowhereUntilItIsBound) {
  const auto credential = Parse("a.b.c");
  ASSERT_TRUE(credential.ok());
  EXPECT_EQ(
      credential->HeaderFor("GET", "https://api.example/").status().reason(),
      Reason::kForeignOrigin);
}

TEST(CredentialHeader, GoesToItsOriginHoweverThatIsWritten) {
  const Credential credential = Bound("t", "https://api.example/base?x");
  for (const char* url :
       {"https://api.example", "https://api.example/", "https://api.example?q",
        "https://api.example#f", "https://api.example:443/a",
        "HTTPS://API.EXAMPLE/a", "https://Api.Example:443"}) {
    EXPECT_TRUE(credential.HeaderFor("GET", url).ok()) << url;
  }
}

TEST(CredentialHeader, GoesToNoForeignOrigin) {
  const Credential credential = Bound("t", "https://api.example");
  for (const char* url : {"https://api.example.evil", "https://api.exampl",
                          "https://api.example:8443", "http://api.example",
                          "https://evil.example/https://api.example",
                          "https://evil", "https://api.example-evil/"}) {
    EXPECT_EQ(credential.HeaderFor("GET", url).status().reason(),
              Reason::kForeignOrigin)
        << url;
  }
}

TEST(CredentialHeader, IsNotFooledByAUrlThatHidesItsHost) {
  const Credential credential = Bound("t", "https://api.example");
  for (const char* url :
       {"https://api.example@evil.example/", "https://api.example:pw@evil/",
        "https://api.example\\@evil.example", "https://api.example\t.evil",
        "https://api.example:443@evil.example", "//api.example/", ""}) {
    EXPECT_EQ(credential.HeaderFor("GET", url).status().reason(),
              Reason::kUrlMalformed)
        << url;
  }
}

TEST(CredentialBindTo, AddsOrigins) {
  Credential credential = Bound("t", "https://a.example");
  EXPECT_TRUE(credential.BindTo("http://127.0.0.1:8000").ok());
  EXPECT_TRUE(credential.HeaderFor("GET", "https://a.example/").ok());
  EXPECT_TRUE(credential.HeaderFor("GET", "http://127.0.0.1:8000/x").ok());
  EXPECT_FALSE(credential.HeaderFor("GET", "http://127.0.0.1/x").ok());
}

TEST(CredentialBindTo, K32_RefusesPlainHttpBeyondLoopbackAndWhatIsNoUrl) {
  auto credential = Parse("t");
  ASSERT_TRUE(credential.ok());
  EXPECT_EQ(credential->BindTo("http://api.example").reason(),
            Reason::kInsecureUrl);
  EXPECT_EQ(credential->BindTo("http://0x7f.1").reason(), Reason::kInsecureUrl);
  EXPECT_EQ(credential->BindTo("api.example").reason(), Reason::kUrlMalformed);
  EXPECT_FALSE(credential->HeaderFor("GET", "http://api.example").ok());
}

}  // namespace
}  // namespace clone_auth
