// Every preset takes the tokens of its issuer, and nobody else's.

#include "clone/jwt_presets.h"

#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/jwt/issuer_shapes.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth {
namespace {

using testing::IssuerShape;
using testing::IssuerShapes;
using testing::RawKey;

constexpr char kTimes[] = R"("iat":1767225600,"exp":1767229200)";
constexpr int kVariants = 24;

// Keys are costly to make, so every issuer of an algorithm signs with one.
const RawKey& KeyOf(const std::string& algorithm) {
  static std::map<std::string, std::unique_ptr<RawKey>> keys;
  auto& key = keys[algorithm];
  if (key == nullptr) {
    key = std::make_unique<RawKey>(*ParseJwtAlgorithm(algorithm), "key-1");
  }
  return *key;
}

std::string Sign(const IssuerShape& shape, const std::string& type,
                 const std::string& claims) {
  std::string header = R"({"alg":")" + shape.algorithm + "\",";
  if (!type.empty()) header += type + ",";
  return KeyOf(shape.algorithm).Sign(header + R"("kid":"key-1"})", claims);
}

std::string Audience(const IssuerShape& shape, int variant) {
  if (!shape.has_audience) return "";
  const std::string quoted = "\"" + shape.input.audience + "\"";
  const std::string forms[] = {quoted, "[" + quoted + "]",
                               "[\"other\"," + quoted + "]"};
  return R"("aud":)" + forms[variant % 3] + ",";
}

// Which optional claims are there, and in what company, by the bits and the
// rests of a number.
std::string Claims(const IssuerShape& shape, int variant) {
  std::string claims = "{" + shape.claims + Audience(shape, variant);
  for (std::size_t i = 0; i < shape.more.size(); ++i) {
    if ((variant >> i & 1) != 0) claims += shape.more[i] + ",";
  }
  if (variant % 4 == 1) claims += R"("given_name":"Žofie Ünïcødé 名前",)";
  if (variant % 5 == 2) claims += R"("x_extra":{"a":[1,-2.5e3,{"b":null}]},)";
  if (variant % 6 == 3) {
    claims += R"("x_groups":[)";
    for (int i = 0; i < 150; ++i) {
      claims += "\"group-" + std::to_string(i) + "\",";
    }
    claims += R"("last"],)";
  }
  return claims + kTimes + "}";
}

class JwtPresetTest : public ::testing::Test {
 protected:
  Status Judge(const IssuerShape& shape, const std::string& token,
               const JwtPresetInput& input) {
    auto policy = MakeJwtPolicy(shape.preset, input);
    if (!policy.ok()) return policy.status();
    auto keys = JwkSet::Parse(KeyOf(shape.algorithm).Keys(), JwkTrust::kLocal);
    const auto verifier =
        JwtVerifier::Create(*std::move(policy), *std::move(keys), &clock_);
    return verifier.ok() ? verifier->Verify(token).status() : verifier.status();
  }

  Status Judge(const IssuerShape& shape, const std::string& type,
               const std::string& claims) {
    return Judge(shape, Sign(shape, type, claims), shape.input);
  }

  testing::FakeClock clock_{FromUnixSeconds(std::chrono::seconds(1767225700))};
};

TEST_F(JwtPresetTest, TakesTheTokensOfItsIssuer) {
  int accepted = 0;
  std::set<std::string> presets;
  for (const IssuerShape& shape : IssuerShapes()) {
    for (int i = 0; i < kVariants; ++i) {
      const auto& types = shape.types;
      const Status status =
          Judge(shape, types[static_cast<std::size_t>(i) % types.size()],
                Claims(shape, i));
      EXPECT_TRUE(status.ok())
          << shape.preset << " " << i << ": " << status.ToString() << "\n"
          << Claims(shape, i);
      accepted += status.ok() ? 1 : 0;
    }
    presets.insert(shape.preset);
  }
  EXPECT_EQ(presets.size(), JwtPresets().size());
  EXPECT_GE(accepted, 300);
  std::cout << accepted << " tokens of " << presets.size()
            << " presets accepted\n";
}

TEST_F(JwtPresetTest, RefusesTheSameIssuersTokensOfAnotherKind) {
  for (const IssuerShape& shape : IssuerShapes()) {
    const std::string& type =
        shape.other_type.empty() ? shape.types[0] : shape.other_type;
    const Status status =
        Judge(shape, type,
              "{" + shape.other_claims + Audience(shape, 0) + kTimes + "}");
    EXPECT_TRUE(status.reason() == Reason::kTokenType ||
                status.reason() == Reason::kTokenClaim)
        << shape.preset << ": " << status.ToString();
  }
}

TEST_F(JwtPresetTest, RefusesAnotherIssuerTenantAndAudience) {
  for (const IssuerShape& shape : IssuerShapes()) {
    const std::string token = Sign(shape, shape.types[0], Claims(shape, 0));
    for (std::string JwtPresetInput::*field :
         {&JwtPresetInput::issuer, &JwtPresetInput::tenant,
          &JwtPresetInput::audience}) {
      JwtPresetInput input = shape.input;
      if ((input.*field).empty()) continue;
      input.*field += "x";
      EXPECT_FALSE(Judge(shape, token, input).ok())
          << shape.preset << " " << input.*field;
    }
    EXPECT_TRUE(Judge(shape, token, shape.input).ok()) << shape.preset;
  }
}

TEST_F(JwtPresetTest, RefusesAnotherIssuersToken) {
  for (const IssuerShape& shape : IssuerShapes()) {
    if (shape.preset == "simplejwt-default") continue;
    std::string claims = Claims(shape, 0);
    const std::size_t at = claims.find("\"iss\":\"") + 7;
    EXPECT_EQ(Judge(shape, shape.types[0], claims.insert(at, "x")).reason(),
              Reason::kTokenIssuer)
        << shape.preset;
  }
}

TEST(JwtPresets, AreSortedAndNameTheirRelaxations) {
  std::string last;
  for (const JwtPreset& preset : JwtPresets()) {
    EXPECT_LT(last, preset.name);
    last = preset.name;
    const auto policy =
        MakeJwtPolicy(preset.name, {preset.issuer.empty() ? "" : "https://i",
                                    preset.tenant.empty() ? "" : "t",
                                    preset.audience.empty() ? "" : "a"});
    ASSERT_TRUE(policy.ok()) << preset.name;
    EXPECT_EQ(policy->kind, preset.kind);
    const std::set<std::string_view> named(preset.relaxations.begin(),
                                           preset.relaxations.end());
    EXPECT_EQ(policy->allow_any_issuer, named.count("allow_any_issuer") == 1);
    EXPECT_EQ(policy->allow_any_audience,
              named.count("allow_any_audience") == 1);
    EXPECT_EQ(policy->allow_missing_type,
              named.count("allow_missing_type") == 1);
    EXPECT_FALSE(policy->allow_any_type);
  }
}

TEST(JwtPresets, NeedTheirInputAndTakeNoOther) {
  const auto reason_of = [](const char* preset, const JwtPresetInput& input) {
    return MakeJwtPolicy(preset, input).status().reason();
  };
  EXPECT_EQ(reason_of("google", {"", "", "client"}), Reason::kNone);
  EXPECT_EQ(reason_of("google", {"", "", ""}), Reason::kInvalidArgument);
  EXPECT_EQ(reason_of("google", {"https://i", "", "client"}),
            Reason::kInvalidArgument);
  EXPECT_EQ(reason_of("entra-v2", {"", "", "api"}), Reason::kInvalidArgument);
  EXPECT_EQ(reason_of("Google", {"", "", "client"}), Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth
