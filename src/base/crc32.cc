#include "base/crc32.h"

#include <array>
#include <cstddef>

namespace clone_auth {
namespace {

constexpr std::uint32_t kIeee = 0xedb88320;
constexpr std::uint32_t kCastagnoli = 0x82f63b78;
constexpr std::size_t kStride = 16;

// Row 0 advances the remainder by one byte; row n does so for a byte that n
// more bytes follow, so that 16 bytes are taken in one step.
using Tables = std::array<std::array<std::uint32_t, 256>, kStride>;

constexpr Tables MakeTables(std::uint32_t polynomial) {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest >> 1) ^ ((rest & 1) != 0 ? polynomial : 0);
    }
    tables[0][byte] = rest;
  }
  for (std::size_t row = 1; row < kStride; ++row) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t rest = tables[row - 1][byte];
      tables[row][byte] = (rest >> 8) ^ tables[0][rest & 0xff];
    }
  }
  return tables;
}

constexpr Tables kIeeeTables = MakeTables(kIeee);
constexpr Tables kCastagnoliTables = MakeTables(kCastagnoli);

std::uint32_t Byte(char c) { return static_cast<std::uint8_t>(c); }

std::uint32_t Word(const char* bytes) {
  return Byte(bytes[0]) | Byte(bytes[1]) << 8 | Byte(bytes[2]) << 16 |
         Byte(bytes[3]) << 24;
}

/// What four bytes that `row` more follow add to the remainder.
template <const Tables& tables>
std::uint32_t Take(std::uint32_t word, std::size_t row) {
  return tables[row + 3][word & 0xff] ^ tables[row + 2][(word >> 8) & 0xff] ^
         tables[row + 1][(word >> 16) & 0xff] ^ tables[row][word >> 24];
}

template <const Tables& tables>
std::uint32_t ChecksumOf(std::string_view bytes) {
  std::uint32_t rest = 0xffffffff;
  const char* next = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= kStride; left -= kStride, next += kStride) {
    rest = Take<tables>(rest ^ Word(next), 12) ^
           Take<tables>(Word(next + 4), 8) ^ Take<tables>(Word(next + 8), 4) ^
           Take<tables>(Word(next + 12), 0);
  }
  for (; left >= 4; left -= 4, next += 4) {
    rest = Take<tables>(rest ^ Word(next), 0);
  }
  // One to three more in one step, none of which waits for another.
  std::uint32_t added = 0;
  for (std::size_t at = 0; at < left; ++at) {
    added ^= tables[left - 1 - at][((rest >> 8 * at) ^ Byte(next[at])) & 0xff];
  }
  rest = left > 0 ? added ^ (rest >> 8 * left) : rest;
  return ~rest;
}

}  // namespace

std::uint32_t Crc32(std::string_view bytes) {
  return ChecksumOf<kIeeeTables>(bytes);
}

std::uint32_t Crc32c(std::string_view bytes) {
  return ChecksumOf<kCastagnoliTables>(bytes);
}

}  // namespace clone_auth
