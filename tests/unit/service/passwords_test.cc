#include "service/passwords.h"

#include "clone/testing/fake_random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/common_passwords.h"

namespace clone_auth::testing {
namespace {

using service::IsCommonPassword;
using service::Passwords;
using ::testing::HasSubstr;
using ::testing::StartsWith;

PasswordPolicy Cheap(int passes = 1, std::size_t memory = 8 * 1024) {
  PasswordPolicy policy;
  policy.argon2_passes = passes;
  policy.argon2_memory_bytes = memory;
  return policy;
}

Passwords Make(const PasswordPolicy& policy) {
  FakeRandom random;
  auto made = Passwords::Create(policy, random);
  EXPECT_TRUE(made.ok());
  return *std::move(made);
}

TEST(Passwords, AreHashedWithArgon2idAndASaltOfTheirOwn) {
  const Passwords passwords = Make(Cheap());
  const auto one = passwords.Hash("four words in a row");
  const auto two = passwords.Hash("four words in a row");
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_THAT(*one, StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
  EXPECT_NE(*one, *two);
  EXPECT_TRUE(passwords.Matches(*one, "four words in a row"));
  EXPECT_FALSE(passwords.Matches(*one, "four words in a roW"));
  EXPECT_FALSE(passwords.Matches(*one, ""));
}

TEST(Passwords, TakeNothingForAHashThatIsNone) {
  const Passwords passwords = Make(Cheap());
  for (const char* hash : {"", "plain", "$argon2id$v=19$m=8,t=1,p=1$"}) {
    EXPECT_FALSE(passwords.Matches(hash, hash));
    EXPECT_FALSE(passwords.Matches(hash, ""));
  }
}

TEST(Passwords, HaveADummyOfTheSameCostThatNothingMatches) {
  const Passwords passwords = Make(Cheap(2, 16 * 1024));
  const auto real = passwords.Hash("four words in a row");
  ASSERT_TRUE(real.ok());
  EXPECT_EQ(passwords.dummy_hash().size(), real->size());
  EXPECT_EQ(passwords.dummy_hash().substr(0, 27), real->substr(0, 27));
  EXPECT_FALSE(passwords.IsWeaker(passwords.dummy_hash()));
  EXPECT_FALSE(
      passwords.Matches(passwords.dummy_hash(), "four words in a row"));
}

TEST(Passwords, HaveAWeakerHashWhereAnyParameterIsLess) {
  const Passwords now = Make(Cheap(2, 16 * 1024));
  const auto hash_with = [](const PasswordPolicy& policy) {
    return *Make(policy).Hash("four words in a row");
  };
  EXPECT_FALSE(now.IsWeaker(hash_with(Cheap(2, 16 * 1024))));
  EXPECT_FALSE(now.IsWeaker(hash_with(Cheap(3, 32 * 1024))));
  EXPECT_TRUE(now.IsWeaker(hash_with(Cheap(1, 32 * 1024))));
  EXPECT_TRUE(now.IsWeaker(hash_with(Cheap(3, 8 * 1024))));
  EXPECT_TRUE(now.IsWeaker("$2b$12$something else"));
}

TEST(Passwords, HaveFromTwelveTo1024BytesAndNoNul) {
  const Passwords passwords = Make(Cheap());
  EXPECT_THAT(passwords.Objections("elevenchar."),
              ::testing::ElementsAre(HasSubstr("at least 12")));
  EXPECT_TRUE(passwords.Objections("twelve chars").empty());
  std::string longest;
  while (longest.size() < 1024) longest += "many words ";
  longest.resize(1024);
  EXPECT_TRUE(passwords.Objections(longest).empty());
  EXPECT_THAT(passwords.Objections(longest + "x"),
              ::testing::ElementsAre(HasSubstr("no more than 1024")));
  EXPECT_THAT(passwords.Objections(std::string("twelve\0chars!", 13)),
              ::testing::ElementsAre(HasSubstr("Null")));
  EXPECT_FALSE(passwords.IsPossible(longest + "x"));
  EXPECT_FALSE(passwords.IsPossible(std::string("a\0b", 3)));
  EXPECT_TRUE(passwords.IsPossible("short"));
}

TEST(Passwords, HaveAPolicyWithinBounds) {
  FakeRandom random;
  PasswordPolicy bad[6] = {Cheap(), Cheap(), Cheap(),
                           Cheap(), Cheap(), Cheap()};
  bad[0].min_bytes = 7;
  bad[1].max_bytes = 4097;
  bad[2].max_bytes = 11;
  bad[3].argon2_passes = 0;
  bad[4].argon2_memory_bytes = 8191;
  bad[5].argon2_passes = -1;
  for (const PasswordPolicy& policy : bad) {
    EXPECT_EQ(Passwords::Create(policy, random).status().reason(),
              Reason::kInvalidArgument);
  }
  random.Fail();
  EXPECT_EQ(Passwords::Create(Cheap(), random).status().reason(),
            Reason::kRandomUnavailable);
}

TEST(CommonPasswords, AreKnownWhateverTheirCase) {
  for (const char* common :
       {"!qaz2wsx", "password1234", "PassWord1234", "zxczxczxc", "123123123123",
        "aaaaaaaaaaaa", "abcabcabcabc", "abcdabcdabcd", "abcdefghijkl",
        "456789:;<=>?", "zyxwvutsrqpo", "correct horse battery staple",
        "woaini1314", "1q2w3e4r5t6y"}) {
    EXPECT_TRUE(IsCommonPassword(common)) << common;
  }
  for (const char* uncommon :
       {"four words in a row", "abcdeabcdeabcde", "abcabcabcabd",
        "password1234 and more", "correct horse 1 battery"}) {
    EXPECT_FALSE(IsCommonPassword(uncommon)) << uncommon;
  }
}

}  // namespace
}  // namespace clone_auth::testing
