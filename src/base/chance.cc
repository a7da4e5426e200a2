#include "base/chance.h"

#include <cstdint>

namespace clone_auth {

double DrawChance(RandomSource& random) {
  std::uint32_t drawn = 0;
  if (!random.Fill(&drawn, sizeof drawn).ok()) return 0;
  return static_cast<double>(drawn) / 4294967296.0;
}

}  // namespace clone_auth
