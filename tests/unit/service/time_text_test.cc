#include "service/time_text.h"

#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using service::ParseTime;
using service::RoundedDown;
using service::ToText;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(TimeText, ShowsMicrosecondsWhereThereAreAny) {
  const WallTime time = FromUnixSeconds(seconds(1'767'225'600));
  EXPECT_EQ(ToText(time), "2026-01-01T00:00:00Z");
  EXPECT_EQ(ToText(time + nanoseconds(999)), "2026-01-01T00:00:00Z");
  EXPECT_EQ(ToText(time + microseconds(42)), "2026-01-01T00:00:00.000042Z");
  EXPECT_EQ(ToText(time + microseconds(500'000)),
            "2026-01-01T00:00:00.500000Z");
  EXPECT_EQ(RoundedDown(time + nanoseconds(1999)), time + microseconds(1));
}

TEST(TimeText, ReadsTimesWithAnOffset) {
  const struct {
    const char* text;
    const char* utc;
  } cases[] = {
      {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
      {"2026-01-01T01:30:00+01:30", "2026-01-01T00:00:00Z"},
      {"2025-12-31T23:00:00.25-01:00", "2026-01-01T00:00:00.250000Z"},
      {"2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456Z"},
  };
  for (const auto& row : cases) {
    const auto time = ParseTime(row.text);
    ASSERT_TRUE(time.has_value()) << row.text;
    EXPECT_EQ(ToText(*time), row.utc);
  }
}

TEST(TimeText, ReadsNothingElse) {
  for (const char* text :
       {"", " ", "infinite-future", "2026-01-01", "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z",
        " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Zx",
        "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z",
        "99999-01-01T00:00:00Z"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace clone_auth::testing
