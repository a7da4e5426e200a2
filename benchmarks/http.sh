#!/usr/bin/env bash
# How fast the server answers over keep-alive connections, beside nginx with a
# static answer of the same size, in interleaved rounds of one run; and what the
# server reads and writes on disk meanwhile.
#
# usage: benchmarks/http.sh [--quick]   (5 rounds of 2 s each, or 3 of 1 s)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
. benchmarks/http_measure.sh

# nginx with the very body that /api/auth/me/ gives, on a free port.
start_static_nginx() {
  local body port
  body=$(curl -sS "$url/api/auth/me/" -H "$key")
  port=$(free_port)
  start_nginx "$port" <<END
  server {
    listen 127.0.0.1:$port reuseport;
    location / { return 200 '$body'; }
  }
END
}

report() {
  local base health name
  base=$(median nginx rates) health=$(median healthz rates)
  printf '%-14s %8s %8s %10s  %-17s %10s  %s\n' '' req/s '/ nginx' \
    '/ healthz' rounds 'CPU us/req' goals
  for name in nginx healthz me-with-key me-with-token; do
    sort -n "$folder/$name.rates" | awk -v name="$name" -v base="$base" \
      -v health="$health" -v median="$(median "$name" rates)" \
      -v micros="$(median "$name" micros)" '
      function verdict(ratio, least) {
        return sprintf(" >= %.2f %s", least, ratio >= least ? "met" : "MISSED")
      }
      { low = NR == 1 ? $1 : low; high = $1 }
      END {
        if (name == "me-with-key") {
          goals = verdict(median / base, 0.5) "," verdict(median / health, 0.85)
        }
        printf "%-14s %8.0f %8.2f %10.2f  %-17s %10.1f %s\n", name, median,
               median / base, median / health,
               sprintf("%.0f to %.0f", low, high), micros, goals
      }'
  done
}

# Bytes that went from or to the disk, and calls of read and write (those on
# sockets are others), of the server since it started.
io() { awk '{ printf "%s ", $2 }' "/proc/$server/io"; }

report_io() {
  local before after count
  before=($(io))
  measure me-with-key "$server" "$url/api/auth/me/" -H "$key"
  after=($(io))
  count=$(tail -1 "$folder/me-with-key.counts")
  echo
  echo "the server's disk and files during $count requests with a key:"
  echo "  read:  $((after[4] - before[4])) bytes of disk," \
    "$((after[2] - before[2])) calls"
  echo "  write: $((after[5] - before[5])) bytes of disk," \
    "$((after[3] - before[3])) calls"
}

start_server
sign_in
start_static_nginx
echo "$cores cores shared with wrk (-t $cores -c 64), medians of $rounds" \
  "rounds of $seconds s, load $(cut -d' ' -f1 /proc/loadavg) before"
for ((round = 0; round < rounds; round++)); do
  measure nginx "$nginx" "$static/api/auth/me/"
  measure healthz "$server" "$url/healthz"
  measure me-with-key "$server" "$url/api/auth/me/" -H "$key"
  measure me-with-token "$server" "$url/api/auth/me/" -H "$bearer"
done
report
report_io
