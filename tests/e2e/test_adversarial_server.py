"""The misbehaving auth server as a program: every fault on a real socket."""

import base64
import contextlib
import http.client
import json
import pathlib
import signal
import socket
import subprocess
import time
import unittest
import urllib.parse

from harness import BIN, PATIENCE, line_of, wait_for

PROGRAM = BIN / "adversarial-auth-server"
PAGE = pathlib.Path(__file__).parents[2] / "docs/test-your-client.md"
REFRESH = "/api/auth/token/refresh/"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Adversary:
    def __init__(self, *flags):
        self.process = subprocess.Popen(
            [PROGRAM, "--port", "0", *flags], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True)
        line = line_of(self.process.stdout)
        if not line.startswith("listening on http://127.0.0.1:"):
            self.process.kill()
            raise AssertionError(f"no listening line: {line!r}")
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])
        # Printed together with the line before, so it is here already.
        self.first = json.loads(self.process.stdout.readline())

    def stop(self):
        """Exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.process.stdout.close()

    def send(self, method, path, body=None, headers=None, patience=PATIENCE):
        """The answer with its body, or what http.client raises."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=patience)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.content = answer.read()
            return answer

    def json(self, method, path, body=None, headers=None):
        """(status, parsed body)"""
        text = None if body is None else json.dumps(body)
        answer = self.send(method, path, text, headers)
        return answer.status, json.loads(answer.content)

    def form(self, path, **fields):
        answer = self.send("POST", path, urllib.parse.urlencode(fields))
        return answer.status, json.loads(answer.content)

    def refresh(self, token, key="attempt", patience=PATIENCE):
        return self.send("POST", REFRESH, json.dumps({"refresh": token}),
                         {"Idempotency-Key": key}, patience)

    def session(self):
        return self.json("POST", "/_control/sessions")[1]

    def plan(self, *faults):
        status, answer = self.json("POST", "/_control/faults",
                                   {"faults": faults})
        assert status == 200, answer

    def counts(self):
        return self.json("GET", "/_control/counts")[1]


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class WithServer(unittest.TestCase):
    flags = []

    def setUp(self):
        self.server = Adversary(*self.flags)
        self.addCleanup(self.stop)

    def stop(self):
        if self.server.process.poll() is None:
            self.assertEqual(self.server.stop(), 0)


class Behaving(WithServer):
    def test_the_first_session_is_printed_and_works(self):
        access = self.server.first["access"]
        status, me = self.server.json(
            "GET", "/api/auth/me/", headers={"Authorization": "Bearer " + access})
        self.assertEqual((status, me["id"]), (200, "user-1"))
        self.assertEqual(claims_of(access)["iss"], self.server.url)

    def test_both_dialects_rotate_one_family(self):
        answer = self.server.refresh(self.server.first["refresh"])
        second = json.loads(answer.content)["refresh"]
        status, tokens = self.server.form(
            "/token", grant_type="refresh_token", refresh_token=second)
        self.assertEqual(status, 200)
        self.assertEqual(tokens["expires_in"], 3600)
        self.assertNotIn(tokens["refresh_token"],
                         (self.server.first["refresh"], second))
        again = self.server.refresh(self.server.first["refresh"], "other")
        self.assertEqual(json.loads(again.content)["code"], "refresh_reused")
        counts = self.server.counts()
        self.assertEqual(counts["families_lost"], 1)
        self.assertEqual(counts["exchanges"], 3)
        self.assertEqual(counts["requests"], {REFRESH: 2, "/token": 1})

    def test_discovery_leads_to_the_key_of_the_tokens(self):
        _, found = self.server.json("GET",
                                    "/.well-known/oauth-authorization-server")
        self.assertEqual(found["issuer"], self.server.url)
        path = found["jwks_uri"].removeprefix(self.server.url)
        _, keys = self.server.json("GET", path)
        head = self.server.first["access"].split(".")[0]
        header = json.loads(base64.urlsafe_b64decode(head + "==="))
        self.assertEqual([key["kid"] for key in keys["keys"]], [header["kid"]])

    def test_a_connection_serves_many_requests(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                                timeout=PATIENCE)
        with contextlib.closing(connection):
            for _ in range(3):
                connection.request("GET", "/nowhere")
                answer = connection.getresponse()
                self.assertEqual(answer.status, 404)
                answer.read()

    def test_what_is_no_http_ends_its_connection_alone(self):
        with socket.create_connection(("127.0.0.1", self.server.port),
                                      timeout=PATIENCE) as connection:
            connection.sendall(b"\0nonsense\r\n\r\n")
            self.assertEqual(connection.recv(100), b"")
        self.assertEqual(self.server.counts()["exchanges"], 0)


