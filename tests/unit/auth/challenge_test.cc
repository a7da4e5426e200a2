// How a refusal is answered: its HTTP status and its challenge.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "unit/auth/auth_world.h"

namespace clone_auth {
namespace {

using testing::AuthWorld;

std::string ChallengeFor(Reason reason, std::string realm = "api",
                         std::string message = {}) {
  const AuthWorld world;
  AuthenticatorOptions options = world.Options();
  options.realm = std::move(realm);
  return Authenticator::Create(options)->ChallengeFor(
      Status(reason, std::move(message)));
}

TEST(HttpStatusOf, TellsBadRequestRefusalAndOutageApart) {
  const auto status = [](Reason reason) {
    return Authenticator::HttpStatusOf(Status(reason));
  };
  EXPECT_EQ(status(Reason::kMultipleCredentials), 400);
  EXPECT_EQ(status(Reason::kCredentialMissing), 401);
  EXPECT_EQ(status(Reason::kCredentialMalformed), 401);
  EXPECT_EQ(status(Reason::kTokenTooLarge), 401);
  EXPECT_EQ(status(Reason::kTokenExpired), 401);
  EXPECT_EQ(status(Reason::kTokenType), 401);
  EXPECT_EQ(status(Reason::kTokenRevoked), 401);
  EXPECT_EQ(status(Reason::kKeyUnknown), 401);
  EXPECT_EQ(status(Reason::kKeyRevoked), 401);
  EXPECT_EQ(status(Reason::kAccountDisabled), 401);
  EXPECT_EQ(status(Reason::kPermissionDenied), 403);
  EXPECT_EQ(status(Reason::kStoreUnavailable), 503);
  EXPECT_EQ(status(Reason::kKeySetUnavailable), 503);
  EXPECT_EQ(status(Reason::kTimeout), 503);
  EXPECT_EQ(status(Reason::kInternal), 503);
}

TEST(Challenge, IsTheBareSchemeWhereNothingWasPresented) {
  EXPECT_EQ(ChallengeFor(Reason::kCredentialMissing), "Bearer realm=\"api\"");
}

TEST(Challenge, NamesInvalidTokenForARefusedTokenOrKey) {
  EXPECT_EQ(ChallengeFor(Reason::kTokenExpired),
            "Bearer realm=\"api\", error=\"invalid_token\", "
            "error_description=\"The access token has expired.\"");
  EXPECT_EQ(ChallengeFor(Reason::kKeyRevoked),
            "Bearer realm=\"api\", error=\"invalid_token\", "
            "error_description=\"The API key was revoked.\"");
}

TEST(Challenge, NamesInvalidRequestForSeveralCredentials) {
  EXPECT_EQ(
      ChallengeFor(Reason::kMultipleCredentials),
      "Bearer realm=\"api\", error=\"invalid_request\", "
      "error_description=\"The request carries more than one credential.\"");
}

TEST(Challenge, NamesInsufficientScopeForWhatIsNotPermitted) {
  EXPECT_EQ(ChallengeFor(Reason::kPermissionDenied)
                .rfind("Bearer realm=\"api\", error=\"insufficient_scope\"", 0),
            0u);
}

TEST(Challenge, IsEmptyWhereNothingWasDecided) {
  EXPECT_EQ(ChallengeFor(Reason::kStoreUnavailable), "");
  EXPECT_EQ(ChallengeFor(Reason::kInternal), "");
}

TEST(Challenge, QuotesTheRealm) {
  EXPECT_EQ(ChallengeFor(Reason::kCredentialMissing, "a \"b\" \\c"),
            "Bearer realm=\"a \\\"b\\\" \\\\c\"");
}

TEST(Challenge, NeverCarriesTheMessage) {
  EXPECT_EQ(ChallengeFor(Reason::kKeyUnknown, "api", "evil\"\r\nX: y"),
            ChallengeFor(Reason::kKeyUnknown));
}

TEST(Challenge, DescriptionsHoldOnlyWhatRfc6750Allows) {
  for (int i = 1; i <= static_cast<int>(Reason::kInternal); ++i) {
    for (const char c : Describe(static_cast<Reason>(i)).text) {
      EXPECT_TRUE(c >= ' ' && c <= '~' && c != '"' && c != '\\') << i;
    }
  }
}

TEST(Challenge, K01_UnknownAndAlteredKeysAreAnsweredAlike) {
  AuthWorld world;
  const auto authenticator = Authenticator::Create(world.Options());
  const auto answer = [&](const std::string& key) {
    const Status refused =
        authenticator->Authenticate({{world.scheme.header, key}}).status();
    return std::to_string(Authenticator::HttpStatusOf(refused)) + " " +
           refused.ToString() + " " + authenticator->ChallengeFor(refused);
  };
  std::string altered = world.key;
  altered.back() = altered.back() == '0' ? '1' : '0';
  EXPECT_EQ(answer(altered), answer(world.NewKey()));
}

}  // namespace
}  // namespace clone_auth
