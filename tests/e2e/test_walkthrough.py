"""The walkthrough through the library, and the recipes that --keep prints."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import unittest

from harness import (ACME, BIN, CLONE, PATIENCE, WALKTHROUGH, Account,
                     Server)

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Walkthrough(unittest.TestCase):
    def walk(self, server, scheme):
        return subprocess.run([str(WALKTHROUGH), server.url, *scheme.flags],
                              capture_output=True, text=True, timeout=60)

    def test_each_step_goes_as_expected_under_both_schemes(self):
        for scheme in (CLONE, ACME):
            server = Server(scheme=scheme)
            self.addCleanup(server.remove)
            done = self.walk(server, scheme)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("key_revoked", done.stdout)
            self.assertEqual(len(re.findall(r"ok in [\d.]+ ms", done.stdout)),
                             10)
            self.assertIn(f"{scheme.header}: {scheme.prefix}u", done.stdout)
            self.assertEqual(server.stop(), 0)

    def test_it_shows_no_secret(self):
        server = Server()
        self.addCleanup(server.remove)
        done = self.walk(server, CLONE)
        # A token's second half, or a key beyond its public part.
        self.assertNotRegex(done.stdout, r"eyJ[\w-]{20}")
        self.assertNotRegex(done.stdout, r"clone_\w{14}")
        self.assertIn('"password":"..."', done.stdout)

    def test_it_fails_where_the_scheme_is_another(self):
        server = Server(scheme=ACME)
        self.addCleanup(server.remove)
        self.assertEqual(self.walk(server, CLONE).returncode, 1)

    def test_it_fails_where_nobody_listens(self):
        server = Server()
        self.addCleanup(server.remove)
        server.stop()
        self.assertEqual(self.walk(server, CLONE).returncode, 1)

    def test_it_says_how_it_is_used(self):
        done = subprocess.run([str(WALKTHROUGH)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage:", done.stderr)


class Hello(unittest.TestCase):
    def hello(self, environment):
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith("CLONE_API_")}
        with tempfile.TemporaryDirectory() as home:
            return subprocess.run(
                [str(BIN / "hello_call_api")], text=True, capture_output=True,
                timeout=PATIENCE, env={**clean, "HOME": home,
                                       "XDG_CONFIG_HOME": home, **environment})

    def test_it_takes_whatever_credential_is_configured(self):
        server = Server()
        self.addCleanup(server.remove)
        account = Account(server)
        for credential in (account.key, account.access):
            done = self.hello({"CLONE_API_URL": server.url,
                               "CLONE_API_TOKEN": credential})
            self.assertEqual(done.stdout, f"Hello, {account.email}\n",
                             done.stderr)
        done = self.hello({"CLONE_API_URL": server.url,
                           "CLONE_API_TOKEN": account.key[:-1]})
        self.assertEqual(done.returncode, 1)
        self.assertNotIn(account.key[25:-1], done.stderr)

    def test_it_says_that_none_is_configured(self):
        done = self.hello({})
        self.assertEqual(done.returncode, 2)
        self.assertIn("not_configured", done.stderr)


class Recipes(unittest.TestCase):
    """Runs what the quickstart prints, as it is printed."""

    EXPECTED = [r'^\{"access":"[^"]+","refresh":"[^"]+","user":\{.*\}\}$',
                r'^\{"id":"[^"]+","email":"you@example.com"',
                r'^\{"access":"[^"]+","refresh":"[^"]+"\}$',
                r'^\{"id":"[0-9a-f-]{36}","key":"clone_u\w{50}","label":"my-lapt',
                r'^\{"id":"[^"]+","email":"you@example.com"',
                r"^204$"]

    def test_recipes_work_as_printed(self):
        if "CLONE_AUTH_QUICKSTART" not in os.environ:
            self.skipTest("only where build/ is the tree that is tested")
        process = subprocess.Popen(
            [str(ROOT / "examples" / "quickstart.sh"), "--keep"], cwd="/",
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
