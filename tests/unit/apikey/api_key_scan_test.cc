#include "clone/api_key_scan.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "clone/api_key.h"
#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"
#include "support/scheme.h"

namespace clone_auth::testing {
namespace {

struct Place {
  std::uint64_t offset, line, column;
  std::string display_prefix;

  friend bool operator==(const Place& a, const Place& b) {
    return a.offset == b.offset && a.line == b.line && a.column == b.column &&
           a.display_prefix == b.display_prefix;
  }
};

class ApiKeyScan : public ::testing::Test {
 protected:
  std::string NewKey(ApiKeyKind kind = ApiKeyKind::kUser) {
    return std::string(
        GenerateApiKey(TestScheme(), kind, random_)->text.Reveal());
  }
  static std::string PrefixOf(const std::string& key) {
    return key.substr(0, TestScheme().prefix.size() + 13);
  }
  /// What is found in `text` in pieces of this size; 0: in one.
  static std::vector<Place> Scan(const std::string& text,
                                 std::size_t piece = 0) {
    std::vector<Place> places;
    auto scanner =
        ApiKeyScanner::Create(TestScheme(), [&](const FoundApiKey& found) {
          places.push_back({found.offset, found.line, found.column,
                            std::string(found.display_prefix)});
        });
    EXPECT_TRUE(scanner.ok());
    if (piece == 0) piece = text.size();
    for (std::size_t at = 0; at < text.size(); at += piece) {
      scanner->Feed(std::string_view(text).substr(at, piece));
    }
    return places;
  }

  FakeRandom random_;
};

TEST_F(ApiKeyScan, FindsEveryKindOfKeyAndSaysWhereItBegins) {
  for (const ApiKeyKind kind :
       {ApiKeyKind::kUser, ApiKeyKind::kOrganization, ApiKeyKind::kTestUser,
        ApiKeyKind::kTestOrganization}) {
    const std::string key = NewKey(kind);
    EXPECT_EQ(Scan(key), (std::vector<Place>{{0, 1, 1, PrefixOf(key)}}));
    EXPECT_EQ(Scan("a\n\nkey = \"" + key + "\"\n"),
              (std::vector<Place>{{10, 3, 8, PrefixOf(key)}}));
  }
}

TEST_F(ApiKeyScan, FindsTheSameInPiecesOfAnySize) {
  std::string text = "first line\nsecond\n";
  std::vector<Place> expected;
  for (int i = 0; i < 4; ++i) {
    const std::string key = NewKey();
    text += std::string(static_cast<std::size_t>(i) * 29, 'x') + "\n" +
            TestScheme().prefix;
    expected.push_back({text.size(), static_cast<std::uint64_t>(4 + i),
                        TestScheme().prefix.size() + 1, PrefixOf(key)});
    text += key;
  }
  for (std::size_t piece = 0; piece <= text.size(); ++piece) {
    EXPECT_EQ(Scan(text, piece), expected) << piece;
  }
}

TEST_F(ApiKeyScan, FindsKeysThatOtherTextTouches) {
  const std::string one = NewKey(), two = NewKey();
  const auto found = Scan("x" + one + two + "abc");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].offset, 1U);
  EXPECT_EQ(found[1].offset, 1 + one.size());
}

TEST_F(ApiKeyScan, FindsNothingThatIsNoKey) {
  const std::string key = NewKey();
  for (std::size_t at = 0; at < key.size(); ++at) {
    std::string altered = key;
    altered[at] = altered[at] == 'a' ? 'b' : 'a';
    EXPECT_TRUE(Scan(altered).empty()) << at;
    EXPECT_TRUE(Scan(key.substr(0, at) + key.substr(at + 1)).empty()) << at;
  }
  std::string upper = key;
  upper[0] = static_cast<char>(upper[0] - 'a' + 'A');
  for (const std::string& text :
       {std::string(), TestScheme().prefix, key.substr(0, key.size() - 1),
        upper, TestScheme().prefix + std::string(51, '0'),
        TestScheme().prefix + std::string(200, 'a')}) {
    EXPECT_TRUE(Scan(text).empty());
    EXPECT_TRUE(Scan(text, 1).empty());
  }
}

TEST_F(ApiKeyScan, PassesOverAnyBytes) {
  std::string text(4096, '\0');
  ASSERT_TRUE(random_.Fill(text.data(), text.size()).ok());
  const std::string key = NewKey();
  const auto lines =
      static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  const auto found = Scan(text + key + text, 100);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].offset, text.size());
  EXPECT_EQ(found[0].line, 1 + lines);
}

TEST_F(ApiKeyScan, BeginsAnewWithAnotherText) {
  const std::string key = NewKey();
  std::vector<std::uint64_t> lines;
  auto scanner = ApiKeyScanner::Create(
      TestScheme(),
      [&](const FoundApiKey& found) { lines.push_back(found.line); });
  ASSERT_TRUE(scanner.ok());
  scanner->Feed("\n\n" + key.substr(0, 20));
  scanner->Restart();
  scanner->Feed(key.substr(20));
  scanner->Restart();
  scanner->Feed("\n" + key);
  EXPECT_EQ(lines, std::vector<std::uint64_t>{2});
}

TEST_F(ApiKeyScan, NeedsASchemeAndSomebodyToTell) {
  const auto ignore = [](const FoundApiKey&) {};
  EXPECT_EQ(ApiKeyScanner::Create({"clone", "X-Key"}, ignore).status().reason(),
            Reason::kSchemeInvalid);
  EXPECT_EQ(ApiKeyScanner::Create(TestScheme(), nullptr).status().reason(),
            Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth::testing
