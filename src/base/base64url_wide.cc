#include "base/base64url_wide.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clone_auth {

#if defined(__x86_64__)
namespace {

constexpr std::size_t kStep = 32;

// The 16 entries of a table in both halves of a register, as its look-up by
// nibble takes them.
__attribute__((target("avx2"))) __m256i Table(char a, char b, char c, char d,
                                              char e, char f, char g, char h,
                                              char i, char j, char k, char l,
                                              char m, char n, char o, char p) {
  return _mm256_setr_epi8(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a, b,
                          c, d, e, f, g, h, i, j, k, l, m, n, o, p);
}

// Both nibbles of a character are looked up. The upper one tells the row of
// the ASCII table as a bit: 1 for 0x2., 2 for 0x3., 4 for 0x4. and 0x6., 8 for
// 0x5., 16 for 0x7., 32 for all others; the lower one tells in which of these
// rows it is outside the alphabet.
__attribute__((target("avx2"))) std::size_t DecodeAvx2(std::string_view text,
                                                       char* out) {
  const __m256i rows =
      Table(32, 32, 1, 2, 4, 8, 4, 16, 32, 32, 32, 32, 32, 32, 32, 32);
  const __m256i outside = Table(
      1 | 4 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32,
      1 | 32, 1 | 32, 1 | 2 | 32, 1 | 2 | 8 | 16 | 32, 1 | 2 | 8 | 16 | 32,
      2 | 8 | 16 | 32, 1 | 2 | 8 | 16 | 32, 1 | 2 | 16 | 32);
  // From a character to its value, by row; '_' is the one that differs.
  const __m256i shift =
      Table(0, 0, 17, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i low_nibble = _mm256_set1_epi8(0x0f);
  const __m256i underscore = _mm256_set1_epi8('_');
  const __m256i underscore_shift = _mm256_set1_epi8(63 - ('_' - 65));
  const __m256i pack =
      Table(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i join = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);
  // A step writes 32 bytes, of which 24 count.
  __m256i faults = _mm256_setzero_si256();
  std::size_t at = 0;
  for (; text.size() - at >= kStep; at += kStep) {
    const __m256i in =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(in, 4), low_nibble);
    const __m256i low = _mm256_and_si256(in, low_nibble);
    faults = _mm256_or_si256(
        faults, _mm256_and_si256(_mm256_shuffle_epi8(rows, high),
                                 _mm256_shuffle_epi8(outside, low)));
    const __m256i is_underscore = _mm256_cmpeq_epi8(in, underscore);
    const __m256i values =
        _mm256_add_epi8(_mm256_add_epi8(in, _mm256_shuffle_epi8(shift, high)),
                        _mm256_and_si256(is_underscore, underscore_shift));
    // Four values of 6 bits become 24 bits.
    const __m256i pairs =
        _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i quads =
        _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i bytes =
        _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(quads, pack), join);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes);
    out += kStep / 4 * 3;
  }
  return _mm256_testz_si256(faults, faults) != 0 ? at : kNotDecoded;
}

}  // namespace

std::size_t DecodeWide(std::string_view text, char* out) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? DecodeAvx2(text, out) : 0;
}
#else
std::size_t DecodeWide(std::string_view, char*) { return 0; }
#endif

}  // namespace clone_auth
