"""Sessions at an authorization server of others, which rotates refresh tokens
and knows no Idempotency-Key: test_rounds.py PEER

Races cost nothing. A kill between its rotation and our save costs the session,
here as with every client: those are counted, printed, and never mistaken for
more. Numbers are set as for tests/e2e/test_session_rounds.py."""

import os
import pathlib
import secrets
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "e2e"))
# pylint: disable=wrong-import-position
from oidc_harness import Peer
from session_harness import kills, rounds, write_store

ROUNDS = int(os.environ.get("CLONE_AUTH_SESSION_ROUNDS", "100"))
KILLS = int(os.environ.get("CLONE_AUTH_SESSION_KILLS", "100"))
SEED = int(os.environ.get("CLONE_AUTH_SESSION_SEED", secrets.randbits(32)))
PEER = sys.argv.pop(1)


class OidcProvider(unittest.TestCase):
    def setUp(self):
        self.peer = Peer(PEER)
        self.addCleanup(self.peer.end)
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = self.folder / "s" / "credentials.json"
        self.arguments = [self.peer.url + "/token", "native"]
        self.sign_in()

    def sign_in(self, ahead=0):
        tokens = self.peer.sign_in()
        write_store(self.store, self.peer.url, tokens["access_token"],
                    tokens["refresh_token"], ahead)

    def test_races_cost_no_session(self):
        rounds(self, ROUNDS, self.store, self.arguments,
               lambda: self.peer.counts()["granted"])
        self.assertEqual(self.peer.counts()["refused"], 0)

    def test_only_a_kill_after_its_rotation_costs_a_session(self):
        hits, lost = 0, 0
        was_killed = False
        for index, answer in enumerate(
                kills(KILLS, SEED, self.store, self.arguments)):
            if answer.startswith("failed"):
                self.assertIn("failed session_ended", answer)
                self.assertTrue(was_killed, f"seed {SEED}, kill {index}")
                lost += 1
                self.sign_in((index + 1) * 3660)
            was_killed = not answer or (was_killed and not
                                        answer.startswith("ok"))
            hits += not answer
        refused = self.peer.counts()["refused"]
        print(f"{KILLS} kills, {hits} before the answer, {lost} sessions lost"
              f" ({refused} refusals)")
        self.assertLessEqual(lost, refused)
        self.assertLessEqual(lost, hits)


if __name__ == "__main__":
    if not pathlib.Path(PEER).is_file():
        print("SKIPPED: oidc-provider is not installed")
        sys.exit(77)
    unittest.main()
