// Key sets of C2SP/wycheproof. Their payloads are no JSON, which a verifier
// says only of a token whose signature held.

#include <iostream>
#include <set>
#include <string>

#include "clone/jwt.h"
#include "gtest/gtest.h"
#include "support/fake_clock.h"
#include "support/vectors.h"

namespace clone_auth {
namespace {

bool Holds(const std::string& keys, const std::string& token) {
  auto set = JwkSet::Parse(keys, JwkTrust::kLocal);
  if (!set.ok()) return false;
  JwtPolicy policy;
  for (int i = 0; i <= static_cast<int>(JwtAlgorithm::kEd448); ++i) {
    policy.algorithms.push_back(static_cast<JwtAlgorithm>(i));
  }
  policy.allow_any_issuer = true;
  policy.allow_any_audience = true;
  policy.allow_any_type = true;
  const testing::FakeClock clock(FromUnixSeconds(std::chrono::seconds(0)));
  const auto verifier = JwtVerifier::Create(policy, std::move(*set), &clock);
  const Status status = verifier.value().Verify(token).status();
  return status.reason() == Reason::kTokenMalformed &&
         status.message().find("three parts") == std::string_view::npos;
}

TEST(WycheproofJwk, EveryKeySetIsJudgedAsTheFileSays) {
  const auto text = testing::SharedVectors("wycheproof/json_web_key_test.json");
  if (!text.has_value()) GTEST_SKIP() << testing::kNoVectors;
  // 1: a set may mix symmetric and public keys where each has its own id and
  // serves its own algorithm alone. 4: the second key of that id ends with
  // spare bits, so it is broken and skipped, and the first one is not
  // ambiguous.
  const std::set<std::int64_t> accepted_on_purpose = {1, 4};
  const JsonValue file =
      JsonValue::Parse(*text, {16 * 1024 * 1024, 32}).value();
  int run = 0, accepted = 0;
  for (const JsonValue& group : *file.Find("testGroups")->AsArray()) {
    const JsonValue* keys = group.Find("public");
    if (keys == nullptr) keys = group.Find("private");
    const std::string json = JsonWriter().Value(*keys).Take();
    for (const JsonValue& test : *group.Find("tests")->AsArray()) {
      const std::int64_t id = *test.Find("tcId")->AsInt();
      const bool held = Holds(json, *test.FindString("jws"));
      EXPECT_EQ(held, *test.FindString("result") == "valid" ||
                          accepted_on_purpose.count(id) != 0)
          << id << " " << *test.FindString("comment");
      accepted += held ? 1 : 0;
      ++run;
    }
  }
  EXPECT_EQ(run, *file.Find("numberOfTests")->AsInt());
  std::cout << run << " tokens, " << accepted << " accepted, "
            << accepted_on_purpose.size() << " of them on purpose\n";
}

}  // namespace
}  // namespace clone_auth
