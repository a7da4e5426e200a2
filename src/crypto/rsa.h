#pragma once

// RSA signatures (RFC 7518 sections 3.3 and 3.5) by OpenSSL.

#include <cstdint>
#include <memory>

#include "crypto/hash.h"
#include "crypto/key.h"

namespace clone_auth {

enum class RsaPadding : std::uint8_t {
  kPkcs1,
  kPss,  ///< salt as long as the digest, MGF1 with the same hash
};

/// Of n and e, big-endian without a leading zero. Errors: key_weak (n of less
/// than 2048 bits, e below 65537, or n of the kind that CVE-2017-15361 breaks),
/// key_set_malformed (also n of more than 8192 bits and e of more than 64).
Result<std::unique_ptr<const VerificationKey>> ReadRsaPublic(
    RsaPadding padding, Hash hash, const KeyParts& parts);

/// Of n, e, d, p, q, dp, dq and qi (RFC 7518 section 6.3.2). Errors: as above;
/// key_set_malformed also where they do not belong together.
Result<std::unique_ptr<const PrivateKey>> ReadRsaPrivate(RsaPadding padding,
                                                         Hash hash,
                                                         const KeyParts& parts);

/// All of the above for a new n of 2048 bits. Error: internal.
Result<KeyParts> GenerateRsa();

}  // namespace clone_auth
