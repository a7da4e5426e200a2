#pragma once

// Shows who a client is by a key instead of a secret (`private_key_jwt`: RFC
// 7523 section 2.2, OpenID Connect Core 1.0 section 9), for a service that asks
// for tokens for itself and, once they have expired, asks anew.

#include <string_view>

#include "clone/clock.h"
#include "clone/jwk.h"
#include "clone/oauth_client.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// The value of `client_assertion_type`.
inline constexpr std::string_view kClientAssertionType =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The value of `client_assertion`, both for OAuthClient::TokenRequest: good
/// for one request of `client`, which has no secret, for a minute from `now` on
/// and at its server alone. The server knows the public half of `key`, by its
/// `kid` where it knows several. Errors: random_unavailable, and those of
/// JwtSigner::Sign.
Result<Secret> MakeClientAssertion(const OAuthClient& client,
                                   const JwtSigningKey& key, WallTime now,
                                   RandomSource& random = SystemRandom());

}  // namespace clone_auth
