#pragma once

// What has changed since when, for those who remember what they read: changes
// are counted, and each leaves its number in one of many places, by the hash
// of what it changed. What was read before that number is not to be trusted
// any more; so a look-up that is still under way when a change is told can
// bring back nothing that lasts. Shared between threads; asking takes no lock.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace clone_auth {

class ChangeMarks {
 public:
  /// To be read before what is to be remembered.
  std::uint64_t count() const { return count_.load(); }

  void Mark(std::uint64_t hash) { Raise(marks_[PlaceOf(hash)], ++count_); }
  void MarkAll() { Raise(everything_, ++count_); }

  /// True if what was read after `count` changes is not known to have changed.
  /// Two things in one place are both taken for changed.
  bool Stands(std::uint64_t count, std::uint64_t hash) const {
    return marks_[PlaceOf(hash)].load(std::memory_order_acquire) <= count &&
           everything_.load(std::memory_order_acquire) <= count;
  }

 private:
  using Number = std::atomic<std::uint64_t>;
  static constexpr std::size_t kPlaces = 16'384;

  static std::size_t PlaceOf(std::uint64_t hash) { return hash % kPlaces; }

  static void Raise(Number& number, std::uint64_t to) {
    std::uint64_t from = number.load();
    while (from < to && !number.compare_exchange_weak(from, to)) {
    }
  }

  Number count_{0};
  Number everything_{0};
  std::array<Number, kPlaces> marks_{};
};

}  // namespace clone_auth
