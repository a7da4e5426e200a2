"""The programs of examples/hello that keep a user signed in, each in its own
way, while the server's access tokens live two seconds."""

import http.client
import http.server
import json
import pathlib
import stat
import subprocess
import tempfile
import threading
import unittest

from harness import BIN, PATIENCE, Account, ServerTest

PROGRAMS = ("hello_session_blocking", "hello_session_curl_multi",
            "hello_session_asio", "session_c")
REFRESH, ME = "/api/auth/token/refresh/", "/api/auth/me/"
# The third token of a session is in use after 2 * 5/6 * 2 s and two pauses.
TIMES, PAUSE_MS = 22, 200


class Exchange:
    """One request and its answer, as they passed by."""

    def __init__(self, path, bearer, sent, status, received):
        self.path, self.bearer, self.status = path, bearer, status
        self.sent, self.received = sent, received


class Relay:
    """Stands between a program and the server, and writes down what passes."""

    def __init__(self, server):
        self.exchanges = []
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                size = int(self.headers.get("Content-Length", 0))
                relay.pass_on(self, server.address, self.rfile.read(size))

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                        Handler)
        self.listener.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.listener.server_port}"
        self.thread = threading.Thread(target=self.listener.serve_forever)
        self.thread.start()

    def pass_on(self, handler, address, body):
        onward = http.client.HTTPConnection(*address, timeout=PATIENCE)
        onward.request(handler.command, handler.path, body, handler.headers)
        answer = onward.getresponse()
        text = answer.read()
        onward.close()
        self.exchanges.append(Exchange(
            handler.path, handler.headers.get("Authorization", ""),
            json.loads(body or b"null"), answer.status, json.loads(text)))
        handler.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding"):
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text)

    def to(self, path):
        return [e for e in self.exchanges if e.path == path]

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
        self.thread.join()


class Run:
    """A program that asks who is signed in, again and again."""

    def __init__(self, program, server, account, folder):
        self.account = account
        self.store = pathlib.Path(folder, program)
        self.relay = Relay(server)
        self.process = subprocess.Popen(
            [str(BIN / program), self.relay.url, account.email,
             account.password, str(self.store), str(TIMES), str(PAUSE_MS)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait(self):
        try:
            self.out, self.err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.out, self.err = self.process.communicate()
        self.relay.stop()


class SessionDrivers(ServerTest):
    flags = ["--access-lifetime", "2s", "--clock-skew", "3s"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory()
        cls.runs = {
            program: Run(program, cls.server, Account(cls.server),
                         cls.folder.name)
            for program in PROGRAMS}
        for run in cls.runs.values():
            run.wait()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        super().tearDownClass()

    def check_each(self, check):
        for program, run in self.runs.items():
            with self.subTest(program):
                check(run)

    def test_no_call_fails_while_tokens_rotate(self):
        def check(run):
            self.assertEqual(run.process.returncode, 0, run.err)
            calls = run.relay.to(ME)
            self.assertEqual([call.status for call in calls], [200] * TIMES)
            self.assertEqual(
                {call.received["email"] for call in calls},
                {run.account.email})
            self.assertEqual(run.out.count(run.account.email), TIMES)
            self.assertGreaterEqual(len({call.bearer for call in calls}), 3)
        self.check_each(check)

    def test_each_refresh_token_is_presented_once(self):
        def check(run):
            refreshes = run.relay.to(REFRESH)
            self.assertGreaterEqual(len(refreshes), 2)
            self.assertEqual({r.status for r in refreshes}, {200})
            presented = [r.sent["refresh"] for r in refreshes]
            self.assertEqual(len(presented), len(set(presented)))
        self.check_each(check)

    def test_the_store_ends_with_the_newest_tokens(self):
        def check(run):
            newest = run.relay.to(REFRESH)[-1].received
            stored = json.loads(run.store.read_text())
            self.assertEqual(
                (stored["access"], stored["refresh"]),
                (newest["access"], newest["refresh"]))
            self.assertEqual(stored["idempotency_key"], "")
            self.assertEqual(stat.S_IMODE(run.store.stat().st_mode), 0o600)
        self.check_each(check)

    def test_no_secret_is_printed(self):
        def check(run):
            for exchange in run.relay.exchanges:
                for name in ("access", "refresh"):
                    self.assertNotIn(exchange.received.get(name, "none yet"),
                                     run.out + run.err)
            self.assertNotIn(run.account.password, run.out + run.err)
        self.check_each(check)


class FromTheStore(ServerTest):
    def test_the_c_program_goes_on_without_a_password(self):
        account = Account(self.server)
        with tempfile.TemporaryDirectory() as folder:
            for password in (account.password, "forgotten"):
                done = subprocess.run(
                    [str(BIN / "session_c"), self.server.url, account.email,
                     password, f"{folder}/session", "1", "0"],
                    capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(account.email, done.stdout)


if __name__ == "__main__":
    unittest.main()
