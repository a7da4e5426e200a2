#include "clone/api_key.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "base/crc32.h"
#include "clone/testing/fake_random.h"
#include "support/scheme.h"

namespace clone_auth {
namespace {

using testing::FakeRandom;
using testing::TestScheme;

constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string NewKey(ApiKeyKind kind = ApiKeyKind::kUser) {
  static FakeRandom random;
  return std::string(GenerateApiKey(TestScheme(), kind, random)->text.Reveal());
}

/// `text` with the checksum that makes it a key.
std::string WithChecksum(std::string text) {
  std::uint32_t rest = Crc32(text);
  std::string digits(6, '0');
  for (std::size_t i = 6; i-- > 0; rest /= 62) digits[i] = kBase62[rest % 62];
  return text + digits;
}

Reason ParseReason(std::string_view text) {
  return ParseApiKey(TestScheme(), text).status().reason();
}

TEST(ApiKeyGenerate, MakesPrefixKindIdSecretAndChecksum) {
  FakeRandom random;
  const auto key =
      GenerateApiKey(TestScheme(), ApiKeyKind::kOrganization, random);
  ASSERT_TRUE(key.ok());
  const std::string text(key->text.Reveal());
  const std::string& prefix = TestScheme().prefix;
  ASSERT_EQ(text.size(), prefix.size() + kApiKeyBodySize);
  EXPECT_EQ(key->public_id.size(), kApiKeyIdSize);
  EXPECT_EQ(key->display_prefix, prefix + "o" + key->public_id);
  EXPECT_EQ(text.substr(0, prefix.size() + 13), key->display_prefix);
  EXPECT_EQ(text, WithChecksum(text.substr(0, text.size() - 6)));
  for (const char c : text.substr(prefix.size())) {
    EXPECT_NE(kBase62.find(c), std::string_view::npos);
  }
}

TEST(ApiKeyParse, TheChecksumIsSixDigitsMostSignificantFirst) {
  // zlib's crc32 of what stands before it is 0x0be9ea89; in base 62 that has
  // five digits, so a zero leads.
  EXPECT_TRUE(
      ParseApiKey(ApiKeyScheme{},
                  "clone_u0123456789ABabcdefghijklmnopqrstuvwxyzABCDEF0DWfjl")
          .ok());
}

TEST(ApiKeyGenerate, RefusesASchemeThatIsNotValid) {
  FakeRandom random;
  const ApiKeyScheme scheme{"Bad", "X-Key"};
  EXPECT_EQ(GenerateApiKey(scheme, ApiKeyKind::kUser, random).status().reason(),
            Reason::kSchemeInvalid);
}

TEST(ApiKeyGenerate, FailsWhereThereAreNoRandomBytes) {
  FakeRandom random;
  random.Fail();
  EXPECT_EQ(
      GenerateApiKey(TestScheme(), ApiKeyKind::kUser, random).status().reason(),
      Reason::kRandomUnavailable);
}

TEST(ApiKeyGenerate, K31_NeverRepeatsAndFavoursNoCharacter) {
#ifdef CLONE_AUTH_SANITIZE_ADDRESS
  constexpr int kKeys = 100'000;
#else
  constexpr int kKeys = 1'000'000;
#endif
  using Id = std::array<char, kApiKeyIdSize>;
  std::vector<Id> seen(kKeys);
  std::array<int, 256> counts{};
  const std::size_t secret_at = TestScheme().prefix.size() + 13;
  for (Id& id : seen) {
    const auto key =
        GenerateApiKey(TestScheme(), ApiKeyKind::kUser, SystemRandom());
    ASSERT_TRUE(key.ok());
    for (const char c : key->text.Reveal().substr(secret_at, 32)) {
      ++counts[static_cast<std::uint8_t>(c)];
    }
    ASSERT_EQ(key->public_id.copy(id.data(), id.size()), id.size());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  // Chi-square with 61 degrees of freedom: beyond 150 lies less than one run
  // in 10^8, while a plain remainder of a byte would come to some 8,000, and
  // with a tenth of the keys to 800.
  const double expected = kKeys * 32.0 / 62;
  double chi_square = 0;
  for (const char c : kBase62) {
    const double off = counts[static_cast<std::uint8_t>(c)] - expected;
    chi_square += off * off / expected;
  }
  EXPECT_LT(chi_square, 150);
}

TEST(ApiKeyGenerate, K31_NeverRepeatsAcrossAFork) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  const auto key =
      GenerateApiKey(TestScheme(), ApiKeyKind::kUser, SystemRandom());
  const bool made = key.ok();
  if (child == 0) {
    const std::string_view id = made ? key->public_id : std::string_view();
    _exit(write(ends[1], id.data(), id.size()) == 12 ? 0 : 1);
  }
  close(ends[1]);
  std::array<char, kApiKeyIdSize> theirs{};
  const ssize_t got = read(ends[0], theirs.data(), theirs.size());
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  close(ends[0]);
  EXPECT_EQ(status, 0);
  ASSERT_EQ(got, static_cast<ssize_t>(kApiKeyIdSize));
  ASSERT_TRUE(made);
  EXPECT_NE(key->public_id, std::string(theirs.data(), theirs.size()));
}

TEST(ApiKeyParse, TellsKindIdAndDisplayPrefix) {
  for (const ApiKeyKind kind :
       {ApiKeyKind::kUser, ApiKeyKind::kOrganization, ApiKeyKind::kTestUser,
        ApiKeyKind::kTestOrganization}) {
    FakeRandom random;
    const auto made = GenerateApiKey(TestScheme(), kind, random);
    const auto parsed = ParseApiKey(TestScheme(), made->text.Reveal());
    ASSERT_TRUE(parsed.ok());
    EXPECT_TRUE(parsed->has_checksum);
    EXPECT_EQ(parsed->kind, kind);
    EXPECT_EQ(parsed->public_id, made->public_id);
    EXPECT_EQ(parsed->display_prefix, made->display_prefix);
  }
}

TEST(ApiKeyParse, RefusesEveryChangeOfOneCharacter) {
  const std::string key = NewKey();
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string altered = key;
    altered[i] = altered[i] == 'x' ? 'y' : 'x';
    EXPECT_EQ(ParseReason(altered), Reason::kKeyMalformed) << i;
  }
}

TEST(ApiKeyParse, RefusesEverySwapOfNeighbours) {
  const std::string key = NewKey();
  for (std::size_t i = 0; i + 1 < key.size(); ++i) {
    std::string altered = key;
    std::swap(altered[i], altered[i + 1]);
    if (altered == key) continue;
    EXPECT_EQ(ParseReason(altered), Reason::kKeyMalformed) << i;
  }
}

TEST(ApiKeyParse, RefusesAnUnknownKindWhoseChecksumHolds) {
  const std::string body = "x" + std::string(44, 'a');
  EXPECT_EQ(ParseReason(WithChecksum(TestScheme().prefix + body)),
            Reason::kKeyMalformed);
  const std::string user = "u" + std::string(44, 'a');
  EXPECT_EQ(ParseReason(WithChecksum(TestScheme().prefix + user)),
            Reason::kNone);
}

TEST(ApiKeyParse, TakesKeysWithoutChecksumFrom14To250CharactersBut51) {
  const std::string& prefix = TestScheme().prefix;
  const std::size_t longest =
      std::min<std::size_t>(250, kApiKeyMaxSize - prefix.size());
  for (std::size_t size = 0; size <= 260; ++size) {
    const bool good = size >= 14 && size <= longest && size != 51;
    const std::string text = prefix + std::string(size, 'k');
    const auto parsed = ParseApiKey(TestScheme(), text);
    EXPECT_EQ(parsed.ok(), good) << size;
    if (!good) continue;
    EXPECT_FALSE(parsed->has_checksum);
    EXPECT_EQ(parsed->public_id, "");
    EXPECT_EQ(parsed->display_prefix, prefix);
  }
}

TEST(ApiKeyParse, NeverTakesMoreThan256BytesWhateverThePrefix) {
  const ApiKeyScheme scheme{"0123456789abcdef_", "X-Key"};
  EXPECT_TRUE(ParseApiKey(scheme, scheme.prefix + std::string(239, 'k')).ok());
  EXPECT_FALSE(ParseApiKey(scheme, scheme.prefix + std::string(240, 'k')).ok());
}

TEST(ApiKeyParse, NeverTakesMoreThan250CharactersBehindAShortPrefix) {
  const ApiKeyScheme scheme{"ab_", "X-Key"};
  EXPECT_TRUE(ParseApiKey(scheme, scheme.prefix + std::string(250, 'k')).ok());
  EXPECT_FALSE(ParseApiKey(scheme, scheme.prefix + std::string(251, 'k')).ok());
}

TEST(ApiKeyParse, OlderKeysMayHoldWhatUrlsLeaveAlone) {
  EXPECT_EQ(ParseReason(TestScheme().prefix + "abc-def_ghi.jkl~"),
            Reason::kNone);
}

TEST(ApiKeyParse, AKeyWithAChecksumHoldsLettersAndDigitsOnly) {
  const std::string body = "u" + std::string(43, 'a') + "_";
  EXPECT_EQ(ParseReason(WithChecksum(TestScheme().prefix + body)),
            Reason::kKeyMalformed);
}

TEST(ApiKeyParse, K04_RefusesNothingAtAllAndWhatIsTooShort) {
  for (const std::string text : {"", "x", "_"}) {
    EXPECT_EQ(ParseReason(text), Reason::kKeyMalformed);
    EXPECT_EQ(ParseReason(TestScheme().prefix + text), Reason::kKeyMalformed);
  }
}

TEST(ApiKeyParse, K06_RefusesAnotherSpellingOfThePrefix) {
  const std::string key = NewKey();
  const std::string& prefix = TestScheme().prefix;
  std::string upper = key;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    upper[i] = static_cast<char>(std::toupper(upper[i]));
  }
  std::string title = key;
  title[0] = upper[0];
  std::string dash = key;
  dash[prefix.size() - 1] = '-';
  for (const std::string& text : {upper, title, dash, key.substr(1)}) {
    EXPECT_EQ(ParseReason(text), Reason::kKeyMalformed) << text;
  }
}

