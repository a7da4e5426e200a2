#pragma once

// OpenSSL's contexts of one key, prepared once and used again and again. Each
// thread has one to itself, with a copy of the key of its own, so threads share
// nothing that is written: no reference count of OpenSSL's and none of the
// locks inside its keys.

#include <array>
#include <atomic>
#include <cstddef>

#include "crypto/openssl.h"

namespace clone_auth {

/// How a context is prepared.
struct ContextSetup {
  int (*init)(EVP_PKEY_CTX*);
  int rsa_padding = 0;             ///< none where 0
  const EVP_MD* digest = nullptr;  ///< likewise where null
};

class ContextPool {
 private:
  static constexpr std::size_t kSlots = 16;
  static constexpr std::size_t kCacheLine = 64;

  struct alignas(kCacheLine) Slot {
    std::atomic<bool> taken{false};
    EvpPkeyContext context;
  };

 public:
  ContextPool(EvpPkey key, const ContextSetup& setup);

  /// False if the key cannot be used like this.
  bool usable() const { return prepared_ != nullptr; }

  /// A context for as long as this lives; null where there is no memory.
  class Lease {
   public:
    explicit Lease(const ContextPool& pool) noexcept;
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    EVP_PKEY_CTX* get() const { return context_; }

   private:
    Slot* slot_ = nullptr;
    EvpPkeyContext own_;
    EVP_PKEY_CTX* context_ = nullptr;
  };

 private:
  EvpPkeyContext Prepare(EVP_PKEY* key) const;
  EvpPkeyContext PrepareCopy() const;

  EvpPkey key_;
  ContextSetup setup_;
  EvpPkeyContext prepared_;
  mutable std::array<Slot, kSlots> slots_;
};

}  // namespace clone_auth
