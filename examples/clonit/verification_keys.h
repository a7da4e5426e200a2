#pragma once

// The keys that tokens are verified with: out of a file, or of an issuer that
// is asked for them.

#include <memory>
#include <optional>
#include <vector>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/jwk.h"
#include "clone/remote_jwk_source.h"
#include "clone/result.h"
#include "options.h"

namespace clonit {

/// One of the two.
struct VerificationKeys {
  std::optional<clone_auth::JwkSet> set;
  std::shared_ptr<clone_auth::HttpTransport> transport;  // source uses it
  std::unique_ptr<clone_auth::RemoteJwkSource> source;
};

/// What --jwks names or, without it, the issuer's metadata. `algorithms` are
/// what a key in PEM may be for; `clock` is borrowed. Nobody is asked for keys
/// before a token needs one. Errors: those of the file or the address.
clone_auth::Result<VerificationKeys> FindVerificationKeys(
    const Options& options,
    const std::vector<clone_auth::JwtAlgorithm>& algorithms,
    const clone_auth::Clock* clock);

}  // namespace clonit
