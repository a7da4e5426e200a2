#include "clone/status.h"

#include <memory>

#include "base/macros.h"
#include "clone/result.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

TEST(Status, IsOkUnlessMadeOfAReason) {
  const Status ok;
  EXPECT_TRUE(ok.ok());
  EXPECT_EQ(ok.code(), StatusCode::kOk);
  EXPECT_EQ(ok.ToString(), "ok");
  EXPECT_EQ(ok.http_status(), 0);
  const Status failed(Reason::kKeyExpired);
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(failed.code(), StatusCode::kUnauthenticated);
  EXPECT_EQ(failed.word(), "key_expired");
  EXPECT_EQ(failed.remedy(), "Issue a new key.");
}

TEST(Status, SaysTheRowsSentenceUnlessItHasItsOwn) {
  EXPECT_EQ(Status(Reason::kKeyExpired).message(), "The API key has expired.");
  const Status own(Reason::kInvalidArgument, "not a UUID");
  EXPECT_EQ(own.message(), "not a UUID");
  EXPECT_EQ(own.ToString(), "invalid_argument: not a UUID");
}

TEST(Status, ComparesReasonMessageAndHttpStatus) {
  EXPECT_EQ(Status(Reason::kTimeout), Status(Reason::kTimeout));
  EXPECT_NE(Status(Reason::kTimeout), Status(Reason::kUnreachable));
  EXPECT_NE(Status(Reason::kTimeout), Status(Reason::kTimeout, "5 s"));
  EXPECT_NE(Status(Reason::kTimeout),
            Status(Reason::kTimeout).WithHttpStatus(504));
  EXPECT_EQ(Status(Reason::kTimeout).WithHttpStatus(504).http_status(), 504);
}

TEST(Result, HoldsAValueOrTheReasonWhyNot) {
  Result<int> good = 7;
  EXPECT_TRUE(good.ok());
  EXPECT_TRUE(good.status().ok());
  EXPECT_EQ(*good, 7);
  good.value() = 8;
  EXPECT_EQ(good.value(), 8);
  const Result<int> bad = Status(Reason::kNotFound);
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.status().reason(), Reason::kNotFound);
}

TEST(Result, GivesAwayAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(ResultDeathTest, ReadingTheValueOfAFailureEndsTheProcess) {
  const Result<int> bad = Status(Reason::kNotFound);
  EXPECT_DEATH((void)bad.value(), "not_found");
}

TEST(ResultDeathTest, AnOkStatusIsNoResult) {
  EXPECT_DEATH((void)Result<int>(Status()), "ok status");
}

Status FailIf(bool fail) { return fail ? Status(Reason::kTimeout) : Status(); }

Result<int> Twice(Result<int> value, bool fail) {
  CLONE_AUTH_RETURN_IF_ERROR(FailIf(fail));
  CLONE_AUTH_ASSIGN_OR_RETURN(const int number, std::move(value));
  return 2 * number;
}

TEST(Macros, ReturnTheFirstFailure) {
  EXPECT_EQ(*Twice(4, false), 8);
  EXPECT_EQ(Twice(4, true).status().reason(), Reason::kTimeout);
  EXPECT_EQ(Twice(Status(Reason::kNotFound), false).status().reason(),
            Reason::kNotFound);
}

}  // namespace
}  // namespace clone_auth
