// How many credentials a request carries, and where each may stand.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/auth/auth_world.h"

namespace clone_auth {
namespace {

using testing::AuthWorld;

struct Field {
  std::string what;
  HttpHeader header;
  bool good;
};

/// Header fields that count as a credential, some of them good ones.
std::vector<Field> CountedFields(AuthWorld& world) {
  const std::string& name = world.scheme.header;
  return {
      {"good key", {name, world.key}, true},
      {"unknown key", {name, world.NewKey()}, false},
      {"empty key", {name, ""}, false},
      {"good token", {"Authorization", "Bearer " + world.Token()}, true},
      {"bad token", {"Authorization", "Bearer x.y.z"}, false},
      {"no token", {"Authorization", "Bearer"}, false},
      {"key as bearer", {"Authorization", "Bearer " + world.key}, true},
      {"lower case", {"authorization", "bearer " + world.Token()}, true},
      {"DPoP", {"Authorization", "DPoP " + world.Token()}, false},
  };
}

/// Header fields that are somebody else's affair.
std::vector<HttpHeader> PassedOver(const AuthWorld& world) {
  return {
      {"Authorization", "Basic dXNlcjpwYXNz"},
      {"Authorization", "Token " + world.Token()},
      {"Authorization", "Bearerx " + world.Token()},
      {"Authorization", ""},
      {"Proxy-Authorization", "Bearer " + world.Token()},
      {"Cookie", "session=" + world.Token()},
      {"DPoP", world.Token()},
      {"X_Clone_API_Key", world.key},
  };
}

TEST(CredentialCount, K11_K13_K14_AnyTwoAreRefusedWhateverTheyAre) {
  AuthWorld world;
  const std::vector<Field> fields = CountedFields(world);
  for (const Field& first : fields) {
    for (const Field& second : fields) {
      EXPECT_EQ(world.Refusal({first.header, second.header}),
                Reason::kMultipleCredentials)
          << first.what << ", " << second.what;
    }
  }
  EXPECT_EQ(world.access.asked, 0);
}

TEST(CredentialCount, OneIsJudgedByItself) {
  AuthWorld world;
  for (const Field& field : CountedFields(world)) {
    EXPECT_EQ(world.Authenticate({field.header}).ok(), field.good)
        << field.what;
    EXPECT_NE(world.Refusal({field.header}), Reason::kMultipleCredentials)
        << field.what;
  }
}

TEST(CredentialCount, FieldsOfOthersArePassedOver) {
  AuthWorld world;
  for (const HttpHeader& other : PassedOver(world)) {
    EXPECT_EQ(world.Refusal({other}), Reason::kCredentialMissing)
        << other.value;
    for (const Field& field : CountedFields(world)) {
      EXPECT_EQ(world.Authenticate({other, field.header}).ok(), field.good)
          << other.value << ", " << field.what;
      EXPECT_EQ(world.Authenticate({field.header, other}).ok(), field.good)
          << field.what << ", " << other.value;
    }
  }
}

TEST(CredentialCount, NoneAtAllIsMissing) {
  const AuthWorld world;
  EXPECT_EQ(world.Refusal({}), Reason::kCredentialMissing);
  EXPECT_EQ(world.Refusal({{"Host", "api.example"}}),
            Reason::kCredentialMissing);
}

TEST(CredentialForm, K04_AnEmptyKeyHeaderIsAMissingCredential) {
  const AuthWorld world;
  for (const char* empty : {"", " ", "\t "}) {
    EXPECT_EQ(world.Refusal({{world.scheme.header, empty}}),
              Reason::kCredentialMissing);
  }
}

TEST(CredentialForm, K05_BlanksAroundAKeyAreNotPartOfIt) {
  const AuthWorld world;
  EXPECT_TRUE(
      world.Authenticate({{world.scheme.header, " \t" + world.key + "\t "}})
          .ok());
}

TEST(CredentialForm, K05_K12_AnythingElseAroundAKeyIsRefused) {
  const AuthWorld world;
  for (const std::string& odd :
       {world.key + ",", world.key + " x", world.key + "\xc2\xa0",
        world.key + ", " + world.key, "\"" + world.key + "\""}) {
    EXPECT_EQ(world.Refusal({{world.scheme.header, odd}}),
              Reason::kKeyMalformed)
        << odd;
  }
}

TEST(CredentialForm, TheNameOfTheKeyHeaderHasNoCase) {
  const AuthWorld world;
  std::string upper = world.scheme.header;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  EXPECT_TRUE(world.Authenticate({{upper, world.key}}).ok());
}

TEST(CredentialForm, K16_TheSchemeHasNoCaseAndOneBlankFollows) {
  const AuthWorld world;
  const std::string token = world.Token();
  for (const char* start : {"Bearer ", "bearer ", "BEARER ", "bEaReR "}) {
    EXPECT_TRUE(world.Authenticate({{"Authorization", start + token}}).ok())
        << start;
  }
  for (const char* start : {"Bearer  ", "Bearer\t", "Bearer \t", "Bearer,",
                            "Bearer:", "Bearer=", "Bearer\"", "Bearer"}) {
    const Reason reason = world.Refusal({{"Authorization", start + token}});
    EXPECT_TRUE(reason == Reason::kCredentialMalformed ||
                reason == Reason::kCredentialMissing)
        << start;
  }
}

TEST(CredentialForm, K16_ASchemeWithoutAWholeCredentialIsMalformed) {
  const AuthWorld world;
  const std::string token = world.Token();
  for (const std::string& value :
       {std::string("Bearer"), std::string("Bearer "), "Bearer " + token + " x",
        "Bearer " + token + "\r\nX: y",
        "Bearer " + token + std::string(1, '\0'),
        "Bearer " + token + "\xc3\xa9",
        "Bearer " + token + ", Basic eA==", "DPoP " + token}) {
    EXPECT_EQ(world.Refusal({{"Authorization", value}}),
              Reason::kCredentialMalformed)
        << value;
  }
}

}  // namespace
}  // namespace clone_auth
