// A payload in front of the reader of claims and of the checks, beside the same
// rules told from a tree.

#include "jwt/claims.h"

#include <algorithm>
#include <cmath>

#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "fuzz/target.h"
#include "fuzz/tree.h"

namespace clone_auth::fuzz {
namespace {

constexpr char kIssuer[] = "https://issuer.example";
constexpr char kAudience[] = "https://api.example";
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

JwtPolicy BasePolicy() {
  JwtPolicy policy;
  policy.issuers = {kIssuer};
  policy.audiences = {kAudience};
  policy.allow_any_type = true;
  return policy;
}

JwtPolicy DemandingPolicy() {
  JwtPolicy policy = BasePolicy();
  policy.allow_any_type = false;
  policy.clock_skew = std::chrono::seconds(0);
  policy.max_age = std::chrono::seconds(3600);
  policy.claims = {{"sub", {}}, {"azp", {"app"}}};
  return policy;
}

// Whole milliseconds, as a time of a claim has them.
std::optional<std::int64_t> TimeOf(const JsonValue& value) {
  const auto number = value.AsNumber();
  if (!number.has_value() || *number < 0 ||
      *number > static_cast<double>(kLastSecond)) {
    return std::nullopt;
  }
  if (const auto* whole = value.AsInt()) return *whole * 1000;
  return static_cast<std::int64_t>(std::floor(*number * 1000));
}

bool IsName(const JsonValue& value) {
  const std::string* text = value.AsString();
  return text != nullptr && text->find('\0') == std::string::npos;
}

bool WellFormed(const JsonMember& claim) {
  if (claim.name == "exp" || claim.name == "nbf" || claim.name == "iat") {
    return TimeOf(claim.value).has_value();
  }
  if (claim.name == "aud" && claim.value.AsArray() != nullptr) {
    const auto& items = *claim.value.AsArray();
    return std::all_of(items.begin(), items.end(), IsName);
  }
  const bool is_name = claim.name == "iss" || claim.name == "sub" ||
                       claim.name == "jti" || claim.name == "aud";
  return !is_name || IsName(claim.value);
}

bool Readable(const JsonValue& tree) {
  const auto* claims = tree.AsObject();
  return claims != nullptr && tree.Find("exp") != nullptr &&
         std::all_of(claims->begin(), claims->end(), WellFormed);
}

bool IsForUs(const JsonValue& audience) {
  if (const std::string* text = audience.AsString()) return *text == kAudience;
  const auto& items = *audience.AsArray();
  return std::any_of(items.begin(), items.end(), [](const JsonValue& item) {
    return *item.AsString() == kAudience;
  });
}

// Of a payload that is readable, under BasePolicy().
bool Good(const JsonValue& tree, WallTime now) {
  const JwtPolicy policy = BasePolicy();
  const std::int64_t skew = policy.clock_skew.count() * 1000;
  const std::int64_t today = ToUnixSeconds(now).count() * 1000;
  const auto begun = [&](std::string_view name) {
    const JsonValue* time = tree.Find(name);
    return time == nullptr || *TimeOf(*time) - skew <= today;
  };
  const std::string* issuer = tree.FindString("iss");
  const JsonValue* audience = tree.Find("aud");
  return today < *TimeOf(*tree.Find("exp")) + skew && begun("nbf") &&
         begun("iat") && issuer != nullptr && *issuer == kIssuer &&
         audience != nullptr && IsForUs(*audience);
}

void CheckRead(const TokenClaims& claims, const JsonValue& tree) {
  const auto text = [&tree](std::string_view name) {
    const std::string* found = tree.FindString(name);
    return found == nullptr ? std::string_view() : std::string_view(*found);
  };
  Require(claims.issuer.value_or("") == text("iss") &&
              claims.subject == text("sub") && claims.jwt_id == text("jti"),
          "claims are read as the tree has them");
  Require(claims.expires_at->count() == *TimeOf(*tree.Find("exp")),
          "times are read as the tree has them");
}

// Demands what BasePolicy() does, and more.
void CheckDemanding(std::string_view payload, const JsonValue& tree,
                    WallTime now, bool good) {
  static const JwtPolicy policy = DemandingPolicy();
  TokenClaims claims;
  const bool taken =
      claims.Read(payload, policy).ok() && claims.Check(policy, now).ok();
  if (!taken) return;
  Require(good, "what a policy adds takes nothing that was refused");
  const std::string* app = tree.FindString("azp");
  Require(app != nullptr && *app == "app" && tree.FindString("sub") != nullptr,
          "a claim that is asked for is there");
  const JsonValue* issued = tree.Find("iat");
  Require(issued != nullptr &&
              *TimeOf(*issued) + 3'600'000 > ToUnixSeconds(now).count() * 1000,
          "a token is no older than it may be");
  const std::string* use = tree.FindString("token_use");
  const std::string* type = tree.FindString("token_type");
  Require((use == nullptr || *use != "id") &&
              (type == nullptr || *type != "refresh"),
          "a token of another kind is refused");
}

}  // namespace

void Run(std::string_view input) {
  static const testing::FakeClock clock;
  static const JwtPolicy policy = BasePolicy();
  const auto tree = JsonValue::Parse(input, {kJwtMaxSize, 32});
  TokenClaims claims;
  const Status read = claims.Read(input, policy);
  Require(read.ok() == (tree.ok() && Readable(*tree)),
          "payloads are taken as the tree says");
  if (!read.ok()) return;
  CheckRead(claims, *tree);
  const bool good = claims.Check(policy, clock.Now()).ok();
  Require(good == Good(*tree, clock.Now()), "claims pass as the tree says");
  CheckDemanding(input, *tree, clock.Now(), good);
}

}  // namespace clone_auth::fuzz
