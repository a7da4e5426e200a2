#!/usr/bin/env python3
"""Puts what a peer's package-lock.json names into a folder of the build:
install.py PEER FOLDER

Exit 77, which ctest counts as skipped, where no npm is on the path, its Node
is older than the peers ask for, or no registry answers.
"""

import pathlib
import re
import shutil
import subprocess
import sys

_LEAST_NODE = 20
# What npm says where the network is at fault, and not the lock file.
_UNREACHABLE = re.compile(
    r"\b(E403|E5\d\d|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH"
    r"|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT)\b")


def skip(folder, why):
    # Without it the tests that need it skip as well.
    (folder / "peer.mjs").unlink(missing_ok=True)
    print(f"SKIPPED: {why}: nothing was tested with {folder.name}")
    sys.exit(77)


def need_node(folder):
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            skip(folder, f"no {program} is on the path")
    version = subprocess.run(["node", "--version"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < _LEAST_NODE:
        skip(folder, f"node {version} is older than {_LEAST_NODE}")


def main():
    peer, folder = map(pathlib.Path, sys.argv[1:])
    need_node(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock = (peer / "package-lock.json").read_bytes()
    kept = folder / "installed.json"
    if not kept.is_file() or kept.read_bytes() != lock:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(peer / name, folder / name)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder, check=False, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(done.stdout)
        if done.returncode and _UNREACHABLE.search(done.stdout):
            skip(folder, "no registry answers")
        if done.returncode:
            return 1
        kept.write_bytes(lock)
    # A module is looked for beside the program that imports it.
    for program in peer.glob("*.mjs"):
        shutil.copyfile(program, folder / program.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
