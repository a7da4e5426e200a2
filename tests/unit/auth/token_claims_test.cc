// Which claims an access token needs, and of what form.

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/auth/auth_world.h"

namespace clone_auth {
namespace {

using testing::AuthWorld;

JsonValue::Object Without(std::string_view name) {
  JsonValue::Object claims = AuthWorld::GoodClaims();
  claims.erase(
      std::remove_if(claims.begin(), claims.end(),
                     [name](const JsonMember& m) { return m.name == name; }),
      claims.end());
  return claims;
}

JsonValue::Object With(std::string name, JsonValue value) {
  JsonValue::Object claims = Without(name);
  claims.push_back({std::move(name), std::move(value)});
  return claims;
}

JsonValue Text(std::string text) { return JsonValue(std::move(text)); }

class TokenClaims : public ::testing::Test {
 protected:
  Result<Principal> Present(JsonValue::Object claims,
                            std::string subject = testing::kSubject) {
    return world_.Authenticate(
        {{"Authorization",
          "Bearer " + world_.Token(std::move(claims), std::move(subject))}});
  }

  AuthWorld world_;
};

TEST_F(TokenClaims, SessionAndGenerationAreRequired) {
  for (const char* name : {"sid", "gen"}) {
    EXPECT_EQ(Present(Without(name)).status().reason(), Reason::kTokenClaim)
        << name;
  }
}

TEST_F(TokenClaims, OrganizationRoleAndScopeMayBeAbsent) {
  EXPECT_TRUE(Present(Without("org"))->organization().IsNil());
  EXPECT_EQ(Present(Without("role"))->role(), "");
  const auto principal = Present(Without("scope"));
  ASSERT_TRUE(principal.ok());
  EXPECT_FALSE(principal->HasPermission("pull"));
}

TEST_F(TokenClaims, TheSubjectIsAUuid) {
  for (const char* subject : {"", "42", "someone@example.com"}) {
    EXPECT_FALSE(Present(AuthWorld::GoodClaims(), subject).ok()) << subject;
  }
  EXPECT_EQ(Present(AuthWorld::GoodClaims(), "42").status().reason(),
            Reason::kTokenClaim);
}

TEST_F(TokenClaims, AClaimOfTheWrongFormIsRefused) {
  const std::vector<std::pair<std::string, JsonValue>> wrong = {
      {"sid", Text("")},
      {"sid", Text("not a uuid")},
      {"sid", JsonValue(std::int64_t{1})},
      {"sid", JsonValue()},
      {"gen", Text("3")},
      {"gen", JsonValue(3.5)},
      {"gen", JsonValue(true)},
      {"gen", JsonValue()},
      {"org", Text("")},
      {"org", JsonValue(std::int64_t{1})},
      {"org", JsonValue()},
      {"role", Text("root")},
      {"role", Text("Owner")},
      {"role", JsonValue(JsonValue::Array{Text("owner")})},
      {"scope", JsonValue(JsonValue::Array{Text("pull")})},
  };
  for (const auto& [name, value] : wrong) {
    EXPECT_EQ(Present(With(name, value)).status().reason(), Reason::kTokenClaim)
        << name;
  }
  EXPECT_EQ(world_.access.asked, 0);
}

TEST_F(TokenClaims, TheMessageNamesTheClaimAndNotItsValue) {
  const Status refused = Present(With("sid", Text("s3cret"))).status();
  EXPECT_NE(refused.message().find("'sid'"), std::string_view::npos);
  EXPECT_EQ(refused.message().find("s3cret"), std::string_view::npos);
}

TEST_F(TokenClaims, EveryRoleIsKnown) {
  for (const char* role : {"owner", "admin", "member", "viewer"}) {
    EXPECT_EQ(Present(With("role", Text(role)))->role(), role);
  }
}

TEST_F(TokenClaims, TheGenerationReachesTheAccessStateAsItIs) {
  for (const std::int64_t generation :
       {std::int64_t{0}, std::int64_t{-1},
        std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_TRUE(Present(With("gen", JsonValue(generation))).ok());
    EXPECT_EQ(world_.access.last_generation, generation);
  }
}

TEST_F(TokenClaims, ScopeIsReadAsWordsBetweenBlanks) {
  const auto principal =
      Present(With("scope", Text(" pull  push:all readwrite ")));
  ASSERT_TRUE(principal.ok());
  for (const char* name : {"pull", "push:all", "readwrite"}) {
    EXPECT_TRUE(principal->HasPermission(name)) << name;
  }
  for (const char* name : {"", " ", "push", "pull push:all"}) {
    EXPECT_FALSE(principal->HasPermission(name)) << name;
  }
}

}  // namespace
}  // namespace clone_auth
