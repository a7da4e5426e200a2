#pragma once

namespace clone_auth::testing {

/// Which allocations of a thread fail: the one after `until_failure` others,
/// or all from there on. The library in this program allocates through it.
struct MemoryFaults {
  bool armed = false;
  bool for_ever = false;
  long until_failure = 0;
  bool failed = false;  ///< one did
};

extern thread_local MemoryFaults memory_faults;

}  // namespace clone_auth::testing
