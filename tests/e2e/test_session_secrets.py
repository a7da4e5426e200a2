"""No token of a session, whole or in part, is in a core dump or in a child
after fork(): looked for in what the kernel writes and in the memory itself,
after refreshes and calls over libcurl."""

import json
import os
import pathlib
import resource
import shutil
import signal
import tempfile
import unittest

from harness import Account, Server
from session_harness import LIFETIME, Worker, write_store

# The first characters of a JWT are its header, the same in many and no secret.
HEADER = 60
PART = 16
CORE_PATTERN = pathlib.Path("/proc/sys/kernel/core_pattern")


def parts_of(token):
    """Pieces of a token, at least one of which is in any 24 characters."""
    begin = HEADER if token.count(".") == 2 else 0
    return [token[at:at + PART].encode()
            for at in range(begin, len(token) - PART + 1, PART // 2)]


def mappings(pid):
    """Where a process has memory that it may read: begin, end, flags."""
    place = None
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if "-" in words[0] and ":" not in words[0]:
            begin, end = (int(number, 16) for number in words[0].split("-"))
            place = (begin, end) if words[1].startswith("r") else None
        elif words[0] == "VmFlags:" and place:
            yield *place, words[1:]


def memory(pid, of_core):
    """What a process has in memory, or what of that a core dump would hold."""
    pieces = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for begin, end, flags in mappings(pid):
            if of_core and "dd" in flags:
                continue
            try:
                file.seek(begin)
                pieces.append(file.read(end - begin))
            except (OSError, OverflowError):
                pass  # the kernel's own pages
    return b"\0".join(pieces)


class SessionSecrets(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = self.folder / "s" / "credentials.json"
        self.account = Account(self.server)
        write_store(self.store, self.server.url, self.account.access,
                    self.account.refresh)
        resource.setrlimit(resource.RLIMIT_CORE, (
            resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
        self.worker = Worker(self.store, cwd=self.folder)
        self.addCleanup(self.worker.end)
        self.tokens = set()

    def tell(self, *words):
        self.worker.tell(*words)
        answer = self.worker.hear()
        self.assertFalse(answer.startswith("failed"), answer)
        return answer

    def learn(self):
        stored = json.loads(self.store.read_text())
        self.tokens |= {stored["access"], stored["refresh"]}
        return stored

    def live(self):
        """Refreshes and calls the API between; what is stored in the end."""
        self.learn()
        self.tell(0)
        for turn in range(1, 4):
            self.tell(turn * (LIFETIME + 60))
            self.tell(turn * (LIFETIME + 60), "me")
            stored = self.learn()
        self.assertEqual(len(self.tokens), 8)
        return stored

    def assert_free_of_tokens(self, content, what):
        for token in self.tokens:
            found = [part for part in parts_of(token) if part in content]
            self.assertEqual(found, [], f"parts of a token in {what}")

    def test_no_core_dump_holds_a_token(self):
        stored = self.live()
        pid = self.worker.process.pid
        for token in (stored["access"], stored["refresh"]):
            self.assertIn(token.encode(), memory(pid, of_core=False),
                          "where it is held was not looked at")
        self.assert_free_of_tokens(memory(pid, of_core=True),
                                   "what a core dump would hold")
        if CORE_PATTERN.read_text().strip() not in ("core", "core.%p"):
            self.skipTest("NOT RUN: this system's core dumps go elsewhere; "
                          "what they would hold was looked at")
        os.kill(pid, signal.SIGABRT)
        self.assertEqual(self.worker.process.wait(), -signal.SIGABRT)
        core, = self.folder.glob("core*")
        content = core.read_bytes()
        self.assertIn(self.server.url.encode(), content, "no core to speak of")
        self.assert_free_of_tokens(content, "the core dump")

    def test_no_child_holds_a_token_and_it_goes_on_from_the_store(self):
        self.live()
        ahead = 3 * (LIFETIME + 60)
        mine = self.tell(ahead)
        child = int(self.tell(ahead, "fork"))
        content = memory(child, of_core=False)
        self.assertIn(self.server.url.encode(), content, "no memory was read")
        self.assert_free_of_tokens(content, "the child")
        self.assertEqual(self.tell(ahead, "join"), mine)


if __name__ == "__main__":
    unittest.main()
