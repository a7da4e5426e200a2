#include "apikey/number_table.h"

#include <memory>

namespace clone_auth {
namespace {

/// All ones that a number of a table of this size may need.
std::uint32_t MaskFor(std::size_t size) {
  return static_cast<std::uint32_t>(
      (std::uint64_t{1} << (64 - __builtin_clzll(size))) - 1);
}

}  // namespace

NumberTable::NumberTable(std::size_t size)
    : size_(size),
      number_mask_(MaskFor(size)),
      block_(size * sizeof(Slot)),
      slots_(static_cast<Slot*>(block_.data())) {
  std::uninitialized_value_construct_n(slots_, size);
}

void NumberTable::Put(std::uint64_t hash, std::uint32_t number) {
  std::size_t at = PlaceOf(hash);
  while (slots_[at].load(std::memory_order_relaxed) != 0) at = Next(at);
  const auto part = static_cast<std::uint32_t>(hash) & ~number_mask_;
  slots_[at].store(part | (number + 1), std::memory_order_release);
}

}  // namespace clone_auth
