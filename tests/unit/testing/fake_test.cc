// The fakes do what their users' tests rely on.

#include <array>
#include <chrono>

#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "clone/testing/fake_transport.h"
#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using std::chrono::hours;

TEST(FakeClock, StandsStillUntilItIsMoved) {
  const FakeClock clock;
  const WallTime start = clock.Now();
  EXPECT_EQ(clock.Now(), start);
  clock.SleepFor(hours(1));
  EXPECT_EQ(clock.Now(), start + hours(1));
  EXPECT_EQ(clock.SinceBoot(), hours(1));
  clock.Step(-hours(24));
  EXPECT_EQ(clock.Now(), start - hours(23));
  EXPECT_EQ(clock.SinceBoot(), hours(1)) << "no time passed";
}

TEST(FakeRandom, GivesTheSameBytesForOneSeedUntilItFails) {
  std::array<char, 16> one{};
  std::array<char, 16> two{};
  FakeRandom random(7);
  ASSERT_TRUE(random.Fill(one.data(), one.size()).ok());
  ASSERT_TRUE(FakeRandom(7).Fill(two.data(), two.size()).ok());
  EXPECT_EQ(one, two);
  ASSERT_TRUE(FakeRandom(8).Fill(two.data(), two.size()).ok());
  EXPECT_NE(one, two);
  random.Fail();
  EXPECT_EQ(random.Fill(one.data(), one.size()).reason(),
            Reason::kRandomUnavailable);
}

TEST(FakeTransport, AnswersFromTheScriptThenByTheHandler) {
  FakeTransport transport([](const HttpRequest&) {
    return HttpResponse{204, {}, ""};
  });
  transport.Push(503, "busy");
  transport.Push(Status(Reason::kTimeout));
  HttpRequest request;
  request.target = "https://a.example/";
  EXPECT_EQ(transport.Send(request, {})->body, "busy");
  EXPECT_EQ(transport.Send(request, {}).status().reason(), Reason::kTimeout);
  EXPECT_EQ(transport.Send(request, {})->status, 204);
  EXPECT_EQ(transport.count(), 3u);
  EXPECT_EQ(transport.requests().size(), 3u);
  EXPECT_EQ(transport.last_request().target, "https://a.example/");
}

TEST(FakeTransport, IsUnreachableWhereNothingIsScripted) {
  FakeTransport transport;
  EXPECT_EQ(transport.Send({}, {}).status().reason(), Reason::kUnreachable);
}

}  // namespace
}  // namespace clone_auth::testing
