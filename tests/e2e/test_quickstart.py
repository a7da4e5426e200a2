"""The quickstart, and the recipes that it prints with --keep."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import unittest

from harness import PATIENCE

QUICKSTART = str(pathlib.Path(__file__).resolve().parents[2] / "examples" /
                 "quickstart.sh")


class Quickstart(unittest.TestCase):

    EXPECTED = [r'^\{"access":"[^"]+","refresh":"[^"]+","user":\{.*\}\}$',
                r'^\{"id":"[^"]+","email":"you@example.com"',
                r'^\{"access":"[^"]+","refresh":"[^"]+"\}$',
                r'^\{"id":"[0-9a-f-]{36}","key":"clone_u\w{50}","label":"my-lapt',
                r'^\{"id":"[^"]+","email":"you@example.com"',
                r"^204$"]

    def test_it_walks_through_and_leaves_nothing_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([QUICKSTART], cwd="/", text=True, timeout=150,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT,
                                  env={**os.environ, "TMPDIR": folder})
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertEqual(os.listdir(folder), [])
        self.assertIn("All 10 steps went as expected.", done.stdout)
        server = re.search(r"\(process (\d+)\)", done.stdout)[1]
        self.assertFalse(os.path.exists(f"/proc/{server}"))

    def test_it_says_how_it_is_used(self):
        done = subprocess.run([QUICKSTART, "--kep"], text=True,
                              capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage:", done.stderr)

    def test_recipes_work_as_printed(self):
        process = subprocess.Popen(
            [QUICKSTART, "--keep"], cwd="/",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            bufsize=1, start_new_session=True)
        watchdog = threading.Timer(150, os.killpg,
                                   (process.pid, signal.SIGKILL))
        watchdog.start()
        try:
            recipes, folder, server = [], None, None
            for line in process.stdout:
                if line.startswith("curl "):
                    recipes.append(line)
                if match := re.search(r"\(process (\d+)\)", line):
                    server = int(match[1])
                    command = pathlib.Path(f"/proc/{server}/cmdline").read_text()
                    folder = re.search(r"sqlite:([^\0]+)/", command)[1]
                if line.startswith("Ctrl-C"):
                    break
            self.assertEqual(len(recipes), len(self.EXPECTED))
            for recipe, expected in zip(recipes, self.EXPECTED):
                done = subprocess.run(["bash", "-c", recipe], text=True,
                                      capture_output=True, timeout=PATIENCE)
                self.assertRegex(done.stdout.strip(), expected, recipe)
            self.assertTrue(os.path.isdir(folder))
        finally:
            watchdog.cancel()
            os.killpg(process.pid, signal.SIGINT)
            process.stdout.read()
            process.stdout.close()
            process.wait(PATIENCE)
        self.assertFalse(os.path.exists(folder))
        self.assertFalse(os.path.exists(f"/proc/{server}"))


if __name__ == "__main__":
    unittest.main()
