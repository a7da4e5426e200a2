#pragma once

// Numbers of records by the hash of what they are looked up by: open
// addressing in slots of four bytes. A slot is 0 where it is free; otherwise
// its low bits are the number and one, and what the table's size leaves of the
// others is a part of the hash, so that another's record is hardly ever looked
// at in vain. One thread puts numbers in at a time, and any number of threads
// look them up meanwhile. Nothing is ever taken out.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/page_block.h"

namespace clone_auth {

class NumberTable {
 public:
  /// The size of the least table, and the one to go on with where `size` is
  /// full. By half as much again, since the memory that a table twice as large
  /// leaves unused costs more than to fill one more often.
  static constexpr std::size_t kFirstSize = 1024;
  static constexpr std::size_t NextSize(std::size_t size) {
    return size + size / 2;
  }

  /// No number above this fits.
  static constexpr std::uint32_t kMaxNumber = 0x7fffffff;

  explicit NumberTable(std::size_t size);

  std::size_t size() const { return size_; }
  /// How many numbers it may hold: four fifths of its size.
  std::size_t capacity() const { return size_ / 5 * 4; }

  /// The number that was put in under this hash and that `is_it` says yes to.
  template <typename IsIt>
  std::optional<std::uint32_t> Find(std::uint64_t hash, IsIt is_it) const {
    for (std::size_t at = PlaceOf(hash);; at = Next(at)) {
      const std::uint32_t slot = slots_[at].load(std::memory_order_acquire);
      if (slot == 0) return std::nullopt;
      if (((slot ^ hash) & ~number_mask_) != 0) continue;
      const std::uint32_t number = (slot & number_mask_) - 1;
      if (is_it(number)) return number;
    }
  }

  /// The table must have room, and `number` be less than its capacity.
  void Put(std::uint64_t hash, std::uint32_t number);

  /// Gives the memory back. Whoever still looks something up may then miss
  /// what is there.
  void Discard() { block_.Discard(); }

 private:
  using Slot = std::atomic<std::uint32_t>;

  // By the high half of the hash; the slots keep a part of the low one.
  std::size_t PlaceOf(std::uint64_t hash) const {
    return static_cast<std::size_t>((hash >> 32) * size_ >> 32);
  }
  std::size_t Next(std::size_t at) const {
    return at + 1 == size_ ? 0 : at + 1;
  }

  const std::size_t size_;
  const std::uint32_t number_mask_;
  PageBlock block_;
  Slot* const slots_;
};

}  // namespace clone_auth
