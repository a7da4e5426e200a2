#!/usr/bin/env python3
"""cmake/dependencies.sh installs what is missing, and only that.

It runs with a package manager of ours in front, which writes down what it is
asked and installs nothing.
"""

import os
import pathlib
import subprocess
import tempfile
import unittest

_SCRIPT = pathlib.Path(__file__).parents[2] / "cmake/dependencies.sh"
_DPKG_QUERY = """#!/bin/sh
for last; do :; done
case " $MISSING " in *" $last "*) exit 1 ;; esac
echo "install ok installed"
"""
_APT_GET = """#!/bin/sh
echo "$@" >>"$ASKED"
exit "${APT_FAILS:-0}"
"""


class Dependencies(unittest.TestCase):
    def run_script(self, *arguments, missing="", **environment):
        with tempfile.TemporaryDirectory() as folder:
            tools = {"dpkg-query": _DPKG_QUERY, "apt-get": _APT_GET,
                     "sudo": '#!/bin/sh\nexec "$@"\n'}
            for name, text in tools.items():
                tool = pathlib.Path(folder, name)
                tool.write_text(text)
                tool.chmod(0o755)
            asked = pathlib.Path(folder, "asked")
            asked.touch()
            done = subprocess.run(
                [_SCRIPT, *arguments], text=True, check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}",
                     "MISSING": missing, "ASKED": str(asked), **environment})
            return done.returncode, done.stdout, asked.read_text().splitlines()

    def test_nothing_is_asked_where_nothing_is_missing(self):
        code, text, asked = self.run_script()
        self.assertEqual((code, asked), (0, []))
        self.assertIn("are installed", text)

    def test_what_is_missing_is_installed_after_one_update(self):
        code, text, asked = self.run_script(missing="wrk gcovr")
        self.assertEqual(code, 0)
        self.assertEqual(len(asked), 2)
        self.assertTrue(asked[0].endswith(" update"))
        self.assertTrue(
            asked[1].endswith(" install -y --no-install-recommends gcovr wrk"))
        self.assertIn("installing 2 of", text)

    def test_a_group_leaves_the_others_alone(self):
        _, _, asked = self.run_script("build", missing="wrk gcovr")
        self.assertEqual(asked, [])

    def test_the_list_is_printed_one_package_a_line(self):
        code, text, asked = self.run_script("--list", missing="wrk")
        self.assertEqual((code, asked), (0, []))
        self.assertIn("libssl-dev", text.splitlines())

    def test_an_unknown_group_is_refused(self):
        code, text, asked = self.run_script("nonsense", missing="wrk")
        self.assertEqual((code, asked), (2, []))
        self.assertIn("usage", text)

    def test_a_failed_installation_fails(self):
        code, _, _ = self.run_script(missing="wrk", APT_FAILS="100")
        self.assertEqual(code, 100)


if __name__ == "__main__":
    unittest.main()
