#include "oauth/callback_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace clone_auth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kHost = "127.0.0.1:5000";

std::optional<std::string_view> TargetOf(std::string_view head) {
  return CallbackTarget(head, kHost);
}

TEST(CallbackRequestTest, AGetToThisAddressHasATarget) {
  EXPECT_EQ(TargetOf("GET /callback?code=a HTTP/1.1\r\n"
                     "Accept: */*\r\nhost: \t127.0.0.1:5000 \r\nX: y"),
            "/callback?code=a");
  EXPECT_EQ(TargetOf("GET / HTTP/1.0\r\nHost:127.0.0.1:5000"), "/");
}

TEST(CallbackRequestTest, AnyOtherMethodHasNone) {
  for (const char* method : {"POST", "HEAD", "OPTIONS", "get", ""}) {
    EXPECT_EQ(
        TargetOf(std::string(method) + " / HTTP/1.1\r\nHost: 127.0.0.1:5000"),
        std::nullopt)
        << method;
  }
}

TEST(CallbackRequestTest, AForeignMissingOrRepeatedHostHasNone) {
  for (const char* fields :
       {"", "Host: evil.example", "Host: localhost:5000", "Host: 127.0.0.1",
        "Host: 127.0.0.1:5001", "Host: 127.0.0.1:5000.evil.example",
        "Host: 127.0.0.1:5000\r\nHost: 127.0.0.1:5000",
        "Host: 127.0.0.1:5000\r\nHost: evil.example",
        "X-Host: 127.0.0.1:5000"}) {
    EXPECT_EQ(TargetOf("GET / HTTP/1.1\r\n" + std::string(fields)),
              std::nullopt)
        << fields;
  }
}

TEST(CallbackRequestTest, WhatIsNoRequestHasNone) {
  for (const char* line :
       {"", " ", "GET", "GET /", "GET / HTTP/2", "GET  / HTTP/1.1",
        "GET http://127.0.0.1:5000/ HTTP/1.1", "GET * HTTP/1.1",
        "GET / HTTP/1.1 x", "\x16\x03\x01"}) {
    EXPECT_EQ(TargetOf(std::string(line) + "\r\nHost: 127.0.0.1:5000"),
              std::nullopt)
        << line;
  }
}

TEST(CallbackRequestTest, O10_ThePageIsKeptByNobodyAndSaysWhatBecameOfIt) {
  const std::string code = CallbackAnswer(Callback::kCode);
  const std::string refusal = CallbackAnswer(Callback::kRefusal);
  for (const std::string& page : {code, refusal}) {
    EXPECT_THAT(page, HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(page, HasSubstr("\r\nCache-Control: no-store\r\n"));
    EXPECT_THAT(page, HasSubstr("\r\nReferrer-Policy: no-referrer\r\n"));
    EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'"));
    EXPECT_THAT(page, HasSubstr("You can close this window"));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
  }
  EXPECT_THAT(refusal, HasSubstr("The sign-in failed"));
  EXPECT_THAT(code, Not(HasSubstr("failed")));
}

TEST(CallbackRequestTest, AStrayRequestLearnsNothing) {
  const std::string answer = CallbackAnswer(Callback::kStray);
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
}

}  // namespace
}  // namespace clone_auth
