#!/usr/bin/env bash
# Runs what build/ holds of the benchmarks and prints one table: the median of
# CPU time per operation, its spread over the repetitions, and the ratio to
# what it is measured against, both from this run. Then benchmarks/peers/jwt.sh,
# benchmarks/http.sh and benchmarks/http_keys.sh.
#
# usage: benchmarks/run.sh [--quick] [--large] [SUBJECT...]
#   SUBJECT: one of bench_*.cc, session_log, clonit, http, http_keys, or
#            api-keys for all that concerns API keys (default: every one)
#   --large: what a key takes in memory with ten million of them, too
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

repetitions=9 seconds=0.3 further_arguments=() subjects=()
numbers_of_keys=(1000000)
for argument in "$@"; do
  case "$argument" in
    --quick) repetitions=3 seconds=0.05 further_arguments=(--quick) ;;
    --large) numbers_of_keys+=(10000000) ;;
    api-keys) subjects+=(api_key api_key_cache id_map http_keys) ;;
    -*)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
    *) subjects+=("$argument") ;;
  esac
done

wanted() {
  [ ${#subjects[@]} -eq 0 ] || [[ " ${subjects[*]} " == *" $1 "* ]]
}

# The label of a benchmark is what it is measured against, the most that the
# ratio may be, or the most nanoseconds it may take: "NAME 1.5", "50ns".
print_table() {
  printf '%-28s %8s %7s  %-24s %5s  %s\n' \
    operation "CPU ns" spread against ratio goal
  awk -F, '
    { gsub(/"/, "") }
    $1 ~ /_median$/ {
      name = substr($1, 1, length($1) - 7)
      order[++count] = name; ns[name] = $4; label[name] = $8
    }
    $1 ~ /_cv$/ { spread[substr($1, 1, length($1) - 3)] = $4 / 1e7 }
    END {
      for (i = 1; i <= count; ++i) {
        name = order[i]; against = ratio = goal = ""
        words = split(label[name], word, " ")
        for (w = 1; w <= words; ++w) {
          if (word[w] in ns) against = word[w]; else goal = word[w]
        }
        if (against) ratio = sprintf("%.2f", ns[name] / ns[against])
        if (goal) {
          value = goal ~ /ns$/ ? ns[name] : ratio
          goal = "<= " goal (value + 0 <= goal + 0 ? "  met" : "  MISSED")
        }
        printf "%-28s %8.1f %6.1f%%  %-24s %5s  %s\n", name, ns[name],
               spread[name], against, ratio, goal
      }
    }' | sed 's/ *$//' | sort
}

load() { cut -d' ' -f1-3 /proc/loadavg; }

if [ ! -e build/bin/bench_api_key ]; then
  echo "benchmarks/run.sh: build them first: cmake --preset dev &&" \
    "cmake --build build" >&2
  exit 1
fi

echo "$(nproc) cores, load before: $(load)"
for program in build/bin/bench_*; do
  [ -x "$program" ] || continue
  wanted "${program#build/bin/bench_}" || continue
  "$program" --benchmark_format=csv --benchmark_repetitions="$repetitions" \
    --benchmark_min_time="$seconds" --benchmark_report_aggregates_only=true \
    --benchmark_enable_random_interleaving=true 2>/dev/null
done | print_table
if wanted api_key && [ -x build/bin/api_key_memory ]; then
  # Each in a process of its own, which begins small.
  for keys in "${numbers_of_keys[@]}"; do build/bin/api_key_memory "$keys"; done
fi
if wanted session_log && [ -x build/bin/session_log_bench ]; then
  build/bin/session_log_bench "${further_arguments[@]}"
fi
if wanted scheduler && [ -x build/bin/scheduler_million ]; then
  build/bin/scheduler_million
fi
if wanted clonit && [ -x build/bin/clonit ]; then
  benchmarks/clonit.py "${further_arguments[@]}"
fi
if wanted jwt && [ -x benchmarks/peers/jwt.sh ]; then
  benchmarks/peers/jwt.sh "${further_arguments[@]}"
fi
if wanted http && [ -x benchmarks/http.sh ]; then
  benchmarks/http.sh "${further_arguments[@]}"
fi
if wanted http_keys && [ -x benchmarks/http_keys.sh ]; then
  benchmarks/http_keys.sh "${further_arguments[@]}"
fi
echo "load after: $(load)"
