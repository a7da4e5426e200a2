"""The log says what happened, on one line each, and no secret."""

import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

from harness import ACME, CLONE, Account, Server, get, wait_for


def files_of(server):
    return [path.read_bytes() for path in server.folder.iterdir()
            if path.is_file()]


class Logs(unittest.TestCase):
    def serve(self, *flags, scheme=CLONE):
        server = Server(*flags, scheme=scheme)
        self.addCleanup(server.remove)
        return server

    def use(self, server):
        """Sends secrets wherever a client could put them."""
        account = Account(server)
        call = server.call
        call("GET", "/api/auth/me/", headers=account.key_header)
        call("GET", "/api/auth/me/", headers=account.bearer)
        for secret in account.secrets:
            call("GET", f"/api/auth/me/?key={secret}")
            call("GET", f"/api/auth/me/#{secret}")
            call("GET", "/", headers={"User-Agent": secret, "Cookie": secret,
                                      "Referer": "http://x/?" + secret})
            call("POST", "/api/auth/login/",
                 {"email": account.email, "password": secret})
        for secret in (account.access, account.refresh, account.key):
            call("GET", f"/api/auth/keys/{secret}/")
        call("POST", "/api/auth/token/refresh/", {"refresh": account.refresh})
        call("POST", "/api/auth/token/refresh/", {"refresh": account.refresh})
        call("DELETE", f"/api/auth/keys/{account.key_id}/",
             headers=account.bearer)
        call("GET", "/api/auth/me/", headers=account.key_header)
        call("POST", "/api/auth/logout/", {"refresh": account.refresh})
        return account

    def test_no_secret_in_log_arguments_or_database(self):
        for scheme in (CLONE, ACME):
            for log_format in ("text", "json"):
                server = self.serve("--log-format", log_format, scheme=scheme)
                account = self.use(server)
                pid = server.process.pid
                places = [pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
                          for name in ("cmdline", "environ")]
                places += files_of(server)
                self.assertEqual(server.stop(), 0)
                places += files_of(server)
                self.assertIn("/api/auth/me/", server.log())
                for secret in account.secrets:
                    # Also without its last character, and its secret half.
                    for part in (secret[:-1], secret[len(secret) // 2:]):
                        for place in places:
                            self.assertNotIn(part.encode(), place)

    def test_K34_no_key_where_a_method_should_be(self):
        for log_format in ("text", "json"):
            server = self.serve("--log-format", log_format)
            key = "clone_abcdefgh"
            for method in (key, "x" * 30_000):
                server.raw(f"{method} /healthz HTTP/1.1\r\nHost: x\r\n"
                           "Connection: close\r\n\r\n".encode())
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.log().count("/healthz"), 2)
            self.assertNotIn(key, server.log())
            self.assertLess(len(server.log()), 2000)

    def test_a_log_that_nobody_reads_stops_nothing(self):
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        log = folder / "server.log"
        os.mkfifo(log)
        reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        server = Server(folder=folder)
        self.addCleanup(server.stop)
        path = "/" + "x/" * 250
        for _ in range(3):
            answers = server.raw(get(path) * 300 +
                                 get(path, "Connection: close"))
            self.assertEqual(answers.count(b"HTTP/1.1 404 "), 301)
        # What was written before there was no room is whole lines.
        text = os.read(reader, 1 << 20)
        self.assertTrue(text.endswith(b"\n"))
        self.assertEqual(server.stop(), 0)

    def test_json_lines_can_be_read_and_have_all_fields(self):
        server = self.serve("--log-format", "json")
        _, _, headers = server.call("GET", "/api/auth/me/?a=b")
        server.raw(b"\x16\x03\x01")
        server.raw(get("/\x9b\xff", "Connection: close"))
        self.assertEqual(server.stop(), 0)
        entries = [json.loads(line) for line in server.log().splitlines()]
        requests = [e for e in entries if e["event"] == "request"]
        self.assertEqual(sorted(e["status"] for e in requests),
                         [400, 401, 404])
        first = [e for e in requests
                 if e["request_id"] == headers["X-Request-Id"]][0]
        self.assertEqual(
            (first["method"], first["path"], first["status"], first["peer"]),
            ("GET", "/api/auth/me/", 401, "127.0.0.1"))
        self.assertIsInstance(first["micros"], int)
        self.assertRegex(first["time"], r"^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$")

    def test_a_refusal_has_its_id_in_the_line_and_in_the_answer(self):
        for log_format, pattern in (
                ("text", r" id={request} refusal_id={refusal}\n"),
                ("json", r'"request_id":"{request}".*"refusal_id":"{refusal}"')):
            server = self.serve("--log-format", log_format)
            sent = {"X-Request-Id": "mine", "X-Refusal-Id": "mine"}
            _, _, refused = server.call("GET", "/api/auth/me/", headers=sent)
            _, _, served = server.call("GET", "/healthz", headers=sent)
            self.assertEqual(server.stop(), 0)
            self.assertRegex(server.log(), pattern.format(
                request=refused["X-Request-Id"],
                refusal=refused["X-Refusal-Id"]))
            self.assertEqual(server.log().count("refusal_id"), 1)
            self.assertIn(served["X-Request-Id"], server.log())
            self.assertNotIn("mine", server.log())

    def test_text_lines_stay_lines_and_hold_no_control_characters(self):
        server = self.serve()
        for path in ("/a%0d%0ab", "/\x9b31m", "/%1b[31m", "/\xff\xfe", "/a\\b"):
            server.raw(get(path, "Connection: close"))
        self.assertEqual(server.stop(), 0)
        lines = server.log_path.read_bytes().split(b"\n")
        requests = [line for line in lines if b" GET " in line]
        self.assertEqual(len(requests), 5)
        for line in lines:
            self.assertRegex(line, rb"^[\x20-\x7e]*$")

    def test_a_line_is_there_soon_after_its_request(self):
        server = self.serve()
        server.call("GET", "/healthz")
        self.assertTrue(wait_for(lambda: re.search(
            r" 200 \d+us GET /healthz peer=127\.0\.0\.1 id=[0-9a-f]{16}\n",
            server.log())))

    def test_quiet_writes_no_requests(self):
        server = self.serve("--quiet")
        server.call("GET", "/healthz")
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("/healthz", server.log())


if __name__ == "__main__":
    unittest.main()
