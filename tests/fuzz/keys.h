#pragma once

// The fixed keys of the targets, one for each algorithm, from keys.jsonl. Their
// private halves are public: they sign the inputs.

#include <memory>
#include <string>
#include <string_view>

#include "clone/jwk.h"
#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"

namespace clone_auth::fuzz {

inline constexpr char kIssuer[] = "https://issuer.example";
inline constexpr char kAudience[] = "https://api.example";

/// All of them, to verify with.
const JwkSet& Keys();

/// Header and payload, any bytes, as a token that is signed with the key of
/// `algorithm`.
std::string Sign(JwtAlgorithm algorithm, std::string_view header,
                 std::string_view payload);

/// Every algorithm, kIssuer, kAudience, access tokens.
JwtPolicy StrictPolicy();

/// Every algorithm, and every relaxation.
JwtPolicy LenientPolicy();

/// Of StrictPolicy() or LenientPolicy(), over Keys() and a clock that stands
/// at 2026-01-01 00:00:00 UTC.
JwtVerifier MakeVerifier(JwtPolicy policy);

/// That clock.
const testing::FakeClock& Clock();

/// What has to hold of the answers to one token, whoever made it.
void CheckToken(std::string_view token);

}  // namespace clone_auth::fuzz
