"""kill -9 at random moments while keys are issued, rolled, used and revoked.

20 rounds; CLONE_AUTH_CRASH_ROUNDS sets another number and
CLONE_AUTH_CRASH_SEED the moments of an earlier run."""

import http.client
import os
import pathlib
import random
import secrets
import shutil
import tempfile
import threading
import time
import unittest

from admin_harness import admin
from harness import Account, Server

# The port is another after each crash.
FLAGS = ["--issuer", "http://127.0.0.1"]
ROUNDS = int(os.environ.get("CLONE_AUTH_CRASH_ROUNDS", "20"))
SEED = int(os.environ.get("CLONE_AUTH_CRASH_SEED", secrets.randbits(32)))
LOST = (OSError, http.client.HTTPException)


class Key:
    """What was asked about one key, and what was answered."""

    def __init__(self, issued, predecessor=None):
        self.id, self.text = issued["id"], issued["key"]
        self.predecessor = predecessor
        self.used = self.revoking = self.revoked = False


class Client(threading.Thread):
    """Does to keys of its own what comes to its mind, until the server dies."""

    def __init__(self, server, bearer, rng):
        super().__init__()
        self.server, self.bearer, self.rng = server, bearer, rng
        self.keys = []
        self.wrong = []

    def call(self, method, path, body=None, headers=None):
        return self.server.call(method, path, body, headers or self.bearer)

    def run(self):
        try:
            while True:
                self.step()
        except LOST:
            pass

    def step(self):
        free = [key for key in self.keys if not key.revoking]
        action = self.rng.choice(["issue", "roll", "use", "revoke"])
        if action == "issue" or not free:
            self.issue()
            return
        key = self.rng.choice(free)
        getattr(self, action)(key)

    def expect(self, status, answer, what):
        if answer[0] not in status:
            self.wrong.append(f"{what}: {answer[0]} {answer[1]}")
        return answer

    def issue(self):
        answer = self.expect([201], self.call(
            "POST", "/api/auth/keys/", {"label": "x"}), "issue")
        self.keys.append(Key(answer[1]))

    def roll(self, key):
        answer = self.expect([201, 409], self.call(
            "POST", f"/api/auth/keys/{key.id}/roll/", {"overlap": 0}), "roll")
        if answer[0] == 201:
            self.keys.append(Key(answer[1], key))

    def use(self, key):
        key.used = True
        self.call("GET", "/api/auth/me/",
                  headers={self.server.scheme.header: key.text})

    def revoke(self, key):
        key.revoking = True
        self.expect([204], self.call(
            "DELETE", f"/api/auth/keys/{key.id}/"), "revoke")
        key.revoked = True


class KeyCrashes(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def verdict(self, key):
        """What a request with the key gets: "good", or why not."""
        status, body, _ = self.server.call(
            "GET", "/api/auth/me/",
            headers={self.server.scheme.header: key.text})
        return "good" if status == 200 else body["code"]

    def shown(self, key):
        status, body, _ = self.server.call(
            "GET", f"/api/auth/keys/{key.id}/", headers=self.bearer)
        self.assertEqual(status, 200, body)
        return body

    def check(self, keys):
        ended = {key.predecessor for key in keys
                 if key.predecessor and key.used}
        rolled = {key.predecessor for key in keys if key.predecessor}
        for key in keys:
            shown = self.shown(key)
            # A look at a successor would be its first use.
            if key.predecessor and not key.used and not key.revoking:
                if key.predecessor not in ended:
                    continue
            verdict = self.verdict(key)
            key.used = True
            if key.revoked:
                self.assertEqual(verdict, "key_revoked")
            elif not key.revoking and key not in ended:
                self.assertEqual(verdict, "good", (key in rolled, shown))
            self.assertEqual(verdict == "key_revoked",
                             shown["revoked_at"] is not None)
        for key in keys:
            if key.predecessor is None or key.revoking:
                continue
            old = key.predecessor
            if self.verdict(key) == "good":
                self.assertNotEqual(self.verdict(old), "good",
                                    "a key and its successor are both good")

    def one_round(self, rng):
        clients = [Client(self.server, self.bearer,
                          random.Random(rng.random())) for _ in range(3)]
        for client in clients:
            client.start()
        time.sleep(rng.uniform(0.01, 0.4))
        self.server.process.kill()
        self.server.process.wait()
        for client in clients:
            client.join()
            self.assertEqual(client.wrong, [])
        self.server.stop()
        self.server = Server(*FLAGS, folder=self.folder)
        for client in clients:
            self.check(client.keys)
        done = admin(self.folder / "auth.db", "audit", "verify", "--head",
                     self.head)
        self.assertEqual(done.code, 0, done.err)
        self.head = done.out.strip()
        return sum(len(client.keys) for client in clients)

    def test_no_crash_leaves_a_key_in_two_states(self):
        print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
        rng = random.Random(SEED)
        self.server = Server(*FLAGS, folder=self.folder)
        self.addCleanup(lambda: self.server.stop())
        self.bearer = Account(self.server).bearer
        self.head = "0"
        keys = sum(self.one_round(rng) for _ in range(ROUNDS))
        self.assertGreater(keys, ROUNDS)


if __name__ == "__main__":
    unittest.main()
