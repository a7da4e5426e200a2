#!/usr/bin/env python3
"""Searches the whole model of the rotation protocol for an error.

usage: check_model.py MODEL C_COMPILER [SWITCH]

With a switch, a part of the protocol is left out, and the search must come
upon the end of the family: no other error will do.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

_DEPTH = 100_000
# A model that lost its branches would hold too, and be far smaller.
_LEAST_STATES = 50_000
_INCOMPLETE = ("max search depth too small", "Search not completed",
               "out of memory", "Bit statespace")


def search(model, compiler, switches):
    """What the search printed; it runs in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(model, folder)
        for command in (
                ["spin", *switches, "-a", pathlib.Path(model).name],
                [compiler, "-O2", "-w", "-DSAFETY", "-o", "pan", "pan.c"],
                ["./pan", f"-m{_DEPTH}"]):
            done = subprocess.run(
                command, cwd=folder, text=True, check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT)
            if done.returncode != 0:
                sys.exit(f"{command[0]} failed:\n{done.stdout}")
        return done.stdout


def problems_of_the_whole(report):
    errors = re.findall(r"errors: (\d+)", report)
    states = [int(n) for n in re.findall(r"(\d+) states, stored", report)]
    problems = [f"the search is not complete: {sign}"
                for sign in _INCOMPLETE if sign in report]
    if errors != ["0"]:
        problems.append("the protocol does not hold")
    if not states or states[0] < _LEAST_STATES:
        problems.append(f"only {states} states were looked at")
    return problems


def problems_of_a_part(report):
    found = re.findall(r"pan:\d+: (.*) \(at depth", report)
    if found == ["assertion violated family_lives"]:
        return []
    return [f"the family should have ended, but: {found}"]


def main():
    model, compiler, *switches = sys.argv[1:]
    if shutil.which("spin") is None:
        sys.exit("spin is missing; cmake/dependencies.sh test installs it")
    report = search(model, compiler, [f"-D{switch}" for switch in switches])
    problems = (problems_of_a_part if switches
                else problems_of_the_whole)(report)
    if problems:
        print(report)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
