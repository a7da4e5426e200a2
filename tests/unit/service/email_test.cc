#include "service/email.h"

#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using service::IsEmail;
using service::NormalizedEmail;

TEST(Email, HasADotAtomAndAtLeastTwoHostLabels) {
  for (const std::string& good :
       {std::string("a@b.test"), std::string("a.b+c_d'e@x-y.example.test"),
        std::string("A1!#$%&*/=?^`{|}~-@B.Test"),
        std::string("a@xn--bcher-kva.test"),
        std::string(64, 'a') + "@" + std::string(63, 'b') + ".test"}) {
    EXPECT_TRUE(IsEmail(good)) << good;
  }
  for (const std::string& bad : {std::string(""),
                                 std::string("a"),
                                 std::string("@b.test"),
                                 std::string("a@"),
                                 std::string("a@b"),
                                 std::string("a@b."),
                                 std::string("a@.b.test"),
                                 std::string("a..b@c.test"),
                                 std::string("a.@c.test"),
                                 std::string("a@b@c.test"),
                                 std::string("a b@c.test"),
                                 std::string("a@b c.test"),
                                 std::string("a@b_c.test"),
                                 std::string("a@-b.test"),
                                 std::string("a@b-.test"),
                                 std::string("a@b.t"),
                                 std::string("a@1.2.3.4"),
                                 std::string("a@[1.2.3.4]"),
                                 std::string("\"a\"@b.test"),
                                 std::string("a\n@b.test"),
                                 std::string("\xc3\xa4@b.test"),
                                 std::string(65, 'a') + "@b.test",
                                 "a@" + std::string(64, 'b') + ".test"}) {
    EXPECT_FALSE(IsEmail(bad)) << bad;
  }
}

TEST(Email, ComparesInLowerCase) {
  EXPECT_EQ(NormalizedEmail("Ann@Example.TEST"), "ann@example.test");
}

}  // namespace
}  // namespace clone_auth::testing
