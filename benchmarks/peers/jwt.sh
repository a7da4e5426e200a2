#!/usr/bin/env bash
# What verifying and signing a token costs here and in the libraries of others
# that Debian and npm carry: every program signs and verifies with the same
# keys, claims and token, in rounds in which each of them runs once. Printed
# are medians of processor time, the ratio to ours, and that to the bare call
# to the cryptography beneath ours, all of one run.
#
# usage: benchmarks/peers/jwt.sh [--quick]   (7 rounds, or 3 that are shorter)
#
# A peer that is not installed is left out, and named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec </dev/null

rounds=7 seconds=0.05
case "$*" in
  "") ;;
  --quick) rounds=3 seconds=0.005 ;;
  *)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
readonly here=benchmarks/peers built=build/benchmarks/peers
readonly python=/usr/bin/python3
if [ ! -x "$built/ours" ]; then
  echo "benchmarks/peers/jwt.sh: build ours first: cmake --preset dev &&" \
    "cmake --build build" >&2
  exit 1
fi
world=$(mktemp -d)
trap 'rm -rf "$world"' EXIT

left_out() { echo "left out: $1 ($2)"; }

build_c() {
  if ! pkg-config --exists "$1" jansson; then
    left_out "$1" "no development files"
    return 0
  fi
  # shellcheck disable=SC2046  # several words are meant
  cc -O2 -o "$built/$1" "$here/$1.c" \
    $(pkg-config --cflags --libs "$1" jansson)
  peers+=("$1 $(pkg-config --modversion "$1")")
  commands+=("$built/$1")
}

build_go() {
  local go=/usr/share/gocode name=golang-jwt
  if ! command -v go >/dev/null ||
    [ ! -d $go/src/github.com/golang-jwt/jwt ]; then
    left_out $name "no Go, or not its source"
    return 0
  fi
  GO111MODULE=off GOPATH=$go go build -o "$built/$name" "$here/$name.go"
  peers+=("$name $(dpkg-query -W -f='${Version}' \
    golang-github-golang-jwt-jwt-dev)")
  commands+=("$built/$name")
}

install_node() {
  local name
  cp $here/{package.json,package-lock.json,.npmrc} $here/*.mjs $built
  if ! command -v npm >/dev/null ||
    ! (cd $built && npm ci --ignore-scripts --no-audit --no-fund) >&2; then
    left_out "jose, jsonwebtoken, fast-jwt" "no npm, or no registry"
    return 0
  fi
  for name in jose jsonwebtoken fast-jwt; do
    peers+=("$name $(node -p "require('./$built/node_modules/$name/package.json'
      ).version")")
    commands+=("node $built/$name.mjs")
  done
}

load() { cut -d' ' -f1-3 /proc/loadavg; }

# From lines "PEER VERSION OPERATION ALGORITHM NS": ours of each operation
# first, then the others by their medians. The rounds are odd in number.
print_table() {
  sort -k3,4 -k1,1 -k5,5g | awk '
    {
      cell = $3 " " $4 " " $1 " " $2
      if (cell != last) ++cells
      last = cell; value[cell, ++count[cell]] = $5
    }
    END {
      for (cell in count) {
        n = count[cell]
        median[cell] = value[cell, (n + 1) / 2]
        split(cell, word, " ")
        if (word[3] == "ours") ours[word[1], word[2]] = median[cell]
      }
      for (cell in median) {
        split(cell, word, " ")
        operation = word[1]; algorithm = word[2]
        if (operation ~ /^bare/) continue
        bare = ours["bare-" operation, algorithm]
        printf "%s %s %d %s %s %.0f %.2f %s\n", operation, algorithm,
               word[3] != "ours", word[3], word[4], median[cell],
               median[cell] / ours[operation, algorithm],
               bare ? sprintf("%.2f", median[cell] / bare) : "-"
      }
    }' | sort -k1,1r -k2,2 -k3,3n -k6,6n |
    awk 'BEGIN {
        format = "%-7s %-6s %-16s %-9s %10s %8s %8s\n"
        printf format, "", "", "library", "version", "CPU ns", "to ours",
               "to bare"
      }
      { sub(/-[0-9].*/, "", $5)
        printf format, $1, $2, $4, $5, $6, $7, $8 }'
}

peers=("ours here") commands=("$built/ours")
build_c libjwt
build_c cjose
if [ "${peers[-1]%% *}" = cjose ]; then
  peers+=("${peers[-1]/cjose/cjose-signature}")
  commands+=("env SIGNATURE_ALONE= ${commands[-1]}")
fi
build_go
peers+=("PyJWT $("$python" -c 'import jwt; print(jwt.__version__)')")
commands+=("$python -B $here/pyjwt.py")
install_node

"$python" -B "$here/world.py" "$world"
echo "$(nproc) cores, load before: $(load); $rounds rounds; claims of" \
  "$(wc -c <"$world/claims.json") bytes, a token of HS256 of" \
  "$(wc -c <"$world/HS256.token")"
for ((round = 0; round < rounds; ++round)); do
  for i in "${!commands[@]}"; do
    ${commands[i]} "$world" "$seconds" | sed "s/^/${peers[i]} /"
  done
done >"$world/lines"
print_table <"$world/lines"
echo "load after: $(load)"
