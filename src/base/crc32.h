#pragma once

// CRC-32 as zlib, PNG and Ethernet have it (reflected polynomial EDB88320).
// It finds typing errors and guards against nothing else.

#include <cstdint>
#include <string_view>

namespace clone_auth {

std::uint32_t Crc32(std::string_view bytes);

}  // namespace clone_auth
