#pragma once

// A plain value that one thread writes at a time and any number read without
// waiting: what was read is whole, or known not to be. Its words are atomic,
// so that reading one half written is no race.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace clone_auth {

template <typename T>
class AtomicCopy {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// False where another thread is writing; `value` is then as it was.
  bool Load(T& value) const {
    const std::uint32_t before = sequence_.load(std::memory_order_acquire);
    if (before % 2 != 0) return false;
    std::array<std::uint64_t, kWords> words;
    for (std::size_t i = 0; i < kWords; ++i) {
      words[i] = words_[i].load(std::memory_order_acquire);
    }
    // Whoever saw a word of a later value sees that value's number here.
    if (sequence_.load(std::memory_order_relaxed) != before) return false;
    std::memcpy(static_cast<void*>(&value), words.data(), sizeof(T));
    return true;
  }

  void Store(const T& value) {
    std::array<std::uint64_t, kWords> words{};
    std::memcpy(words.data(), &value, sizeof(T));
    const std::uint32_t before = sequence_.load(std::memory_order_relaxed);
    sequence_.store(before + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < kWords; ++i) {
      words_[i].store(words[i], std::memory_order_release);
    }
    sequence_.store(before + 2, std::memory_order_release);
  }

 private:
  static constexpr std::size_t kWords =
      (sizeof(T) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);

  std::atomic<std::uint32_t> sequence_{0};
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace clone_auth
