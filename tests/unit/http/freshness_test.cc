#include "http/freshness.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// 1994-11-06 08:49:37 UTC
const WallTime kNow = FromUnixSeconds(seconds(784'111'777));

std::optional<seconds> LifetimeOf(const HttpHeaders& headers) {
  return FreshnessLifetime(headers, kNow);
}

std::optional<seconds> ByCacheControl(const std::string& value) {
  return LifetimeOf({{"cache-control", value}});
}

TEST(FreshnessLifetime, IsEmptyWhereNothingIsSaid) {
  EXPECT_EQ(LifetimeOf({}), std::nullopt);
  EXPECT_EQ(ByCacheControl("public, must-revalidate"), std::nullopt);
  EXPECT_EQ(ByCacheControl("s-maxage=5"), std::nullopt);
  EXPECT_EQ(ByCacheControl(""), std::nullopt);
}

TEST(FreshnessLifetime, IsTheMaxAge) {
  EXPECT_EQ(ByCacheControl("max-age=300"), seconds(300));
  EXPECT_EQ(ByCacheControl("public,\tMAX-AGE=\"300\" ,x"), seconds(300));
  EXPECT_EQ(ByCacheControl("max-age=0"), seconds(0));
}

TEST(FreshnessLifetime, OfSeveralTheShortestCounts) {
  EXPECT_EQ(ByCacheControl("max-age=300, max-age=200"), seconds(200));
  EXPECT_EQ(LifetimeOf({{"Cache-Control", "max-age=200"},
                        {"Cache-Control", "max-age=300"}}),
            seconds(200));
  EXPECT_EQ(ByCacheControl("max-age=300, no-cache"), seconds(0));
  EXPECT_EQ(ByCacheControl("No-Store"), seconds(0));
}

TEST(FreshnessLifetime, AMaxAgeThatIsNoNumberIsNone) {
  for (const char* value : {"max-age", "max-age=", "max-age=-5", "max-age=5s",
                            "max-age=\"", "max-age= 5"}) {
    EXPECT_EQ(ByCacheControl(value), seconds(0)) << value;
  }
}

TEST(FreshnessLifetime, AHugeMaxAgeDoesNotOverflow) {
  const auto lifetime = ByCacheControl("max-age=" + std::string(400, '9'));
  ASSERT_TRUE(lifetime);
  EXPECT_GT(*lifetime, seconds(100'000'000));
}

TEST(FreshnessLifetime, IsLessByTheAge) {
  const HttpHeader control{"Cache-Control", "max-age=300"};
  EXPECT_EQ(LifetimeOf({control, {"Age", "100"}}), seconds(200));
  EXPECT_EQ(LifetimeOf({control, {"Age", "301"}}), seconds(0));
  EXPECT_EQ(LifetimeOf({control, {"Age", "old"}}), seconds(300));
}

TEST(FreshnessLifetime, IsTheTimeToExpiresByTheServersClock) {
  const HttpHeader expires{"Expires", "Sun, 06 Nov 1994 08:54:37 GMT"};
  EXPECT_EQ(LifetimeOf({expires}), seconds(300));
  EXPECT_EQ(LifetimeOf({expires, {"Date", "Sun, 06 Nov 1994 08:53:37 GMT"}}),
            seconds(60));
  EXPECT_EQ(LifetimeOf({expires, {"Cache-Control", "max-age=10"}}),
            seconds(10));
  EXPECT_EQ(LifetimeOf({{"Expires", "0"}}), seconds(0));
  EXPECT_EQ(LifetimeOf({{"Expires", "Sun, 06 Nov 1994 08:00:00 GMT"}}),
            seconds(0));
}

}  // namespace
}  // namespace clone_auth
