#include "clone/client_assertion.h"

#include <chrono>
#include <string>

#include "base/macros.h"
#include "base/wiped_text.h"
#include "clone/jwt.h"
#include "oauth/pkce.h"

namespace clone_auth {
namespace {

constexpr std::chrono::seconds kLifetime{60};

}  // namespace

Result<Secret> MakeClientAssertion(const OAuthClient& client,
                                   const JwtSigningKey& key, WallTime now,
                                   RandomSource& random) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Secret id, Unguessable(random));
  JwtClaims claims;
  claims.issuer = client.client_id();
  claims.subject = client.client_id();
  // The issuer and not the endpoint, which another server may name as its own
  // (draft-ietf-oauth-rfc7523bis).
  claims.audience = {client.server().issuer};
  claims.issued_at = now;
  claims.expires_at = now + kLifetime;
  claims.jwt_id = id.Reveal();
  CLONE_AUTH_ASSIGN_OR_RETURN(const JwtSigner signer,
                              JwtSigner::Create(key, "JWT"));
  CLONE_AUTH_ASSIGN_OR_RETURN(std::string text, signer.Sign(claims));
  Secret assertion = Secret::CopyOf(text);
  WipeText(text);
  return assertion;
}

}  // namespace clone_auth
