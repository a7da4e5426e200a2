// Runs calls with each of their allocations failing in turn.

#include <gtest/gtest.h>

#include <functional>
#include <string_view>

#include "capi_world.h"
#include "memory_faults.h"

namespace clone_auth::testing {
namespace {

const Outcome kNoMemory{CLONE_AUTH_INTERNAL, "internal"};

/// Repeats `call` with its first, second, ... allocation failing, until it
/// needs no more of them, and returns how many it needed. Each of the failed
/// ones must say internal.
long EachAllocationFails(const std::function<Outcome()>& call,
                         bool until_the_end) {
  const Outcome good = call();
  for (long count = 0;; ++count) {
    memory_faults = {true, until_the_end, count, false};
    const Outcome outcome = call();
    memory_faults.armed = false;
    if (!memory_faults.failed) {
      EXPECT_EQ(outcome, good);
      return count;
    }
    EXPECT_EQ(outcome.status, CLONE_AUTH_INTERNAL) << count;
    // There may be no memory for the error, either.
    if (!until_the_end) {
      EXPECT_EQ(outcome, kNoMemory) << count;
    }
  }
}

class Memory : public ::testing::TestWithParam<bool> {
 protected:
  CapiWorld world_;
};

TEST_P(Memory, RunsOutInEachPlaceOfGeneratingAKey) {
  const auto generate = [&] {
    return OutcomeOf([&](clone_auth_error** error) {
      clone_auth_api_key* key = nullptr;
      const auto status = clone_auth_api_key_generate(
          world_.scheme(), CLONE_AUTH_KIND_USER, &key, error);
      clone_auth_api_key_free(key);
      return status;
    });
  };
  EXPECT_GT(EachAllocationFails(generate, GetParam()), 2);
}

TEST_P(Memory, RunsOutInEachPlaceOfTheHeaderOfARequest) {
  const auto header = [&] {
    return OutcomeOf([&](clone_auth_error** error) {
      clone_auth_credential* credential = nullptr;
      clone_auth_string* name = nullptr;
      clone_auth_string* value = nullptr;
      auto status =
          clone_auth_credential_parse(world_.scheme(), world_.key().data(),
                                      world_.key().size(), &credential, error);
      if (status == CLONE_AUTH_OK) {
        status = clone_auth_credential_bind(credential, "https://a.example/b",
                                            19, error);
      }
      if (status == CLONE_AUTH_OK) {
        status = clone_auth_credential_header_for(credential, "GET", 3,
                                                  "https://a.example/c", 19,
                                                  &name, &value, error);
      }
      clone_auth_string_free(name);
      clone_auth_string_free(value);
      clone_auth_credential_free(credential);
      return status;
    });
  };
  EXPECT_GT(EachAllocationFails(header, GetParam()), 4);
}

TEST_P(Memory, RunsOutInEachPlaceOfVerifyingAKeyAndGrantsNothing) {
  clone_auth_key_store* store = nullptr;
  ASSERT_EQ(clone_auth_key_store_create_in_memory(&store, nullptr),
            CLONE_AUTH_OK);
  const CStore owned(store);
  ASSERT_EQ(clone_auth_key_store_insert(store, world_.Record().get(), nullptr),
            CLONE_AUTH_OK);
  const CVerifier verifier = world_.Verifier(store);
  EXPECT_GE(EachAllocationFails([&] { return world_.Verify(verifier.get()); },
                                GetParam()),
            1);
}

TEST_P(Memory, RunsOutInEachPlaceOfMakingAVerifier) {
  clone_auth_jwt_policy* policy = nullptr;
  clone_auth_jwk_set* keys = nullptr;
  ASSERT_EQ(clone_auth_jwt_policy_create(&policy, nullptr), CLONE_AUTH_OK);
  for (const auto add :
       {clone_auth_jwt_policy_add_issuer, clone_auth_jwt_policy_add_audience}) {
    ASSERT_EQ(add(policy, "a text that needs memory", 24, nullptr),
              CLONE_AUTH_OK);
  }
  ASSERT_EQ(clone_auth_jwt_policy_add_algorithm(policy, "HS256", 5, nullptr),
            CLONE_AUTH_OK);
  ASSERT_EQ(clone_auth_jwk_set_parse(R"({"keys":[]})", 11, 0, &keys, nullptr),
            CLONE_AUTH_OK);
  const auto make = [&] {
    return OutcomeOf([&](clone_auth_error** error) {
      clone_auth_jwt_verifier* verifier = nullptr;
      const auto status =
          clone_auth_jwt_verifier_create(policy, keys, &verifier, error);
      clone_auth_jwt_verifier_free(verifier);
      return status;
    });
  };
  EXPECT_GT(EachAllocationFails(make, GetParam()), 4);
  clone_auth_jwk_set_free(keys);
  clone_auth_jwt_policy_free(policy);
}

TEST_P(Memory, RunsOutInEachPlaceOfSigningAToken) {
  constexpr std::string_view kJwk =
      R"({"kty":"oct","alg":"HS256","kid":"k",)"
      R"("k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"})";
  constexpr std::string_view kClaims = R"({"iss":"an issuer","exp":1})";
  const auto sign = [&] {
    return OutcomeOf([&](clone_auth_error** error) {
      clone_auth_jwt_signing_key* key = nullptr;
      clone_auth_jwt_signer* signer = nullptr;
      clone_auth_string* token = nullptr;
      auto status = clone_auth_jwt_signing_key_parse(kJwk.data(), kJwk.size(),
                                                     &key, error);
      if (status == CLONE_AUTH_OK) {
        status = clone_auth_jwt_signer_create(key, "at+jwt", 6, &signer, error);
      }
      if (status == CLONE_AUTH_OK) {
        status = clone_auth_jwt_signer_sign(signer, kClaims.data(),
                                            kClaims.size(), &token, error);
      }
      clone_auth_string_free(token);
      clone_auth_jwt_signer_free(signer);
      clone_auth_jwt_signing_key_free(key);
      return status;
    });
  };
  EXPECT_GT(EachAllocationFails(sign, GetParam()), 8);
}

TEST_P(Memory, EndsATableOfCallbacksOnceWhereItRunsOut) {
  int ends = 0;
  long calls = 0;
  const auto make = [&] {
    ++calls;
    return OutcomeOf([&](clone_auth_error** error) {
      const clone_auth_clock_callbacks callbacks = {
          sizeof callbacks, &ends,
          [](void*, int64_t*) { return CLONE_AUTH_OK + 0; },
          [](void* count) { ++*static_cast<int*>(count); }};
      clone_auth_clock* clock = nullptr;
      const auto status = clone_auth_clock_create(&callbacks, &clock, error);
      clone_auth_clock_free(clock);
      return status;
    });
  };
  EXPECT_GE(EachAllocationFails(make, GetParam()), 2);
  EXPECT_EQ(ends, calls);
}

INSTANTIATE_TEST_SUITE_P(OnceAndForEver, Memory, ::testing::Bool());

}  // namespace
}  // namespace clone_auth::testing
