#!/usr/bin/env python3
"""Puts what a peer's package-lock.json names into a folder of the build:
install.py PEER FOLDER

What the peer has of programs of its own is put beside it. Exit 77, which ctest
counts as skipped, where no npm is on the path, its Node is older than the
peers ask for, no registry answers, or what it has is not for this machine.
"""

import pathlib
import re
import shutil
import subprocess
import sys

_LEAST_NODE = 20
# What npm says where it is not the lock file that is at fault.
_EXCUSES = {
    "no registry answers": re.compile(
        r"\b(E403|E5\d\d|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH"
        r"|ENETUNREACH|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT)\b"),
    "it is not made for this machine": re.compile(r"\bEBADPLATFORM\b"),
}
# What was installed: without it, or without a program, what needs it skips.
_KEPT = "installed.json"


def skip(folder, why):
    for name in folder.glob("*.mjs"):
        name.unlink()
    (folder / _KEPT).unlink(missing_ok=True)
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
    kept = folder / _KEPT
    if not kept.is_file() or kept.read_bytes() != lock:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(peer / name, folder / name)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder, check=False, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(done.stdout)
        if done.returncode:
            for why, words in _EXCUSES.items():
                if words.search(done.stdout):
                    skip(folder, why)
            return 1
        kept.write_bytes(lock)
    # A module is looked for beside the program that imports it.
    for program in peer.glob("*.mjs"):
        shutil.copyfile(program, folder / program.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
