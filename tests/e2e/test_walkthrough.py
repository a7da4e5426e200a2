"""The client programs against the real server."""

import os
import re
import subprocess
import tempfile
import unittest

from harness import (ACME, BIN, CLONE, PATIENCE, WALKTHROUGH, Account,
                     Server)


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


if __name__ == "__main__":
    unittest.main()
