#pragma once

// Which addresses are everybody's, so that a URL that somebody else chose
// cannot make this machine ask what only it can reach.

struct sockaddr;

namespace clone_auth {

/// True for an address of the public internet (the special-purpose registries
/// of RFC 6890). An IPv4 address counts the same where it stands in IPv6 form
/// (RFC 4291 section 2.5.5.2, RFC 6052 section 2.1).
bool IsPublicAddress(const sockaddr& address);

}  // namespace clone_auth
