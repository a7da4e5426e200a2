#include "fuzz/target.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace clone_auth::fuzz {

void Require(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", rule);
  std::abort();
}

}  // namespace clone_auth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  clone_auth::fuzz::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
