#pragma once

// Something that was taken away, or an account that was enabled again: a line
// of the revocation log.

#include <cstdint>
#include <string>

#include "clone/clock.h"
#include "clone/uuid.h"

namespace clone_auth::service {

struct Revocation {
  enum class Kind : std::uint8_t {
    kKeyRevoked,
    kAccountDisabled,
    kAccountEnabled,
    kPasswordSet,
    kKeyEnds,
  };
  Kind kind = Kind::kKeyRevoked;
  Uuid subject;               ///< the key or the account
  WallTime when{};            ///< with kKeyEnds: when it does, at the latest
  std::string password_hash;  ///< with kPasswordSet
};

}  // namespace clone_auth::service
