#pragma once

// Proof Key for Code Exchange (RFC 7636): a secret that stays here, and its
// digest, which goes ahead with the browser. Whoever catches the code on its
// way back cannot use it without the secret. Also the other unguessable texts
// of a sign-in, which are made alike.

#include <string>
#include <string_view>

#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// 32 bytes as base64url: 43 characters and 256 bits, for a `code_verifier`
/// (RFC 7636 section 4.1), a `state` or a `nonce`. Error: random_unavailable.
Result<Secret> Unguessable(RandomSource& random);

/// The `code_challenge` of method S256: base64url of the SHA-256 of `verifier`
/// (RFC 7636 section 4.2).
std::string CodeChallengeS256(std::string_view verifier);

}  // namespace clone_auth
