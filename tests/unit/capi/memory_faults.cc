#include "memory_faults.h"

#include <cstdlib>
#include <new>

namespace clone_auth::testing {

thread_local MemoryFaults memory_faults;

namespace {

bool Fails() {
  MemoryFaults& faults = memory_faults;
  if (!faults.armed || (faults.failed && !faults.for_ever)) return false;
  if (!faults.failed && faults.until_failure-- > 0) return false;
  faults.failed = true;
  return true;
}

void* Allocate(std::size_t size) {
  return Fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

}  // namespace
}  // namespace clone_auth::testing

// The shared library finds these before those of the standard library.

void* operator new(std::size_t size) {
  void* made = clone_auth::testing::Allocate(size);
  if (made == nullptr) throw std::bad_alloc();
  return made;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return clone_auth::testing::Allocate(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
