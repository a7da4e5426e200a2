"""The unit of systemd is one, shuts out what it can, and starts this server."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import SERVER

UNIT = (pathlib.Path(__file__).parents[2]
        / "examples/auth_server/clone-auth-server.service")
# In tenths; without any hardening it is 96.
MOST_EXPOSED = 15


class Unit(unittest.TestCase):
    def setUp(self):
        self.text = UNIT.read_text()
        self.command = re.search(r"^ExecStart=(.+)$", self.text, re.M)[1]

    def analyze(self, *arguments):
        """systemd-analyze on the unit, with the program that was built."""
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        unit = folder / UNIT.name
        program = self.command.split()[0]
        unit.write_text(self.text.replace(program, str(SERVER)))
        done = subprocess.run(
            ["systemd-analyze", *arguments, str(unit)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd here")
    def test_it_is_a_unit(self):
        self.assertNotIn(UNIT.name, self.analyze("verify"))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd here")
    def test_it_shuts_out_what_it_can(self):
        self.analyze("security", "--offline=true", "--no-pager",
                     f"--threshold={MOST_EXPOSED}")

    def test_every_flag_that_it_gives_is_one_of_the_server(self):
        flags = re.findall(r"--[a-z-]+", self.command)
        help_text = subprocess.run([str(SERVER), "--help"], text=True,
                                   capture_output=True).stdout
        self.assertTrue(flags)
        for flag in flags:
            self.assertRegex(help_text, rf"(?m)^\s+{flag}\b")

    def test_the_database_is_where_it_may_write(self):
        folder = re.search(r"^StateDirectory=(.+)$", self.text, re.M)[1]
        self.assertIn(f"--database sqlite:/var/lib/{folder}/", self.command)


if __name__ == "__main__":
    unittest.main()