class Faults(WithServer):
    def test_answers_that_come(self):
        for fault, status, body in (
                ("skewed_date", 200, b'"access"'),
                ("same_token", 200, b'"access"'),
                ("html_502", 502, b"<html>"),
                ("redirect_307", 307, b""),
                ("retry_after=7", 503, b"overloaded"),
                ("rate_limited_429", 429, b"rate_limited"),
                ("unavailable_503", 503, b"overloaded"),
                ("invalid_grant_once", 401, b"refresh_invalid"),
                ("no_refresh_token", 200, b'"access"'),
                ("empty_200", 200, b""),
                ("foreign_subject", 200, b'"access"'),
                ("huge_body=100000", 200, b" " * 100000),
                ("garbage_json", 200, b"Notice"),
                ("expires_in_zero", 200, b'"access"')):
            with self.subTest(fault):
                self.server.plan(fault)
                token = self.server.session()["refresh"]
                answer = self.server.refresh(token)
                self.assertEqual(answer.status, status)
                self.assertIn(body, answer.content)
                self.assertEqual(self.server.refresh(token).status, 200)
        self.assertEqual(self.server.counts()["families_lost"], 0)

    def test_a_cut_answer_promises_more_than_it_brings(self):
        self.server.plan("cut=10")
        with self.assertRaises(http.client.IncompleteRead) as cut:
            self.server.refresh(self.server.first["refresh"])
        self.assertEqual(len(cut.exception.partial), 10)
        self.assertGreater(cut.exception.expected, 100)

    def test_a_lost_answer_ends_the_connection(self):
        self.server.plan("lost_answer")
        token = self.server.first["refresh"]
        with self.assertRaises(http.client.RemoteDisconnected):
            self.server.refresh(token)
        self.assertEqual(self.server.counts()["rotations"], 1)
        self.assertEqual(self.server.refresh(token).status, 200)
        self.assertEqual(self.server.counts()["repeats"], 1)

    def test_a_stalled_answer_never_comes_and_keeps_nobody_else_waiting(self):
        self.server.plan("stall")
        token = self.server.first["refresh"]
        with self.assertRaises(TimeoutError):
            self.server.refresh(token, patience=0.3)
        self.assertEqual(self.server.refresh(token).status, 200)

    def test_a_stall_of_a_second_takes_a_second(self):
        self.server.plan("stall=1")
        began = time.monotonic()
        answer = self.server.refresh(self.server.first["refresh"])
        self.assertEqual(answer.status, 200)
        self.assertGreaterEqual(time.monotonic() - began, 1)

    def test_the_end_waits_for_no_stalled_answer(self):
        self.server.plan("stall")
        with socket.create_connection(("127.0.0.1", self.server.port),
                                      timeout=PATIENCE) as connection:
            connection.sendall(b"POST /token HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Length: 24\r\n\r\n"
                               b"grant_type=refresh_token")
            self.assertTrue(wait_for(
                lambda: self.server.counts()["exchanges"] == 1))
            self.assertEqual(self.server.stop(), 0)
            self.assertEqual(connection.recv(100), b"")

    def test_whoever_follows_a_redirect_is_counted(self):
        self.server.plan("redirect_307")
        answer = self.server.refresh(self.server.first["refresh"])
        where = urllib.parse.urlsplit(answer.headers["Location"])
        self.assertEqual(where.hostname, "localhost")
        self.assertEqual(where.port, self.server.port)
        self.server.send("POST", where.path, "{}")
        self.assertEqual(self.server.counts()["redirects_followed"], 1)

    def test_a_path_can_be_befallen(self):
        self.server.plan("html_502@/.well-known/jwks.json")
        path = "/.well-known/jwks.json"
        self.assertEqual(self.server.send("GET", path).status, 502)
        self.assertEqual(self.server.send("GET", path).status, 200)


