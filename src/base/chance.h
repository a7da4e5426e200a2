#pragma once

#include "clone/random.h"

namespace clone_auth {

/// A number in [0, 1), for jitter. Without random bytes it is 0: times are then
/// merely alike.
double DrawChance(RandomSource& random);

}  // namespace clone_auth
