"""hello_any_oidc: a person signs in at an issuer that the program knows by its
URL alone, and their token opens an API."""

import json
import subprocess
import unittest

from harness import BIN, PATIENCE, line_of
from test_adversarial_server import Adversary

ME = "/api/auth/me/"


class AnyOidc(unittest.TestCase):
    def setUp(self):
        self.server = Adversary("--device-interval", "1s", "--subject", "ann")
        self.addCleanup(self.server.stop)

    def start(self):
        process = subprocess.Popen(
            [BIN / "hello_any_oidc", self.server.url, "a-program",
             self.server.url + ME, "read"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def answer(self, process, agreed):
        """Does what the person is asked for; (exit code, output, errors)"""
        asked = line_of(process.stdout).split()
        self.assertTrue(asked[1].startswith(self.server.url), asked)
        status, _ = self.server.json("POST", "/_control/devices",
                                     {"user_code": asked[-1],
                                      "agreed": agreed})
        self.assertEqual(status, 200)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def test_who_agrees_is_signed_in_at_the_api(self):
        code, out, err = self.answer(self.start(), True)
        self.assertEqual((code, err), (0, ""))
        status, body = out.split("\n", 1)
        self.assertEqual(status, "200")
        self.assertIn("ann", json.dumps(json.loads(body)))

    def test_who_declines_is_not(self):
        code, out, err = self.answer(self.start(), False)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("sign_in_denied", err)
        self.assertNotIn(ME, self.server.counts()["requests"])

    def test_where_there_is_no_issuer_the_reason_is_told(self):
        done = subprocess.run(
            [BIN / "hello_any_oidc", self.server.url + "/nobody", "a-program",
             self.server.url + ME], capture_output=True, text=True,
            timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("not_found", done.stderr)


if __name__ == "__main__":
    unittest.main()
