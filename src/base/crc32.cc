#include "base/crc32.h"

#include <array>
#include <cstddef>

namespace clone_auth {
namespace {

constexpr std::uint32_t kPolynomial = 0xedb88320;
constexpr std::size_t kStride = 8;

// Row 0 advances the remainder by one byte; row n does so for a byte that n
// more bytes follow, so that eight bytes are taken in one step.
using Tables = std::array<std::array<std::uint32_t, 256>, kStride>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
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

constexpr Tables kTables = MakeTables();

std::uint32_t Byte(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t rest = 0xffffffff;
  const char* next = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= kStride; left -= kStride, next += kStride) {
    const std::uint32_t low =
        rest ^ (Byte(next[0]) | Byte(next[1]) << 8 | Byte(next[2]) << 16 |
                Byte(next[3]) << 24);
    rest = kTables[7][low & 0xff] ^ kTables[6][(low >> 8) & 0xff] ^
           kTables[5][(low >> 16) & 0xff] ^ kTables[4][low >> 24] ^
           kTables[3][Byte(next[4])] ^ kTables[2][Byte(next[5])] ^
           kTables[1][Byte(next[6])] ^ kTables[0][Byte(next[7])];
  }
  for (; left > 0; --left, ++next) {
    rest = (rest >> 8) ^ kTables[0][(rest ^ Byte(*next)) & 0xff];
  }
  return ~rest;
}

}  // namespace clone_auth
