// Runs under valgrind's memcheck, which counts what depends on a secret.

#include <cstdio>

#include "constant_time/cases.h"
#include "constant_time/poison.h"

namespace clone_auth::constant_time {
namespace {

struct Outcome {
  bool right;
  std::size_t reports;
};

Outcome Run(const Case& one) {
  const auto before = VALGRIND_COUNT_ERRORS;
  const bool right = one.run();
  return {right, static_cast<std::size_t>(VALGRIND_COUNT_ERRORS - before)};
}

bool Judge(const Case& one, const Outcome& outcome, bool passes) {
  std::printf("%s  %2zu reports (%zu public verdicts)  %s\n",
              passes ? "ok    " : "FAILED", outcome.reports, one.verdicts,
              one.rule);
  if (!outcome.right) std::printf("        with a wrong result\n");
  std::fflush(stdout);
  return passes;
}

bool RunAll() {
  bool passed = true;
  for (const auto& cases : {CompareCases(), KeyCases(), ServiceCases()}) {
    for (const Case& one : cases) {
      const Outcome outcome = Run(one);
      passed &=
          Judge(one, outcome, outcome.right && outcome.reports == one.verdicts);
    }
  }
  for (const Case& one : Controls()) {
    const Outcome outcome = Run(one);
    passed &=
        Judge(one, outcome, outcome.right && outcome.reports > one.verdicts);
  }
  return passed;
}

}  // namespace
}  // namespace clone_auth::constant_time

int main() {
  if (RUNNING_ON_VALGRIND == 0) {
    std::fputs("this program counts nothing without valgrind\n", stderr);
    return 2;
  }
  return clone_auth::constant_time::RunAll() ? 0 : 1;
}
