#include "clone/uuid.h"

#include <unordered_set>

#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

constexpr char kText[] = "12345678-9abc-4def-8123-456789abcdef";

TEST(Uuid, IsReadAndWrittenInTheCanonicalForm) {
  EXPECT_EQ(Uuid::Parse(kText)->ToString(), kText);
  EXPECT_EQ(Uuid::Parse("12345678-9ABC-4DEF-8123-456789ABCDEF")->ToString(),
            kText);
  EXPECT_EQ(Uuid().ToString(), "00000000-0000-0000-0000-000000000000");
  EXPECT_TRUE(Uuid().IsNil());
  EXPECT_FALSE(Uuid::Parse(kText)->IsNil());
}

TEST(Uuid, RefusesEveryOtherForm) {
  for (const std::string text : {"", "123456789abc4def8123456789abcdef",
                                 "{12345678-9abc-4def-8123-456789abcdef}",
                                 "12345678-9abc-4def-8123-456789abcde",
                                 "12345678-9abc-4def-8123-456789abcdeg",
                                 "1234567-89abc-4def-8123-456789abcdef",
                                 "12345678-9abc-4def-8123-456789abcdef ",
                                 "12345678-9abc-4def_8123-456789abcdef"}) {
    const auto uuid = Uuid::Parse(text);
    ASSERT_FALSE(uuid.ok()) << text;
    EXPECT_EQ(uuid.status().reason(), Reason::kInvalidArgument);
  }
}

TEST(Uuid, ANewOneIsRandomOfVersion4) {
  testing::FakeRandom random;
  std::unordered_set<Uuid> seen;
  for (int i = 0; i < 100; ++i) {
    const Uuid uuid = *Uuid::Generate(random);
    EXPECT_TRUE(seen.insert(uuid).second);
    const std::string text = uuid.ToString();
    EXPECT_EQ(text[14], '4');
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
    EXPECT_EQ(*Uuid::Parse(text), uuid);
  }
}

TEST(Uuid, ThereIsNoneWithoutRandomBytes) {
  testing::FakeRandom random;
  random.Fail();
  EXPECT_EQ(Uuid::Generate(random).status().reason(),
            Reason::kRandomUnavailable);
}

TEST(Uuid, IsOrderedByItsBytes) {
  const Uuid small = *Uuid::Parse("00000000-0000-0000-0000-000000000001");
  const Uuid large = *Uuid::Parse("01000000-0000-0000-0000-000000000000");
  EXPECT_LT(small, large);
  EXPECT_NE(small, large);
}

}  // namespace
}  // namespace clone_auth
