#pragma once

// What a password must be, and how it is kept: Argon2id (RFC 9106) through
// libsodium. Immutable; may be shared between threads. Hashing takes the
// memory and time that the policy says, so callers bound how many run at once.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/service.h"

namespace clone_auth::service {

class Passwords {
 public:
  /// Errors: invalid_argument (less than 8 bytes or more than 4 KiB allowed,
  /// or parameters that Argon2id does not take), random_unavailable.
  static Result<Passwords> Create(const PasswordPolicy& policy,
                                  RandomSource& random);

  /// One sentence for each rule that a new password breaks.
  std::vector<std::string> Objections(std::string_view password) const;

  /// False for what cannot be anybody's password and is not worth hashing.
  bool IsPossible(std::string_view password) const;

  /// Error: overloaded (there is no memory for it).
  Result<std::string> Hash(std::string_view password) const;

  /// Takes imported hashes too (clone/django_hash.h), which are all weaker.
  bool Matches(const std::string& hash, std::string_view password) const;

  /// True where `hash` was made with less than what the policy says.
  bool IsWeaker(const std::string& hash) const;

  /// Matches no password and takes as long as any: what an unknown account
  /// is checked against.
  const std::string& dummy_hash() const { return dummy_hash_; }

 private:
  Passwords(const PasswordPolicy& policy, std::string dummy_hash)
      : policy_(policy), dummy_hash_(std::move(dummy_hash)) {}

  PasswordPolicy policy_;
  std::string dummy_hash_;
};

}  // namespace clone_auth::service
