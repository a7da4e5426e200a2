#pragma once

// Things one after the other in chunks, each twice as large as the one before,
// so that none ever moves and its number finds it. One thread appends at a
// time; what was appended may be read by every thread that learned its number
// from the one that appended it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "base/page_block.h"

namespace clone_auth {

template <typename T>
class GrownArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  std::uint32_t size() const { return size_; }

  T& operator[](std::uint32_t number) const {
    const Place place = PlaceOf(number);
    return chunks_[place.chunk][place.offset];
  }

  /// Returns the number of what it made, the next after the last.
  template <typename... Args>
  std::uint32_t Append(Args&&... args) {
    const Place place = PlaceOf(size_);
    if (chunks_[place.chunk] == nullptr) {
      blocks_[place.chunk] =
          std::make_unique<PageBlock>((kFirstSize << place.chunk) * sizeof(T));
      chunks_[place.chunk] = static_cast<T*>(blocks_[place.chunk]->data());
    }
    new (chunks_[place.chunk] + place.offset) T{std::forward<Args>(args)...};
    return size_++;
  }

 private:
  struct Place {
    std::size_t chunk;
    std::size_t offset;
  };

  static constexpr std::uint64_t kFirstSize = 64;
  static constexpr std::size_t kFirstSizeBits = 6;
  static constexpr std::size_t kChunks = 27;  // 2^32 things

  // Chunk n begins at kFirstSize * (2^n - 1), so the highest bit of the number
  // shifted by kFirstSize tells the chunk.
  static Place PlaceOf(std::uint32_t number) {
    const std::uint64_t shifted = number + kFirstSize;
    const auto top = static_cast<std::size_t>(63 - __builtin_clzll(shifted));
    return {top - kFirstSizeBits, shifted ^ (std::uint64_t{1} << top)};
  }

  std::uint32_t size_ = 0;
  std::array<T*, kChunks> chunks_{};
  std::array<std::unique_ptr<PageBlock>, kChunks> blocks_;
};

}  // namespace clone_auth
