#pragma once

// A fuzz target: one function that is given any bytes, and stops the program
// where a rule does not hold. With libFuzzer (preset `fuzz`) it is searched for
// such bytes; in every other build it replays the files of its corpus.

#include <string_view>

namespace clone_auth::fuzz {

/// What each target defines. `input` is as long as its own allocation.
void Run(std::string_view input);

/// Prints `rule` and aborts where it does not hold.
void Require(bool holds, const char* rule);

}  // namespace clone_auth::fuzz
