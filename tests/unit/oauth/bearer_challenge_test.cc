#include "clone/bearer_challenge.h"

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

std::string MetadataOf(const char* field) {
  return ReadBearerChallenge({{"WWW-Authenticate", field}}).resource_metadata;
}

TEST(BearerChallenge, SaysWhereTheMetadataIsAndWhatToAskFor) {
  const BearerChallenge challenge = ReadBearerChallenge(
      {{"www-authenticate",
        R"(Bearer realm="a, \"b\"", resource_metadata="https://r.example/m", )"
        R"(scope="read write")"}});
  EXPECT_EQ(challenge.resource_metadata, "https://r.example/m");
  EXPECT_EQ(challenge.scope, "read write");
}

TEST(BearerChallenge, IsFoundAmongOthersInOneFieldOrSeveral) {
  for (
      const char* field :
      {R"(bearer resource_metadata=https://r.example/m)",
       R"(DPoP algs="ES256", resource_metadata="https://r.example/m")",
       R"(Basic realm="Bearer", Bearer resource_metadata = "https://r.example/m")",
       R"(Negotiate abc==, Bearer resource_metadata="https://r.example/m")",
       R"(,, Bearer ,error="x",RESOURCE_METADATA="https://r.example/m")"}) {
    EXPECT_EQ(MetadataOf(field), "https://r.example/m") << field;
  }
  EXPECT_EQ(ReadBearerChallenge(
                {{"WWW-Authenticate", "Basic realm=x"},
                 {"WWW-Authenticate", R"(Bearer resource_metadata="u1")"},
                 {"WWW-Authenticate", R"(Bearer resource_metadata="u2")"}})
                .resource_metadata,
            "u1");
}

// RFC 6750 section 3.1, and what the Model Context Protocol calls step-up.
TEST(BearerChallenge, TellsATokenThatGrantsTooLittleFromOneThatIsNoGood) {
  const BearerChallenge challenge = ReadBearerChallenge(
      {{"WWW-Authenticate",
        R"(Bearer error="insufficient_scope", scope="read write")"}});
  EXPECT_EQ(challenge.error, "insufficient_scope");
  EXPECT_EQ(challenge.scope, "read write");
  EXPECT_EQ(ReadBearerChallenge({{"WWW-Authenticate", "Bearer realm=x"}}).error,
            "");
}

TEST(BearerChallenge, WhatIsAnotherSchemesOrMalformedIsPassedOver) {
  for (const char* field :
       {"", "Bearer", "Bearer =", "Bearer \"", "Bearer ====,,=\"\"\"",
        R"(Basic resource_metadata="u")", R"(Bearer "resource_metadata"="u")",
        R"(Bearer x="resource_metadata=u")", R"(Bearer realm="\)",
        R"(resource_metadata="u")"}) {
    EXPECT_EQ(MetadataOf(field), "") << field;
  }
}

}  // namespace
}  // namespace clone_auth
