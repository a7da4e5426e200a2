#include "crypto/context_pool.h"

#include <openssl/rsa.h>

#include <cstdint>
#include <utility>

namespace clone_auth {
namespace {

// Where this thread looks first. Threads begin at places that are spread by
// the addresses of their own variables, and move where a place is taken.
std::size_t& Home(std::size_t slots) {
  static thread_local std::size_t home = [slots] {
    static thread_local const char here = 0;
    constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;
    const std::uint64_t address = reinterpret_cast<std::uintptr_t>(&here);
    return static_cast<std::size_t>((address * kSpread) >> 32) % slots;
  }();
  return home;
}

}  // namespace

ContextPool::ContextPool(EvpPkey key, const ContextSetup& setup)
    : key_(std::move(key)), setup_(setup), prepared_(Prepare(key_.get())) {}

EvpPkeyContext ContextPool::Prepare(EVP_PKEY* key) const {
  if (key == nullptr) return nullptr;
  EvpPkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  EVP_PKEY_CTX* const raw = context.get();
  if (raw == nullptr || setup_.init(raw) != 1) return nullptr;
  if (setup_.rsa_padding != 0 &&
      EVP_PKEY_CTX_set_rsa_padding(raw, setup_.rsa_padding) != 1) {
    return nullptr;
  }
  if (setup_.digest != nullptr &&
      EVP_PKEY_CTX_set_signature_md(raw, setup_.digest) != 1) {
    return nullptr;
  }
  // RFC 7518 section 3.5: the salt is as long as the digest, no other is good,
  // and MGF1 takes the same hash.
  if (setup_.rsa_padding == RSA_PKCS1_PSS_PADDING &&
      (EVP_PKEY_CTX_set_rsa_pss_saltlen(raw, RSA_PSS_SALTLEN_DIGEST) != 1 ||
       EVP_PKEY_CTX_set_rsa_mgf1_md(raw, setup_.digest) != 1)) {
    return nullptr;
  }
  return context;
}

EvpPkeyContext ContextPool::PrepareCopy() const {
  const EvpPkey copy(EVP_PKEY_dup(key_.get()));
  return Prepare(copy.get());
}

ContextPool::Lease::Lease(const ContextPool& pool) noexcept {
  std::size_t& home = Home(kSlots);
  for (std::size_t i = 0; i < kSlots; ++i) {
    const std::size_t at = (home + i) % kSlots;
    Slot& slot = pool.slots_[at];
    if (slot.taken.load(std::memory_order_relaxed) ||
        slot.taken.exchange(true, std::memory_order_acquire)) {
      continue;
    }
    home = at;
    slot_ = &slot;
    if (slot.context == nullptr) slot.context = pool.PrepareCopy();
    context_ = slot.context.get();
    return;
  }
  own_.reset(EVP_PKEY_CTX_dup(pool.prepared_.get()));
  context_ = own_.get();
}

ContextPool::Lease::~Lease() {
  if (slot_ != nullptr) slot_->taken.store(false, std::memory_order_release);
}

}  // namespace clone_auth
