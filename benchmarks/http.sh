#!/usr/bin/env bash
# How fast the server answers over keep-alive connections, beside nginx with a
# static answer of the same size, in interleaved rounds of one run; and what the
# server reads and writes on disk meanwhile.
#
# usage: benchmarks/http.sh [--quick]   (5 rounds of 2 s each, or 3 of 1 s)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

rounds=5 seconds=2
case "$*" in
  "") ;;
  --quick) rounds=3 seconds=1 ;;
  *)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
cores=$(nproc)
folder=$(mktemp -d)
server="" nginx=""
clean_up() {
  for process in $server $nginx; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

start_server() {
  build/bin/clone-auth-server --listen 127.0.0.1:0 --quiet \
    --database "sqlite:$folder/auth.db" >"$folder/out" 2>"$folder/log" &
  server=$!
  until url=$(sed -n 's/^listening on //p' "$folder/out") && [ -n "$url" ]; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.05
  done
}

# post PATH BODY [HEADER]
post() {
  curl -sS --fail-with-body -X POST "$url$1" \
    -H 'Content-Type: application/json' ${3:+-H "$3"} -d "$2"
}

member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

sign_in() {
  local account='{"email":"bench@example.com","password":"only for one run"}'
  post /api/auth/signup/ "$account" >/dev/null
  bearer="Authorization: Bearer $(post /api/auth/login/ "$account" |
    member access)"
  key="X-Clone-API-Key: $(post /api/auth/keys/ '{"label":"bench"}' "$bearer" |
    member key)"
}

# nginx with the very body that /api/auth/me/ gives, on a free port.
start_nginx() {
  local body port
  body=$(curl -sS "$url/api/auth/me/" -H "$key")
  port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir "$folder/temp"
  cat >"$folder/nginx.conf" <<END
daemon off;
worker_processes $cores;
pid $folder/nginx.pid;
error_log $folder/nginx.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  default_type application/json;
  client_body_temp_path $folder/temp;
  proxy_temp_path $folder/temp;
  fastcgi_temp_path $folder/temp;
  uwsgi_temp_path $folder/temp;
  scgi_temp_path $folder/temp;
  server {
    listen 127.0.0.1:$port reuseport;
    location / { return 200 '$body'; }
  }
}
END
  PATH=$PATH:/usr/sbin nginx -p "$folder" -c "$folder/nginx.conf" \
    2>>"$folder/nginx.log" &
  nginx=$!
  static="http://127.0.0.1:$port"
  until curl -sf "$static/" >/dev/null; do
    kill -0 "$nginx" 2>/dev/null || { cat "$folder/nginx.log" >&2; exit 1; }
    sleep 0.05
  done
}

# Clock ticks of processor time that the processes have used so far.
ticks() {
  local pid stats=()
  for pid in "$@"; do stats+=("/proc/$pid/stat"); done
  awk '{ sum += $14 + $15 } END { print sum }' "${stats[@]}"
}

# measure NAME URL [HEADER]: requests a second, and microseconds of processor
# time of the server for each, after those of the name's other rounds
measure() {
  local pids=("$server") before
  # That file ends without a line feed, which read calls a failure.
  [ "$1" != nginx ] ||
    read -ra pids <"/proc/$nginx/task/$nginx/children" || true
  before=$(ticks "${pids[@]}")
  wrk -t "$cores" -c 64 -d "${seconds}s" ${3:+-H "$3"} "$2" >"$folder/wrk"
  if grep -E 'Non-2xx|Socket errors' "$folder/wrk" >&2; then exit 1; fi
  awk '/^Requests\/sec/ { print $2 }' "$folder/wrk" >>"$folder/$1.rates"
  awk '/requests in/ { print $1 }' "$folder/wrk" >>"$folder/$1.counts"
  awk -v ticks=$(($(ticks "${pids[@]}") - before)) \
    -v a_second="$(getconf CLK_TCK)" '/requests in/ {
      print ticks / a_second * 1e6 / $1 }' "$folder/wrk" >>"$folder/$1.micros"
}

# median NAME rates|micros
median() { sort -n "$folder/$1.$2" | awk '{ v[NR] = $1 }
  END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

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
  measure me-with-key "$url/api/auth/me/" "$key"
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
start_nginx
echo "$cores cores shared with wrk (-t $cores -c 64), medians of $rounds" \
  "rounds of $seconds s, load $(cut -d' ' -f1 /proc/loadavg) before"
for ((round = 0; round < rounds; round++)); do
  measure nginx "$static/api/auth/me/"
  measure healthz "$url/healthz"
  measure me-with-key "$url/api/auth/me/" "$key"
  measure me-with-token "$url/api/auth/me/" "$bearer"
done
report
report_io
