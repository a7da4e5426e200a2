#!/usr/bin/env python3
"""Runs one check of the house: check.py NAME [ARGUMENT...] [--root DIR]

A check is a function from the root of a tree (and its own arguments) to the
list of problems found. Nothing found: exit 0.
"""

import argparse
import pathlib
import sys

import layers
import programs
import rows
import text

CHECKS = {
    "layers": layers.layers,
    "vendors": layers.vendors,
    "public_headers": layers.public_headers,
    "names": text.names,
    "leftovers": text.leftovers,
    "machine_paths": text.machine_paths,
    "lengths": text.lengths,
    "mirror": text.mirror,
    "readmes": text.readmes,
    "links": text.links,
    "rows": rows.rows,
    "formatting": programs.formatting,
    "headers_alone": programs.headers_alone,
    "headers_together": programs.headers_together,
    "reasons": programs.reasons,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=CHECKS)
    parser.add_argument("arguments", nargs="*")
    parser.add_argument("--root", default=pathlib.Path(__file__).parents[2])
    options = parser.parse_args()
    problems = CHECKS[options.name](options.root, *options.arguments)
    for problem in problems:
        print(problem)
    print(f"{options.name}: {len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
