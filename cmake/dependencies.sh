#!/usr/bin/env bash
# The Debian packages that this tree stands on, and their installation. Only
# what is missing is installed; nothing happens where nothing is.
#
# usage: cmake/dependencies.sh [--list] [build|test|bench|peers]...
#   (default: all)
set -euo pipefail

# Under build stands what configuring and the quickstart need, under test what
# the tests run beside that; under peers the libraries of others, large, that
# only benchmarks/peers compares with.
packages() {
  cat <<'END'
build g++ cmake ninja-build pkg-config git ca-certificates python3
build libssl-dev libsodium-dev libsimdjson-dev
build libcurl4-openssl-dev libyaml-cpp-dev
build libsqlite3-dev libabsl-dev
build libboost1.81-dev libcli11-dev libqrencode-dev
build libgtest-dev libgmock-dev curl
test  openssl sqlite3 strace systemd nginx-light
test  python3-django python3-djangorestframework
test  python3-djangorestframework-simplejwt python3-jwt python3-cryptography
test  gcovr clang clang-tidy clang-format libclang-rt-14-dev llvm
test  valgrind spin
bench libbenchmark-dev wrk nginx-light gunicorn
bench python3-django python3-djangorestframework
bench python3-djangorestframework-simplejwt
peers libjwt-dev libcjose-dev libjansson-dev
peers golang-go golang-github-golang-jwt-jwt-dev
END
}

list=false
groups=()
for argument in "$@"; do
  case "$argument" in
    --list) list=true ;;
    build | test | bench | peers) groups+=("$argument") ;;
    *)
      echo "usage: cmake/dependencies.sh [--list] [build|test|bench|peers]..." >&2
      exit 2
      ;;
  esac
done
[ ${#groups[@]} -gt 0 ] || groups=(build test bench peers)

mapfile -t wanted < <(
  packages | awk -v groups=" ${groups[*]} " \
    'index(groups, " " $1 " ") {
       for (i = 2; i <= NF; i++) if (!seen[$i]++) print $i
     }'
)

if $list; then
  printf '%s\n' "${wanted[@]}"
  exit 0
fi

installed() {
  [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = \
    "install ok installed" ]
}

missing=()
for package in "${wanted[@]}"; do
  installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "dependencies: all ${#wanted[@]} packages are installed"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "dependencies: installing needs root or sudo: ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=400 -o Dpkg::Use-Pty=0 "$@" </dev/null
}
echo "dependencies: installing ${#missing[@]} of ${#wanted[@]} packages:" \
  "${missing[*]}"
apt -q update
apt -q install -y --no-install-recommends "${missing[@]}"
