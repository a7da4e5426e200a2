#include "base/page_block.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <new>

namespace clone_auth {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kHugePage = 2 * 1024 * 1024;

std::size_t RoundUp(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

PageBlock::PageBlock(std::size_t bytes)
    : size_(RoundUp(bytes, kPage)),
      alignment_(size_ < kHugePage ? kPage : kHugePage),
      data_(::operator new (size_, std::align_val_t{alignment_})) {
#ifdef __linux__
  // Where this is refused, the pages are small.
  if (alignment_ == kHugePage) (void)madvise(data_, size_, MADV_HUGEPAGE);
#endif
}

PageBlock::~PageBlock() {
  ::operator delete (data_, std::align_val_t{alignment_});
}

void PageBlock::Discard() {
#ifdef __linux__
  (void)madvise(data_, size_, MADV_DONTNEED);
#endif
}

}  // namespace clone_auth
