#pragma once

// Verifies the tokens of several issuers, each by its own policy and keys. The
// issuers are a closed list: a token of any other is refused before a key is
// looked at or fetched. Immutable; may be shared between threads.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/jwt.h"
#include "clone/result.h"

namespace clone_auth {

class MultiIssuerVerifier {
 public:
  /// Every verifier names its issuers, no two name the same one, and no two
  /// have the same keys: who may sign for one may not for another. Error:
  /// invalid_argument.
  static Result<MultiIssuerVerifier> Create(std::vector<JwtVerifier> verifiers);

  /// `iss` only tells which verifier is asked, which checks it again with all
  /// else. Errors: token_issuer (not in the list), token_claim (none), and
  /// those of the verifier.
  Result<VerifiedJwt> Verify(std::string_view token) const;

 private:
  struct Issuer {
    std::string name;
    std::size_t verifier;
  };

  MultiIssuerVerifier() = default;
  std::vector<JwtVerifier> verifiers_;
  std::vector<Issuer> issuers_;
};

}  // namespace clone_auth
