// Runs every row of tests/vectors/jwt_attacks.jsonl through the verifier.

#include <chrono>
#include <ctime>
#include <iostream>
#include <set>
#include <sstream>

#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "support/vectors.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth {
namespace {

struct Row {
  std::string id;
  std::string category;
  std::string token;
  std::string keys;
  JwtPolicy policy;
  WallTime now;
  std::optional<std::int64_t> max_ms;
  bool accept = false;
};

// A null of `name` switches that check off, as the policy's flag does.
void ReadCheck(const JsonValue& row, std::string_view name,
               std::vector<std::string>& list, bool& allow_any) {
  list.clear();
  if (const std::string* text = row.FindString(name)) {
    list.push_back(*text);
  } else {
    allow_any = true;
  }
}

Row ReadRow(const std::string& line) {
  const JsonValue json = JsonValue::Parse(line, {16 * 1024 * 1024, 64}).value();
  Row row;
  row.id = *json.FindString("id");
  row.category = *json.FindString("category");
  row.token = *json.FindString("token");
  row.keys = JsonWriter().Value(*json.Find("keys")).Take();
  for (const JsonValue& name : *json.Find("alg_allowed")->AsArray()) {
    const auto algorithm = ParseJwtAlgorithm(*name.AsString());
    if (algorithm.ok()) row.policy.algorithms.push_back(*algorithm);
  }
  ReadCheck(json, "iss", row.policy.issuers, row.policy.allow_any_issuer);
  ReadCheck(json, "aud", row.policy.audiences, row.policy.allow_any_audience);
  ReadCheck(json, "typ", row.policy.types, row.policy.allow_any_type);
  row.policy.clock_skew = std::chrono::seconds(*json.Find("leeway")->AsInt());
  row.now = FromUnixSeconds(std::chrono::seconds(*json.Find("now")->AsInt()));
  if (const auto* max_ms = json.Find("max_ms")->AsInt()) row.max_ms = *max_ms;
  row.accept = *json.FindString("expect") == "accept";
  return row;
}

std::vector<Row> ReadRows() {
  std::vector<Row> rows;
  std::istringstream text(testing::OwnVectors("jwt_attacks.jsonl"));
  for (std::string line; std::getline(text, line);) {
    rows.push_back(ReadRow(line));
  }
  return rows;
}

// A policy that names no algorithm, or a key set that cannot be read, refuses
// every token.
bool Accepts(const JwtPolicy& policy, const std::string& keys, WallTime now,
             const std::string& token) {
  auto set = JwkSet::Parse(keys, JwkTrust::kLocal);
  if (!set.ok()) return false;
  const testing::FakeClock clock(now);
  const auto verifier = JwtVerifier::Create(policy, std::move(*set), &clock);
  return verifier.ok() && verifier->Verify(token).ok();
}

std::chrono::milliseconds ThreadTime() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::milliseconds(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
}

TEST(JwtAttacks, EveryRowIsJudgedAsItMustBe) {
  const std::vector<Row> rows = ReadRows();
  ASSERT_EQ(rows.size(), 438u);
  int accepted = 0, refused = 0;
  for (const Row& row : rows) {
    const auto begin = ThreadTime();
    const bool accepts = Accepts(row.policy, row.keys, row.now, row.token);
    if (row.max_ms.has_value()) {
      EXPECT_LE((ThreadTime() - begin).count(), *row.max_ms) << row.id;
    }
    EXPECT_EQ(accepts, row.accept) << row.id;
    ++(accepts ? accepted : refused);
  }
  std::cout << refused << " attacks refused, " << accepted
            << " good tokens accepted\n";
}

TEST(JwtAttacks, APayloadThatIsNoObjectIsRefusedWhateverItHolds) {
  const testing::RawKey key(JwtAlgorithm::kEs256, "k");
  JwtPolicy policy;
  policy.algorithms = {JwtAlgorithm::kEs256};
  policy.allow_any_issuer = true;
  policy.allow_any_audience = true;
  policy.allow_any_type = true;
  const WallTime now = FromUnixSeconds(std::chrono::seconds(0));
  for (const char* payload :
       {"[]", "[1]", R"(["exp",9])", R"([{"exp":9}])", R"([["exp",9]])", "[",
        "9", "null", R"("exp")", R"({"exp":9}[])"}) {
    const std::string token = key.Sign(R"({"alg":"ES256","kid":"k"})", payload);
    EXPECT_FALSE(Accepts(policy, key.Keys(), now, token)) << payload;
  }
  EXPECT_TRUE(Accepts(policy, key.Keys(), now,
                      key.Sign(R"({"alg":"ES256"})", R"({"exp":9})")));
}

std::string Replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// What a row says of header and claims does not hang on its algorithm: an
// RS256 token whose signature was good is signed again with a key that we
// have. Rows about the key or the signature cannot be moved over like this.
TEST(JwtAttacks, RowsAboutHeaderAndClaimsHoldForAnotherAlgorithm) {
  const testing::RawKey key(JwtAlgorithm::kEs256, "rsa-1");
  int run = 0, accepted = 0;
  for (const Row& row : ReadRows()) {
    static const std::set<std::string> kCategories = {
        "claims-time", "claims-iss", "claims-aud", "claims-sub", "typ",
        "json",        "duplicate",  "utf8",       "crit"};
    const bool good = row.accept && row.token.size() < 8000;
    if (!good && kCategories.count(row.category) == 0) continue;
    const std::size_t first = row.token.find('.');
    const std::size_t second = row.token.find('.', first + 1);
    if (second == std::string::npos) continue;
    const auto header = Base64UrlDecode(row.token.substr(0, first));
    if (!header.ok() || header->find("RS256") == std::string::npos) continue;
    // The good ones with another key than rsa-1 are about that key.
    if (row.accept && header->find("rsa-1") == std::string::npos) continue;

    const std::string input =
        Base64UrlEncode(Replaced(*header, "RS256", "ES256")) + "." +
        row.token.substr(first + 1, second - first - 1);
    const std::string token = key.SignInput(input);
    JwtPolicy policy = row.policy;
    policy.algorithms = {JwtAlgorithm::kEs256};
    const bool accepts = Accepts(policy, key.Keys(), row.now, token);
    EXPECT_EQ(accepts, row.accept) << row.id;
    ++run;
    accepted += accepts ? 1 : 0;
  }
  EXPECT_GT(run, 100);
  EXPECT_GT(accepted, 10);
  std::cout << run << " rows signed again, " << accepted << " accepted\n";
}

}  // namespace
}  // namespace clone_auth
