#include "oauth/pkce.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "clone/testing/fake_random.h"

namespace clone_auth {
namespace {

using testing::FakeRandom;

TEST(PkceTest, TheChallengeIsThatOfRfc7636AppendixB) {
  EXPECT_EQ(CodeChallengeS256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(PkceTest, AnUnguessableTextIs43CharactersOfTheVerifiersAlphabet) {
  FakeRandom random;
  const auto text = Unguessable(random);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->size(), 43u);
  EXPECT_EQ(text->Reveal().find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                "0123456789-_"),
            std::string_view::npos);
}

TEST(PkceTest, NoTwoUnguessableTextsAreAlike) {
  FakeRandom random;
  const auto a = Unguessable(random);
  const auto b = Unguessable(random);
  EXPECT_FALSE(ConstantTimeEquals(*a, *b));
}

TEST(PkceTest, WithoutRandomBytesThereIsNoText) {
  FakeRandom random;
  random.Fail();
  EXPECT_EQ(Unguessable(random).status().reason(), Reason::kRandomUnavailable);
}

}  // namespace
}  // namespace clone_auth
