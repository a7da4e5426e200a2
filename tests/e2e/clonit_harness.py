"""Runs clonit as a person does, in a pipe and in a terminal, against the real
server, and compares what it says with what is written down.

CLONE_AUTH_UPDATE_GOLDEN=1 writes the golden files anew."""

import base64
import difflib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import time
import unittest

from harness import BIN, PATIENCE, Server

CLONIT = BIN / "clonit"
GOLDEN = pathlib.Path(__file__).parent / "clonit_golden"
PASSWORD = "a long enough pass phrase"
EMAIL = "you@example.com"

# What differs from run to run, in this order.
_NORMAL = [
    (r"http://127\.0\.0\.1:\d+", "http://SERVER"),
    (r"clone_u[0-9A-Za-z]{50}\b", "KEY"),
    (r"clone_u[0-9A-Za-z]{12}\b", "PREFIX"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    # Cut off where a column ends, which depends on the widths of the others.
    (r"\b[0-9a-f]{8}-[0-9a-f-]*…", "UUID…"),
    (r"clone_u[0-9A-Za-z]*…", "PREFIX…"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME"),
    (r"\b(in )?\d+ (s|min|h|d)( ago)?\b", "DISTANCE"),
    (r"\(now\)", "(DISTANCE)"),
    (r"\bnow(?=  )", "DISTANCE"),
    (r"(kid  (?:\\e\[0m)?|\"kid\":\")[\w-]{43}", r"\1KID"),
    (r"\b\d{10}\b", "SECONDS"),
    (r"\d+ bytes, \d+ ms", "N bytes, N ms"),
    (r"  +", "  "),
]


class Done:
    def __init__(self, code, out, err=""):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


def unverified(token):
    """The claims of a token."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def forged(claims):
    """A token by its form, which nobody signed."""
    def encode(value):
        text = json.dumps(value).encode()
        return base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    return ".".join([encode({"alg": "ES256", "typ": "at+jwt"}),
                     encode(claims), "AAAA"])


class Home:
    """A home folder of its own, and clonit run in it."""

    program = CLONIT

    def __init__(self, url=None):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.folder.chmod(0o700)
        self.config = self.folder / ".config" / "clonit" / "config.yaml"
        self.session = self.config.parent / "credentials.json"
        if url:
            self.configure(f"cloud:\n  url: {url}\n")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, text):
        self.config.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.config.write_text(text)
        self.config.chmod(0o600)

    def tokens(self):
        return json.loads(self.session.read_text())

    def keep(self, **changes):
        """Alters the stored session."""
        self.session.write_text(json.dumps({**self.tokens(), **changes}))

    def environment(self, changes):
        kept = {name: value for name, value in os.environ.items()
                if name in ("PATH", "LSAN_OPTIONS", "ASAN_OPTIONS")}
        return {**kept, "HOME": str(self.folder), "TERM": "xterm",
                **(changes or {})}

    def run(self, *arguments, stdin="", env=None, **options):
        done = subprocess.run(
            [str(self.program), *arguments], input=stdin, text=True,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE, env=self.environment(env),
            timeout=PATIENCE, **options)
        return Done(done.returncode, done.stdout, done.stderr)

    def sign_in(self):
        """An account, and its session."""
        for command in (["signup"], ["login", "--password"]):
            done = self.run(*command, "--email", EMAIL, stdin=PASSWORD + "\n")
            assert done.code == 0, done.err

    def terminal(self, *arguments, answers=(), env=None, columns=80):
        return Terminal(self, arguments, env, columns).talk(answers)

    def normal(self, text):
        text = text.replace(str(self.folder), "~")
        for pattern, replacement in _NORMAL:
            text = re.sub(pattern, replacement, text)
        return text


class Terminal:
    """A program with a terminal of its own as standard input and output."""

    def __init__(self, home, arguments, env=None, columns=80):
        self.seen = ""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            size = struct.pack("HHHH", 24, columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(home.program, [str(home.program), *arguments],
                      home.environment(env))

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def read(self, until=None):
        """What it shows up to `until`, or up to its end."""
        end = time.monotonic() + PATIENCE
        while until is None or until not in self.seen:
            ready, _, _ = select.select([self.master], [], [],
                                        end - time.monotonic())
            if not ready:
                raise AssertionError(f"nothing came after {self.seen!r}")
            try:
                piece = os.read(self.master, 65536)
            except OSError:  # how Linux tells that nobody is left
                piece = b""
            if not piece:
                break
            self.seen += piece.decode(errors="replace")
        return self.seen

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        """How it ended: the exit code, or minus the signal."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.master)
        return code

    def talk(self, answers):
        for prompt, answer in answers:
            self.read(until=prompt)
            self.type(answer + "\n")
            # The same prompt may come again.
            self.seen = self.seen.replace(prompt, prompt.rstrip() + "~", 1)
        seen = self.read().replace("\r\n", "\n").replace("\x1b", "\\e")
        return Done(self.end(), seen)


class GoldenTest(unittest.TestCase):
    """Compares what was said in self.home with a file of golden/."""

    golden = GOLDEN

    def assert_golden(self, name, text):
        path = self.golden / f"{name}.txt"
        text = self.home.normal(text)
        if os.environ.get("CLONE_AUTH_UPDATE_GOLDEN"):
            path.write_text(text)
        expected = path.read_text()
        if text != expected:
            self.fail("\n" + "".join(difflib.unified_diff(
                expected.splitlines(True), text.splitlines(True),
                str(path.name), "what came")))


class ClonitTest(GoldenTest):
    """Tests that share one server, each with a home of its own."""

    # Each test makes its accounts from one address.
    flags = ["--limit-anonymous-per-address", "0"]

    def setUp(self):
        self.server = Server(*self.flags)
        self.addCleanup(self.server.remove)
        self.home = Home(self.server.url)
        self.addCleanup(self.home.remove)

    def assert_fails(self, done, code, *words):
        self.assertEqual(done.code, code, done.out + done.err)
        for word in words:
            self.assertIn(word, done.err)
        self.assertTrue(done.err.startswith("clonit: "), done.err)
        self.assertEqual(done.out, "")
