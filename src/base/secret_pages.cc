#include "base/secret_pages.h"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <new>

// Each compiler has its own word for that sanitizer.
#if defined(__SANITIZE_ADDRESS__)
#define CLONE_AUTH_KNOWS_REGIONS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLONE_AUTH_KNOWS_REGIONS
#endif
#endif

#if defined(CLONE_AUTH_KNOWS_REGIONS)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) \
  ((void)(address), (void)(size))
#endif

namespace clone_auth {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kSmallest = 32;
constexpr std::size_t kSizes = 10;  // 32 bytes to 16 KiB, each twice the last
constexpr std::size_t kReaches = 2;
constexpr std::size_t kWordBits = 64;
constexpr std::size_t kMostBlocks = (kChunk - kPage) / kSmallest;

// Begins at a multiple of its size, so that a block's address leads here. The
// blocks begin a page later: what stands here must outlive a fork.
struct Chunk {
  SecretReach reach;
  std::size_t mapped;      // bytes, this page included
  std::size_t block_size;  // 0: one block as large as there is room
  std::size_t blocks;
  std::size_t used = 0;
  // Neighbours in the list of those that have room.
  Chunk* next = nullptr;
  Chunk* previous = nullptr;
  std::array<std::uint64_t, kMostBlocks / kWordBits + 1> taken{};

  char* begin() { return reinterpret_cast<char*>(this) + kPage; }
  std::size_t room() const { return mapped - kPage; }
};
static_assert(sizeof(Chunk) <= kPage);

Chunk* ChunkOf(const char* bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes);
  return reinterpret_cast<Chunk*>(const_cast<char*>(bytes) - address % kChunk);
}

void Advise(char* begin, std::size_t size, SecretReach reach) {
  // Where the kernel is too old for one, the other holds all the same.
#ifdef MADV_DONTDUMP
  (void)madvise(begin, size, MADV_DONTDUMP);
#endif
#ifdef MADV_WIPEONFORK
  if (reach == SecretReach::kThisProcess) {
    (void)madvise(begin, size, MADV_WIPEONFORK);
  }
#endif
}

Chunk* MapChunk(std::size_t room, std::size_t block_size, SecretReach reach) {
  const std::size_t size = (kPage + room + kPage - 1) / kPage * kPage;
  // More than that, to cut off what is before the alignment and behind it.
  void* const mapped = mmap(nullptr, size + kChunk, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  char* const first = static_cast<char*>(mapped);
  char* const begin = reinterpret_cast<char*>(ChunkOf(first + kChunk - 1));
  if (begin != first) {
    munmap(first, static_cast<std::size_t>(begin - first));
  }
  const std::size_t behind = kChunk - static_cast<std::size_t>(begin - first);
  if (behind != 0) munmap(begin + size, behind);
  Advise(begin + kPage, size - kPage, reach);
  const std::size_t blocks = block_size == 0 ? 1 : room / block_size;
  auto* const chunk = new (begin) Chunk{reach, size, block_size, blocks};
  ASAN_POISON_MEMORY_REGION(chunk->begin(), chunk->room());
  return chunk;
}

void Unmap(Chunk* chunk) {
  ASAN_UNPOISON_MEMORY_REGION(chunk->begin(), chunk->room());
  munmap(chunk, chunk->mapped);
}

// The blocks of one size and reach.
class Pool {
 public:
  char* Take(std::size_t block_size, SecretReach reach) {
    const std::lock_guard lock(mutex_);
    if (first_ == nullptr) {
      Link(MapChunk(kChunk - kPage, block_size, reach));
    }
    Chunk& chunk = *first_;
    const std::size_t index = FirstFree(chunk);
    chunk.taken[index / kWordBits] |= Bit(index);
    if (++chunk.used == chunk.blocks) Unlink(&chunk);
    return chunk.begin() + index * block_size;
  }

  void GiveBack(Chunk* chunk, const char* bytes) {
    const std::lock_guard lock(mutex_);
    const auto offset = static_cast<std::size_t>(bytes - chunk->begin());
    const std::size_t index = offset / chunk->block_size;
    chunk->taken[index / kWordBits] &= ~Bit(index);
    if (chunk->used-- == chunk->blocks) Link(chunk);
    const bool is_only_one = first_ == chunk && chunk->next == nullptr;
    if (chunk->used > 0 || is_only_one) return;
    Unlink(chunk);
    Unmap(chunk);
  }

  std::mutex& mutex() { return mutex_; }

 private:
  static std::uint64_t Bit(std::size_t index) {
    return std::uint64_t{1} << index % kWordBits;
  }

  // Of a chunk that has room.
  static std::size_t FirstFree(const Chunk& chunk) {
    std::size_t word = 0;
    while (chunk.taken[word] == ~std::uint64_t{0}) ++word;
    return word * kWordBits +
           static_cast<std::size_t>(__builtin_ctzll(~chunk.taken[word]));
  }

  void Link(Chunk* chunk) {
    chunk->previous = nullptr;
    chunk->next = first_;
    if (first_ != nullptr) first_->previous = chunk;
    first_ = chunk;
  }

  void Unlink(Chunk* chunk) {
    Chunk*& before =
        chunk->previous == nullptr ? first_ : chunk->previous->next;
    before = chunk->next;
    if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
  }

  std::mutex mutex_;
  Chunk* first_ = nullptr;  // of those that have room
};

// Made before any code runs and never destroyed, so that no thread finds them
// half made, and static objects may hold secrets.
std::array<Pool, kSizes * kReaches> pools;

Pool& PoolFor(std::size_t size_index, SecretReach reach) {
  return pools[static_cast<std::size_t>(reach) * kSizes + size_index];
}

template <void (std::mutex::*kChange)()>
void ForEachMutex() {
  for (Pool& pool : pools) (pool.mutex().*kChange)();
}

// A child begins with no pool half changed by a thread that it has not. From
// the start: were it left to the first secret, a child could be forked while
// another thread is at that.
[[maybe_unused]] const int forks_are_watched = pthread_atfork(
    &ForEachMutex<&std::mutex::lock>, &ForEachMutex<&std::mutex::unlock>,
    &ForEachMutex<&std::mutex::unlock>);

// Which of the sizes holds `size`; kSizes where none does.
std::size_t SizeIndex(std::size_t size) {
  std::size_t index = 0;
  while (index < kSizes && kSmallest << index < size) ++index;
  return index;
}

}  // namespace

char* AllocateSecret(std::size_t size, SecretReach reach) {
  const std::size_t index = SizeIndex(size);
  char* const bytes =
      index == kSizes ? MapChunk(size, 0, reach)->begin()
                      : PoolFor(index, reach).Take(kSmallest << index, reach);
  ASAN_UNPOISON_MEMORY_REGION(bytes, size);
  return bytes;
}

void FreeSecret(char* bytes, std::size_t size) noexcept {
  WipeBytes(bytes, size);
  ASAN_POISON_MEMORY_REGION(bytes, size);
  Chunk* const chunk = ChunkOf(bytes);
  if (chunk->block_size == 0) {
    Unmap(chunk);
  } else {
    PoolFor(SizeIndex(chunk->block_size), chunk->reach).GiveBack(chunk, bytes);
  }
}

SecretReach ReachOfSecret(const char* bytes) noexcept {
  return ChunkOf(bytes)->reach;
}

}  // namespace clone_auth
