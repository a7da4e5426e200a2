#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests through ctest.
#
# usage: tests/run.sh [--quick | --long | --fuzz [SECONDS] |
#                      --sanitize address|thread]
#   (nothing)             everything, in build/
#   --quick               the unit tests and the checks of the house
#   --long                everything, the concurrency tests 20 times each, five
#                         times as many mutated tokens, 200 rounds of crashes, a
#                         pepper rotated over 100,000 rows, 1,000 expiries of a
#                         session in 32 processes and 1,000 kills, and two
#                         minutes of each fuzz target
#   --fuzz [SECONDS]      each fuzz target over its corpus and then on from it,
#                         5 seconds by default, in build-fuzz/
#   --sanitize address    the unit tests under clang's address and undefined
#                         sanitizer, in build-asan/, with the line coverage of
#                         src/
#   --sanitize thread     the tests that run in several threads under thread
#                         sanitizer, in build-tsan/
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

readonly min_coverage=90
readonly long_search=120
jobs=$(nproc)
case "$*" in
  "" | --quick | --long) preset=dev build=build ;;
  "--sanitize address") preset=asan build=build-asan ;;
  "--sanitize thread") preset=tsan build=build-tsan ;;
  --fuzz | "--fuzz "[0-9]*) preset=fuzz build=build-fuzz ;;
  *)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

configure_and_build() {
  cmake/dependencies.sh build test bench
  echo "== configure ($preset)"
  cmake --preset "$preset"
  echo "== build ($preset)"
  cmake --build "$build" -j "$jobs" "$@"
}

# One more than there are processors: many of them wait for a peer.
run_tests() {
  echo "== test ($preset)"
  ctest --test-dir "$build" -j "$((jobs + 1))" --output-on-failure \
    --no-tests=error "$@"
}

# The last lines of a run are ctest's summary, whatever comes after the tests.
run_tests_then() {
  local after=$1 log="$build/tests.log" failed=0
  shift
  run_tests "$@" | tee "$log" || failed=1
  "$after" || failed=1
  sed -n '/tests passed, /,$p' "$log"
  return $failed
}

coverage() {
  echo "== coverage of src/ (at least $min_coverage % of lines)"
  gcovr --root . --filter src/ --object-directory "$build" -j "$jobs" \
    --gcov-executable "llvm-cov gcov" --fail-under-line "$min_coverage" \
    --print-summary
}

case "$*" in
  "")
    configure_and_build
    run_tests
    ;;
  --quick)
    configure_and_build --target unit_tests print_reasons
    run_tests -L '^(unit|house)$'
    ;;
  --long)
    configure_and_build
    failed=0
    run_tests -L '^threads$' --repeat until-fail:20 || failed=1
    CLONE_AUTH_DIFFERENTIAL=300000 CLONE_AUTH_CRASH_ROUNDS=200 \
      CLONE_AUTH_KILLS=100 CLONE_AUTH_ROTATED_KEYS=100000 \
      CLONE_AUTH_SESSION_ROUNDS=1000 CLONE_AUTH_SESSION_KILLS=1000 \
      run_tests || failed=1
    tests/run.sh --fuzz "$long_search" || failed=1
    exit $failed
    ;;
  "--sanitize address")
    # Counts of an earlier build do not fit the next one.
    [ ! -d "$build" ] || find "$build" -name '*.gcda' -delete
    configure_and_build --target unit_tests
    run_tests_then coverage -L '^unit$'
    ;;
  "--sanitize thread")
    configure_and_build --target thread_tests
    run_tests -L '^threads$'
    ;;
  --fuzz*)
    configure_and_build --target fuzz_targets
    CLONE_AUTH_FUZZ_SECONDS=${2:-5} run_tests -L '^fuzz$'
    ;;
esac
