#include "base/base64url_wide.h"

#include "base/processor.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clone_auth {

#if defined(__x86_64__)
namespace {

constexpr std::size_t kStep = 32;  // characters
constexpr std::size_t kStepOut = kStep / 4 * 3;

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
  if (text.size() < kStep) return 0;
  const __m256i rows =
      Table(32, 32, 1, 2, 4, 8, 4, 16, 32, 32, 32, 32, 32, 32, 32, 32);
  const __m256i outside = Table(
      1 | 4 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32, 1 | 32,
      1 | 32, 1 | 32, 1 | 2 | 32, 1 | 2 | 8 | 16 | 32, 1 | 2 | 8 | 16 | 32,
      2 | 8 | 16 | 32, 1 | 2 | 8 | 16 | 32, 1 | 2 | 16 | 32);
  // From a character to its value, by row; '_' is the one that differs, and
  // has a row of its own.
  const __m256i shift =
      Table(63 - '_', 0, 17, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i low_nibble = _mm256_set1_epi8(0x0f);
  const __m256i underscore = _mm256_set1_epi8('_');
  const __m256i pack =
      Table(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i join = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);
  __m256i faults = _mm256_setzero_si256();
  // Writes 32 bytes, of which 24 count.
  const auto step = [&](const char* from, char* to)
      __attribute__((target("avx2"), always_inline)) {
    const __m256i in =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(in, 4), low_nibble);
    const __m256i low = _mm256_and_si256(in, low_nibble);
    faults = _mm256_or_si256(
        faults, _mm256_and_si256(_mm256_shuffle_epi8(rows, high),
                                 _mm256_shuffle_epi8(outside, low)));
    const __m256i row =
        _mm256_andnot_si256(_mm256_cmpeq_epi8(in, underscore), high);
    const __m256i values = _mm256_add_epi8(in, _mm256_shuffle_epi8(shift, row));
    // Four values of 6 bits become 24 bits.
    const __m256i pairs =
        _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i quads =
        _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i bytes =
        _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(quads, pack), join);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
  };
  // The last step takes some of what the one before it took again, unless the
  // text is a multiple of a step.
  const char* const last = text.data() + text.size() - kStep;
  char* const last_out = out + (text.size() - kStep) / 4 * 3;
  for (const char* at = text.data(); at < last; at += kStep, out += kStepOut) {
    step(at, out);
  }
  step(last, last_out);
  return _mm256_testz_si256(faults, faults) != 0 ? text.size() : kNotDecoded;
}

// In each group of three bytes the four values are moved to the bottom of a
// byte each by multiplications, which shift the 16-bit halves differently.
__attribute__((target("avx2"))) std::size_t EncodeAvx2(std::string_view bytes,
                                                       char* out) {
  constexpr std::size_t kHalf = 12;  // bytes for half a register of text
  const __m256i spread =
      Table(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
  // From a value to its character: 0 for 'A' to 'Z', 1 for 'a' to 'z', one
  // entry for each digit, and one each for '-' and '_'.
  const __m256i shift = Table('A', 'a' - 26, -4, -4, -4, -4, -4, -4, -4, -4, -4,
                              -4, '-' - 62, '_' - 63, 0, 0);
  std::size_t at = 0;
  // The second half is read as 16 bytes, of which 12 count.
  for (; bytes.size() - at >= kHalf + 16; at += 2 * kHalf) {
    const auto* in = reinterpret_cast<const __m128i*>(bytes.data() + at);
    const auto* next =
        reinterpret_cast<const __m128i*>(bytes.data() + at + kHalf);
    const __m256i groups = _mm256_shuffle_epi8(
        _mm256_set_m128i(_mm_loadu_si128(next), _mm_loadu_si128(in)), spread);
    const __m256i odd = _mm256_mulhi_epu16(
        _mm256_and_si256(groups, _mm256_set1_epi32(0x0fc0fc00)),
        _mm256_set1_epi32(0x04000040));
    const __m256i even = _mm256_mullo_epi16(
        _mm256_and_si256(groups, _mm256_set1_epi32(0x003f03f0)),
        _mm256_set1_epi32(0x01000010));
    const __m256i values = _mm256_or_si256(odd, even);
    // What is beyond 'z' counts from 1, and one more for all beyond 'Z'.
    const __m256i beyond =
        _mm256_sub_epi8(_mm256_subs_epu8(values, _mm256_set1_epi8(51)),
                        _mm256_cmpgt_epi8(values, _mm256_set1_epi8(25)));
    _mm256_storeu_si256(
        reinterpret_cast<__m256i*>(out),
        _mm256_add_epi8(values, _mm256_shuffle_epi8(shift, beyond)));
    out += kStep;
  }
  return at;
}

}  // namespace

std::size_t EncodeWide(std::string_view bytes, char* out) {
  return HasAvx2() ? EncodeAvx2(bytes, out) : 0;
}

std::size_t DecodeWide(std::string_view text, char* out) {
  return HasAvx2() ? DecodeAvx2(text, out) : 0;
}
#else
std::size_t EncodeWide(std::string_view, char*) { return 0; }

std::size_t DecodeWide(std::string_view, char*) { return 0; }
#endif

}  // namespace clone_auth
