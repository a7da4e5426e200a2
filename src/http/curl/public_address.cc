#include "http/curl/public_address.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace clone_auth {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Block {
  Bytes first;
  int bits;
  bool is_public;
};

constexpr std::size_t kV4At = 12;

constexpr Bytes Mapped(std::uint8_t a, std::uint8_t b, std::uint8_t c) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, 0};
}

constexpr Block V4(int bits, std::uint8_t a, std::uint8_t b = 0,
                   std::uint8_t c = 0) {
  return {Mapped(a, b, c), 96 + bits, false};
}

constexpr Block V6(int bits, bool is_public, std::uint16_t a,
                   std::uint16_t b = 0) {
  return {{static_cast<std::uint8_t>(a >> 8), static_cast<std::uint8_t>(a),
           static_cast<std::uint8_t>(b >> 8), static_cast<std::uint8_t>(b)},
          bits,
          is_public};
}

// NAT64 (RFC 6052): what it leads to is the IPv4 address at its end.
constexpr Block kNat64 = V6(96, true, 0x64, 0xff9b);

// The first block that holds an address decides.
constexpr std::array kBlocks = {
    V4(8, 0),              // this network
    V4(8, 10),             // private
    V4(10, 100, 64),       // shared by a carrier's customers
    V4(8, 127),            // loopback
    V4(16, 169, 254),      // link-local, where clouds keep their metadata
    V4(12, 172, 16),       // private
    V4(24, 192, 0, 0),     // protocol assignments
    V4(24, 192, 0, 2),     // documentation
    V4(24, 192, 88, 99),   // 6to4 relays
    V4(16, 192, 168),      // private
    V4(15, 198, 18),       // benchmarks
    V4(24, 198, 51, 100),  // documentation
    V4(24, 203, 0, 113),   // documentation
    V4(4, 224),            // multicast
    V4(4, 240),            // reserved, broadcast
    Block{Mapped(0, 0, 0), 96, true},  // the rest of IPv4
    V6(23, false, 0x2001),             // protocol assignments, Teredo
    V6(32, false, 0x2001, 0x0db8),     // documentation
    V6(16, false, 0x2002),             // 6to4, around any IPv4 address
    V6(20, false, 0x3fff),             // documentation
    V6(3, true, 0x2000),               // global unicast
    V6(0, false, 0),  // all else: loopback, unique-local, link-local, ...
};

bool Holds(const Block& block, const Bytes& address) {
  for (std::size_t i = 0; i < address.size(); ++i) {
    const int kept = std::clamp(block.bits - 8 * static_cast<int>(i), 0, 8);
    const int mask = 0xff00 >> kept & 0xff;
    if (((block.first[i] ^ address[i]) & mask) != 0) return false;
  }
  return true;
}

bool IsPublic(Bytes address) {
  if (Holds(kNat64, address)) {
    const Bytes mapped = Mapped(0, 0, 0);
    std::copy_n(mapped.begin(), kV4At, address.begin());
  }
  for (const Block& block : kBlocks) {
    if (Holds(block, address)) return block.is_public;
  }
  return false;
}

}  // namespace

bool IsPublicAddress(const sockaddr& address) {
  Bytes bytes = Mapped(0, 0, 0);
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(bytes.data() + kV4At, &v4.sin_addr, sizeof v4.sin_addr);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  } else {
    return false;
  }
  return IsPublic(bytes);
}

}  // namespace clone_auth
