#pragma once

// The textual form of keys and certificates (RFC 7468): one block and nothing
// around it.

#include <string>
#include <string_view>

#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// Bytes of the longest text or DER that is looked at.
inline constexpr std::size_t kKeyFileMaxSize = 64 * 1024;

struct PemBlock {
  std::string label;  ///< such as "PRIVATE KEY"
  Secret der;
};

/// Errors: pem_malformed (longer than kKeyFileMaxSize, no block, more than one,
/// or anything around it), key_encrypted.
Result<PemBlock> ReadPem(std::string_view text);

/// Lines of 64 characters.
Secret WritePem(std::string_view label, const Secret& der);

}  // namespace clone_auth
