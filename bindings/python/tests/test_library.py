import os
import pathlib
import re
import subprocess
import sys
import unittest

import clone_auth
from clone_auth import StatusCode, _library

_FOLDER = pathlib.Path(__file__).parents[1]


class LibraryTest(unittest.TestCase):
    def test_every_function_of_the_library_is_wrapped(self):
        golden = (_FOLDER / "../../tests/abi/symbols.txt").read_text().split()
        wrapped = {"clone_auth_" + name for name in _library.FUNCTIONS}
        wrapped |= {f"clone_auth_{name}_free" for name in _library.HANDLES}
        direct = {name for name in golden if re.search(
            r"_(version|abi|reason_count)$|_error_|_string_", name)}
        self.assertEqual(wrapped | direct, set(golden))

    def test_the_versions_agree(self):
        project = (_FOLDER / "pyproject.toml").read_text()
        self.assertIn(f'version = "{clone_auth.version()}"', project)

    def test_every_reason_is_listed(self):
        rows = clone_auth.reasons()
        words = {row.word for row in rows}
        self.assertEqual(len(words), len(rows))
        self.assertLessEqual({"key_revoked", "token_expired"}, words)
        self.assertTrue(all(row.code in StatusCode for row in rows))

    def test_the_package_is_typed(self):
        self.assertTrue((_FOLDER / "clone_auth/py.typed").is_file())

    def test_a_library_that_is_not_there_is_an_error_of_the_import(self):
        done = subprocess.run(
            [sys.executable, "-c", "import clone_auth"], check=False,
            env={**os.environ, "CLONE_AUTH_LIBRARY": "/nowhere.so"},
            capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/nowhere.so", done.stderr)

    def test_the_snippet_of_the_readme_runs(self):
        page = (_FOLDER / "README.md").read_text()
        (code,) = re.findall(r"```python\n(.*?)```", page, re.S)
        done = subprocess.run([sys.executable, "-c", code], check=True,
                              capture_output=True, text=True)
        self.assertEqual(done.stdout, "('push',)\n2\nX-Clone-API-Key\n")
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
