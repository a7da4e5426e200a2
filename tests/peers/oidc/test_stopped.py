"""hello_any_oidc signs a person in with a device's code at oidc-provider, and
stands still meanwhile, as the programs of a machine that sleeps do:
test_stopped.py PEER"""

import json
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "e2e"))
# pylint: disable=wrong-import-position
from harness import BIN, PATIENCE, line_of, wait_for
from oidc_harness import Peer
from user import approve

PEER = sys.argv.pop(1)
INTERVAL = 1


class Stopped(unittest.TestCase):
    def start(self, *flags):
        """A program that was told once that nobody has agreed yet."""
        self.peer = Peer(PEER, "--interval", str(INTERVAL), *flags)
        self.addCleanup(self.peer.end)
        self.program = subprocess.Popen(
            [BIN / "hello_any_oidc", self.peer.url, "native",
             self.peer.url + "/me", "openid"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.program.communicate)
        self.addCleanup(self.program.kill)
        self.code = line_of(self.program.stdout).split()[-1]
        self.wait_for_polls(1)

    def wait_for_polls(self, count):
        self.assertTrue(
            wait_for(lambda: self.peer.counts()["polls"] >= count))

    def stand_still(self, seconds):
        """What it had asked for until it went on."""
        stopped_at = time.monotonic()
        self.program.send_signal(signal.SIGSTOP)
        self.assertTrue(
            wait_for(lambda: time.monotonic() - stopped_at > seconds))
        counts = self.peer.counts()
        self.program.send_signal(signal.SIGCONT)
        return counts

    def end(self):
        out, err = self.program.communicate(timeout=PATIENCE)
        return self.program.returncode, out, err

    def test_O11_after_intervals_stopped_it_polls_on_and_not_early(self):
        self.start()
        counts = self.stand_still(4 * INTERVAL)
        self.wait_for_polls(counts["polls"] + 3)
        self.assertEqual(self.peer.counts()["early"], 0)
        self.assertEqual(approve(self.peer.url + "/device", self.code).status,
                         200)
        code, out, err = self.end()
        self.assertEqual((code, err), (0, ""))
        status, body = out.split("\n", 1)
        self.assertEqual(status, "200")
        self.assertEqual(json.loads(body)["sub"], "alice")
        self.assertEqual(self.peer.counts()["early"], 0)

    def test_O11_stopped_until_the_code_is_over_it_ends_with_the_reason(self):
        life = 3 * INTERVAL
        self.start("--code-life", str(life))
        counts = self.stand_still(life)
        code, out, err = self.end()
        self.assertEqual((code, out), (1, ""))
        self.assertIn("sign_in_expired", err)
        self.assertEqual(self.peer.counts(), counts)


if __name__ == "__main__":
    if not pathlib.Path(PEER).is_file():
        print("SKIPPED: oidc-provider is not installed")
        sys.exit(77)
    unittest.main()
