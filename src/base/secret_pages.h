#pragma once

// The memory of secrets: pages of their own, which the kernel leaves out of
// core dumps and, where that is asked for, gives to no child after fork().
// Where the system has no such advice to take, they are pages like others.

#include <cstddef>

#include "clone/secret.h"

namespace clone_auth {

/// `size` zero bytes, at least one. May be called by several threads at once,
/// and in a child after fork(). Throws std::bad_alloc.
char* AllocateSecret(std::size_t size, SecretReach reach);

/// Wipes what AllocateSecret gave for `size` and takes it back.
void FreeSecret(char* bytes, std::size_t size) noexcept;

/// What `bytes` of AllocateSecret were asked for with.
SecretReach ReachOfSecret(const char* bytes) noexcept;

}  // namespace clone_auth
