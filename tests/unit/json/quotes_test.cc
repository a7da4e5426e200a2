// The places of quotes, against a search byte by byte.

#include "json/quotes.h"

#include <memory>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

// On a processor that is not up to it there is nothing to test.
bool IsUpToIt() {
  Quotes quotes;
  return quotes.Find(std::string(Quotes::kMinText, ' '));
}

// A copy that ends where its memory does, so that the address sanitizer finds a
// look beyond it.
bool Find(Quotes& quotes, const std::string& text) {
  const std::unique_ptr<char[]> copy(new char[text.size()]);
  text.copy(copy.get(), text.size());
  return quotes.Find({copy.get(), text.size()});
}

TEST(Quotes, AreFoundAllAndInOrderInATextOfAnyLength) {
  if (!IsUpToIt()) GTEST_SKIP() << "this processor has no AVX2";
  std::mt19937 random(20260102);
  for (std::size_t size = Quotes::kMinText; size < 400; ++size) {
    std::string text(size, 'x');
    std::size_t count = 0;
    for (char& c : text) {
      if (random() % 5 == 0) c = '"', ++count;
    }
    Quotes quotes;
    ASSERT_EQ(Find(quotes, text), count % 2 == 0) << text;
    if (count % 2 != 0 || count == 0) continue;
    Quotes::Walk walk(quotes);
    for (std::size_t at = text.find('"'); at != std::string::npos;
         at = text.find('"', at + 1)) {
      ASSERT_EQ(walk.Next(), at) << text;
    }
  }
}

TEST(Quotes, AreNotFoundInATextThatIsNotPlain) {
  if (!IsUpToIt()) GTEST_SKIP() << "this processor has no AVX2";
  for (const char c : {'\\', '\n', '\t', '\0', '\x1f', '\x80', '\xff'}) {
    for (std::size_t at = 0; at < 150; ++at) {
      std::string text(150, 'x');
      Quotes quotes;
      EXPECT_TRUE(Find(quotes, text));
      text[at] = c;
      EXPECT_FALSE(Find(quotes, text)) << at;
    }
  }
}

TEST(Quotes, AreNotLookedForInTextsTooShortOrTooLong) {
  Quotes quotes;
  EXPECT_FALSE(Find(quotes, ""));
  EXPECT_FALSE(Find(quotes, std::string(Quotes::kMinText - 1, ' ')));
  EXPECT_EQ(Find(quotes, std::string(Quotes::kMaxText, '"')), IsUpToIt());
  EXPECT_FALSE(Find(quotes, std::string(Quotes::kMaxText + 1, ' ')));
}

}  // namespace
}  // namespace clone_auth
