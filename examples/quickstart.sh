#!/usr/bin/env bash
# From nothing to a signed-in client: installs what is missing, builds, starts
# the server on a free loopback port with a database in a temporary folder and
# walks through everything a client does. Leaves nothing behind but build/.
#
# usage: examples/quickstart.sh [--keep]
#   --keep   leaves the server running until Ctrl-C, and prints curl recipes
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

keep=false
case "$*" in
  "") ;;
  --keep) keep=true ;;
  *)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

server=""
folder=$(mktemp -d)
clean_up() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

build() {
  echo "== dependencies"
  cmake/dependencies.sh build
  echo "== configure"
  cmake --preset dev >"$folder/configure.log" 2>&1 || {
    cat "$folder/configure.log"
    exit 1
  }
  echo "== build"
  cmake --build build -j "$(nproc)" --target clone-auth-server walkthrough
}

start_server() {
  echo "== server"
  build/bin/clone-auth-server --listen 127.0.0.1:0 \
    --database "sqlite:$folder/quickstart.db" \
    >"$folder/server.out" 2>"$folder/server.log" &
  server=$!
  until url=$(sed -n 's/^listening on //p' "$folder/server.out") &&
    [ -n "$url" ]; do
    kill -0 "$server" 2>/dev/null || {
      cat "$folder/server.log" >&2
      exit 1
    }
    sleep 0.05
  done
  echo "listening on $url (process $server)"
}

# post PATH BODY [HEADER]
post() {
  curl -sS --fail-with-body -X POST "$url$1" \
    -H 'Content-Type: application/json' ${3:+-H "$3"} -d "$2"
}

# The value of a string member, out of JSON on standard input.
member() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

print_recipes() {
  local email=you@example.com password tokens access refresh issued key id
  password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  local sign_in="{\"email\":\"$email\",\"password\":\"$password\"}"
  post /api/auth/signup/ "$sign_in" >/dev/null
  tokens=$(post /api/auth/login/ "$sign_in")
  access=$(member access <<<"$tokens")
  refresh=$(member refresh <<<"$tokens")
  issued=$(post /api/auth/keys/ '{"label":"first"}' \
    "Authorization: Bearer $access")
  key=$(member key <<<"$issued")
  id=$(member id <<<"$issued")
  cat <<END

The server is running. These work as they stand, in another terminal:

# sign in
curl -s $url/api/auth/login/ -H 'Content-Type: application/json' -d '$sign_in'

# who am I, with an access token
curl -s $url/api/auth/me/ -H 'Authorization: Bearer $access'

# a new access token
curl -s $url/api/auth/token/refresh/ -H 'Content-Type: application/json' -d '{"refresh":"$refresh"}'

# issue an API key
curl -s $url/api/auth/keys/ -H 'Content-Type: application/json' -H 'Authorization: Bearer $access' -d '{"label":"my-laptop"}'

# who am I, with an API key
curl -s $url/api/auth/me/ -H 'X-Clone-API-Key: $key'

# revoke that key: 204
curl -s -o /dev/null -w '%{http_code}\n' -X DELETE $url/api/auth/keys/$id/ -H 'Authorization: Bearer $access'

Ctrl-C ends the server and removes its database.
END
}

build
began=$(date +%s%N)
start_server
echo "== walkthrough"
build/bin/walkthrough "$url"
echo "== done in $((($(date +%s%N) - began) / 1000000)) ms"
if $keep; then
  print_recipes
  wait "$server" || true
fi
