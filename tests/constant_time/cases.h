#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace clone_auth::constant_time {

struct Case {
  const char* rule;
  /// Handles poisoned secrets. False where the result itself is wrong.
  bool (*run)();
  /// How often it branches on a result that is public, such as "the signature
  /// is good". A comparison that stops early branches once for each byte.
  std::size_t verdicts = 0;
};

std::vector<Case> CompareCases();
std::vector<Case> KeyCases();
std::vector<Case> ServiceCases();

/// What handles secrets badly, and has to be reported.
std::vector<Case> Controls();

}  // namespace clone_auth::constant_time
