"""Many processes with one stored session, on a server that rotates its refresh
token: each expiry costs one exchange, and no kill -9 costs the session.

100 rounds of 32 processes and 100 kills; CLONE_AUTH_SESSION_ROUNDS and
CLONE_AUTH_SESSION_KILLS set other numbers, CLONE_AUTH_SESSION_SEED the moments
of an earlier run."""

import os
import pathlib
import secrets
import shutil
import tempfile
import unittest
import urllib.request

from harness import Account, Server
from session_harness import LIFETIME, Worker, kills, rounds, write_store

ROUNDS = int(os.environ.get("CLONE_AUTH_SESSION_ROUNDS", "100"))
KILLS = int(os.environ.get("CLONE_AUTH_SESSION_KILLS", "100"))
SEED = int(os.environ.get("CLONE_AUTH_SESSION_SEED", secrets.randbits(32)))


class SessionRounds(unittest.TestCase):
    def setUp(self):
        self.server = Server("--metrics-listen", "127.0.0.1:0")
        self.addCleanup(self.server.remove)
        self.metrics = self.server.process.stdout.readline().split()[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = self.folder / "s" / "credentials.json"
        account = Account(self.server)
        write_store(self.store, self.server.url, account.access,
                    account.refresh)

    def exchanges(self):
        """How many refreshes the server has answered."""
        with urllib.request.urlopen(self.metrics, timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines
                   if "requests_total{" in line
                   and "/api/auth/token/refresh/" in line)

    def test_O18_S10_each_expiry_costs_one_exchange(self):
        rounds(self, ROUNDS, self.store, [], self.exchanges)

    def test_a_session_has_no_thread_and_no_idle_descriptor(self):
        worker = Worker(self.store)
        self.addCleanup(worker.end)

        def count():
            worker.tell(0, "count")
            return [int(number) for number in worker.hear().split()]

        _, before = count()
        worker.tell(0)
        self.assertTrue(worker.hear().startswith("ok "))
        self.assertEqual(count(), [1, before], "before the first refresh")
        worker.tell(LIFETIME + 60)
        self.assertTrue(worker.hear().startswith("ok "))
        self.assertEqual(count(), [1, before], "after it")

    def test_O19_no_kill_costs_the_session(self):
        hits = 0
        for index, answer in enumerate(kills(KILLS, SEED, self.store, [])):
            hits += not answer
            self.assertFalse(answer.startswith("failed"),
                             f"seed {SEED}, kill {index}: {answer}")
        print(f"{KILLS} kills, {hits} before the answer")
        self.assertGreater(hits, KILLS // 10, "killed too late")
        worker = Worker(self.store)
        self.addCleanup(worker.end)
        worker.tell((KILLS + 1) * (LIFETIME + 60))
        self.assertTrue(worker.hear().startswith("ok "), f"seed {SEED}")


if __name__ == "__main__":
    unittest.main()
