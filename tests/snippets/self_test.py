#!/usr/bin/env python3
"""Blocks are found as they stand, and a bad one fails."""

import pathlib
import sys
import unittest

from snippets import Block, Runner, blocks

_PAGE = """# Page
<!-- run -->
```cpp
int main() {}
```
```text
not looked at
```
```sh
ls
ls
```
"""


class Snippets(unittest.TestCase):
    def setUp(self):
        tree, prefix, build, compiler = sys.argv[1:5]
        self.runner = Runner(pathlib.Path(tree), pathlib.Path(prefix),
                             pathlib.Path(build), compiler)

    def check(self, language, mode, text):
        return self.runner.check(Block(1, language, mode, text))

    def test_blocks_have_their_place_language_mode_and_text(self):
        found = [(b.line, b.language, b.mode, b.text) for b in blocks(_PAGE)]
        self.assertEqual(found, [(3, "cpp", "run", "int main() {}\n"),
                                 (9, "sh", "", "ls\nls\n")])

    def test_cpp_that_does_not_compile_fails(self):
        self.assertIn("exit", self.check("cpp", "", "int main() { x; }"))
        self.assertIn("exit", self.check("cpp", "", "int f() { x; }"))

    def test_cpp_that_compiles_passes(self):
        text = '#include "clone/uuid.h"\nclone_auth::Uuid id;\n'
        self.assertEqual("", self.check("cpp", "", text))
        self.assertEqual("", self.check("cpp", "run", text + "int main() {}"))

    def test_c_is_compiled_as_c99_and_finds_the_shared_library(self):
        self.assertIn("exit", self.check("c", "", "int f(void) { x; }"))
        text = '#include "clone/c.h"\nint main(void) {'
        self.assertEqual("", self.check(
            "c", "run", text + " return clone_auth_abi(); }"))
        self.assertIn("exit 7", self.check("c", "run", text + " return 7; }"))

    def test_a_program_is_judged_by_its_exit_code_only_when_run(self):
        text = "int main() { return 3; }"
        self.assertEqual("", self.check("cpp", "", text))
        self.assertIn("exit 3", self.check("cpp", "run", text))

    def test_shell_text_that_is_none_fails(self):
        self.assertIn("exit", self.check("sh", "", "if then"))
        self.assertIn("no tests/none.sh", self.check("sh", "",
                                                     "tests/none.sh"))
        self.assertIn("exit 1", self.check("sh", "run", "false; true"))
        self.assertEqual("", self.check("sh", "", "tests/run.sh"))

    def test_cmake_that_finds_nothing_fails(self):
        self.assertIn("exit", self.check("cmake", "", "find_package(no_such "
                                         "REQUIRED)"))
        self.assertEqual("", self.check("cmake", "", "find_package(clone_auth "
                                        "REQUIRED COMPONENTS verify)"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
