// Every error of Django REST framework and SimpleJWT, and what it is called
// here.

#include <optional>
#include <string>
#include <utility>

#include "clone/diagnosis.h"
#include "peers/drf/peer.h"

namespace clone_auth {
namespace {

using testing::DrfTest;
using testing::kAlice;
using testing::kPassword;

class DrfErrors : public DrfTest {
 protected:
  /// Sends a request as it is; the credential, if any, is given by hand.
  HttpResponse Ask(const std::string& method, const std::string& path,
                   HttpHeaders headers = {}, std::string body = "") {
    HttpRequest request{method, path, std::move(headers), std::move(body), ""};
    auto answer = Connect()->Send(std::move(request));
    EXPECT_TRUE(answer.ok()) << answer.status().ToString();
    return answer.ok() ? std::move(answer).value() : HttpResponse();
  }

  /// What a POST of this JSON to the sign-in is diagnosed as.
  Status SignInWith(const std::string& body,
                    const std::string& type = "application/json") {
    const HttpResponse answer =
        Ask("POST", "/api/auth/login/", {{"Content-Type", type}}, body);
    return Diagnose(answer, std::nullopt, SystemClock().Now())
        .ToStatus(answer.status);
  }

  /// What `me` with this Authorization is diagnosed as.
  Status MeWith(const std::string& authorization) {
    const HttpResponse answer =
        Ask("GET", "/api/auth/me/", {{"Authorization", authorization}});
    EXPECT_EQ(answer.status, 401);
    const CredentialHeader sent{"Authorization", authorization};
    return Diagnose(answer, sent, SystemClock().Now()).ToStatus(answer.status);
  }
};

TEST_F(DrfErrors, AWrongPasswordAnUnknownAndAnInactiveAccountLookAlike) {
  const auto client = Connect();
  const Status wrong = client->Login(kAlice, Secret::CopyOf("no")).status();
  EXPECT_EQ(wrong.reason(), Reason::kInvalidCredentials);
  EXPECT_EQ(wrong.http_status(), 401);
  EXPECT_EQ(client->Login("nobody@example.test", Secret::CopyOf("no")).status(),
            wrong);
  EXPECT_EQ(
      client->Login("carol@example.test", Secret::CopyOf(kPassword)).status(),
      wrong);
}

TEST_F(DrfErrors, EachFieldOfASignInIsNamed) {
  const Status blank = Connect()->Login("", Secret()).status();
  EXPECT_EQ(blank.reason(), Reason::kValidationFailed);
  EXPECT_EQ(blank.http_status(), 400);
  EXPECT_EQ(blank.message(),
            "email: This field may not be blank. "
            "password: This field may not be blank.");
  EXPECT_EQ(SignInWith("{}").message(),
            "email: This field is required. password: This field is required.");
  EXPECT_EQ(SignInWith(R"({"email":"x","password":null})").message(),
            "password: This field may not be null.");
  const Status list = SignInWith(R"(["x"])");
  EXPECT_EQ(list.reason(), Reason::kValidationFailed);
  EXPECT_EQ(list.message(),
            "Invalid data. Expected a dictionary, but got list.");
}

TEST_F(DrfErrors, WhatIsNotTakenIsToldApart) {
  EXPECT_EQ(SignInWith(R"({"a":)").reason(), Reason::kJsonMalformed);
  EXPECT_EQ(SignInWith("email=x", "application/x-www-form-urlencoded").reason(),
            Reason::kUnsupportedMediaType);
  const HttpResponse method = Ask("GET", "/api/auth/login/");
  EXPECT_EQ(Diagnose(method, std::nullopt, SystemClock().Now()).cause,
            Reason::kMethodNotAllowed);
  EXPECT_NE(method.headers.Find("Allow"), nullptr);
}

TEST_F(DrfErrors, APathWithoutItsSlashIsARedirectAndRefused) {
  const auto client = Connect();
  for (const char* method : {"GET", "POST"}) {
    const auto answer = client->Send({method, "/api/auth/login", {}, "", ""});
    EXPECT_EQ(answer.status().reason(), Reason::kRedirectRefused);
    EXPECT_EQ(answer.status().http_status(), 301);
  }
}

TEST_F(DrfErrors, AnUnknownPathIsAWebPage) {
  const HttpResponse answer = Ask("GET", "/api/auth/nothing/");
  const Diagnosis diagnosis =
      Diagnose(answer, std::nullopt, SystemClock().Now());
  EXPECT_EQ(diagnosis.cause, Reason::kNotFound);
  EXPECT_NE(diagnosis.sentence.find("text/html"), std::string::npos);
  // Keys are not of this stack.
  EXPECT_EQ(Connect()->ListKeys().status().reason(), Reason::kNotFound);
  EXPECT_EQ(Connect()->JoinWaitlist("a@b.test").reason(), Reason::kNotFound);
}

TEST_F(DrfErrors, WithoutACredentialOneIsMissing) {
  const Status status = Connect()->Me().status();
  EXPECT_EQ(status.reason(), Reason::kCredentialMissing);
  EXPECT_EQ(status.http_status(), 401);
}

TEST_F(DrfErrors, EachBadCredentialHasItsCause) {
  const SessionTokens tokens = SignIn();
  const std::string access(tokens.access.Reveal());
  EXPECT_EQ(MeWith("Bearer nonsense").reason(), Reason::kTokenMalformed);
  EXPECT_EQ(MeWith("Bearer " + access + " x").reason(),
            Reason::kCredentialMalformed);
  EXPECT_EQ(MeWith("Bearer " + std::string(tokens.refresh.Reveal())).reason(),
            Reason::kTokenType);
  std::string altered = access;
  altered[altered.size() - 5] = altered[altered.size() - 5] == 'A' ? 'B' : 'A';
  EXPECT_EQ(MeWith("Bearer " + altered).reason(), Reason::kTokenSignature);
  // Not seen as a credential by this stack.
  EXPECT_EQ(MeWith("Token " + access).http_status(), 401);
  EXPECT_EQ(MeWith("bearer " + access).http_status(), 401);
}

TEST_F(DrfErrors, AnExpiredAccessTokenIsNamed) {
  const SessionTokens tokens = SignIn("late-access@example.test");
  const Status status = Connect(SourceOf(tokens.access))->Me().status();
  EXPECT_EQ(status.reason(), Reason::kTokenExpired) << status.ToString();
  EXPECT_EQ(status.http_status(), 401);
}

TEST_F(DrfErrors, EachBadRefreshTokenIsRefused) {
  const auto client = Connect();
  const SessionTokens tokens = SignIn();
  const SessionTokens late = SignIn("late-refresh@example.test");
  for (const Secret* token :
       {&tokens.access, &late.refresh}) {  // of the wrong type; expired
    EXPECT_EQ(client->Refresh(*token).status().reason(),
              Reason::kRefreshInvalid);
  }
  EXPECT_EQ(client->Refresh(Secret::CopyOf("nonsense")).status().reason(),
            Reason::kRefreshInvalid);
  const Status blank = client->Refresh(Secret()).status();
  EXPECT_EQ(blank.reason(), Reason::kValidationFailed);
  EXPECT_EQ(blank.message(), "refresh: This field may not be blank.");
}

TEST_F(DrfErrors, AThrottledSignInSaysHowLongToWait) {
  const auto client = Connect();
  const Secret wrong = Secret::CopyOf("no");
  EXPECT_EQ(client->Login("hasty@example.test", wrong).status().reason(),
            Reason::kInvalidCredentials);
  const Status status = client->Login("hasty@example.test", wrong).status();
  EXPECT_EQ(status.reason(), Reason::kRateLimited);
  EXPECT_EQ(status.http_status(), 429);
  const HttpResponse answer =
      Ask("POST", "/api/auth/login/", {{"Content-Type", "application/json"}},
          R"({"email":"hasty@example.test","password":"no"})");
  const Diagnosis diagnosis =
      Diagnose(answer, std::nullopt, SystemClock().Now());
  EXPECT_EQ(diagnosis.remedy.rfind("Try again in ", 0), 0u);
}

TEST_F(DrfErrors, SignupCreatesOnceAndSaysWhatIsWrong) {
  const auto client = Connect();
  const SignupRequest request{"New@Example.test",
                              Secret::CopyOf("a long enough one 7"), ""};
  const auto account = client->Signup(request);
  ASSERT_TRUE(account.ok()) << account.status().ToString();
  EXPECT_EQ(account->email, "new@example.test");
  EXPECT_EQ(client->Signup(request).status().message(),
            "email: user with this email already exists.");
  const Status weak =
      client->Signup({"x", Secret::CopyOf("12345"), ""}).status();
  EXPECT_EQ(weak.reason(), Reason::kValidationFailed);
  EXPECT_EQ(weak.message(),
            "email: Enter a valid email address. password: This password is "
            "too short. It must contain at least 8 characters. password: This "
            "password is too common. password: This password is entirely "
            "numeric.");
}

}  // namespace
}  // namespace clone_auth
