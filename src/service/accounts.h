#pragma once

#include <string>

#include "clone/random.h"
#include "clone/result.h"
#include "service/store_records.h"

namespace clone_auth::service {

/// An account with an organization of its own, which is named after it until
/// its owner gives it a better name. Error: random_unavailable.
Result<Account> NewOwner(std::string email, WallTime created_at,
                         RandomSource& random);

}  // namespace clone_auth::service
