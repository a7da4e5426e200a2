"""Processes that share one stored session, each told by lines what to do."""

import json
import random
import subprocess
import threading
import time

from harness import BIN, line_of

PROCESSES = 32
LIFETIME = 3600


def write_store(path, base_url, access, refresh, ahead=0):
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({
        "version": 1, "base_url": base_url, "access": access,
        "refresh": refresh, "received_at": int(time.time()) + ahead}))


class Worker:
    def __init__(self, store, *arguments, cwd=None):
        self.process = subprocess.Popen(
            [BIN / "session-worker", store, *arguments], text=True, cwd=cwd,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, ahead, word="ask"):
        self.process.stdin.write(f"{word} {ahead}\n")
        self.process.stdin.flush()

    def hear(self):
        return line_of(self.process.stdout).strip()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def rounds(test, number, store, arguments, exchanges):
    """Each expiry costs one exchange, which all processes find."""
    workers = [Worker(store, *arguments) for _ in range(PROCESSES)]
    for worker in workers:
        test.addCleanup(worker.end)
    ahead = 0
    for index in range(number):
        ahead += LIFETIME + 60
        before = exchanges()
        for worker in workers:
            worker.tell(ahead)
        answers = {worker.hear() for worker in workers}
        test.assertEqual(len(answers), 1, f"round {index}: {answers}")
        test.assertTrue(answers.pop().startswith("ok "), f"round {index}")
        test.assertEqual(exchanges() - before, 1, f"round {index}")


def kills(number, seed, store, arguments):
    """Ends a process with kill -9 at a random moment of its refresh, again and
    again; yields what each had answered by then."""
    rng = random.Random(seed)
    for index in range(number):
        worker = Worker(store, *arguments)
        worker.tell((index + 1) * (LIFETIME + 60))
        killer = threading.Timer(rng.uniform(0.005, 0.045),
                                 worker.process.kill)
        killer.start()
        answer = worker.hear()
        killer.join()
        worker.end()
        yield answer
