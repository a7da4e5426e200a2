// A session from sign-in to sign-out against Django REST framework.

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "clone/credential_source.h"
#include "clone/token_inspection.h"
#include "peers/drf/peer.h"

namespace clone_auth {
namespace {

using testing::DrfTest;
using testing::kAlice;

class DrfSession : public DrfTest {
 protected:
  std::shared_ptr<SessionCredentialSource> Start(SessionTokens tokens) {
    TokenSessionOptions options;
    options.base_url = url;
    auto session = TokenSession::Create(std::move(options), std::move(tokens),
                                        SystemClock().Now());
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    return SessionCredentialSource::Create(std::move(session).value(),
                                           transport, &SystemClock());
  }

  /// A session with an expired access token that came this long ago, as out
  /// of a store.
  std::shared_ptr<SessionCredentialSource> StartLate(std::chrono::minutes ago) {
    SessionTokens tokens = SignIn("late-access@example.test");
    tokens.received_at = SystemClock().Now() - ago;
    return Start(std::move(tokens));
  }

  static SessionHealth HealthOf(SessionCredentialSource& source) {
    return source.session().health(SystemClock().Now());
  }
};

TEST_F(DrfSession, SignsInAndTellsWhoItIs) {
  const SessionTokens tokens = SignIn();
  const auto token = InspectToken(tokens.access.Reveal());
  ASSERT_TRUE(token.ok()) << token.status().ToString();
  EXPECT_EQ(*token->claims.FindString("token_type"), "access");

  const auto user = Connect(SourceOf(tokens.access))->Me();
  ASSERT_TRUE(user.ok()) << user.status().ToString();
  EXPECT_EQ(user->email, kAlice);
  EXPECT_EQ(user->id, "1");  // an integer on the wire
}

TEST_F(DrfSession, RotatesItsRefreshToken) {
  const auto client = Connect();
  const SessionTokens first = SignIn();
  const auto second = client->Refresh(first.refresh);
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_NE(second->refresh.Reveal(), first.refresh.Reveal());
  EXPECT_NE(second->access.Reveal(), first.access.Reveal());

  // The predecessor is on the blacklist; this stack lets the successor live.
  const auto again = client->Refresh(first.refresh);
  EXPECT_EQ(again.status().reason(), Reason::kRefreshInvalid);
  EXPECT_EQ(again.status().http_status(), 401);
  EXPECT_TRUE(client->Refresh(second->refresh).ok());
}

TEST_F(DrfSession, SignsOutForGood) {
  const auto client = Connect();
  const SessionTokens tokens = SignIn();
  EXPECT_TRUE(client->Logout(tokens.refresh).ok());
  EXPECT_EQ(client->Refresh(tokens.refresh).status().reason(),
            Reason::kRefreshInvalid);
  EXPECT_EQ(client->Logout(tokens.refresh).reason(), Reason::kRefreshInvalid);
  // This stack's access tokens live until they expire.
  EXPECT_TRUE(Connect(SourceOf(tokens.access))->Me().ok());
}

TEST_F(DrfSession, RefreshesAnExpiredTokenBeforeItIsSent) {
  const auto source = StartLate(std::chrono::hours(2));
  EXPECT_EQ(HealthOf(*source), SessionHealth::kExpired);
  const auto user = Connect(source)->Me();
  ASSERT_TRUE(user.ok()) << user.status().ToString();
  EXPECT_EQ(user->email, "late-access@example.test");
  EXPECT_EQ(HealthOf(*source), SessionHealth::kFresh);
}

// The session goes by when the token came, two minutes ago: only the 401 can
// tell that it has expired for the server.
TEST_F(DrfSession, RefreshesOnceOnA401AndSendsAgain) {
  const auto source = StartLate(std::chrono::minutes(2));
  const auto before = source->session().generation();
  EXPECT_EQ(HealthOf(*source), SessionHealth::kFresh);
  ASSERT_TRUE(Connect(source)->Me().ok());
  EXPECT_GT(source->session().generation(), before);
}

TEST_F(DrfSession, GoesOnWithTheRotatedToken) {
  const auto source = Start(SignIn());
  const auto client = Connect(source);
  for (int i = 0; i < 3; ++i) {
    const Status refreshed = source->Refresh();
    ASSERT_TRUE(refreshed.ok()) << refreshed.ToString();
    ASSERT_TRUE(client->Me().ok());
  }
}

TEST_F(DrfSession, EndsWhenTheRefreshTokenHasExpired) {
  const auto source = Start(SignIn("late-refresh@example.test"));
  const auto client = Connect(source);
  EXPECT_TRUE(client->Me().ok());
  EXPECT_FALSE(source->Refresh().ok());
  EXPECT_EQ(HealthOf(*source), SessionHealth::kEnded);
}

TEST_F(DrfSession, EndsWhenItWasSignedOutElsewhere) {
  const auto source = StartLate(std::chrono::hours(2));
  ASSERT_TRUE(Connect()->Logout(source->session().tokens().refresh).ok());
  const Status status = Connect(source)->Me().status();
  EXPECT_EQ(status.code(), StatusCode::kUnauthenticated) << status.ToString();
  EXPECT_EQ(HealthOf(*source), SessionHealth::kEnded);
}

}  // namespace
}  // namespace clone_auth