class Controls(WithServer):
    flags = ["--fault", "unavailable_503:2", "--fault=html_502",
             "--access-lifetime", "2s", "--device-interval", "0s"]

    def test_faults_of_the_command_line_come_first(self):
        token = self.server.first["refresh"]
        statuses = [self.server.refresh(token).status for _ in range(4)]
        self.assertEqual(statuses, [503, 503, 502, 200])

    def test_faults_are_added_all_or_none_and_cleared(self):
        for body in ({"faults": ["cut", "nonsense"]}, {"faults": "cut"},
                     {"faults": [1]}, {}):
            status, answer = self.server.json("POST", "/_control/faults", body)
            self.assertEqual(status, 400, answer)
        self.assertEqual(self.server.counts()["pending_faults"], 3)
        status, answer = self.server.json("DELETE", "/_control/faults")
        self.assertEqual((status, answer), (200, {"pending": 0}))

    def test_sessions_are_made_for_whom_it_is_asked(self):
        status, tokens = self.server.json("POST", "/_control/sessions",
                                          {"subject": "alice"})
        claims = claims_of(tokens["access"])
        self.assertEqual((status, claims["sub"]), (201, "alice"))
        self.assertEqual(claims["exp"] - claims["iat"], 2)

    def test_a_device_gets_tokens_once_its_person_agreed(self):
        self.server.json("DELETE", "/_control/faults")
        _, begun = self.server.form("/device_authorization", client_id="cli")
        poll = {"grant_type": DEVICE_GRANT, "device_code": begun["device_code"]}
        self.assertEqual(self.server.form("/token", **poll),
                         (400, {"error": "authorization_pending"}))
        self.server.plan("slow_down")
        self.assertEqual(self.server.form("/token", **poll),
                         (400, {"error": "slow_down"}))
        answer = {"user_code": begun["user_code"], "agreed": True}
        self.assertEqual(
            self.server.json("POST", "/_control/devices", answer)[0], 200)
        self.assertEqual(
            self.server.json("POST", "/_control/devices", answer)[0], 404)
        status, tokens = self.server.form("/token", **poll)
        self.assertEqual(status, 200)
        self.assertIn("refresh_token", tokens)

    def test_other_controls_are_not_there(self):
        for method, path in (("GET", "/_control/sessions"),
                             ("POST", "/_control/nonsense")):
            self.assertEqual(self.server.send(method, path).status, 404)
        self.assertEqual(
            self.server.send("POST", "/_control/faults", "{").status, 400)


class WithoutIdempotency(WithServer):
    flags = ["--no-idempotency", "--grace", "0s"]

    def test_a_lost_answer_costs_the_session(self):
        self.server.plan("lost_answer")
        token = self.server.first["refresh"]
        with self.assertRaises(http.client.RemoteDisconnected):
            self.server.refresh(token)
        self.assertEqual(self.server.refresh(token).status, 401)
        counts = self.server.counts()
        self.assertEqual(counts["families_lost"], 1)
        self.assertEqual(counts["reuse_detected"], 1)


class CommandLine(unittest.TestCase):
    def run_program(self, *flags):
        return subprocess.run([PROGRAM, *flags], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)

    def test_mistakes_are_told_and_end_with_2(self):
        for flags in (["--fault", "nonsense"], ["--fault", "cut=x"],
                      ["--grace", "10"], ["--port", "70000"], ["extra"]):
            done = self.run_program(*flags)
            self.assertEqual(done.returncode, 2, flags)
            self.assertIn("adversarial-auth-server: ", done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_port_in_use_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            done = self.run_program("--port", str(taken.getsockname()[1]))
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot listen", done.stderr)

    def test_the_page_has_a_row_for_each_fault(self):
        listed = self.run_program("--list-faults").stdout.splitlines()
        self.assertEqual(len(listed), 18)
        page = PAGE.read_text()
        for line in listed:
            name, text = line.split(maxsplit=1)
            self.assertIn(f"| `{name.split('=')[0]}` |", page)
            text = text.removeprefix("s ").removeprefix("bytes ").strip()
            self.assertIn(f"| {text} |", page)


if __name__ == "__main__":
    unittest.main()
