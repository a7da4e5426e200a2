#include "base/crc32.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace clone_auth {
namespace {

/// The definition, one bit at a time.
std::uint32_t BitByBit(std::string_view bytes, std::uint32_t polynomial) {
  std::uint32_t rest = 0xffffffff;
  for (const char c : bytes) {
    rest ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest & 1) != 0 ? (rest >> 1) ^ polynomial : rest >> 1;
    }
  }
  return ~rest;
}

TEST(Crc32, HasTheCheckValuesOfTheStandards) {
  EXPECT_EQ(Crc32("123456789"), 0xcbf43926u);
  EXPECT_EQ(Crc32(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
}

TEST(Crc32, IsTheSameWhetherBytesAreTakenOneByOneOrEightAtATime) {
  std::string bytes;
  for (int size = 0; size < 70; ++size) {
    EXPECT_EQ(Crc32(bytes), BitByBit(bytes, 0xedb88320)) << size;
    EXPECT_EQ(Crc32c(bytes), BitByBit(bytes, 0x82f63b78)) << size;
    bytes += static_cast<char>(size * 151 + 7);
  }
}

}  // namespace
}  // namespace clone_auth
