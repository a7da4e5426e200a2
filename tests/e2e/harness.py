"""Starts the real server on a free port and talks to it, also in bytes that no
client library would send. Everything started here is ended by its own pid."""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import resource
import secrets
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

BIN = pathlib.Path(os.environ["CLONE_AUTH_BIN"])
SERVER = BIN / "clone-auth-server"
WALKTHROUGH = BIN / "walkthrough"
PATIENCE = 20


class Scheme:
    def __init__(self, prefix="clone_", header="X-Clone-API-Key"):
        self.prefix, self.header = prefix, header

    @property
    def flags(self):
        return ["--key-prefix", self.prefix, "--key-header", self.header]


CLONE = Scheme()
ACME = Scheme("acme_", "X-Acme-Key")


def line_of(stream, patience=PATIENCE):
    """A line of the stream, or nothing if none comes in time."""
    ready, _, _ = select.select([stream], [], [], patience)
    return stream.readline() if ready else ""


@contextlib.contextmanager
def serving(handler):
    """A server on a free port of this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def wait_for(condition):
    """Whether it holds, at the latest when patience ends."""
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


class Server:
    def __init__(self, *flags, env=None, scheme=CLONE, listen="127.0.0.1:0",
                 folder=None, descriptors=None):
        self.scheme = scheme
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp())
        self.database = self.folder / "auth.db"
        self.log_path = self.folder / "server.log"
        arguments = [str(SERVER)]
        if listen:
            arguments += ["--listen", listen]
        arguments += ["--database", f"sqlite:{self.database}"]
        arguments += scheme.flags + list(flags)
        self.arguments = arguments
        limit = descriptors and (lambda: resource.setrlimit(
            resource.RLIMIT_NOFILE, (descriptors, descriptors)))
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                arguments, stdout=subprocess.PIPE, stderr=log, text=True,
                preexec_fn=limit, env={**os.environ, **(env or {})})
        self.first_line = line_of(self.process.stdout)
        if not self.first_line.startswith("listening on http://"):
            self.process.kill()
            raise AssertionError(
                f"no listening line: {self.first_line!r} {self.log()}")
        self.url = self.first_line.split()[-1]
        host, port = self.url[len("http://"):].rsplit(":", 1)
        self.address = (host.strip("[]"), int(port))

    def stop(self):
        """Exit code after SIGTERM."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = None
        self.process.stdout.close()
        return code

    def remove(self):
        self.stop()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def memory(self):
        """Bytes that it has in memory."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def connect(self):
        return socket.create_connection(self.address, timeout=PATIENCE)

    def raw(self, data, half_close=False):
        """All that comes back for these bytes until the server closes."""
        with self.connect() as connection:
            try:
                connection.sendall(data)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            return read_to_end(connection)

    def call(self, method, path, body=None, headers=None):
        """(status, parsed body or None, headers) of one request."""
        connection = http.client.HTTPConnection(*self.address,
                                                timeout=PATIENCE)
        fields = dict(headers or {})
        if body is not None:
            body = json.dumps(body)
            fields.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            text = answer.read()
            return (answer.status, json.loads(text) if text else None,
                    answer.headers)
        finally:
            connection.close()


def read_to_end(connection):
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except (ConnectionResetError, BrokenPipeError):
        pass
    return received


class Answers:
    """The responses in a stream of bytes, one after the other."""

    def __init__(self, data):
        self.statuses, self.bodies, self.heads = [], [], []
        while data:
            head, separator, data = data.partition(b"\r\n\r\n")
            if not separator or not head.startswith(b"HTTP/1.1 "):
                raise AssertionError(f"not a response: {head[:200]!r}")
            self.statuses.append(int(head.split()[1]))
            self.heads.append(head.decode("latin-1"))
            length = 0
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.bodies.append(data[:length])
            data = data[length:]


class Account:
    """A signed-in user with an API key."""

    def __init__(self, server, name=None):
        self.server = server
        self.email = (name or "user-" + secrets.token_hex(6)) + "@example.com"
        self.password = "canary-" + secrets.token_hex(12)
        sign_in = {"email": self.email, "password": self.password}
        status, self.created, _ = server.call(
            "POST", "/api/auth/signup/", sign_in)
        assert status == 201, (status, self.created)
        status, tokens, _ = server.call("POST", "/api/auth/login/", sign_in)
        assert status == 200, (status, tokens)
        self.access, self.refresh = tokens["access"], tokens["refresh"]
        self.bearer = {"Authorization": "Bearer " + self.access}
        status, issued, _ = server.call(
            "POST", "/api/auth/keys/", {"label": "e2e"}, self.bearer)
        assert status == 201, (status, issued)
        self.key, self.key_id = issued["key"], issued["id"]
        self.key_header = {server.scheme.header: self.key}

    @property
    def secrets(self):
        return [self.password, self.access, self.refresh, self.key]


class ServerTest(unittest.TestCase):
    """Tests that share one server."""

    flags = []
    scheme = CLONE

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.flags, scheme=cls.scheme)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        log = cls.server.log()
        cls.server.remove()
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {log[-2000:]}")

    def assert_serving(self):
        self.assertEqual(self.server.call("GET", "/healthz")[0], 200)

    def assert_refused(self, data, status=400, half_close=False):
        """One JSON error, and then the connection ends."""
        answers = Answers(self.server.raw(data, half_close))
        self.assertEqual(answers.statuses, [status], data[:120])
        self.assertIn("connection: close", answers.heads[0].lower())
        self.assertIn("detail", json.loads(answers.bodies[0]))
        self.assertIn("code", json.loads(answers.bodies[0]))
        return answers


def get(path, *fields):
    """The bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: x", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")
