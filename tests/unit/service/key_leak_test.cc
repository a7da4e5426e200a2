#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/scheme.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using ::testing::HasSubstr;

class KeyLeak : public ::testing::Test {
 protected:
  Answer Report(const std::string& key) {
    JsonWriter body;
    body.BeginObject().Name("key").String(key).EndObject();
    return harness_.Post("/api/auth/keys/revoke-leaked/", body.Take());
  }
  Answer Issue() {
    return harness_.IssueKey(R"({"label":"a"})", Bearer(user_.access));
  }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

TEST_F(KeyLeak, EndsTheKeyAtOnceAndIsWrittenDown) {
  const Answer issued = Issue();
  EXPECT_EQ(harness_.Me(KeyHeader(issued.Text("key"))).status(), 200);
  EXPECT_EQ(Report(issued.Text("key")).status(), 204);
  EXPECT_EQ(harness_.Me(KeyHeader(issued.Text("key"))).Text("code"),
            "key_revoked");
  const Answer trail = harness_.Get(
      "/api/auth/keys/" + issued.Text("id") + "/audit/", Bearer(user_.access));
  EXPECT_THAT(trail.http.body, HasSubstr("reported as leaked"));
  EXPECT_THAT(trail.http.body, HasSubstr("192.0.2.1"));
}

TEST_F(KeyLeak, IsAnsweredTheSameWhateverTheKeyWas) {
  const Answer issued = Issue();
  const Answer good = Report(issued.Text("key"));
  std::string altered = issued.Text("key");
  altered.back() = altered.back() == 'a' ? 'b' : 'a';
  for (const std::string& key :
       {issued.Text("key"), altered, TestScheme().prefix,
        TestScheme().prefix + std::string(40, 'a'), std::string("x"),
        std::string(10'000, 'x')}) {
    const Answer answer = Report(key);
    EXPECT_EQ(answer.status(), good.status()) << key;
    EXPECT_EQ(answer.http.body, good.http.body);
    ASSERT_EQ(answer.http.headers.size(), good.http.headers.size());
  }
}

TEST_F(KeyLeak, TouchesNoOtherKey) {
  const Answer issued = Issue(), other = Issue();
  Report(issued.Text("key"));
  EXPECT_EQ(harness_.Me(KeyHeader(other.Text("key"))).status(), 200);
}

TEST_F(KeyLeak, IsLimitedByAddressWhateverTheKeysWere) {
  for (int i = 0; i < 60; ++i) EXPECT_EQ(Report("x").status(), 204);
  const Answer issued = Issue();
  EXPECT_EQ(Report(issued.Text("key")).status(), 429);
  EXPECT_EQ(harness_.Me(KeyHeader(issued.Text("key"))).status(), 200);
}

TEST_F(KeyLeak, WantsAKey) {
  EXPECT_EQ(harness_.Post("/api/auth/keys/revoke-leaked/", "{}").status(), 400);
  EXPECT_EQ(
      harness_.Post("/api/auth/keys/revoke-leaked/", R"({"key":1})").status(),
      400);
  EXPECT_EQ(harness_.Get("/api/auth/keys/revoke-leaked/").status(), 405);
}

}  // namespace
}  // namespace clone_auth::testing
