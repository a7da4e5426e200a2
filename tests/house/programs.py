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


def _compile(root, compiler, standard, headers):
    text = "".join(f'#include "{name}"\n' for name in headers)
    done = subprocess.run(
        [compiler, f"-std=c++{standard}", *_WARNINGS, "-fsyntax-only",
         "-I", str(root / "include"), "-x", "c++", "-"],
        input=text, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return f"{headers[-1]}: {done.stdout}" if done.returncode else None


def _public_headers(root):
    return [file.path.removeprefix("include/")
            for file in tree.files(root, "include", [".h"])]


def headers_alone(root, compiler, standard):
    """Each public header compiles as the only one of its file."""
    root = pathlib.Path(root).resolve()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(
            lambda name: _compile(root, compiler, standard, [name]),
            _public_headers(root))
        return [problem for problem in found if problem]


def headers_together(root, compiler, standard):
    """All public headers compile in one file."""
    root = pathlib.Path(root).resolve()
    problem = _compile(root, compiler, standard, _public_headers(root))
    return [problem] if problem else []


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