TEST(ApiKeyParse, K07_RefusesLookAlikesAndNormalisesNothing) {
  const std::string old = TestScheme().prefix + "abcdefghijklmnop";
  ASSERT_EQ(ParseReason(old), Reason::kNone);
  for (const std::string odd : {"\xef\xbd\x81",     // fullwidth a
                                "\xd0\xb0",         // Cyrillic a
                                "\xc3\xa9",         // e with acute
                                "e\xcc\x81",        // the same, decomposed
                                "\xe2\x80\x8f"}) {  // right-to-left mark
    EXPECT_EQ(ParseReason(old + odd), Reason::kKeyMalformed);
    EXPECT_EQ(ParseReason(odd + old), Reason::kKeyMalformed);
  }
}

TEST(ApiKeyParse, K08_RefusesNulAndEveryOtherControlCharacter) {
  for (int c = 0; c <= 0x20; ++c) {
    std::string text = TestScheme().prefix + "abcdefghijklmnop";
    text[12] = static_cast<char>(c);
    EXPECT_EQ(ParseReason(text), Reason::kKeyMalformed) << c;
    text = NewKey();
    text += static_cast<char>(c);
    EXPECT_EQ(ParseReason(text), Reason::kKeyMalformed) << c;
  }
}

TEST(ApiKeyParse, K29_RefusesStatementsAndPatterns) {
  for (const std::string text :
       {"' OR '1'='1' -- 0123", "*)(uid=*))(|(uid=*", "%n%n%n%n%n%s%s%s%s",
        "${jndi:ldap://x/yyyy}", "../../../../etc/passwd",
        "k1234567890123, k2"}) {
    EXPECT_EQ(ParseReason(TestScheme().prefix + text), Reason::kKeyMalformed)
        << text;
  }
}

}  // namespace
}  // namespace clone_auth
