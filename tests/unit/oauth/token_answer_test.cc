// What the client makes of a token endpoint's answers, the lying ones
// included.

#include <array>
#include <optional>
#include <string>
#include <tuple>

#include "clone/oauth_client.h"
#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

Result<TokenAnswer> Read(const Result<HttpResponse>& outcome) {
  return OAuthClient::Create(ClientOptions())->ReadTokenAnswer(outcome, kStart);
}

// An answer with an access token and these further members.
Result<HttpResponse> Granted(const std::string& members) {
  return Answer(200, R"({"access_token":"a-1")" + members + "}");
}

TEST(TokenAnswer, TellsWhatWasGranted) {
  const auto answer =
      Read(Granted(R"(,"token_type":"Bearer","expires_in":600,)"
                   R"("refresh_token":"r-1","scope":"read write",)"
                   R"("id_token":"a.b.c")"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->tokens.access.Reveal(), "a-1");
  EXPECT_EQ(answer->tokens.refresh.Reveal(), "r-1");
  EXPECT_EQ(answer->tokens.expires_in, std::chrono::seconds(600));
  EXPECT_EQ(answer->tokens.received_at, kStart);
  EXPECT_EQ(answer->scope, "read write");
  EXPECT_EQ(answer->id_token.Reveal(), "a.b.c");
}

TEST(TokenAnswer, O21_WithoutARefreshTokenHasNone) {
  const auto answer = Read(Granted(R"(,"refresh_token":null)"));
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(answer->tokens.refresh.empty());
}

TEST(TokenAnswer, O21_NamesWhatWasAskedForAndNotGranted) {
  const auto withheld = [](const char* granted, const char* asked) {
    TokenAnswer answer;
    answer.scope = granted;
    return answer.Withheld(asked);
  };
  EXPECT_EQ(withheld("openid read", "openid read"), "");
  EXPECT_EQ(withheld("read", "openid  read write "), "openid write");
  EXPECT_EQ(withheld("readwrite", "read"), "read");
  EXPECT_EQ(withheld("", "read"), "");
  EXPECT_EQ(withheld("read", ""), "");
}

TEST(TokenAnswer, R14_ALifetimeThatMakesNoSenseCountsAsNone) {
  for (const char* lifetime : {"0", "-1", "\"3600\"", "1e99", "null", "1.5",
                               "true", "9223372036854775807", "[]"}) {
    const auto answer =
        Read(Granted(std::string(R"(,"expires_in":)") + lifetime));
    ASSERT_TRUE(answer.ok()) << lifetime;
    EXPECT_EQ(answer->tokens.expires_in, std::nullopt) << lifetime;
  }
  EXPECT_EQ(Read(Granted(""))->tokens.expires_in, std::nullopt);
}

TEST(TokenAnswer, R14_AMissingTypeIsBearerAndAnotherTypeIsRefused) {
  for (const char* type :
       {"", R"(,"token_type":null)", R"(,"token_type":"bearer")",
        R"(,"token_type":"BEARER")"}) {
    EXPECT_TRUE(Read(Granted(type)).ok()) << type;
  }
  for (const char* type : {R"(,"token_type":"mac")", R"(,"token_type":"DPoP")",
                           R"(,"token_type":"")", R"(,"token_type":1)"}) {
    EXPECT_EQ(Read(Granted(type)).status().reason(), Reason::kAnswerMalformed)
        << type;
  }
}

TEST(TokenAnswer, R13_R14_WhatIsNoAnswerIsRefusedWithAReason) {
  for (const std::string& body :
       {std::string(), std::string("<!doctype html>"), std::string("[]"),
        std::string("{}"), std::string("\xef\xbb\xbf{}"),
        std::string("{\0\"\0", 4), std::string(R"({"access_token":7})"),
        std::string(R"({"access_token":""})"),
        std::string(R"({"access_token":"a b"})"),
        std::string(R"({"access_token":"a\nb"})"),
        std::string(R"({"access_token":"clone_u123"})"),
        std::string(R"({"access_token":"a","access_token":"b"})"),
        std::string(R"({"access_token":"a","refresh_token":7})"),
        R"({"access_token":")" + std::string(17 * 1024, 'a') + "\"}"}) {
    const Status status = Read(Answer(200, body)).status();
    EXPECT_EQ(status.reason(), Reason::kAnswerMalformed) << body.substr(0, 60);
    EXPECT_EQ(status.http_status(), 200);
  }
}

struct WordCase {
  const char* word;
  Reason reason;
};

// RFC 6749 sections 4.1.2.1 and 5.2, RFC 8628 section 3.5, RFC 8707 section 2,
// OpenID Connect Core 1.0 section 3.1.2.6.
constexpr std::array kWords = {
    WordCase{"invalid_request", Reason::kRequestRefused},
    WordCase{"invalid_client", Reason::kClientRefused},
    WordCase{"invalid_grant", Reason::kGrantInvalid},
    WordCase{"unauthorized_client", Reason::kClientRefused},
    WordCase{"unsupported_grant_type", Reason::kGrantUnsupported},
    WordCase{"unsupported_response_type", Reason::kGrantUnsupported},
    WordCase{"invalid_scope", Reason::kScopeRefused},
    WordCase{"invalid_target", Reason::kScopeRefused},
    WordCase{"access_denied", Reason::kSignInDenied},
    WordCase{"login_required", Reason::kSignInDenied},
    WordCase{"consent_required", Reason::kSignInDenied},
    WordCase{"interaction_required", Reason::kSignInDenied},
    WordCase{"account_selection_required", Reason::kSignInDenied},
    WordCase{"expired_token", Reason::kSignInExpired},
    WordCase{"authorization_pending", Reason::kSignInPending},
    WordCase{"slow_down", Reason::kRateLimited},
    WordCase{"server_error", Reason::kServerError},
    WordCase{"temporarily_unavailable", Reason::kOverloaded},
    WordCase{"device_flow_disabled", Reason::kRequestRefused},
};

TEST(TokenAnswer, EachErrorWordHasItsReasonWhateverItsStatus) {
  for (const auto& [word, reason] : kWords) {
    for (const int status : {400, 401, 403, 428, 200}) {
      const Status refused = Read(Refusal(word, status)).status();
      EXPECT_EQ(refused.reason(), reason) << word << status;
      EXPECT_EQ(refused.http_status(), status);
      EXPECT_NE(refused.message().find(word), std::string_view::npos) << word;
    }
    EXPECT_EQ(StatusOfOAuthError(word).reason(), reason);
  }
  EXPECT_EQ(Read(Refusal("slow_down", 429)).status().reason(),
            Reason::kRateLimited);
}

TEST(TokenAnswer, WhatTheServerSaysBackIsNotShown) {
  for (const char* word : {"S3CRET", "s3cret", "two words", "\\u001b[2J"}) {
    const Status refused = Read(Refusal(word)).status();
    EXPECT_EQ(refused.reason(), Reason::kRequestRefused);
    EXPECT_EQ(refused.message(),
              "the sign-in server answered 'a word of its own': The sign-in "
              "server refused the request.");
  }
}

TEST(TokenAnswer, AServerThatFailedIsBelievedNoRefusal) {
  for (const auto& [status, reason] : {std::pair{500, Reason::kServerError},
                                       {502, Reason::kServerError},
                                       {503, Reason::kOverloaded},
                                       {504, Reason::kServerError}}) {
    EXPECT_EQ(Read(Refusal("invalid_grant", status)).status().reason(), reason);
    EXPECT_EQ(Read(Answer(status, "<html>")).status().reason(), reason);
  }
  EXPECT_EQ(Read(Refusal("throttled", 429)).status().reason(),
            Reason::kRateLimited);
}

TEST(TokenAnswer, AStatusWithoutAWordSpeaksForItself) {
  for (const auto& [status, reason] : {std::pair{400, Reason::kRequestRefused},
                                       {401, Reason::kClientRefused},
                                       {404, Reason::kRequestRefused},
                                       {307, Reason::kRedirectRefused},
                                       {408, Reason::kTimeout},
                                       {429, Reason::kRateLimited},
                                       {204, Reason::kAnswerMalformed}}) {
    EXPECT_EQ(Read(Answer(status, "<html>")).status().reason(), reason)
        << status;
  }
  EXPECT_EQ(Read(Status(Reason::kTlsFailed)).status().reason(),
            Reason::kTlsFailed);
}

}  // namespace
}  // namespace clone_auth
