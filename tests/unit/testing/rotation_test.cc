// The rules of rotating refresh tokens, as the server keeps them.

#include <string>

#include "gtest/gtest.h"
#include "unit/testing/server_harness.h"

namespace clone_auth::testing {
namespace {

AdversarialAuthServerOptions WithoutIdempotency() {
  AdversarialAuthServerOptions options;
  options.honours_idempotency = false;
  return options;
}

TEST(Rotation, GivesASuccessorEachTime) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  const std::string second = h.Next(first);
  const std::string third = h.Next(second);
  EXPECT_FALSE(third.empty());
  EXPECT_NE(first, second);
  EXPECT_NE(second, third);
  EXPECT_EQ(h.server().counts().rotations, 2u);
  EXPECT_EQ(h.server().counts().exchanges, 2u);
}

TEST(Rotation, GivesTheSameSuccessorAgainWithinTheGrace) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  const auto one = h.Refresh(first, "attempt-1");
  h.clock().Advance(seconds(9));
  const auto two = h.Refresh(first, "attempt-2");
  EXPECT_EQ(h.Member(two, "refresh"), h.Member(one, "refresh"));
  EXPECT_NE(h.Member(two, "access"), h.Member(one, "access"));
  EXPECT_EQ(h.server().counts().repeats, 1u);
  EXPECT_EQ(h.server().counts().rotations, 1u);
}

TEST(Rotation, EndsTheFamilyOfATokenThatComesAgainAfterTheGrace) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  const auto one = h.Refresh(first);
  h.clock().Advance(seconds(10));
  const auto again = h.Refresh(first);
  EXPECT_EQ(again->status, 401);
  EXPECT_EQ(h.Member(again, "code"), "refresh_reused");
  EXPECT_EQ(h.server().counts().families_lost, 1u);
  EXPECT_EQ(h.server().counts().reuse_detected, 1u);
  const auto successor = h.Refresh(h.Member(one, "refresh"));
  EXPECT_EQ(h.Member(successor, "code"), "session_ended");
  const auto me = h.Get("/api/auth/me/", h.Member(one, "access"));
  EXPECT_EQ(h.Member(me, "code"), "token_revoked");
}

TEST(Rotation, GivesTheSuccessorLaterOnlyForTheSameIdempotencyKey) {
  ServerHarness same;
  const std::string first = same.NewSession().refresh;
  const std::string second = same.Next(first, "attempt-1");
  same.clock().Advance(hours(3));
  EXPECT_EQ(same.Next(first, "attempt-1"), second);
  EXPECT_EQ(same.Member(same.Refresh(first, "attempt-2"), "code"),
            "refresh_reused");
}

TEST(Rotation, HoldsThatTheKeyOfTheFirstAttemptCounts) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  h.Next(first, "attempt-1");
  h.Next(first, "attempt-2");  // within the grace
  h.clock().Advance(minutes(1));
  EXPECT_FALSE(h.Next(first, "attempt-1").empty());
  EXPECT_EQ(h.Member(h.Refresh(first, "attempt-2"), "code"), "refresh_reused");
}

TEST(Rotation, TakesAnAttemptWithoutAKeyForNobodys) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  h.Next(first);
  h.clock().Advance(minutes(1));
  EXPECT_EQ(h.Member(h.Refresh(first), "code"), "refresh_reused");
}

TEST(Rotation, IgnoresTheKeyWhereTheServerKnowsNone) {
  ServerHarness h(WithoutIdempotency());
  const std::string first = h.NewSession().refresh;
  h.Next(first, "attempt-1");
  h.clock().Advance(minutes(1));
  EXPECT_EQ(h.Member(h.Refresh(first, "attempt-1"), "code"), "refresh_reused");
  EXPECT_EQ(h.server().counts().families_lost, 1u);
}

TEST(Rotation, ClosesThePredecessorWhenItsSuccessorIsUsed) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  const std::string second = h.Next(first, "attempt-1");
  h.Next(second, "attempt-2");
  EXPECT_EQ(h.Member(h.Refresh(first, "attempt-1"), "code"), "refresh_reused")
      << "even within the grace";
}

TEST(Rotation, ClosesThePredecessorAlsoWhereTheSuccessorIsKept) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  const std::string second = h.Next(first, "attempt-1");
  ASSERT_TRUE(h.server().Add("no_refresh_token").ok());
  EXPECT_EQ(h.Refresh(second, "attempt-2")->status, 200);
  EXPECT_EQ(h.Member(h.Refresh(first, "attempt-1"), "code"), "refresh_reused");
}

TEST(Rotation, CountsReuseOfAnEndedFamilyAndLosesItOnce) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  h.Next(h.Next(first));
  for (int i = 0; i < 3; ++i) h.Refresh(first).status().ok();
  EXPECT_EQ(h.server().counts().reuse_detected, 3u);
  EXPECT_EQ(h.server().counts().families_lost, 1u);
}

TEST(Rotation, LeavesOtherFamiliesAlone) {
  ServerHarness h;
  const std::string lost = h.NewSession().refresh;
  const std::string kept = h.NewSession().refresh;
  h.Next(h.Next(lost));
  EXPECT_EQ(h.Refresh(lost)->status, 401);
  EXPECT_FALSE(h.Next(kept).empty());
}

TEST(Rotation, EndsWithTheLifetimeOfTheSession) {
  AdversarialAuthServerOptions options;
  options.refresh_lifetime = hours(2);
  ServerHarness h(options);
  std::string refresh = h.NewSession().refresh;
  h.clock().Advance(hours(1));
  refresh = h.Next(refresh);
  h.clock().Advance(hours(1));
  EXPECT_EQ(h.Member(h.Refresh(refresh), "code"), "refresh_expired")
      << "however often it was replaced";
  EXPECT_EQ(h.server().counts().families_lost, 0u);
}

TEST(Rotation, RefusesTokensThatWereNeverGiven) {
  ServerHarness h;
  const std::string good = h.NewSession().refresh;
  std::string later = good;
  later[later.find("-1-") + 1] = '2';
  for (const std::string& token :
       {std::string(), std::string("rt-"), std::string("rt-0-1-"),
        std::string("rt-9-1-x"), std::string("rt-18446744073709551615-1-x"),
        std::string("rt--1-1-x"), good + "x", later, good.substr(1)}) {
    EXPECT_EQ(h.Member(h.Refresh(token), "code"), "refresh_invalid") << token;
  }
  EXPECT_FALSE(h.Next(good).empty()) << "none of them cost the session";
  EXPECT_EQ(h.server().counts().reuse_detected, 0u);
}

TEST(Rotation, IsTheSameInBothDialects) {
  ServerHarness h;
  const std::string first = h.NewSession().refresh;
  const auto form = [](const std::string& token) {
    return "grant_type=refresh_token&client_id=cli&refresh_token=" + token;
  };
  const auto one = h.Send(h.Form("/token", form(first), "attempt-1"));
  EXPECT_EQ(one->status, 200);
  EXPECT_EQ(h.Member(one, "token_type"), "Bearer");
  EXPECT_EQ(h.Number(one, "expires_in"), 3600);
  EXPECT_EQ(*one->headers.Find("Cache-Control"), "no-store");
  h.clock().Advance(minutes(1));
  EXPECT_EQ(h.Next(first, "attempt-1"), h.Member(one, "refresh_token"));
  const auto reused = h.Send(h.Form("/token", form(first), "attempt-2"));
  EXPECT_EQ(reused->status, 400);
  EXPECT_EQ(h.Member(reused, "error"), "invalid_grant");
}

}  // namespace
}  // namespace clone_auth::testing
