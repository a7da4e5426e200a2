#pragma once

// Checksums that find accidents and guard against nothing else: CRC-32 as zlib,
// PNG and Ethernet have it (reflected polynomial EDB88320), and CRC-32C as
// iSCSI has it (82F63B78, RFC 3720 appendix B.4), which finds any three wrong
// bits in up to 256 MiB.

#include <cstdint>
#include <string_view>

namespace clone_auth {

std::uint32_t Crc32(std::string_view bytes);
std::uint32_t Crc32c(std::string_view bytes);

}  // namespace clone_auth
