#!/usr/bin/env bash
# API keys over HTTP, in interleaved rounds of one run: nginx that asks the
# server about each request beside nginx that does not, good keys among as many
# bad ones, and better-auth and Django REST framework beside the server.
#
# usage: benchmarks/http_keys.sh [--quick]   (5 rounds of 2 s each, or 3 of 1 s)
#
# A peer whose packages are missing is left out: cmake/dependencies.sh bench,
# and npm with Node 20.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
. benchmarks/http_measure.sh

# The example's own files, in front of a file and of the same file unasked.
start_guarded_nginx() {
  local port
  port=$(free_port)
  cp examples/nginx/clone-auth-*.conf "$folder"
  sed -i "s/127\.0\.0\.1:8080/${url#http://}/" "$folder/clone-auth-http.conf"
  mkdir "$folder/html"
  curl -sS "$url/api/auth/me/" -H "$key" >"$folder/html/me"
  start_nginx "$port" <<END
  include clone-auth-http.conf;
  server {
    listen 127.0.0.1:$port reuseport;
    root $folder/html;
    include clone-auth-server.conf;
    location /open/ { alias $folder/html/; }
    location /guarded/ {
      auth_request /_clone_auth;
      include clone-auth-protect.conf;
      alias $folder/html/;
    }
  }
END
}

# Requests with the good key alone, and with every second a key that nobody
# issued. Those have a right checksum, so that each is looked up.
write_requests() {
  PYTHONPATH=tests/e2e python3 - >"$folder/bad_keys" <<'END'
import random
from key_text import BASE62, checked
for _ in range(20000):
    print(checked("clone_u" + "".join(random.choices(BASE62, k=44))))
END
  sed "c${key#*: }" "$folder/bad_keys" >"$folder/good_keys"
  local kind
  for kind in good bad; do
    cat >"$folder/$kind.lua" <<END
local others, at, good = {}, 0, "${key#*: }"
function init(args)
  for line in io.lines("$folder/${kind}_keys") do others[#others + 1] = line end
  at = math.random(#others)
end
function request()
  at = at + 1
  local key = at % 2 == 0 and good or others[at % #others + 1]
  return wrk.format("GET", nil, { ["X-Clone-API-Key"] = key })
end
END
  done
}

start_better_auth() {
  local home=build/benchmark-better-auth
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  mkdir -p "$home"
  cp benchmarks/peers/better-auth/{package.json,package-lock.json,server.mjs} \
    benchmarks/peers/better-auth/.npmrc "$home"
  if ! cmp -s "$home/package-lock.json" "$home/installed.json"; then
    npm ci --prefix "$home" --no-audit --no-fund >"$home/npm.log" 2>&1 ||
      return 1
    cp "$home/package-lock.json" "$home/installed.json"
  fi
  NODE_ENV=production node "$home/server.mjs" >"$folder/better.out" \
    2>"$folder/better.log" &
  better=$!
  started+=("$better")
  better_url=$(await_url "$folder/better.out" "$better") || return 1
  better_key="x-api-key: $(sed -n 's/^key //p' "$folder/better.out")"
}

start_drf() {
  [ -x /usr/bin/gunicorn ] || return 1
  /usr/bin/python3 benchmarks/peers/drf.py "$folder" "$(free_port)" \
    >"$folder/drf.out" 2>"$folder/drf.log" &
  drf=$!
  started+=("$drf")
  drf_url=$(await_url "$folder/drf.out" "$drf") || return 1
  drf_token="Authorization: Bearer $(sed -n 's/^token //p' "$folder/drf.out")"
  until curl -sf -o /dev/null "$drf_url/api/auth/me/" -H "$drf_token"; do
    kill -0 "$drf" 2>/dev/null || return 1
    sleep 0.1
  done
}

start_server
sign_in
start_guarded_nginx
write_requests
peers=()
if start_better_auth; then peers+=(better-auth); else
  echo "better-auth is left out: npm or its packages are missing"
fi
if start_drf; then peers+=(drf); else
  echo "Django REST framework is left out: its packages are missing"
fi

echo "$cores cores shared with wrk (-t $cores -c 64), medians of $rounds" \
  "rounds of $seconds s, load $(cut -d' ' -f1 /proc/loadavg) before"
for ((round = 0; round < rounds; round++)); do
  measure nginx "$nginx" "$static/open/me"
  measure nginx-asking-us "$nginx" "$static/guarded/me" -H "$key"
  measure me-with-key "$server" "$url/api/auth/me/" -H "$key"
  measure all-good "$server" "$url/api/auth/me/" -s "$folder/good.lua"
  failures='Socket errors' measure half-bad "$server" "$url/api/auth/me/" \
    -s "$folder/bad.lua"
  for peer in "${peers[@]}"; do
    case $peer in
      better-auth) measure better-auth "$better" "$better_url/me" \
        -H "$better_key" ;;
      drf) measure drf "$drf" "$drf_url/api/auth/me/" -H "$drf_token" ;;
    esac
  done
done

printf '%-20s %8s %10s  %6s  %-24s %s\n' '' req/s 'CPU us/req' ratio against \
  goal
row nginx "" "" ""
row nginx-asking-us "$(ratio "$(median nginx-asking-us rates)" \
  "$(median nginx rates)")" nginx 0.35
row me-with-key "" "" ""
# The client is the same, so that what it costs to choose a key is in both.
row all-good "" "" ""
row half-bad "$(ratio "$(median half-bad rates)" \
  "$(median all-good rates)")" all-good 0.80
for peer in "${peers[@]}"; do
  row "$peer" "$(ratio "$(median "$peer" micros)" \
    "$(median me-with-key micros)")" "CPU time of me-with-key" 20
done
