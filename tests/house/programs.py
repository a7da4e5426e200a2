"""Checks that run a program: the compiler, the formatter, our own printer."""

import concurrent.futures
import os
import pathlib
import subprocess

import tree

_WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
             "-Wsign-conversion", "-Werror"]


def _run(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **options)


def headers_alone(root, compiler, standard):
    """Each public header compiles as the only one of its file."""
    root = pathlib.Path(root).resolve()

    def compile_one(file):
        name = file.path.removeprefix("include/")
        done = subprocess.run(
            [compiler, f"-std=c++{standard}", *_WARNINGS, "-fsyntax-only",
             "-I", str(root / "include"), "-x", "c++", "-"],
            input=f'#include "{name}"\n', text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return f"{name}: {done.stdout}" if done.returncode else None

    headers = list(tree.files(root, "include", [".h"]))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [p for p in pool.map(compile_one, headers) if p]


def formatting(root):
    """clang-format would change nothing."""
    sources = [f.path for f in tree.files(root, suffixes=tree.CXX)]
    if not sources:
        return []
    done = _run(["clang-format", "--dry-run", "--Werror", *sources], cwd=root)
    return [line for line in done.stdout.splitlines() if ": error:" in line]


def reasons(root, printer):
    """docs/reasons.md is what the table in the source prints."""
    printed = _run([printer]).stdout
    page = pathlib.Path(root, "docs/reasons.md")
    if page.is_file() and page.read_text() == printed:
        return []
    return ["docs/reasons.md is not what print_reasons prints; "
            "write it anew: build/bin/print_reasons > docs/reasons.md"]
