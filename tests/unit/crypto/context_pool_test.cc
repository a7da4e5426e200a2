#include "crypto/context_pool.h"

#include <openssl/ec.h>

#include <memory>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

using Lease = ContextPool::Lease;

ContextPool MakePool() {
  return ContextPool(EvpPkey(EVP_EC_gen("P-256")), {EVP_PKEY_verify_init});
}

TEST(ContextPool, GivesTheSameContextAgainOnceItIsBack) {
  const ContextPool pool = MakePool();
  EVP_PKEY_CTX* const first = Lease(pool).get();
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(Lease(pool).get(), first);
}

TEST(ContextPool, GivesEachHolderAContextOfItsOwnHoweverManyThereAre) {
  const ContextPool pool = MakePool();
  std::vector<std::unique_ptr<Lease>> leases;
  std::set<EVP_PKEY_CTX*> contexts;
  for (int i = 0; i < 40; ++i) {
    leases.push_back(std::make_unique<Lease>(pool));
    contexts.insert(leases.back()->get());
  }
  EXPECT_EQ(contexts.size(), 40u);
  EXPECT_EQ(contexts.count(nullptr), 0u);
}

TEST(ContextPool, IsNotUsableWithoutAKeyOrForWhatTheKeyCannotDo) {
  const ErrorQueueGuard guard;
  EXPECT_TRUE(MakePool().usable());
  EXPECT_FALSE(ContextPool(nullptr, {EVP_PKEY_verify_init}).usable());
  EXPECT_FALSE(
      ContextPool(EvpPkey(EVP_EC_gen("P-256")), {EVP_PKEY_encrypt_init})
          .usable());
}

}  // namespace
}  // namespace clone_auth
