#include "base/http_date.h"

#include <ctime>

#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

constexpr seconds kExample{784'111'777};  // RFC 9110 section 5.6.7

TEST(HttpDate, ReadsTheFixedForm) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"),
            FromUnixSeconds(kExample));
  EXPECT_EQ(ParseHttpDate("Thu, 01 Jan 1970 00:00:00 GMT"),
            FromUnixSeconds(seconds(0)));
}

TEST(HttpDate, AgreesWithTheSystemOnEveryDayOfFourCenturiesOfLeapRules) {
  for (std::int64_t day = 0; day < 365LL * 290; day += 13) {
    const std::time_t time = day * 86'400 + 45'296;
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[64];
    std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    ASSERT_EQ(ParseHttpDate(text), FromUnixSeconds(seconds(time))) << text;
  }
}

TEST(HttpDate, RefusesEverythingElse) {
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 06 Nov 2300 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

TEST(RetryAfter, IsSecondsBetweenOneAndFiveMinutes) {
  const WallTime now = FromUnixSeconds(kExample);
  EXPECT_EQ(ParseRetryAfter("7", now), seconds(7));
  EXPECT_EQ(ParseRetryAfter("0", now), seconds(1));
  EXPECT_EQ(ParseRetryAfter("301", now), seconds(300));
  EXPECT_EQ(ParseRetryAfter("1000000000000000000000000", now), seconds(300));
}

TEST(RetryAfter, IsADateBetweenOneSecondAndFiveMinutesAhead) {
  const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const WallTime then = FromUnixSeconds(kExample);
  EXPECT_EQ(ParseRetryAfter(date, then - seconds(20)), seconds(20));
  EXPECT_EQ(ParseRetryAfter(date, then + seconds(20)), seconds(1));
  EXPECT_EQ(ParseRetryAfter(date, then - seconds(86'400)), seconds(300));
}

TEST(RetryAfter, IsNothingWhereItIsNeither) {
  for (const char* text : {"", "-5", "1e3", "soon", " 7", "7s", "+7"}) {
    EXPECT_EQ(ParseRetryAfter(text, WallTime{}), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace clone_auth
