#include "clone/testing/fault.h"

#include <set>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

TEST(FaultTable, HasARowForEachKindInTheirOrder) {
  std::size_t index = 0;
  for (const FaultInfo& row : FaultTable()) {
    EXPECT_EQ(static_cast<std::size_t>(row.kind), index++);
    EXPECT_EQ(&Describe(row.kind), &row);
    EXPECT_EQ(row.text.back(), '.') << row.name;
    EXPECT_TRUE(row.unit.empty() || row.unit == "s" || row.unit == "bytes");
  }
  EXPECT_EQ(index, kFaultCount);
}

TEST(FaultTable, NamesAreStable) {
  std::set<std::string_view> names;
  for (const FaultInfo& row : FaultTable()) names.insert(row.name);
  EXPECT_EQ(names,
            (std::set<std::string_view>{
                "slow_down", "skewed_date", "same_token", "html_502", "stall",
                "cut", "lost_answer", "redirect_307", "retry_after",
                "rate_limited_429", "unavailable_503", "invalid_grant_once",
                "no_refresh_token", "empty_200", "foreign_subject", "huge_body",
                "garbage_json", "expires_in_zero"}));
}

TEST(ParseFault, ReadsEveryNameAlone) {
  for (const FaultInfo& row : FaultTable()) {
    const auto fault = ParseFault(row.name);
    ASSERT_TRUE(fault.ok()) << row.name;
    EXPECT_EQ(fault->kind, row.kind);
    EXPECT_EQ(fault->value, std::nullopt);
    EXPECT_EQ(fault->times, 1);
    EXPECT_TRUE(fault->path.empty());
  }
}

TEST(ParseFault, ReadsValueTimesAndPath) {
  const auto all = ParseFault("cut=20:3@/api/auth/me/");
  ASSERT_TRUE(all.ok()) << all.status().ToString();
  EXPECT_EQ(all->kind, FaultKind::kCut);
  EXPECT_EQ(all->value, 20);
  EXPECT_EQ(all->times, 3);
  EXPECT_EQ(all->path, "/api/auth/me/");
  EXPECT_EQ(ParseFault("skewed_date=-90")->value, -90);
  EXPECT_EQ(ParseFault("html_502:7")->times, 7);
  EXPECT_EQ(ParseFault("stall@/a:b=c")->path, "/a:b=c");
}

TEST(ParseFault, RefusesWhatNoRowAllows) {
  for (const char* text : {"",
                           "Cut",
                           "cut ",
                           "unknown",
                           "cut=",
                           "cut=x",
                           "cut=-1",
                           "cut=1.5",
                           "cut=1x",
                           "cut=99999999999",
                           "cut=999999999999999999999",
                           "cut:0",
                           "cut:-1",
                           "cut:",
                           "cut:x",
                           "cut:2000000",
                           "cut@",
                           "cut@me",
                           "html_502=3",
                           "same_token=1",
                           "same_token@/token",
                           "slow_down@/token",
                           "cut:3=20"}) {
    const auto fault = ParseFault(text);
    ASSERT_FALSE(fault.ok()) << text;
    EXPECT_EQ(fault.status().reason(), Reason::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace clone_auth::testing
