"""Each endpoint answers whatever it is sent with a clear error in JSON."""

import json
import unittest

from harness import Account, Answers, ServerTest

POSTS = ["/api/auth/signup/", "/api/auth/login/", "/api/auth/logout/",
         "/api/auth/token/refresh/", "/api/auth/invite/validate/",
         "/api/auth/waitlist/", "/api/auth/keys/"]
FIELDS = ["email", "password", "refresh", "code", "label", "invite_code",
          "scope", "permissions", "expires_at"]

# What is no JSON object of text members in UTF-8.
BODIES = {
    "empty": b"",
    "a blank": b" ",
    "text": b"hello",
    "a form": b"email=a&password=b",
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "a list": b"[]",
    "a list of objects": b"[{}]",
    "cut off": b'{"email":',
    "trailing garbage": b'{"email":"a@example.com"} x',
    "two values": b"{}{}",
    "a repeated name": b'{"email":"a@example.com","email":"b@example.com",'
                       b'"refresh":"a","refresh":"b","code":"a","code":"b",'
                       b'"label":"a","label":"b"}',
    "deep": b'{"email":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "bytes that are no UTF-8": b'{"email":"\xff\xfe","label":"\xc0\xaf"}',
    "half a surrogate pair": b'{"email":"\\ud800","label":"\\udc00"}',
    "a comment": b'{/**/"email":"a@example.com"}',
    "NaN": b'{"email":NaN}',
    "a byte order mark": b'\xef\xbb\xbf{"email":"a@example.com"}',
    "NUL": b'{"email":"a\\u0000@example.com","password":"a\\u0000bcdefghijklm",'
           b'"refresh":"\\u0000","code":"\\u0000","label":"\\u0000"}',
}


def members(value):
    return json.dumps({name: value for name in FIELDS}).encode()


for name, value in {"numbers": 1, "nulls": None, "truths": True, "lists": [],
                    "objects": {}, "empty texts": "", "blanks": "   ",
                    "long texts": "x" * 100_000,
                    "controls": "a\r\nb\x1b[31m"}.items():
    BODIES[name] = members(value)


class BadInput(ServerTest):
    flags = ["--limit-anonymous-per-address", "0",
             "--limit-passwords-per-address", "0",
             "--limit-passwords-per-account", "0",
             "--limit-refreshes-per-address", "0"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = Account(cls.server)

    def send(self, method, path, body=b"", content_type="application/json",
             fields=()):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close",
                 f"Authorization: Bearer {self.account.access}", *fields,
                 f"Content-Length: {len(body)}"]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        head = "\r\n".join(lines + ["", ""]).encode("latin-1")
        answers = Answers(self.server.raw(head + body))
        self.assertEqual(len(answers.statuses), 1)
        return answers.statuses[0], answers.bodies[0], answers.heads[0]

    def assert_clear(self, body):
        """Some error in JSON that quotes no stack, path or query."""
        answer = json.loads(body)
        self.assertTrue(answer)
        for word in ("sqlite", "SELECT", ".cc:", "terminate"):
            self.assertNotIn(word, body.decode())

    def test_bodies_that_are_not_as_they_should_be(self):
        for path in POSTS:
            for name, body in BODIES.items():
                with self.subTest(path=path, body=name):
                    status, answer, _ = self.send("POST", path, body)
                    # A refresh token of the wrong form is a 401; a code that
                    # is none is merely not valid.
                    allowed = {"/api/auth/token/refresh/": (400, 401),
                               "/api/auth/logout/": (400, 401),
                               "/api/auth/login/": (400, 401),
                               "/api/auth/invite/validate/": (400, 200)}
                    self.assertIn(status, allowed.get(path, (400,)))
                    if status != 200:
                        self.assert_clear(answer)
        self.assert_serving()

    def test_bodies_of_another_type(self):
        for path in POSTS:
            for content_type in ("text/plain", "text/html", "multipart/form-data",
                                 "application/x-www-form-urlencoded",
                                 "application/jsonx", "json", "/"):
                with self.subTest(path=path, content_type=content_type):
                    status, answer, _ = self.send("POST", path, b"{}",
                                                  content_type)
                    self.assertEqual(status, 415)
                    self.assert_clear(answer)

    def test_paths_that_are_none(self):
        for path in ("/", "/api", "/api/auth/", "/api/auth/nothing/",
                     "/api/auth/keys/1/", "/api/auth/keys/x/y/",
                     "/api/auth/keys/00000000-0000-0000-0000-000000000000/",
                     "/%00", "/api/auth/me/%2e%2e/keys/", "/..%2f..%2fetc/passwd",
                     "/.git/config", "/healthz/x", "/\xff"):
            with self.subTest(path=path):
                status, answer, _ = self.send("GET", path)
                self.assertEqual(status, 404)
                self.assert_clear(answer)

    def test_W17_spellings_of_a_path_do_not_get_around_its_rules(self):
        for path in ("//api/auth/me/", "/api//auth/me/", "/./api/auth/me/",
                     "/api/auth/./me/", "/api/auth/x/../me/", "/API/AUTH/ME/",
                     "/api/auth/%6de/", "/api/auth/me/;x", "/api/auth/me%2f",
                     "/api/auth/me//"):
            with self.subTest(path=path):
                answers = Answers(self.server.raw(
                    f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close"
                    "\r\n\r\n".encode()))
                self.assertIn(answers.statuses[0], (401, 404))

    def test_W17_methods(self):
        for method, allowed in (("TRACE", 405), ("DELETE", 405), ("PUT", 405),
                                ("get", 405), ("BREW", 405)):
            status, answer, head = self.send(method, "/api/auth/me/")
            self.assertEqual(status, allowed)
            self.assertIn("Allow: GET", head)
            self.assert_clear(answer)
        status, _, _ = self.send("POST", "/api/auth/me/", fields=(
            "X-HTTP-Method-Override: GET", "X-HTTP-Method: GET"))
        self.assertEqual(status, 405)


if __name__ == "__main__":
    unittest.main()
