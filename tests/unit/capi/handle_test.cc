#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "capi_world.h"

namespace clone_auth::testing {
namespace {

TEST(CHandles, MayBeFreedBeforeWhatWasMadeOfThem) {
  auto world = std::make_unique<CapiWorld>();
  clone_auth_key_store* store = nullptr;
  ASSERT_EQ(clone_auth_key_store_create_in_memory(&store, nullptr),
            CLONE_AUTH_OK);
  ASSERT_EQ(clone_auth_key_store_insert(store, world->Record().get(), nullptr),
            CLONE_AUTH_OK);
  const CVerifier verifier = world->Verifier(store);
  clone_auth_key_store_free(store);
  const std::string key = world->key();
  world.reset();
  clone_auth_verified_key* verified = nullptr;
  EXPECT_EQ(clone_auth_key_verifier_verify(verifier.get(), key.data(),
                                           key.size(), &verified, nullptr),
            CLONE_AUTH_OK);
  clone_auth_verified_key_free(verified);
}

TEST(CHandles, OfAVerifierAreSharedByThreads) {
  const CapiWorld world;
  clone_auth_key_store* store = nullptr;
  ASSERT_EQ(clone_auth_key_store_create_in_memory(&store, nullptr),
            CLONE_AUTH_OK);
  const CStore owned(store);
  ASSERT_EQ(clone_auth_key_store_insert(store, world.Record().get(), nullptr),
            CLONE_AUTH_OK);
  const CVerifier memory = world.Verifier(store);
  const CRecord record = world.Record();
  clone_auth_clock* clock = nullptr;
  ASSERT_EQ(clone_auth_clock_create_fixed(1, &clock, nullptr), CLONE_AUTH_OK);
  const CClock fixed(clock);
  const CVerifier called = world.VerifierOf(
      [](void* user_data, const unsigned char*, size_t,
         clone_auth_key_answer* answer) {
        return clone_auth_key_answer_set(
            answer, static_cast<clone_auth_key_record*>(user_data), nullptr);
      },
      record.get(), clock);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        EXPECT_EQ(world.Verify(memory.get()).status, CLONE_AUTH_OK);
        EXPECT_EQ(world.Verify(called.get()).status, CLONE_AUTH_OK);
        world.Verifier(store);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

#ifdef CLONE_AUTH_SANITIZE_ADDRESS

TEST(CHandlesDeathTest, ThatWereFreedStopAddressSanitizer) {
  clone_auth_scheme* scheme = nullptr;
  ASSERT_EQ(clone_auth_scheme_create_default(&scheme, nullptr), CLONE_AUTH_OK);
  clone_auth_scheme_free(scheme);
  clone_auth_api_key* key = nullptr;
  EXPECT_DEATH((void)clone_auth_api_key_generate(scheme, CLONE_AUTH_KIND_USER,
                                                 &key, nullptr),
               "heap-use-after-free");
  EXPECT_DEATH(clone_auth_scheme_free(scheme), "heap-use-after-free");
}

#endif

}  // namespace
}  // namespace clone_auth::testing
