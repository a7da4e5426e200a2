"""What a client sees of tokens and keys over real HTTP."""

import base64
import json
import unittest

from harness import ACME, Account, Answers, ServerTest, get


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Credentials(ServerTest):
    flags = ["--limit-anonymous-per-address", "0"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = Account(cls.server)
        cls.other = Account(cls.server)

    def me(self, *fields):
        """(status, code, whole answer) of a request with these raw fields."""
        data = get("/api/auth/me/", *fields, "Connection: close")
        answers = Answers(self.server.raw(data))
        body = json.loads(answers.bodies[0])
        return answers.statuses[0], body.get("code"), answers

    def key_field(self, key=None):
        return f"{self.scheme.header}: {key or self.account.key}"

    def bearer_field(self, token=None):
        return f"Authorization: Bearer {token or self.account.access}"

    def test_either_shape_is_accepted_alone(self):
        self.assertEqual(self.me(self.key_field())[0], 200)
        self.assertEqual(self.me(self.bearer_field())[0], 200)
        self.assertEqual(self.me(self.bearer_field(self.account.key))[0], 200)

    def test_a_missing_credential_is_challenged(self):
        status, code, answers = self.me()
        self.assertEqual((status, code), (401, "credential_missing"))
        self.assertIn('WWW-Authenticate: Bearer realm="api"', answers.heads[0])

    def test_K08_nul_inside_a_key(self):
        key = self.account.key
        for bad in (key + "\0", key[:20] + "\0" + key[20:], "\0" + key):
            self.assertEqual(self.me(self.key_field(bad))[0], 400)

    def test_K10_a_folded_key(self):
        key = self.account.key
        for fold in ("\r\n ", "\r\n\t"):
            self.assertEqual(
                self.me(self.key_field(key[:20] + fold + key[20:]))[0], 400)
            self.assertEqual(self.me("A: b" + fold + "c", self.key_field())[0],
                             400)

    def test_K11_two_keys(self):
        good, bad = self.key_field(), self.key_field(self.account.key[:-1] + "!")
        for pair in ((good, good), (good, self.key_field(self.other.key)),
                     (good, bad), (bad, good)):
            self.assertEqual(self.me(*pair)[:2], (400, "multiple_credentials"))

    def test_K12_two_keys_in_one_field(self):
        both = self.account.key + ", " + self.other.key
        self.assertEqual(self.me(self.key_field(both))[0], 401)

    def test_K13_a_key_and_a_token(self):
        for pair in ((self.key_field(), self.bearer_field()),
                     (self.bearer_field(), self.key_field("x"))):
            self.assertEqual(self.me(*pair)[:2], (400, "multiple_credentials"))

    def test_K14_two_authorizations(self):
        for second in (self.bearer_field(), self.bearer_field("x")):
            self.assertEqual(self.me(self.bearer_field(), second)[:2],
                             (400, "multiple_credentials"))

    def test_K15_a_key_in_the_query_is_none(self):
        path = "/api/auth/me/?key=" + self.account.key
        status, body, _ = self.server.call(
            "GET", path, headers={"Cookie": "key=" + self.account.key})
        self.assertEqual((status, body["code"]), (401, "credential_missing"))

    def test_K18_keys_that_are_too_long(self):
        for size, expected in ((257, 401), (4096, 401), (65536, 431),
                               (1048576, 431)):
            key = self.scheme.prefix + "a" * (size - len(self.scheme.prefix))
            data = get("/api/auth/me/", self.key_field(key),
                       "Connection: close")
            self.assertEqual(Answers(self.server.raw(data)).statuses,
                             [expected], size)

    def test_K19_a_key_under_another_name(self):
        header = self.scheme.header.replace("-", "_")
        for name in (header, "X-" + header, header + " "):
            status = self.me(f"{name}: {self.account.key}")[0]
            self.assertEqual(status, 400 if name.endswith(" ") else 401)

    def test_K19_a_key_that_ends_with_the_connection(self):
        for option in (self.scheme.header, self.scheme.header.lower(),
                       "keep-alive, " + self.scheme.header):
            data = get("/api/auth/me/", "Connection: " + option,
                       self.key_field()) + get("/healthz", "Connection: close")
            self.assertEqual(Answers(self.server.raw(data)).statuses,
                             [401, 200])

    def test_K19_a_key_in_the_trailers(self):
        data = (get("/api/auth/me/", "Transfer-Encoding: chunked",
                    "Trailer: " + self.scheme.header, "Connection: close") +
                b"0\r\n" + self.key_field().encode() + b"\r\n\r\n")
        self.assertEqual(Answers(self.server.raw(data)).statuses, [401])

    def test_a_revoked_key_is_refused_at_once_on_open_connections(self):
        account = Account(self.server)
        with self.server.connect() as connection:
            request = get("/api/auth/me/",
                          f"{self.scheme.header}: {account.key}")
            connection.sendall(request)
            self.assertTrue(connection.recv(9999).startswith(b"HTTP/1.1 200 "))
            status, _, _ = self.server.call(
                "DELETE", f"/api/auth/keys/{account.key_id}/",
                headers=account.bearer)
            self.assertEqual(status, 204)
            connection.sendall(request)
            answer = connection.recv(9999)
        self.assertTrue(answer.startswith(b"HTTP/1.1 401 "))
        self.assertIn(b'"key_revoked"', answer)

    def test_a_slash_less_path_is_served(self):
        status, body, _ = self.server.call("GET", "/api/auth/me",
                                           headers=self.account.key_header)
        self.assertEqual((status, body["email"]), (200, self.account.email))

    def test_the_key_set_is_published(self):
        status, body, _ = self.server.call("GET", "/.well-known/jwks.json")
        self.assertEqual(status, 200)
        self.assertTrue(body["keys"])
        for key in body["keys"]:
            self.assertNotIn("d", key)

    def test_issuer_and_lifetime_of_a_token(self):
        token = claims(self.account.access)
        self.assertEqual(token["iss"], self.server.url)
        self.assertEqual(token["exp"] - token["iat"], 3600)


class CredentialsOfAnotherScheme(Credentials):
    """All of it again, with keys of another name."""

    scheme = ACME


if __name__ == "__main__":
    unittest.main()
