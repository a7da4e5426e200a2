#pragma once

// An array that grows and shrinks at its end in chunks, so that no single
// append copies or frees more than one of them. A chunk's elements move only
// while the first chunk grows.

#include <cstddef>
#include <utility>
#include <vector>

namespace clone_auth {

template <typename T>
class ChunkedArray {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  T& operator[](std::size_t i) { return chunks_[i >> kShift][i & kMask]; }
  const T& operator[](std::size_t i) const {
    return chunks_[i >> kShift][i & kMask];
  }

  void PushBack(T value) {
    if ((size_ & kMask) == 0) {
      chunks_.emplace_back();
      // Small arrays stay small; large ones do not grow a chunk in steps.
      if (chunks_.size() > 1) chunks_.back().reserve(kMask + 1);
    }
    chunks_.back().push_back(std::move(value));
    ++size_;
  }

  void PopBack() {
    chunks_.back().pop_back();
    if (chunks_.back().empty()) chunks_.pop_back();
    --size_;
  }

 private:
  static constexpr std::size_t kShift = 11;
  static constexpr std::size_t kMask = (std::size_t{1} << kShift) - 1;

  std::vector<std::vector<T>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace clone_auth
