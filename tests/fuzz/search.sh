#!/usr/bin/env bash
# Replays a target's corpus, then searches on from it, always from one seed.
# What is found new stays in the folder of the build that it runs in.
#
# usage: search.sh PROGRAM FOLDER-OF-TARGETS NAME
#   CLONE_AUTH_FUZZ_SECONDS  how long it searches (default 5, 0 is not at all)
set -euo pipefail
program=$1 sources=$2 name=$3
corpus=$sources/corpus/$name
seconds=${CLONE_AUTH_FUZZ_SECONDS:-5}
found=fuzz-found/$name
mkdir -p "$found"

options=(-rss_limit_mb=2048 -timeout=20 -artifact_prefix="$found/failed-")
"$program" "${options[@]}" -runs=0 "$corpus"
[ "$seconds" -gt 0 ] || exit 0
[ ! -f "$sources/$name.dict" ] || options+=(-dict="$sources/$name.dict")
rm -rf "$found/corpus"
mkdir "$found/corpus"
exec "$program" "${options[@]}" -seed=1 -max_total_time="$seconds" \
  -print_final_stats=1 "$found/corpus" "$corpus"
