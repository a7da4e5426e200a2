#include "unit/service/signing_key_fixture.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace clone_auth::testing {

Result<SigningKeySummary> SigningKeys::Rotate(
    std::chrono::seconds publish_ahead) {
  return harness_.service().operations().RotateSigningKey(publish_ahead);
}

std::vector<SigningKeySummary> SigningKeys::List() {
  return harness_.service().operations().ListSigningKeys().value();
}

std::vector<SigningKeySummary::State> SigningKeys::States() {
  std::vector<SigningKeySummary::State> states;
  for (const SigningKeySummary& key : List()) states.push_back(key.state);
  return states;
}

std::vector<std::string> SigningKeys::Published() {
  const Answer answer = harness_.Get("/.well-known/jwks.json");
  std::vector<std::string> ids;
  for (const JsonValue& key : *answer.body.Find("keys")->AsArray()) {
    ids.push_back(*key.FindString("kid"));
  }
  return ids;
}

std::string SigningKeys::NewToken() {
  const Answer answer = harness_.Refresh(user_.refresh);
  EXPECT_EQ(answer.status(), 200) << answer.http.body;
  user_.refresh = answer.Text("refresh");
  return answer.Text("access");
}

int SigningKeys::StatusOf(const std::string& token) {
  return harness_.Me(Bearer(token)).status();
}

std::string SigningKeys::CodeOf(const std::string& token) {
  return harness_.Me(Bearer(token)).Text("code");
}

VerifiedJwt SigningKeys::Verified(const std::string& token) {
  JwtPolicy policy;
  policy.algorithms = {JwtAlgorithm::kEs256, JwtAlgorithm::kEdDsa};
  policy.issuers = {harness_.options().issuer};
  policy.audiences = policy.issuers;
  const Answer keys = harness_.Get("/.well-known/jwks.json");
  const auto verifier = JwtVerifier::Create(
      policy, JwkSet::Parse(keys.http.body, JwkTrust::kRemote).value(),
      &harness_.clock());
  return verifier->Verify(token).value();
}

std::string SigningKeys::KeyIdOf(const std::string& token) {
  return std::string(Verified(token).key_id());
}

void SigningKeys::Maintain() {
  harness_.clock().Advance(std::chrono::minutes(1));
  harness_.Get("/healthz");
  // A write waits for those before it: there is one thread for them.
  harness_.Post("/api/auth/waitlist/", R"({"email":"a@b.test"})");
}

void SigningKeys::MoveFolder(bool away) {
  const auto folder = std::filesystem::path(harness_.database()).parent_path();
  const std::filesystem::path elsewhere = folder.string() + "-elsewhere";
  std::filesystem::rename(away ? folder : elsewhere, away ? elsewhere : folder);
}

std::string SigningKeys::KeyFileText() const {
  std::ifstream file(harness_.database() + ".keys");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace clone_auth::testing
