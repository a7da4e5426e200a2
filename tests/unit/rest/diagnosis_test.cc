#include "clone/diagnosis.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "clone/api_key.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "support/scheme.h"
#include "support/tokens.h"

namespace clone_auth {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AccessToken;
using testing::FakeClock;
using testing::FakeRandom;
using testing::TestScheme;

const WallTime kNow = FakeClock().Now();  // 2026-01-01 00:00:00 UTC
constexpr char kSameDate[] = "Thu, 01 Jan 2026 00:00:00 GMT";
constexpr char kHourLater[] = "Thu, 01 Jan 2026 01:00:00 GMT";
constexpr char kHourBefore[] = "Wed, 31 Dec 2025 23:00:00 GMT";

// SimpleJWT's answer to any bad access token.
constexpr char kNotValid[] =
    R"({"detail":"Given token not valid for any token type",)"
    R"("code":"token_not_valid","messages":[{"token_class":"AccessToken",)"
    R"("token_type":"access","message":"Token is invalid or expired"}]})";

HttpResponse Json(int status, std::string body, HttpHeaders headers = {}) {
  headers.Add("Content-Type", "application/json");
  return {status, std::move(headers), std::move(body)};
}

// A diagnosis of an answer to a request with `value` in its header.
Diagnosis DiagnoseSent(const HttpResponse& response, const std::string& name,
                       const std::string& value) {
  return Diagnose(response, CredentialHeader{name, value}, kNow);
}

Diagnosis DiagnoseBearer(const HttpResponse& response,
                         const std::string& token) {
  return DiagnoseSent(response, "Authorization", "Bearer " + token);
}

Diagnosis DiagnoseNothingSent(const HttpResponse& response) {
  return Diagnose(response, std::nullopt, kNow);
}

TEST(Diagnose, ASuccessIsNoRefusal) {
  for (const int status : {200, 201, 204, 304}) {
    const Diagnosis diagnosis = DiagnoseNothingSent(Json(status, "{}"));
    EXPECT_EQ(diagnosis.cause, Reason::kNone);
    EXPECT_TRUE(diagnosis.ToStatus(status).ok());
  }
}

TEST(Diagnose, EachCauseHasASentenceAndARemedyAndTheStatus) {
  for (const int status : {301, 400, 401, 403, 404, 405, 409, 413, 415, 418,
                           422, 429, 500, 502, 503, 504, 599}) {
    SCOPED_TRACE(status);
    const Diagnosis diagnosis = DiagnoseNothingSent(Json(status, ""));
    EXPECT_NE(diagnosis.cause, Reason::kNone);
    EXPECT_FALSE(diagnosis.sentence.empty());
    EXPECT_FALSE(diagnosis.remedy.empty());
    EXPECT_EQ(diagnosis.ToStatus(status).http_status(), status);
    EXPECT_EQ(diagnosis.ToStatus(status).reason(), diagnosis.cause);
  }
}

TEST(Diagnose, TheServersOwnWordIsBelieved) {
  const struct {
    int status;
    const char* word;
    Reason cause;
  } rows[] = {
      {401, "key_revoked", Reason::kKeyRevoked},
      {401, "key_expired", Reason::kKeyExpired},
      {401, "token_revoked", Reason::kTokenRevoked},
      {400, "multiple_credentials", Reason::kMultipleCredentials},
      {403, "permission_denied", Reason::kPermissionDenied},
      {503, "store_unavailable", Reason::kStoreUnavailable},
      {401, "refresh_reused", Reason::kRefreshReused},
  };
  for (const auto& row : rows) {
    const Diagnosis diagnosis =
        DiagnoseSent(Json(row.status, std::string(R"({"detail":"x","code":")") +
                                          row.word + "\"}"),
                     TestScheme().header, TestScheme().prefix + "whatever");
    EXPECT_EQ(diagnosis.cause, row.cause) << row.word;
    EXPECT_EQ(diagnosis.sentence, Describe(row.cause).text);
  }
}

TEST(Diagnose, AWordThatIsNobodysIsPassedOver) {
  const Diagnosis diagnosis =
      DiagnoseNothingSent(Json(404, R"({"detail":"x","code":"ok"})"));
  EXPECT_EQ(diagnosis.cause, Reason::kNotFound);
}

// SPEC section 4, first row.
TEST(Diagnose, A401WithoutACredentialSaysThatItIsMissing) {
  const Diagnosis diagnosis = DiagnoseNothingSent(
      Json(401, R"({"detail":"Authentication credentials were not provided."})",
           {{"WWW-Authenticate", "Bearer realm=\"api\""}}));
  EXPECT_EQ(diagnosis.cause, Reason::kCredentialMissing);
  // The third row: a browser gets through with its cookie.
  EXPECT_NE(diagnosis.remedy.find("cookie"), std::string::npos);
}

TEST(Diagnose, A403WithoutACredentialIsAMissingOneToo) {
  EXPECT_EQ(DiagnoseNothingSent(Json(403, R"({"detail":"x"})")).cause,
            Reason::kCredentialMissing);
}

TEST(Diagnose, AnExpiredTokenIsNamedEvenWhereTheServerLeavesItOpen) {
  const Diagnosis diagnosis =
      DiagnoseBearer(Json(401, kNotValid, {{"Date", kSameDate}}),
                     AccessToken(kNow - minutes(62), minutes(60)));
  EXPECT_EQ(diagnosis.cause, Reason::kTokenExpired);
  EXPECT_NE(diagnosis.sentence.find("120 s ago"), std::string::npos);
  EXPECT_EQ(diagnosis.clock_ahead, seconds(0));
}

TEST(Diagnose, WithoutADateThisMachinesClockStandsIn) {
  const Diagnosis diagnosis = DiagnoseBearer(
      Json(401, ""), AccessToken(kNow - minutes(62), minutes(60)));
  EXPECT_EQ(diagnosis.cause, Reason::kTokenExpired);
  EXPECT_FALSE(diagnosis.clock_ahead.has_value());
}

TEST(Diagnose, ExpEqualToTheServersTimeIsExpired) {
  const HttpResponse refusal = Json(401, "", {{"Date", kSameDate}});
  EXPECT_EQ(
      DiagnoseBearer(refusal, AccessToken(kNow - minutes(60), minutes(60)))
          .cause,
      Reason::kTokenExpired);
  EXPECT_EQ(DiagnoseBearer(refusal, AccessToken(kNow - minutes(60) + seconds(1),
                                                minutes(60)))
                .cause,
            Reason::kTokenSignature);
}

// SPEC section 4, second row: the host that made the token is ahead.
TEST(Diagnose, ATokenFromTheServersFutureIsClockSkew) {
  const std::string token = AccessToken(kNow, minutes(60));
  for (const char* body : {kNotValid, R"({"code":"token_not_yet_valid"})"}) {
    const Diagnosis diagnosis =
        DiagnoseBearer(Json(401, body, {{"Date", kHourBefore}}), token);
    EXPECT_EQ(diagnosis.cause, Reason::kClockSkew);
    EXPECT_NE(diagnosis.sentence.find("3600 s"), std::string::npos);
    EXPECT_EQ(diagnosis.clock_ahead, seconds(3600));
  }
}

// SPEC section 4, second row: this machine is behind.
TEST(Diagnose, ATokenThatHasExpiredOnlyForTheServerIsClockSkew) {
  const std::string token = AccessToken(kNow - minutes(10), minutes(60));
  for (const char* body : {kNotValid, R"({"code":"token_expired"})"}) {
    const Diagnosis diagnosis =
        DiagnoseBearer(Json(401, body, {{"Date", kHourLater}}), token);
    EXPECT_EQ(diagnosis.cause, Reason::kClockSkew);
    EXPECT_EQ(diagnosis.clock_ahead, seconds(-3600));
  }
}

TEST(Diagnose, ClocksThatAreSecondsApartAgree) {
  const Diagnosis diagnosis = DiagnoseBearer(
      Json(401, kNotValid, {{"Date", "Wed, 31 Dec 2025 23:59:01 GMT"}}),
      AccessToken(kNow, minutes(60)));
  EXPECT_EQ(diagnosis.cause, Reason::kTokenSignature);
}

TEST(Diagnose, ATokenThatLooksValidWasAlteredOrIsNotTheIssuers) {
  EXPECT_EQ(DiagnoseBearer(Json(401, kNotValid, {{"Date", kSameDate}}),
                           AccessToken(kNow - minutes(1), minutes(60)))
                .cause,
            Reason::kTokenSignature);
}

TEST(Diagnose, WhatIsNoTokenIsSaidToBeNone) {
  EXPECT_EQ(DiagnoseBearer(Json(401, kNotValid), "nonsense").cause,
            Reason::kTokenMalformed);
}

TEST(Diagnose, ARefreshTokenSentAsAccessIsOfTheWrongType) {
  EXPECT_EQ(DiagnoseBearer(
                Json(401, R"({"code":"token_not_valid","messages":[{"message":)"
                          R"("Token has wrong type"}]})"),
                AccessToken(kNow, minutes(60)))
                .cause,
            Reason::kTokenType);
}

TEST(Diagnose, AKeyThatWasMistypedIsToldFromOneThatIsUnknown) {
  FakeRandom random;
  const auto key = GenerateApiKey(TestScheme(), ApiKeyKind::kUser, random);
  ASSERT_TRUE(key.ok());
  const HttpResponse refusal = Json(401, R"({"detail":"x"})");
  std::string text(key->text.Reveal());
  EXPECT_EQ(DiagnoseSent(refusal, TestScheme().header, text).cause,
            Reason::kKeyUnknown);
  text.back() = text.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ(DiagnoseSent(refusal, TestScheme().header, text).cause,
            Reason::kKeyMalformed);
}

TEST(Diagnose, KnowsTheWordsOfDjangoRestFramework) {
  const struct {
    const char* word;
    Reason cause;
  } rows[] = {
      {"bad_authorization_header", Reason::kCredentialMalformed},
      {"no_active_account", Reason::kInvalidCredentials},
      {"user_inactive", Reason::kAccountDisabled},
      {"user_not_found", Reason::kAccountDisabled},
      {"not_authenticated", Reason::kCredentialMissing},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(
        DiagnoseBearer(Json(401, std::string(R"({"detail":"x","code":")") +
                                     row.word + "\"}"),
                       AccessToken(kNow, minutes(60)))
            .cause,
        row.cause)
        << row.word;
  }
}

TEST(Diagnose, NamesTheFieldsThatWereNotAccepted) {
  const Diagnosis diagnosis = DiagnoseNothingSent(
      Json(400, R"({"email":["This field is required."],"non_field_errors":)"
                R"(["Blocked."],"age":"odd"})"));
  EXPECT_EQ(diagnosis.cause, Reason::kValidationFailed);
  EXPECT_EQ(diagnosis.sentence,
            "email: This field is required. Blocked. age: odd");
}

TEST(Diagnose, AMalformedBodyIsNamed) {
  EXPECT_EQ(DiagnoseNothingSent(
                Json(400, R"({"detail":"JSON parse error - Expecting value"})"))
                .cause,
            Reason::kJsonMalformed);
}

TEST(Diagnose, SaysHowLongToWait) {
  for (const int status : {429, 503}) {
    const Diagnosis diagnosis = DiagnoseNothingSent(
        Json(status, R"({"detail":"x"})", {{"Retry-After", "57"}}));
    EXPECT_EQ(diagnosis.remedy, "Try again in 57 s.");
  }
  EXPECT_EQ(
      DiagnoseNothingSent(Json(429, "", {{"Retry-After", "soon"}})).remedy,
      Describe(Reason::kRateLimited).remedy);
}

TEST(Diagnose, AWebPageIsSaidToBeOne) {
  HttpResponse page{404,
                    {{"Content-Type", "text/html; charset=utf-8"}},
                    "<h1>Not Found</h1>"};
  const Diagnosis diagnosis = DiagnoseNothingSent(page);
  EXPECT_EQ(diagnosis.cause, Reason::kNotFound);
  EXPECT_NE(diagnosis.sentence.find("text/html"), std::string::npos);
  EXPECT_EQ(diagnosis.sentence.find("<h1>"), std::string::npos);
}

TEST(Diagnose, NeverRepeatsACredentialThatTheServerSaysBack) {
  const Diagnosis diagnosis = DiagnoseBearer(
      Json(400, R"({"token":["'canary.x.y' is not good"]})"), "canary.x.y");
  EXPECT_EQ(diagnosis.cause, Reason::kValidationFailed);
  EXPECT_EQ(diagnosis.sentence.find("canary"), std::string::npos);
}

TEST(Diagnose, KeepsTheIdThatTheOperatorAsksFor) {
  const std::string body = R"({"detail":"No.","code":"key_unknown"})";
  EXPECT_EQ(DiagnoseNothingSent(Json(401, body, {{"X-Refusal-Id", "abc"}}))
                .refusal_id,
            "abc");
  EXPECT_EQ(DiagnoseNothingSent(Json(401, body)).refusal_id, "");
  const std::string endless(5000, 'a');
  EXPECT_LE(DiagnoseNothingSent(Json(401, body, {{"X-Refusal-Id", endless}}))
                .refusal_id.size(),
            128U);
}

TEST(Diagnose, TakesTheKnownSkewWhereTheAnswerHasNoDate) {
  const std::string token = AccessToken(kNow, std::chrono::minutes(30));
  const std::string value = "Bearer " + token;
  const CredentialHeader sent{"Authorization", value};
  const HttpResponse refusal = Json(401, kNotValid);
  EXPECT_FALSE(Diagnose(refusal, sent, kNow).clock_ahead);
  const Diagnosis known =
      Diagnose(refusal, sent, kNow, ClockSkew{std::chrono::hours(1), {}});
  EXPECT_EQ(known.clock_ahead, std::chrono::seconds(-3600));
  EXPECT_EQ(known.cause, Reason::kClockSkew);
}

}  // namespace
}  // namespace clone_auth
