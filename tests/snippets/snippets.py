#!/usr/bin/env python3
"""Builds and runs the code blocks of a page: snippets.py PAGE [options]

  cpp    a whole file; compiled as C++17 against the installed package, and
         linked where it has a main()
  c      the same as C99 against the shared library
  cmake  put into a project that has main.cc and the tree as clone-auth/, and
         configured
  sh     read by the shell; programs of the tree that it names must be there,
         and those that it runs are found by their names

A comment in the line before a block asks for more:
  <!-- run -->               the program or the commands must succeed
  <!-- run with server -->   the same while an auth server of ours listens;
                             CLONE_API_URL names it
"""

import argparse
import contextlib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import server

_FENCE = re.compile(r"^```(cpp|c|sh|cmake)\s*$")
_MARK = re.compile(r"^<!-- (run|run with server) -->$")
_OF_THE_TREE = re.compile(r"(?:^|\s)((?:examples|tests|cmake|build/bin)/\S+)")


class Block:
    def __init__(self, line, language, mode, text):
        self.line, self.language, self.mode = line, language, mode
        self.text = text


def blocks(page):
    """The blocks of a page in the languages that are checked."""
    lines = page.splitlines()
    found, start = [], None
    for number, line in enumerate(lines, 1):
        opening = _FENCE.match(line)
        if start is None and opening:
            mark = _MARK.match(lines[number - 2]) if number > 1 else None
            start = (number, opening.group(1), mark.group(1) if mark else "")
        elif start is not None and line.startswith("```"):
            text = "\n".join(lines[start[0]:number - 1]) + "\n"
            found.append(Block(*start, text))
            start = None
    return found


class Runner:
    """Checks blocks; each returns what went wrong, or an empty text."""

    def __init__(self, tree, prefix, build, compiler, c_compiler="cc"):
        self.tree, self.prefix, self.build = tree, prefix, build
        self.compiler, self.c_compiler = compiler, c_compiler

    def check(self, block):
        with tempfile.TemporaryDirectory() as folder:
            check = getattr(self, f"_check_{block.language}")
            return check(block, pathlib.Path(folder))

    def _flags(self, *packages):
        where = next(self.prefix.rglob(packages[0] + ".pc")).parent
        done = subprocess.run(
            ["pkg-config", "--cflags", "--libs", *packages],
            env={**os.environ, "PKG_CONFIG_PATH": str(where)}, text=True,
            capture_output=True, check=True)
        return shlex.split(done.stdout) + [f"-Wl,-rpath,{where.parent}"]

    def _check_cpp(self, block, folder):
        return self._compile(
            block, folder, [self.compiler, "-std=c++17"], "main.cc",
            self._flags("clone_auth_testing", "clone_auth_client",
                        "clone_auth_service"))

    def _check_c(self, block, folder):
        return self._compile(block, folder,
                             [self.c_compiler, "-std=c99", "-Wpedantic"],
                             "main.c", self._flags("clone_auth"))

    def _compile(self, block, folder, compiler, name, flags):
        source = folder / name
        source.write_text(block.text)
        program = "main(" in block.text
        command = compiler + ["-Wall", "-Wextra", "-Werror", str(source), "-o",
                              str(folder / "out")]
        command += flags if program else ["-c"] + [
            f for f in flags if f.startswith("-I")]
        wrong = _run(command, folder)
        if wrong or not block.mode:
            return wrong
        return self._run_block(block, [str(folder / "out")], folder)

    def _check_cmake(self, block, folder):
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.24)\n"
            f"project(app LANGUAGES CXX)\n{block.text}")
        (folder / "main.cc").write_text("int main() {}\n")
        (folder / "clone-auth").symlink_to(self.tree)
        return _run(["cmake", "-G", "Ninja", "-S", ".", "-B", "out",
                     f"-DCMAKE_PREFIX_PATH={self.prefix}"], folder)

    def _check_sh(self, block, folder):
        wrong = _run(["bash", "-n", "-c", block.text], folder)
        for name in _OF_THE_TREE.findall(block.text):
            base = self.build.parent if name.startswith("build/") else self.tree
            if not (base / name).exists():
                wrong += f"there is no {name}\n"
        if wrong or not block.mode:
            return wrong
        return self._run_block(
            block, ["bash", "-euo", "pipefail", "-c", block.text], folder)

    def _run_block(self, block, command, folder):
        path = f"{self.build / 'bin'}:{os.environ['PATH']}"
        environment = {**os.environ, "HOME": str(folder), "PATH": path}
        for name in ("CLONE_API_TOKEN", "XDG_CONFIG_HOME"):
            environment.pop(name, None)
        with contextlib.ExitStack() as stack:
            if block.mode == "run with server":
                environment["CLONE_API_URL"] = stack.enter_context(
                    server.running(self.build / "bin/clone-auth-server",
                                   folder))
            return _run(command, folder, environment)


def _run(command, folder, environment=None):
    done = subprocess.run(command, cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False)
    if done.returncode == 0:
        return ""
    return f"{done.stdout}exit {done.returncode}: {command[0]}\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--tree", type=pathlib.Path, required=True)
    parser.add_argument("--prefix", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--c-compiler", default="cc")
    options = parser.parse_args()
    runner = Runner(options.tree, options.prefix, options.build,
                    options.compiler, options.c_compiler)
    failed = 0
    for block in blocks(options.page.read_text()):
        wrong = runner.check(block)
        failed += bool(wrong)
        print(f"{options.page.name}:{block.line}: {block.language} "
              f"{block.mode or 'read'}: {'FAILED' if wrong else 'ok'}")
        print(wrong, end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
