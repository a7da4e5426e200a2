#include "json/quotes.h"

#include "base/processor.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clone_auth {

#if defined(__x86_64__)
namespace {

constexpr std::size_t kStep = 64;

struct Block {
  std::uint64_t quotes;
  bool plain;
};

__attribute__((target("avx2"))) inline Block ReadBlock(const char* from) {
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const auto* halves = reinterpret_cast<const __m256i*>(from);
  const __m256i low = _mm256_loadu_si256(halves);
  const __m256i high = _mm256_loadu_si256(halves + 1);
  const __m256i other = _mm256_or_si256(
      _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), _mm256_min_epi8(low, high)),
      _mm256_or_si256(_mm256_cmpeq_epi8(low, backslash),
                      _mm256_cmpeq_epi8(high, backslash)));
  const auto bits = [&](__m256i half) __attribute__((target("avx2"))) {
    return static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(half, quote)));
  };
  return {(std::uint64_t{bits(high)} << 32) | bits(low),
          _mm256_testz_si256(other, other) != 0};
}

// Writes a word for each 64 characters, of which there must be as many.
__attribute__((target("avx2"))) bool FindAvx2(std::string_view text,
                                              std::uint64_t* words) {
  std::uint64_t odd = 0;
  bool plain = true;
  const std::size_t rest = text.size() % kStep;
  for (std::size_t at = 0; at + kStep <= text.size(); at += kStep) {
    const Block block = ReadBlock(text.data() + at);
    plain &= block.plain;
    *words++ = block.quotes;
    odd ^= block.quotes;
  }
  if (rest != 0) {
    // The last 64 again, less those that were read.
    const Block block = ReadBlock(text.data() + text.size() - kStep);
    plain &= block.plain;
    *words = block.quotes >> (kStep - rest);
    odd ^= *words;
  }
  return plain && __builtin_parityll(odd) == 0;
}

}  // namespace

bool Quotes::Find(std::string_view text) {
  if (text.size() < kMinText || text.size() > kMaxText) return false;
  return HasAvx2() && FindAvx2(text, words_.data());
}
#else
bool Quotes::Find(std::string_view) { return false; }
#endif

}  // namespace clone_auth
