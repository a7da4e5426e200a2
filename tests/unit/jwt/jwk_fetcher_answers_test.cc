// What an issuer is asked, and what is made of its answers.

#include "clone/jwk_fetcher.h"

#include <string>

#include "unit/jwt/jwk_fetch.h"

namespace clone_auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Answer;
using testing::JwkFetch;
using testing::kKeysUrl;
using testing::kRealm;
using testing::MetadataOf;
using testing::SetOf;
using testing::WithIssuer;

TEST_F(JwkFetch, AsksWhetherTheSetIsStillThatOne) {
  Start();
  Fetch(Answer(200, SetOf({&one_}), {{"ETag", "W/\"7\""}}));
  now_ += seconds(600);
  const auto request = Due();
  ASSERT_TRUE(request);
  EXPECT_EQ(*request->headers.Find("If-None-Match"), "W/\"7\"");
  Complete(Answer(304, "", MaxAge(2000)));
  EXPECT_TRUE(fetcher_->last_error().ok());
  EXPECT_EQ(fetcher_->generation(), 1u);
  EXPECT_GE(SecondsUntilDue(2000), 1500);
}

TEST_F(JwkFetch, NotModifiedIsNoAnswerToWhoeverHasNothing) {
  Start();
  Fetch(Answer(304));
  EXPECT_FALSE(Serves());
  EXPECT_EQ(fetcher_->last_error().reason(), Reason::kAnswerMalformed);
}

TEST_F(JwkFetch, TheGenerationMovesWithTheKeysAndNotWithTheAnswers) {
  Start();
  Load();
  now_ += seconds(1000);
  Fetch(Answer(200, " " + SetOf({&one_})));
  EXPECT_EQ(fetcher_->generation(), 1u);
  now_ += seconds(1000);
  Fetch(Answer(200, SetOf({&one_, &two_})));
  EXPECT_EQ(fetcher_->generation(), 2u);
}

TEST_F(JwkFetch, R24_BadAnswersNeverReplaceGoodKeys) {
  std::string many = "{\"keys\":[";
  for (int i = 0; i < 101; ++i) many += (i > 0 ? "," : "") + one_.Jwk();
  const std::string symmetric = R"({"keys":[{"kty":"oct","alg":"HS256","k":")" +
                                std::string(43, 'A') + "\"}]}";
  const Result<HttpResponse> bad[] = {
      Answer(200, "<html><body>Sign in</body></html>"),
      Answer(200, R"({"error":"internal"})"),
      Answer(200, R"({"keys":[]})"),
      Answer(200, R"({"keys":[{"kty":"EC"},{"kty":"??"}]})"),
      Answer(200, symmetric),
      Answer(200, ""),
      Answer(200, SetOf({&one_, &one_})),
      Answer(200, many + "]}"),
      Answer(200, SetOf({&two_}) + std::string(kJwkMaxAnswer, ' ')),
      Answer(201, SetOf({&two_})),
      Answer(302, SetOf({&two_}), {{"Location", "https://evil.example/"}}),
      Answer(404, SetOf({&two_})),
      Answer(500, SetOf({&two_})),
      Status(Reason::kAnswerTooLarge),
      Status(Reason::kTimeout),
  };
  for (const auto& outcome : bad) {
    Start();
    Load();
    now_ += seconds(1000);
    Fetch(outcome);
    EXPECT_TRUE(Serves());
    EXPECT_EQ(fetcher_->generation(), 1u);
    EXPECT_FALSE(fetcher_->last_error().ok());
  }
}

TEST_F(JwkFetch, AnErrorNeverRepeatsWhatThePeerSaid) {
  Start();
  Fetch(Answer(200, R"({"canary":"canary"})"));
  EXPECT_EQ(fetcher_->last_error().message().find("canary"),
            std::string_view::npos);
}

TEST_F(JwkFetch, AnIssuerIsAskedWhereItsKeysAre) {
  Start(WithIssuer());
  EXPECT_EQ(Due()->target,
            std::string(kRealm) + "/.well-known/openid-configuration");
  Complete(Answer(200, MetadataOf(kRealm, kKeysUrl)));
  EXPECT_FALSE(Serves());
  EXPECT_EQ(Due()->target, kKeysUrl);
  Complete(Answer(200, SetOf({&one_})));
  EXPECT_TRUE(Serves());
  now_ += seconds(600);
  EXPECT_EQ(Due()->target, kKeysUrl);
}

TEST_F(JwkFetch, AnIssuerWithoutOpenIdHasItsMetadataElsewhere) {
  Start(WithIssuer());
  Fetch(Answer(404));
  EXPECT_EQ(
      Due()->target,
      "https://issuer.example/.well-known/oauth-authorization-server/realm");
  Complete(Answer(200, MetadataOf(kRealm, kKeysUrl)));
  EXPECT_EQ(Due()->target, kKeysUrl);
  Complete(Answer(200, SetOf({&one_})));
  EXPECT_TRUE(Serves());
}

TEST_F(JwkFetch, MetadataOfAnotherIssuerIsNotUsed) {
  Start(WithIssuer());
  Fetch(Answer(200, MetadataOf("https://issuer.example", kKeysUrl)));
  EXPECT_EQ(fetcher_->last_error().reason(), Reason::kAnswerMalformed);
  EXPECT_FALSE(Due());
}

TEST_F(JwkFetch, AnIssuerThatHasNoMetadataIsNotAskedForEver) {
  Start(WithIssuer());
  Fetch(Answer(404));
  Fetch(Answer(404));
  EXPECT_FALSE(Due());
  EXPECT_FALSE(fetcher_->last_error().ok());
}

TEST_F(JwkFetch, KeysThatMovedAreFoundAgain) {
  Start(WithIssuer());
  Fetch(Answer(200, MetadataOf(kRealm, kKeysUrl)));
  Fetch(Answer(200, SetOf({&one_}), {{"ETag", "\"1\""}}));
  now_ += seconds(600);
  Fetch(Answer(404));
  EXPECT_TRUE(Serves());
  now_ += seconds(2);
  EXPECT_EQ(Due()->target,
            std::string(kRealm) + "/.well-known/openid-configuration");
  Complete(Answer(200, MetadataOf(kRealm, "https://new.example/keys")));
  const auto request = Due();
  EXPECT_EQ(request->target, "https://new.example/keys");
  EXPECT_EQ(request->headers.Find("If-None-Match"), nullptr);
  Complete(Answer(200, SetOf({&two_})));
  EXPECT_EQ(fetcher_->generation(), 2u);
}

TEST_F(JwkFetch, ALookForAnUnknownKeyGoesThroughAllItsRequestsOnce) {
  Start(WithIssuer());
  Fetch(Answer(200, MetadataOf(kRealm, kKeysUrl)));
  Load();
  now_ += hours(24);
  ASSERT_TRUE(Renewal());
  Complete(Answer(200, MetadataOf(kRealm, kKeysUrl)));
  ASSERT_TRUE(Renewal());
  Complete(Answer(200, SetOf({&one_})));
  now_ += seconds(1);
  EXPECT_FALSE(Renewal());
}

}  // namespace
}  // namespace clone_auth
