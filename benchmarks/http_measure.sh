# What the programs that measure whole requests share; they source this file in
# the folder of the tree.

rounds=5 seconds=2
case "$*" in
  "") ;;
  --quick) rounds=3 seconds=1 ;;
  *)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "benchmarks/${0##*/}" >&2
    exit 2
    ;;
esac

cores=$(nproc)
folder=$(mktemp -d)
started=()
clean_up() {
  for process in "${started[@]}"; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

free_port() {
  python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# The URL in the first line of FILE, once PROCESS has written it.
await_url() {
  local url
  touch "$1"
  until url=$(sed -n 's/^listening on //p' "$1") && [ -n "$url" ]; do
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.05
  done
  echo "$url"
}

start_server() {
  build/bin/clone-auth-server --listen 127.0.0.1:0 --quiet \
    --database "sqlite:$folder/auth.db" >"$folder/out" 2>"$folder/log" &
  server=$!
  started+=("$server")
  url=$(await_url "$folder/out" "$server") || { cat "$folder/log" >&2; exit 1; }
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

# start_nginx PORT: nginx with the servers that standard input describes.
start_nginx() {
  local user=""
  # As root it would serve as somebody who may not read the folder.
  [ "$(id -u)" -ne 0 ] || user='user root;'
  mkdir -p "$folder/temp"
  {
    cat <<END
daemon off;
worker_processes $cores;
$user
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
END
    cat
    echo '}'
  } >"$folder/nginx.conf"
  PATH=$PATH:/usr/sbin nginx -p "$folder" -c "$folder/nginx.conf" \
    2>>"$folder/nginx.log" &
  nginx=$!
  started+=("$nginx")
  static="http://127.0.0.1:$1"
  until curl -s -o /dev/null "$static/"; do
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

# A process and its children.
family() {
  local children=()
  # That file ends without a line feed, which read calls a failure.
  read -ra children <"/proc/$1/task/$1/children" || true
  echo "$1" "${children[@]}"
}

# measure NAME PROCESS URL [ARGUMENT OF WRK...]: requests a second, and
# microseconds of processor time of the process and its children for each, after
# those of the name's other rounds. An answer other than 2xx is a failure, unless
# `failures` names fewer.
measure() {
  local name=$1 target=$3 pids before
  read -ra pids <<<"$(family "$2")"
  shift 3
  before=$(ticks "${pids[@]}")
  wrk -t "$cores" -c 64 -d "${seconds}s" "$@" "$target" >"$folder/wrk"
  if grep -E "${failures:-Socket errors|Non-2xx}" "$folder/wrk" >&2; then
    exit 1
  fi
  awk '/^Requests\/sec/ { print $2 }' "$folder/wrk" >>"$folder/$name.rates"
  awk '/requests in/ { print $1 }' "$folder/wrk" >>"$folder/$name.counts"
  awk -v ticks=$(($(ticks "${pids[@]}") - before)) \
    -v a_second="$(getconf CLK_TCK)" '/requests in/ {
      print ticks / a_second * 1e6 / $1 }' "$folder/wrk" >>"$folder/$name.micros"
}

# median NAME rates|micros
median() { sort -n "$folder/$1.$2" | awk '{ v[NR] = $1 }
  END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# row NAME RATIO AGAINST LEAST
row() {
  awk -v name="$1" -v rate="$(median "$1" rates)" \
    -v micros="$(median "$1" micros)" -v ratio="$2" -v against="$3" \
    -v least="$4" 'BEGIN {
      goal = least == "" ? "" : sprintf(">= %s %s", least,
                                  ratio + 0 >= least + 0 ? "met" : "MISSED")
      printf "%-20s %8.0f %10.1f  %6s  %-24s %s\n", name, rate, micros, ratio,
             against, goal
    }' | sed 's/ *$//'
}
