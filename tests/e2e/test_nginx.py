"""The nginx example, in Debian's nginx: who comes through, and as whom."""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

from harness import (SERVER, Account, Answers, Server, get, read_to_end,
                     wait_for)

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples/nginx"
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
MAIN = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/temp;
  proxy_temp_path {folder}/temp;
  fastcgi_temp_path {folder}/temp;
  uwsgi_temp_path {folder}/temp;
  scgi_temp_path {folder}/temp;
  include clone-auth-http.conf;
  include site.conf;
}}
"""
IDENTITY = ["X-Clone-User", "X-Clone-Organization", "X-Clone-Role",
            "X-Clone-Permissions", "X-Clone-Key", "X-Clone-Reason"]


class Application(http.server.BaseHTTPRequestHandler):
    """Tells what reached it."""

    protocol_version = "HTTP/1.1"
    seen = []

    def do_GET(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = json.dumps({"path": self.path, "method": self.command,
                           "headers": self.headers.items(),
                           "body": self.rfile.read(size).decode()}).encode()
        Application.seen.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_OPTIONS = do_PUT = do_GET

    def log_message(self, *arguments):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@unittest.skipUnless(NGINX, "no nginx here: cmake/dependencies.sh installs it")
class NginxTest(unittest.TestCase):
    """Tests that share an auth server, an application and nginx before both."""

    @classmethod
    def setUpClass(cls):
        cls.auth = Server("--limit-anonymous-per-address", "0")
        cls.addClassCleanup(cls.auth.remove)
        cls.application = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Application)
        threading.Thread(target=cls.application.serve_forever).start()
        cls.addClassCleanup(cls.application.server_close)
        cls.addClassCleanup(cls.application.shutdown)
        cls.start_nginx()
        cls.account = Account(cls.auth)
        cls.key = cls.issue({"label": "a", "permissions": ["pull", "push"]})

    @classmethod
    def start_nginx(cls):
        folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, folder)
        (folder / "temp").mkdir()
        cls.address = ("127.0.0.1", free_port())
        cls.error_log = folder / "error.log"
        auth = "%s:%d" % cls.auth.address
        application = "%s:%d" % cls.application.server_address
        for file in EXAMPLE.glob("*.conf"):
            text = file.read_text()
            text = text.replace("127.0.0.1:8080", auth)
            text = text.replace("127.0.0.1:9000", application)
            text = text.replace("listen 80;", "listen %s:%d;" % cls.address)
            (folder / file.name).write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        main = folder / "nginx.conf"
        main.write_text(MAIN.format(folder=folder, user=user))
        cls.nginx = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(main), "-e",
             str(cls.error_log)], stdin=subprocess.DEVNULL)
        cls.addClassCleanup(cls.nginx.wait)
        cls.addClassCleanup(cls.nginx.terminate)

        def answers():
            try:
                socket.create_connection(cls.address, timeout=1).close()
                return True
            except OSError:
                return False
        assert wait_for(answers), cls.error_log.read_text()

    @classmethod
    def issue(cls, body):
        status, issued, _ = cls.auth.call("POST", "/api/auth/keys/", body,
                                          cls.account.bearer)
        assert status == 201, issued
        return issued

    def raw(self, data):
        with socket.create_connection(self.address, timeout=20) as connection:
            connection.sendall(data)
            return Answers(read_to_end(connection))

    def ask(self, path="/", *fields, method="GET", body=b""):
        """(status, parsed body, head) of one request through nginx."""
        data = get(path, *fields, "Connection: close")
        data = data.replace(b"GET", method.encode(), 1) + body
        answers = self.raw(data)
        self.assertEqual(len(answers.statuses), 1)
        return answers.statuses[0], json.loads(answers.bodies[0]), answers.heads[0]

    def with_key(self, path="/", *fields, key=None, **more):
        field = "X-Clone-API-Key: " + (key or self.key["key"])
        return self.ask(path, field, *fields, **more)

    def identity(self, answer):
        """What the application was told, each at most once."""
        told = {}
        for name, value in answer["headers"]:
            if name.lower().replace("_", "-").startswith("x-clone-"):
                self.assertNotIn(name.lower(), told)
                told[name.lower()] = value
        return told

    def assert_refused(self, status, head):
        self.assertEqual(status, 401)
        self.assertEqual(head.count("WWW-Authenticate: Bearer realm="), 1)
        self.assertIn("X-Refusal-Id: ", head)


class Doors(NginxTest):
    def test_a_good_key_comes_through_with_who_it_is(self):
        status, answer, _ = self.with_key("/a?b=c")
        self.assertEqual((status, answer["path"]), (200, "/a?b=c"))
        self.assertEqual(self.identity(answer), {
            "x-clone-user": self.account.created["id"],
            "x-clone-organization": self.key["organization"],
            "x-clone-permissions": "pull push",
            "x-clone-key": self.key["id"]})
        names = [name.lower() for name, _ in answer["headers"]]
        self.assertNotIn("authorization", names)

    def test_tokens_come_through_with_role_or_without(self):
        bearer = "Authorization: Bearer "
        status, answer, _ = self.ask("/", bearer + self.account.access)
        self.assertEqual(status, 200)
        told = self.identity(answer)
        self.assertEqual((told["x-clone-role"], told["x-clone-permissions"]),
                         ("owner", "keys"))
        self.assertNotIn("x-clone-key", told)
        form = ("grant_type=urn:ietf:params:oauth:grant-type:token-exchange&"
                "subject_token_type=urn:clone-auth:token-type:api-key&"
                "scope=pull&subject_token=" + self.key["key"]).encode()
        status, exchanged, _ = self.ask(
            "/token", "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(form)}", method="POST", body=form)
        self.assertEqual(status, 200)
        status, answer, _ = self.ask("/", bearer + exchanged["access_token"])
        self.assertEqual(status, 200)
        told = self.identity(answer)
        self.assertEqual((told["x-clone-key"], told["x-clone-permissions"]),
                         (self.key["id"], "pull"))
        self.assertNotIn("x-clone-role", told)

    def test_the_body_reaches_the_application_and_not_the_auth_server(self):
        body = b"x" * 100_000
        status, answer, _ = self.with_key(
            "/", f"Content-Length: {len(body)}", method="POST", body=body)
        self.assertEqual((status, answer["body"]), (200, body.decode()))
        status, answer, _ = self.with_key(
            "/", "Transfer-Encoding: chunked", method="POST",
            body=b"5\r\nhello\r\n0\r\n\r\n")
        self.assertEqual((status, answer["body"]), (200, "hello"))

    def test_every_method_is_asked_about(self):
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            before = len(Application.seen)
            status, _, head = self.ask("/", "Content-Length: 0", method=method)
            self.assert_refused(status, head)
            self.assertEqual(len(Application.seen), before)
            status, answer, _ = self.with_key("/", "Content-Length: 0",
                                              method=method)
            self.assertEqual((status, answer["method"]), (200, method))

    def test_spoofed_headers_are_cleared(self):
        spoofed = []
        for name in IDENTITY:
            for form in (name, name.lower(), name.upper(),
                         name.replace("-", "_"), name + "_"):
                spoofed.append(form + ": spoofed")
        status, answer, _ = self.with_key("/", *spoofed)
        self.assertEqual(status, 200)
        told = self.identity(answer)
        self.assertNotIn("spoofed", told.values())
        self.assertNotIn("x-clone-role", told)

    def test_nobody_is_named_where_a_key_acts_as_the_organization(self):
        key = self.issue({"label": "org", "scope": "org"})
        status, answer, _ = self.with_key("/", "X-Clone-User: spoofed",
                                          key=key["key"])
        self.assertEqual(status, 200)
        self.assertNotIn("x-clone-user", self.identity(answer))

    def test_a_refusal_has_challenge_reason_and_id(self):
        for fields, reason in (
                ([], "credential_missing"),
                (["X-Clone-API-Key: clone_short"], "key_malformed"),
                (["X-Clone-API-Key: " + "x" * 300], "key_malformed"),
                (["Authorization: Bearer x.y.z"], "token_malformed")):
            status, answer, head = self.ask("/", *fields)
            self.assert_refused(status, head)
            self.assertEqual(answer["code"], reason)

    def test_two_credentials_are_refused_however_they_come(self):
        key = "X-Clone-API-Key: " + self.key["key"]
        bearer = "Authorization: Bearer " + self.account.access
        for pair in ((key, bearer), (key, key), (bearer, key),
                     (key, "x-clone-api-key: x")):
            status, answer, head = self.ask("/", *pair)
            self.assert_refused(status, head)
            self.assertEqual(answer["code"], "multiple_credentials")
            self.assertIn('error="invalid_request"', head)
        status = self.raw(get("/", bearer, bearer, "Connection: close"))
        self.assertIn(status.statuses[0], (400, 401))

    def test_a_permission_is_asked_for(self):
        status, answer, _ = self.with_key("/push/x")
        self.assertEqual((status, answer["path"]), (200, "/push/x"))
        other = self.issue({"label": "b", "permissions": ["pull", "pushy"]})
        status, answer, head = self.with_key("/push/x", key=other["key"])
        self.assertEqual((status, answer["code"]), (403, "permission_denied"))
        self.assertIn('error="insufficient_scope"', head)
        self.assertIn('scope="push"', head)
        status, _, head = self.ask("/push/x")
        self.assert_refused(status, head)

    def test_the_question_itself_cannot_be_asked_from_outside(self):
        for path in ("/_clone_auth", "/_clone_auth/", "/_clone_auth/push",
                     "/%5fclone_auth", "//_clone_auth"):
            answers = self.raw(get(
                path, "X-Clone-API-Key: " + self.key["key"],
                "Connection: close"))
            self.assertEqual(answers.statuses, [404], path)

    def test_a_revoked_key_is_refused_on_the_next_request(self):
        key = self.issue({"label": "c"})
        request = get("/", "X-Clone-API-Key: " + key["key"])
        with socket.create_connection(self.address, timeout=20) as connection:
            connection.sendall(request)
            self.assertTrue(connection.recv(99999).startswith(b"HTTP/1.1 200 "))
            status, _, _ = self.auth.call(
                "DELETE", f"/api/auth/keys/{key['id']}/",
                headers=self.account.bearer)
            self.assertEqual(status, 204)
            connection.sendall(request)
            answer = connection.recv(99999)
        self.assertTrue(answer.startswith(b"HTTP/1.1 401 "))
        self.assertIn(b"key_revoked", answer)

    def test_nothing_is_smuggled_past_the_question(self):
        key = b"X-Clone-API-Key: " + self.key["key"].encode() + b"\r\n"
        inner = get("/smuggled", "Connection: close")
        head = b"POST / HTTP/1.1\r\nHost: x\r\n" + key
        for fields in (b"Content-Length: 5\r\nTransfer-Encoding: chunked",
                       b"Transfer-Encoding: chunked\r\nContent-Length: 5",
                       b"Transfer-Encoding: xchunked",
                       b"Transfer-Encoding : chunked",
                       b"Content-Length: 0\r\nContent-Length: 5",
                       b"Content-Length: +0", b"X: y\r\n X-Clone-User: z"):
            answers = self.raw(head + fields + b"\r\n\r\n0\r\n\r\n" + inner)
            self.assertNotIn(200, answers.statuses[1:])
        # A second request on the connection is asked about for itself.
        answers = self.raw(head + b"Content-Length: 0\r\n\r\n" + inner)
        self.assertEqual(answers.statuses, [200, 401])
        for path in ("/x%0d%0aX-Clone-User:%20z", "/x%00", "/x?%0aa"):
            answers = self.raw(get(path, key.decode().strip(),
                                   "Connection: close"))
            if answers.statuses == [200]:
                self.assertNotIn("z", self.identity(
                    json.loads(answers.bodies[0])).values())
        self.assertNotIn("/smuggled", Application.seen)


class Imports(NginxTest):
    """Keys of other systems, which only a slow hash can tell at first."""

    def bring(self, handle, key):
        """Imports a key as djangorestframework-api-key 2 has it."""
        salt = "saltsaltsaltsaltsalt12"
        made = hashlib.pbkdf2_hmac("sha256", key.encode(), salt.encode(), 1000)
        line = {"id": handle, "form": "django-pbkdf2", "handle": handle,
                "account": self.account.email, "hash": "$".join(
                    ("pbkdf2_sha256", "1000", salt,
                     base64.b64encode(made).decode()))}
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            done = subprocess.run(
                [SERVER, "--database", f"sqlite:{self.auth.database}",
                 "import", "keys", "--from", file.name],
                capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_first_use_of_an_imported_key_comes_through(self):
        self.bring("aaaaaaaa", "aaaaaaaa.good")
        status, _, _ = self.with_key(key="aaaaaaaa.good")
        self.assertEqual(status, 200)

    def test_too_many_wrong_tries_are_no_outage_and_no_bad_key(self):
        self.bring("bbbbbbbb", "bbbbbbbb.good")
        for _ in range(10):
            status, _, head = self.with_key(key="bbbbbbbb.wrong")
            self.assert_refused(status, head)
        before = len(Application.seen)
        status, answer, head = self.with_key(key="bbbbbbbb.good")
        self.assertEqual((status, answer["code"]), (429, "rate_limited"))
        self.assertRegex(head, r"Retry-After: [1-9][0-9]*\r\n")
        self.assertNotIn("WWW-Authenticate", head)
        self.assertEqual(len(Application.seen), before)


class Outage(NginxTest):
    """An auth server that is gone opens nothing and signs nobody out."""

    def test_without_the_auth_server_nobody_comes_through(self):
        self.assertEqual(self.auth.stop(), 0)
        before = len(Application.seen)
        for fields in ([], ["X-Clone-API-Key: " + self.key["key"]],
                       ["Authorization: Bearer " + self.account.access]):
            for path in ("/", "/push/"):
                status, answer, head = self.ask(path, *fields)
                self.assertEqual((status, answer["code"]),
                                 (503, "store_unavailable"))
                self.assertIn("Retry-After: 1", head)
        self.assertEqual(len(Application.seen), before)


if __name__ == "__main__":
    unittest.main()
