"""Many processes with one stored session, on a server that rotates its refresh
token: each expiry costs one exchange, and no kill -9 costs the session.

100 rounds of 32 processes and 100 kills; CLONE_AUTH_SESSION_ROUNDS and
CLONE_AUTH_SESSION_KILLS set other numbers, CLONE_AUTH_SESSION_SEED the moments
of an earlier run."""

import json
import os
import pathlib
import random
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from harness import BIN, Account, Server, line_of

ROUNDS = int(os.environ.get("CLONE_AUTH_SESSION_ROUNDS", "100"))
KILLS = int(os.environ.get("CLONE_AUTH_SESSION_KILLS", "100"))
SEED = int(os.environ.get("CLONE_AUTH_SESSION_SEED", secrets.randbits(32)))
PROCESSES = 32
LIFETIME = 3600


def write_store(path, base_url, access, refresh, ahead=0):
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({
        "version": 1, "base_url": base_url, "access": access,
        "refresh": refresh, "received_at": int(time.time()) + ahead}))


class Worker:
    def __init__(self, store, *arguments):
        self.process = subprocess.Popen(
            [BIN / "session-worker", store, *arguments], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, ahead):
        self.process.stdin.write(f"ask {ahead}\n")
        self.process.stdin.flush()

    def hear(self):
        return line_of(self.process.stdout).strip()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


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
        workers = [Worker(self.store) for _ in range(PROCESSES)]
        for worker in workers:
            self.addCleanup(worker.end)
        ahead = 0
        for number in range(ROUNDS):
            ahead += LIFETIME + 60
            before = self.exchanges()
            for worker in workers:
                worker.tell(ahead)
            answers = {worker.hear() for worker in workers}
            self.assertEqual(len(answers), 1, f"round {number}: {answers}")
            self.assertTrue(answers.pop().startswith("ok "), f"round {number}")
            self.assertEqual(self.exchanges() - before, 1, f"round {number}")

    def test_O19_no_kill_costs_the_session(self):
        rng = random.Random(SEED)
        ahead, hits = 0, 0
        for number in range(KILLS):
            ahead += LIFETIME + 60
            worker = Worker(self.store)
            worker.tell(ahead)
            killer = threading.Timer(rng.uniform(0.005, 0.045),
                                     worker.process.kill)
            killer.start()
            answer = worker.hear()
            killer.join()
            worker.end()
            if not answer:
                hits += 1
            self.assertFalse(answer.startswith("failed"),
                             f"seed {SEED}, kill {number}: {answer}")
        print(f"{KILLS} kills, {hits} before the answer")
        self.assertGreater(hits, KILLS // 10, "killed too late")
        worker = Worker(self.store)
        self.addCleanup(worker.end)
        worker.tell(ahead + LIFETIME + 60)
        self.assertTrue(worker.hear().startswith("ok "), f"seed {SEED}")


if __name__ == "__main__":
    unittest.main()
