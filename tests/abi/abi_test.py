#!/usr/bin/env python3
"""What the shared library shows, needs and costs.

abi_test.py LIBRARY LOADER INCLUDE CC CXX. Sizes, counts and names are
judged; times are printed only, since the machine may be busy.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

_HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(_HERE.parent / "capi"))
import declarations  # noqa: E402  (found by the line above)

LIBRARY, LOADER, INCLUDE, CC, CXX = sys.argv[1:6]

_CLOSURE = {"libcrypto", "libsodium", "libsimdjson", "libstdc++", "libm",
            "libgcc_s", "libc", "ld-linux-x86-64", "ld-linux-aarch64"}
_WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion"]


def _run(*command, **options):
    return subprocess.run([str(c) for c in command], check=True, text=True,
                          capture_output=True, **options).stdout


def _exported():
    lines = _run("nm", "-D", "--defined-only", LIBRARY).splitlines()
    return sorted(line.split()[-1] for line in lines
                  if " A " not in line)


class Abi(unittest.TestCase):
    def test_exports_are_those_of_the_list(self):
        golden = (_HERE / "symbols.txt").read_text().split()
        self.assertEqual([s.split("@")[0] for s in _exported()], golden)

    def test_the_list_is_what_the_headers_declare(self):
        headers = pathlib.Path(INCLUDE, "clone").glob("c_*.h")
        declared = [f.name for f in declarations.functions(headers)]
        self.assertEqual(sorted(declared),
                         (_HERE / "symbols.txt").read_text().split())

    def test_only_functions_are_exported(self):
        lines = _run("nm", "-D", "--defined-only", LIBRARY).splitlines()
        kinds = {line.split()[-2] for line in lines}
        self.assertLessEqual(kinds, {"T", "A"})

    def test_each_function_says_since_when_it_exists(self):
        for header in pathlib.Path(INCLUDE, "clone").glob("c_*.h"):
            text = re.sub(r"\n///", "", header.read_text())
            functions = text.count("CLONE_AUTH_API ")
            declared = text.count("CLONE_AUTH_API __attribute__")
            self.assertEqual(len(re.findall(r"history:\s+since 0\.\d+", text)),
                             functions - declared, header.name)

    def test_the_header_compiles_alone(self):
        for compiler, language, standard in [
                (CC, "c", "c99"), (CC, "c", "c11"), (CXX, "c++", "c++98"),
                (CXX, "c++", "c++17")]:
            with self.subTest(standard):
                _run(compiler, f"-std={standard}", *_WARNINGS, "-I", INCLUDE,
                     "-fsyntax-only", "-x", language, "-",
                     input='#include "clone/c.h"\n')

    def test_the_file_name_carries_the_abi(self):
        dynamic = _run("readelf", "-d", LIBRARY)
        abi = re.search(r"#define CLONE_AUTH_ABI (\d+)", pathlib.Path(
            INCLUDE, "clone/c_base.h").read_text()).group(1)
        self.assertIn(f"[libclone_auth.so.{abi}]", dynamic)

    def test_the_closure_is_small(self):
        needed = [pathlib.Path(line.split()[0]).name
                  for line in _run("ldd", LIBRARY).splitlines()
                  if "linux-vdso" not in line]
        self.assertLessEqual({n.split(".so")[0] for n in needed}, _CLOSURE)
        print(f"objects {1 + len(needed)}")
        self.assertLessEqual(1 + len(needed), 10)

    def test_it_is_small(self):
        with tempfile.TemporaryDirectory() as folder:
            stripped = pathlib.Path(folder, "stripped.so")
            _run("strip", "-o", stripped, LIBRARY)
            size = os.stat(stripped).st_size
        print(f"stripped_bytes {size}")
        self.assertLess(size, 1 << 20)

    def test_loading_costs_little_and_starts_nothing(self):
        text = _run(LOADER, LIBRARY)
        print(text, end="")
        cost = {line.split()[0]: int(line.split()[1])
                for line in text.splitlines()}
        self.assertLessEqual(cost["resident_kib"], 4 << 10)
        self.assertEqual((cost["threads"], cost["sockets"]), (1, 0))
        # The first rounds warm the allocator up.
        self.assertLessEqual(cost["left_kib_after_200"], 256)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
