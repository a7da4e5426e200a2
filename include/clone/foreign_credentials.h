#pragma once

// What a service takes besides its own credentials after it has taken over
// from another system: keys of another shape, and tokens of the former issuer
// for as long as they live. Off unless an Authenticator is told of them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"

namespace clone_auth {

/// Where keys stand that do not begin with the scheme's prefix. Each is looked
/// up by its digest. A JWT is never taken for a key.
struct ForeignKeyShapes {
  /// Schemes of `Authorization`, without regard to case: "Api-Key" is that of
  /// djangorestframework-api-key, "Token" that of Django REST framework. Each
  /// counts as a credential from then on.
  std::vector<std::string> schemes;
  /// Any visible text in the scheme's key header.
  bool key_header = false;
  /// How a Bearer credential begins that is a key, such as "sk_".
  std::vector<std::string> bearer_prefixes;
};

/// Whom a token of a former issuer stands for.
struct ForeignHolder {
  Uuid subject;
  Uuid organization;
  std::string role;   ///< as Principal has it
  std::string scope;  ///< names with blanks between them
  WallTime expires_at{};
};

class ForeignTokens {
 public:
  virtual ~ForeignTokens() = default;

  /// Asked about tokens whose algorithm the Authenticator's verifier does not
  /// take, on every request; nothing is remembered. Errors: those of
  /// JwtVerifier::Verify and of an AccessState. Called by many threads at once.
  virtual Result<ForeignHolder> Check(std::string_view token) const = 0;
};

}  // namespace clone_auth
