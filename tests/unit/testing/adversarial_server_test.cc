// What the server answers where it behaves, and how each fault departs from
// that.

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clone/jwt.h"
#include "gtest/gtest.h"
#include "unit/testing/server_harness.h"

namespace clone_auth::testing {
namespace {

TEST(AdversarialServer, ServesItsAccountToItsAccessTokens) {
  ServerHarness h;
  const FreshTokens tokens = h.NewSession();
  const auto me = h.Get("https://api.example/api/auth/me/", tokens.access);
  EXPECT_EQ(me->status, 200);
  EXPECT_EQ(h.Member(me, "id"), "user-1");
  EXPECT_EQ(h.Member(me, "email"), "user-1@example.com");
  const auto other = h.server().NewSession(h.clock().Now(), "user-2");
  EXPECT_EQ(h.Member(h.Get("/api/auth/me", other->access), "id"), "user-2");
}

TEST(AdversarialServer, RefusesMissingMadeUpAndExpiredAccessTokens) {
  ServerHarness h;
  const FreshTokens tokens = h.NewSession();
  const auto none = h.Get("/api/auth/me/");
  EXPECT_EQ(none->status, 401);
  EXPECT_EQ(h.Member(none, "code"), "credential_missing");
  EXPECT_NE(none->headers.Find("WWW-Authenticate"), nullptr);
  ServerHarness stranger;
  const auto foreign = h.Get("/api/auth/me/", stranger.NewSession().access);
  EXPECT_EQ(foreign->status, 401);
  h.clock().Advance(hours(1) - seconds(1));
  EXPECT_EQ(h.Get("/api/auth/me/", tokens.access)->status, 200);
  h.clock().Advance(seconds(1));
  EXPECT_EQ(h.Member(h.Get("/api/auth/me/", tokens.access), "code"),
            "token_expired");
}

TEST(AdversarialServer, SignsTokensThatAnyVerifierCanCheck) {
  ServerHarness h;
  const FreshTokens tokens = h.NewSession();
  const auto discovery = h.Get("/.well-known/oauth-authorization-server");
  EXPECT_EQ(h.Member(discovery, "issuer"), "https://auth.example");
  EXPECT_EQ(h.Member(discovery, "token_endpoint"),
            "https://auth.example/token");
  EXPECT_EQ(h.Member(discovery, "device_authorization_endpoint"),
            "https://auth.example/device_authorization");
  const auto published = h.Get(h.Member(discovery, "jwks_uri"));
  auto keys = JwkSet::Parse(published->body, JwkTrust::kRemote);
  ASSERT_TRUE(keys.ok()) << keys.status().ToString();
  JwtPolicy policy;
  policy.algorithms = {JwtAlgorithm::kEs256};
  policy.issuers = {"https://auth.example"};
  policy.audiences = {"https://api.example"};
  const auto verifier =
      JwtVerifier::Create(policy, std::move(keys).value(), &h.clock());
  const auto verified = verifier->Verify(tokens.access);
  ASSERT_TRUE(verified.ok()) << verified.status().ToString();
  EXPECT_EQ(verified->subject(), "user-1");
  EXPECT_EQ(verified->expires_at() - *verified->issued_at(), hours(1));
}

TEST(AdversarialServer, AnswersOtherPathsAndMethodsInJson) {
  ServerHarness h;
  EXPECT_EQ(h.Get("/nowhere")->status, 404);
  EXPECT_EQ(h.Get("/token")->status, 405);
  EXPECT_EQ(h.Member(h.Get("/token"), "code"), "method_not_allowed");
  EXPECT_EQ(h.Send(h.Form("/api/auth/me/", ""))->status, 405);
  const auto counts = h.server().counts();
  EXPECT_EQ(counts.exchanges, 0u);
  EXPECT_EQ(counts.requests.at("/token"), 2u);
  EXPECT_EQ(counts.requests.at("/nowhere"), 1u);
}

TEST(AdversarialServer, DatesItsAnswersByTheTimeOfTheRequest) {
  ServerHarness h;  // from 2026-01-01 00:00:00 on
  h.clock().Advance(hours(31 * 24) + minutes(61) + seconds(7));
  EXPECT_EQ(*h.Get("/nowhere")->headers.Find("Date"),
            "Sun, 01 Feb 2026 01:01:07 GMT");
}

TEST(AdversarialServer, NeedsAnIssuerAndRandomBytes) {
  AdversarialAuthServerOptions options;
  options.issuer.clear();
  EXPECT_EQ(AdversarialAuthServer::Create(options).status().reason(),
            Reason::kInvalidArgument);
  ServerHarness h;
  h.random().Fail();
  EXPECT_EQ(h.server().NewSession(h.clock().Now()).status().reason(),
            Reason::kRandomUnavailable);
  EXPECT_EQ(h.Send(h.Form("/device_authorization", ""))->status, 500);
}

struct FaultCase {
  const char* fault;
  int status;      // of what comes, or
  Reason reason;   // why nothing comes
  bool has_token;  // that is an access token of this user, and new
  bool is_spent;   // the refresh token
};

TEST(Fault, DepartsFromARefreshInItsOwnWay) {
  for (const FaultCase& c : std::vector<FaultCase>{
           {"slow_down", 200, Reason::kNone, true, true},
           {"skewed_date", 200, Reason::kNone, true, true},
           {"same_token", 200, Reason::kNone, false, true},
           {"html_502", 502, Reason::kNone, false, false},
           {"stall", 0, Reason::kTimeout, false, true},
           {"stall=3", 0, Reason::kTimeout, false, true},
           {"cut", 0, Reason::kConnectionLost, false, true},
           {"lost_answer", 0, Reason::kConnectionLost, false, true},
           {"redirect_307", 307, Reason::kNone, false, false},
           {"retry_after", 503, Reason::kNone, false, false},
           {"rate_limited_429", 429, Reason::kNone, false, false},
           {"unavailable_503", 503, Reason::kNone, false, false},
           {"invalid_grant_once", 401, Reason::kNone, false, false},
           {"no_refresh_token", 200, Reason::kNone, true, false},
           {"empty_200", 200, Reason::kNone, false, true},
           {"foreign_subject", 200, Reason::kNone, false, true},
           {"huge_body=1000", 200, Reason::kNone, true, true},
           {"garbage_json", 200, Reason::kNone, false, true},
           {"expires_in_zero", 200, Reason::kNone, false, true}}) {
    ServerHarness h;
    const FreshTokens tokens = h.NewSession();
    ASSERT_TRUE(h.server().Add(c.fault).ok()) << c.fault;
    const auto answer = h.Refresh(tokens.refresh, "attempt-1");
    EXPECT_EQ(answer.ok() ? answer->status : 0, c.status) << c.fault;
    EXPECT_EQ(answer.status().reason(), c.reason) << c.fault;
    const std::string access = h.Member(answer, "access");
    const bool is_new_and_mine =
        access != tokens.access &&
        h.Member(h.Get("/api/auth/me/", access), "id") == "user-1";
    EXPECT_EQ(is_new_and_mine, c.has_token) << c.fault;
    EXPECT_EQ(h.server().counts().rotations, c.is_spent ? 1u : 0u) << c.fault;

    h.clock().Advance(minutes(5));
    EXPECT_FALSE(h.Next(tokens.refresh, "attempt-1").empty())
        << c.fault << ": the same attempt again";
    EXPECT_EQ(h.server().counts().families_lost, 0u) << c.fault;
  }
}

TEST(Fault, TableSaysWhetherTheRequestIsCarriedOut) {
  for (const FaultInfo& row : FaultTable()) {
    if (row.place == FaultPlace::kPoll) continue;
    ServerHarness h;
    ASSERT_TRUE(h.server().Add(row.name).ok());
    h.Refresh(h.NewSession().refresh).status().ok();
    const bool keeps = row.kind == FaultKind::kNoRefreshToken;
    EXPECT_EQ(h.server().counts().rotations == 1, row.is_carried_out && !keeps)
        << row.name;
    EXPECT_EQ(h.server().counts().faults.at(std::string(row.name)), 1u);
  }
}

TEST(Fault, ValuesShowInTheAnswer) {
  ServerHarness h;
  const std::string refresh = h.NewSession().refresh;
  for (const char* fault :
       {"skewed_date=-3600", "retry_after=7", "rate_limited_429=8",
        "huge_body=5000", "redirect_307"}) {
    ASSERT_TRUE(h.server().Add(fault).ok());
  }
  EXPECT_EQ(*h.Refresh(refresh, "a")->headers.Find("Date"),
            "Wed, 31 Dec 2025 23:00:00 GMT");
  EXPECT_EQ(*h.Refresh(refresh, "a")->headers.Find("Retry-After"), "7");
  EXPECT_EQ(*h.Refresh(refresh, "a")->headers.Find("Retry-After"), "8");
  EXPECT_GT(h.Refresh(refresh, "a")->body.size(), 5000u);
  EXPECT_EQ(*h.Refresh(refresh, "a")->headers.Find("Location"),
            "https://elsewhere.example/elsewhere/api/auth/token/refresh/");
}

TEST(Fault, WithoutANewRefreshTokenStillRepeatsASuccessorThatWasLost) {
  ServerHarness h;
  const std::string refresh = h.NewSession().refresh;
  ASSERT_TRUE(h.server().Add("lost_answer").ok());
  ASSERT_TRUE(h.server().Add("no_refresh_token").ok());
  EXPECT_FALSE(h.Refresh(refresh, "a").ok());
  const std::string successor = h.Next(refresh, "a");
  EXPECT_FALSE(successor.empty()) << "nobody could go on with the old one";
  EXPECT_FALSE(h.Next(successor).empty());
}

TEST(Fault, SpeaksTheDialectOfTheRequest) {
  ServerHarness h;
  const std::string form =
      "grant_type=refresh_token&refresh_token=" + h.NewSession().refresh;
  ASSERT_TRUE(h.server().Add("invalid_grant_once").ok());
  ASSERT_TRUE(h.server().Add("no_refresh_token").ok());
  ASSERT_TRUE(h.server().Add("expires_in_zero").ok());
  const auto refused = h.Send(h.Form("/token", form, "a"));
  EXPECT_EQ(refused->status, 400);
  EXPECT_EQ(h.Member(refused, "error"), "invalid_grant");
  const auto bare = h.Send(h.Form("/token", form, "a"));
  EXPECT_FALSE(h.Member(bare, "access_token").empty());
  EXPECT_TRUE(h.Member(bare, "refresh_token").empty());
  EXPECT_EQ(h.Number(h.Send(h.Form("/token", form, "a")), "expires_in"), 0);
}

TEST(Fault, LeavesTheDeliveryToWhoeverHasASocket) {
  ServerHarness h;
  for (const char* fault : {"stall", "stall=4", "cut=20", "cut=100000",
                            "lost_answer", "cut@/empty"}) {
    ASSERT_TRUE(h.server().Add(fault).ok());
  }
  const auto serve = [&](const std::string& refresh) {
    return h.server().Serve(h.RefreshRequest(refresh), h.clock().Now());
  };
  const std::string refresh = h.NewSession().refresh;
  EXPECT_TRUE(serve(refresh).is_withheld);
  const Delivery late = serve(refresh);
  EXPECT_FALSE(late.is_withheld);
  EXPECT_EQ(late.after, seconds(4));
  EXPECT_EQ(late.response.status, 200);
  EXPECT_EQ(serve(refresh).cut_at, 20u);
  const Delivery cut = serve(refresh);
  EXPECT_EQ(cut.cut_at, cut.response.body.size() - 1) << "never the whole";
  EXPECT_TRUE(serve(refresh).is_lost);
  const Delivery whole = serve(refresh);
  EXPECT_FALSE(whole.is_withheld || whole.is_lost || whole.cut_at);
}

TEST(FaultPlan, ServesFaultsInOrderAndAsOftenAsAsked) {
  ServerHarness h;
  const std::string refresh = h.NewSession().refresh;
  ASSERT_TRUE(h.server().Add("html_502:2").ok());
  ASSERT_TRUE(h.server().Add("unavailable_503").ok());
  EXPECT_EQ(h.server().pending_faults(), 3u);
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(h.Refresh(refresh)->status);
  EXPECT_EQ(statuses, (std::vector<int>{502, 502, 503, 200}));
  EXPECT_EQ(h.server().pending_faults(), 0u);
  EXPECT_EQ(h.server().counts().faults.at("html_502"), 2u);
}

TEST(FaultPlan, BefallsRequestsForTokensAlone) {
  ServerHarness h;
  const FreshTokens tokens = h.NewSession();
  ASSERT_TRUE(h.server().Add("html_502").ok());
  EXPECT_EQ(h.Get("/api/auth/me/", tokens.access)->status, 200);
  EXPECT_EQ(h.Get("/.well-known/jwks.json")->status, 200);
  EXPECT_EQ(h.Refresh(tokens.refresh)->status, 502);
}

TEST(FaultPlan, BefallsThePathThatTheFaultNames) {
  ServerHarness h;
  const FreshTokens tokens = h.NewSession();
  ASSERT_TRUE(h.server().Add("redirect_307@/api/auth/me/").ok());
  ASSERT_TRUE(h.server().Add("empty_200@/.well-known/jwks.json").ok());
  EXPECT_EQ(h.Refresh(tokens.refresh)->status, 200);
  EXPECT_EQ(h.Get("/.well-known/jwks.json")->body, "");
  EXPECT_EQ(h.Get("/api/auth/me?a=b", tokens.access)->status, 307);
  EXPECT_EQ(h.Get("/api/auth/me/", tokens.access)->status, 200);
}

TEST(FaultPlan, CanBeClearedAndRefusesWhatCannotBe) {
  ServerHarness h;
  ASSERT_TRUE(h.server().Add("html_502:9").ok());
  h.server().ClearFaults();
  EXPECT_EQ(h.server().pending_faults(), 0u);
  EXPECT_EQ(h.Refresh(h.NewSession().refresh)->status, 200);
  EXPECT_EQ(h.server().Add("nonsense").reason(), Reason::kInvalidArgument);
  Fault fault;
  fault.times = 0;
  EXPECT_EQ(h.server().Add(fault).reason(), Reason::kInvalidArgument);
}

TEST(Redirect, IsCountedWhereAClientFollowsIt) {
  ServerHarness h;
  ASSERT_TRUE(h.server().Add("redirect_307").ok());
  HttpRequest request = h.RefreshRequest(h.NewSession().refresh);
  const auto redirect = h.Send(request);
  EXPECT_EQ(h.server().counts().redirects_followed, 0u);
  request.target = *redirect->headers.Find("Location");
  h.Send(request).status().ok();
  EXPECT_EQ(h.server().counts().redirects_followed, 1u);
  h.Get("/elsewhereabouts").status().ok();
  EXPECT_EQ(h.server().counts().redirects_followed, 1u);
}

}  // namespace
}  // namespace clone_auth::testing
