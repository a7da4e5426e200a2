#pragma once

// What the processor can do beyond what every one of its kind can.

namespace clone_auth {

#if defined(__x86_64__)
inline bool HasAvx2() {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}
#endif

}  // namespace clone_auth
