#!/usr/bin/env python3
"""A cold `clonit whoami` beside the same request made with curl: the best of
many runs of each, as whole processes, one after the other.

usage: benchmarks/clonit.py [--quick]"""

import os
import pathlib
import subprocess
import sys
import time

TREE = pathlib.Path(__file__).resolve().parents[1]
os.environ.setdefault("CLONE_AUTH_BIN", str(TREE / "build" / "bin"))
sys.path.insert(0, str(TREE / "tests" / "e2e"))
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from clonit_harness import CLONIT, Home
from harness import Server

GOAL = 1.3


def took(command, environment):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   env=environment)
    return time.perf_counter() - start


def main():
    runs = 30 if "--quick" in sys.argv else 300
    server = Server()
    home = Home(server.url)
    try:
        home.sign_in()
        token = home.tokens()["access"]
        commands = ([str(CLONIT), "whoami"],
                    ["curl", "-sSf", "-H", f"Authorization: Bearer {token}",
                     server.url + "/api/auth/me/"])
        environment = home.environment(None)
        best = [float("inf")] * 2
        for _ in range(runs):
            best = [min(before, took(command, environment))
                    for before, command in zip(best, commands)]
    finally:
        home.remove()
        server.remove()
    ratio = best[0] / best[1]
    print(f"clonit whoami, cold: {best[0] * 1e3:.1f} ms, curl "
          f"{best[1] * 1e3:.1f} ms, {ratio:.2f} of it  <= {GOAL}  "
          f"{'met' if ratio <= GOAL else 'MISSED'}")


if __name__ == "__main__":
    main()
