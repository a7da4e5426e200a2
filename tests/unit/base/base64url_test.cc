#include "base/base64url.h"

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

// RFC 4648 section 10, without the padding.
TEST(Base64Url, MatchesThePublishedExamples) {
  const std::pair<const char*, const char*> examples[] = {
      {"", ""},
      {"f", "Zg"},
      {"fo", "Zm8"},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg"},
      {"fooba", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(Base64UrlEncode(bytes), text);
    EXPECT_EQ(*Base64UrlDecode(text), bytes);
  }
  EXPECT_EQ(Base64UrlEncode("\xfb\xff\xfe"), "-__-");
}

TEST(Base64Url, BringsBackEveryByteAtEveryLength) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    const std::string text = Base64UrlEncode(bytes);
    EXPECT_EQ(*Base64UrlDecode(text), bytes);
    EXPECT_EQ(Base64UrlDecodeSecret(text)->Reveal(), bytes);
    EXPECT_EQ(Base64UrlEncodeSecret(Secret::CopyOf(bytes)).Reveal(), text);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64Url, RefusesEveryCharacterOutsideTheAlphabetAtEveryPlace) {
  const std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool good = alphabet.find(c) != std::string_view::npos;
    for (const std::size_t size : {4u, 6u, 7u, 40u, 47u, 110u}) {
      // The last character of an incomplete group may have spare bits, which
      // are another rule's.
      const std::size_t places = size % 4 == 0 ? size : size - 1;
      for (std::size_t at = 0; at < places; ++at) {
        std::string text(size, 'A');
        text[at] = c;
        EXPECT_EQ(Base64UrlDecode(text).ok(), good) << byte << " at " << at;
        EXPECT_EQ(Base64UrlDecodeSecret(text).ok(), good)
            << byte << " at " << at;
      }
    }
  }
}

TEST(Base64Url, RefusesSpareBitsPaddingAndImpossibleLengths) {
  for (const char* text : {"Zh", "Zn", "Zm9", "Zm-", "Zg==", "Zg=", "Zm8=", "Z",
                           "Zm9vY", "Zm 9v", "Zm9v\n", "Zm+v", "Zm/v"}) {
    const auto bytes = Base64UrlDecode(text);
    ASSERT_FALSE(bytes.ok()) << text;
    EXPECT_EQ(bytes.status().reason(), Reason::kBase64Malformed);
    EXPECT_EQ(Base64UrlDecodeSecret(text).status(), bytes.status()) << text;
  }
}

}  // namespace
}  // namespace clone_auth
