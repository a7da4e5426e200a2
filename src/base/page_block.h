#pragma once

// Memory in whole pages, for tables that are read at random. A large block is
// asked for in huge pages, so that a look-up that misses every cache does not
// have to find the page as well.

#include <cstddef>

namespace clone_auth {

class PageBlock {
 public:
  /// At least `bytes`, of no particular content.
  explicit PageBlock(std::size_t bytes);
  PageBlock(const PageBlock&) = delete;
  PageBlock& operator=(const PageBlock&) = delete;
  ~PageBlock();

  void* data() const { return data_; }

  /// Gives the memory back, as far as the system allows, and keeps the
  /// addresses: whoever still reads there reads zeros or what stood there.
  void Discard();

 private:
  std::size_t size_;
  std::size_t alignment_;
  void* data_;
};

}  // namespace clone_auth
