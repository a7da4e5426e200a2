// A token that was exchanged for an API key acts by that key.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/auth/auth_world.h"

namespace clone_auth {
namespace {

using testing::AuthWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ToUuid;

HttpHeaders Bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}};
}

JsonValue::Object With(std::string_view name, JsonValue value) {
  JsonValue::Object claims = AuthWorld::ExchangedClaims();
  for (JsonMember& member : claims) {
    if (member.name == name) {
      member.value = std::move(value);
      return claims;
    }
  }
  claims.push_back({std::string(name), std::move(value)});
  return claims;
}

JsonValue Text(std::string text) { return JsonValue(std::move(text)); }

/// An access state that knows of no keys, as one written before there were
/// exchanged tokens.
class SessionsOnly final : public AccessState {
 public:
  Status CheckToken(const Uuid&, const Uuid&, std::int64_t) const override {
    return Status();
  }
  Status CheckKey(const VerifiedApiKey&) const override { return Status(); }
};

TEST(ExchangedToken, ActsByTheKeyThatItNames) {
  const AuthWorld world;
  const auto principal =
      world.Authenticate(Bearer(world.Token(AuthWorld::ExchangedClaims())));
  ASSERT_TRUE(principal.ok()) << principal.status().ToString();
  EXPECT_EQ(principal->kind(), CredentialKind::kBearer);
  EXPECT_TRUE(principal->acts_by_key());
  EXPECT_EQ(principal->key_id(), ToUuid(testing::kKeyId));
  EXPECT_EQ(principal->scope(), ApiKeyScope::kOrganization);
  EXPECT_EQ(principal->organization(), ToUuid(testing::kOrganization));
  EXPECT_TRUE(principal->session().IsNil());
  EXPECT_EQ(principal->role(), "");
  EXPECT_EQ(world.access.asked, 0);
  EXPECT_EQ(world.access.asked_of_exchanged, 1);
  EXPECT_EQ(world.access.last_subject, ToUuid(testing::kSubject));
  EXPECT_EQ(world.access.last_key, ToUuid(testing::kKeyId));
  EXPECT_EQ(world.access.last_generation, 3);
}

TEST(ExchangedToken, IsNoSession) {
  const AuthWorld world;
  const auto session = world.Authenticate(Bearer(world.Token()));
  ASSERT_TRUE(session.ok());
  EXPECT_FALSE(session->acts_by_key());
  const auto key = world.Authenticate({{world.scheme.header, world.key}});
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(key->acts_by_key());
}

TEST(ExchangedToken, ActsByTheKeyEvenWhereTheKeyHasNoId) {
  AuthWorld world;
  ApiKeyRecord record;
  record.owner = ToUuid(testing::kSubject);
  const std::string key = world.NewKey();
  record.digest = DigestApiKey(key);
  ASSERT_TRUE(world.store.Insert(record).ok());
  const auto principal = world.Authenticate({{world.scheme.header, key}});
  ASSERT_TRUE(principal.ok());
  EXPECT_TRUE(principal->key_id().IsNil());
  EXPECT_TRUE(principal->acts_by_key());
}

TEST(ExchangedToken, IsCheckedEveryTimeAlsoWhereItIsRemembered) {
  AuthWorld world;
  AuthenticatorOptions options = world.Options();
  options.token_cache.emplace();
  const auto authenticator = Authenticator::Create(std::move(options));
  const HttpHeaders request = Bearer(world.Token(AuthWorld::ExchangedClaims()));
  for (int i = 1; i <= 3; ++i) {
    const auto principal = authenticator->Authenticate(request);
    ASSERT_TRUE(principal.ok());
    EXPECT_TRUE(principal->acts_by_key());
    EXPECT_EQ(world.access.asked_of_exchanged, i);
  }
  EXPECT_EQ(world.access.asked, 0);
  for (const Reason reason :
       {Reason::kKeyRevoked, Reason::kKeyExpired, Reason::kStoreUnavailable}) {
    world.access.answer = Status(reason);
    EXPECT_EQ(authenticator->Authenticate(request).status().reason(), reason);
  }
}

TEST(ExchangedToken, IsRefusedByAnAccessStateThatKnowsNoKeys) {
  const AuthWorld world;
  const SessionsOnly sessions;
  AuthenticatorOptions options = world.Options();
  options.access = &sessions;
  const auto authenticator = Authenticator::Create(std::move(options));
  EXPECT_TRUE(authenticator->Authenticate(Bearer(world.Token())).ok());
  EXPECT_EQ(
      authenticator
          ->Authenticate(Bearer(world.Token(AuthWorld::ExchangedClaims())))
          .status()
          .reason(),
      Reason::kTokenRevoked);
}

TEST(ExchangedToken, OfTheWrongFormIsRefused) {
  const AuthWorld world;
  const std::vector<std::pair<std::string, JsonValue>> wrong = {
      {"key_scope", Text("")},
      {"key_scope", Text("USER")},
      {"key_scope", Text("owner")},
      {"key_scope", JsonValue()},
      {"key_scope", JsonValue(true)},
      {"sid", Text("00000000-0000-0000-0000-000000000000")},
      {"sid", JsonValue()},
      {"role", Text("owner")},
      {"role", Text("viewer")},
  };
  for (const auto& [name, value] : wrong) {
    EXPECT_EQ(world.Refusal(Bearer(world.Token(With(name, value)))),
              Reason::kTokenClaim)
        << name;
  }
  EXPECT_EQ(world.access.asked, 0);
  EXPECT_EQ(world.access.asked_of_exchanged, 0);
}

TEST(Principal, ListsItsPermissionsOnceAndSorted) {
  const AuthWorld world;
  const auto key = world.Authenticate({{world.scheme.header, world.key}});
  ASSERT_TRUE(key.ok());
  EXPECT_THAT(key->Permissions(), ElementsAre("keys", "readwrite"));
  const auto token = world.Authenticate(
      Bearer(world.Token(With("scope", Text(" push  pull push ")))));
  ASSERT_TRUE(token.ok());
  EXPECT_THAT(token->Permissions(), ElementsAre("pull", "push"));
  const auto bare =
      world.Authenticate(Bearer(world.Token(With("scope", Text("")))));
  ASSERT_TRUE(bare.ok());
  EXPECT_THAT(bare->Permissions(), IsEmpty());
}

}  // namespace
}  // namespace clone_auth
