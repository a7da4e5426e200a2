"""API keys over HTTP: each test is a row of docs/security-testing.md."""

import base64
import json
import re
import subprocess
import unittest

from harness import ACME, SERVER, Account, Answers, ServerTest, get
from key_text import checked

UNKNOWN = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
_OF_ONE_ANSWER = {"date", "x-request-id", "x-refusal-id"}


def fields_of(head):
    """What an answer says, less what differs between any two."""
    lines = head.split("\r\n")[1:]
    pairs = [line.split(": ", 1) for line in lines]
    return [(name, "" if name.lower() in _OF_ONE_ANSWER else value)
            for name, value in pairs]


def altered(key):
    return key[:-1] + ("a" if key[-1] != "a" else "b")


class Rows(ServerTest):
    flags = ["--limit-anonymous-per-address", "0"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = Account(cls.server)

    def ask(self, *fields, path="/api/auth/me/"):
        """(status, code, head, body) of a request with these raw fields."""
        answers = Answers(self.server.raw(
            get(path, *fields, "Connection: close")))
        body = answers.bodies[0]
        code = json.loads(body).get("code") if body else None
        return answers.statuses[0], code, answers.heads[0], body

    def key_field(self, key):
        return f"{self.scheme.header}: {key}"

    def issue(self, account=None, **fields):
        account = account or self.account
        status, issued, _ = self.server.call(
            "POST", "/api/auth/keys/", {"label": "row", **fields},
            account.bearer)
        self.assertEqual(status, 201, issued)
        return issued

    def exchange(self, key):
        form = ("grant_type=urn:ietf:params:oauth:grant-type:token-exchange&"
                "subject_token_type=urn:clone-auth:token-type:api-key&"
                f"subject_token={key}").encode()
        head = get("/token", "Content-Type: application/x-www-form-urlencoded",
                   f"Content-Length: {len(form)}", "Connection: close")
        answers = Answers(self.server.raw(
            head.replace(b"GET", b"POST", 1) + form))
        self.assertEqual(answers.statuses, [200])
        return json.loads(answers.bodies[0])["access_token"]

    def test_K01_unknown_and_altered_keys_are_answered_alike(self):
        key = self.account.key
        gone = self.issue()
        self.server.call("DELETE", f"/api/auth/keys/{gone['id']}/",
                         headers=self.account.bearer)
        older = self.scheme.prefix + "abcdefghijklmnop"
        self.assertEqual(checked(key[:-6]), key)
        answers = [self.ask(self.key_field(k))
                   for k in (altered(key), checked(altered(key[:-6])), older,
                             altered(gone["key"]),
                             checked(altered(gone["key"][:-6])))]
        for status, code, head, body in answers:
            self.assertEqual((status, code), (401, "key_unknown"))
            self.assertEqual(body, answers[0][3])
            self.assertEqual(fields_of(head), fields_of(answers[0][2]))
        self.assertEqual({len(head) for _, _, head, _ in answers},
                         {len(answers[0][2])})
        self.assertEqual(self.ask(self.key_field(gone["key"]))[1],
                         "key_revoked")

    def test_K04_empty_keys(self):
        for text, code in (("", "credential_missing"),
                           (" ", "credential_missing"),
                           (self.scheme.prefix, "key_malformed"),
                           (self.scheme.prefix + "a", "key_malformed"),
                           ("a", "key_malformed")):
            self.assertEqual(self.ask(self.key_field(text))[:2], (401, code))

    def test_K05_blanks_around_a_key_are_not_part_of_it(self):
        key = self.account.key
        for text in (f"  {key}", f"{key}  ", f"\t{key}\t", f" \t {key} \t "):
            self.assertEqual(self.ask(self.key_field(text))[0], 200)
        for text in (key[:9] + " " + key[9:], "\xa0" + key, key + "\xa0",
                     key + ",", "," + key, key + ";", f'"{key}"'):
            self.assertEqual(self.ask(self.key_field(text))[0], 401, text)

    def test_K06_other_spellings_of_the_prefix(self):
        prefix = self.scheme.prefix
        rest = self.account.key[len(prefix):]
        for other in (prefix.upper(), prefix.capitalize(),
                      prefix.replace("_", "-"), prefix[:-1], "x" + prefix,
                      prefix + prefix, ""):
            self.assertEqual(self.ask(self.key_field(other + rest))[0], 401)
            # Behind Bearer it is a token, and a bad one.
            self.assertEqual(
                self.ask(f"Authorization: Bearer {other}{rest}")[0], 401)

    def test_K07_look_alikes(self):
        key = self.account.key
        at = len(self.scheme.prefix) + 3
        for text in ("\uff41", "\u0430", "a\u0301", "\u00e1", "\u200f",
                     "\u202e", "\ufeff", "\u2028"):
            for whole in (key[:at] + text + key[at + 1:], text + key,
                          key + text):
                raw = whole.encode().decode("latin-1")
                self.assertIn(self.ask(self.key_field(raw))[0], (400, 401))

    def test_K16_spellings_of_the_scheme(self):
        key = self.account.key
        for scheme in ("Bearer", "bearer", "BEARER", "bEaReR"):
            self.assertEqual(
                self.ask(f"Authorization: {scheme} {key}")[0], 200, scheme)
        for value in (f"Bearer  {key}", f"Bearer\t{key}", "Bearer", "Bearer ",
                      f"Token {key}", f"Basic {key}", f"Bearer{key}",
                      f"Bearer {key} {key}", f"Bearer,{key}", key, "",
                      f"ApiKey {key}", f"Bearer: {key}"):
            self.assertEqual(
                self.ask(f"Authorization: {value}")[0], 401, value)

    def test_K17_a_token_in_the_keys_header(self):
        status, code, _, _ = self.ask(self.key_field(self.account.access))
        self.assertEqual((status, code), (401, "key_malformed"))
        status, _, _, _ = self.ask(self.key_field(
            "Bearer " + self.account.access))
        self.assertEqual(status, 401)

    def test_K22_expired_and_disabled(self):
        other = Account(self.server)
        key = self.issue(other)["key"]
        token = self.exchange(key)
        done = subprocess.run(
            [SERVER, "--database", f"sqlite:{self.server.database}",
             "account", "disable", other.email],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        answers = [self.ask(field) for field in (
            self.key_field(key), f"Authorization: Bearer {token}",
            f"Authorization: Bearer {other.access}")]
        for status, code, _, body in answers:
            self.assertEqual((status, code), (401, "account_disabled"))
            self.assertEqual(body, answers[0][3])

    def test_K24_a_permission_is_the_whole_name(self):
        victim = f"/api/auth/keys/{self.issue()['id']}/"
        writes = [("POST", "/api/auth/keys/", {"label": "x"}),
                  ("DELETE", victim, None)]
        reads = ["/api/auth/me/", "/api/auth/keys/", victim]
        for names in ([], ["key"], ["keyss"], ["keys:read"], ["read", "write"],
                      ["readwrite"], ["k", "e", "y", "s"], ["-keys"],
                      ["keys-"]):
            issued = self.issue(permissions=names)["key"]
            for header in ({self.scheme.header: issued},
                           {"Authorization": "Bearer " + self.exchange(issued)}):
                for method, path, body in writes:
                    status, answer, _ = self.server.call(method, path, body,
                                                         header)
                    self.assertEqual((status, answer["code"]),
                                     (403, "permission_denied"), names)
                for path in reads:
                    self.assertEqual(
                        self.server.call("GET", path, headers=header)[0], 200)
                for asked in ("keys", "readwrite", "read", "readwrit"):
                    expected = 204 if asked in names else 403
                    status, _, _ = self.server.call(
                        "GET", f"/api/auth/verify/?permission={asked}",
                        headers=header)
                    self.assertEqual(status, expected, (names, asked))
        good = {self.scheme.header: self.issue(permissions=["keys"])["key"]}
        self.assertEqual(
            self.server.call("POST", "/api/auth/keys/", {"label": "x"},
                             good)[0], 201)
        self.assertEqual(self.server.call("DELETE", victim, headers=good)[0],
                         204)

    def test_K29_statements_and_patterns(self):
        prefix = self.scheme.prefix
        for text in ("' OR '1'='1", "'; DROP TABLE api_keys;--", "%s%s%s%n",
                     "*)(uid=*))(|(uid=*", "${jndi:ldap://x/a}", "{{7*7}}",
                     "../../etc/passwd", "$(id)", "`id`", "\\u0000", "%00",
                     "<script>", "[a-z]*", "_" * 20, "%" * 20):
            for whole in (text, prefix + text, prefix + text.replace(" ", "")):
                self.assertEqual(self.ask(self.key_field(whole))[0], 401,
                                 whole)
        self.assertEqual(self.ask(self.key_field(self.account.key))[0], 200)

    def test_K33_a_key_is_shown_once(self):
        issued = self.issue(permissions=["pull"])
        key = issued["key"]
        secret = key[len(issued["prefix"]):]
        path = f"/api/auth/keys/{issued['id']}/"
        for shown in (path, "/api/auth/keys/", "/api/auth/me/"):
            for headers in (self.account.bearer, {self.scheme.header: key}):
                status, body, _ = self.server.call("GET", shown,
                                                   headers=headers)
                self.assertEqual(status, 200)
                text = json.dumps(body)
                for part in (key, secret, secret[:8], secret[-8:]):
                    self.assertNotIn(part, text)
        _, shown, _ = self.server.call("GET", path,
                                       headers=self.account.bearer)
        self.assertEqual(set(shown), set(issued) - {"key"})
        self.assertEqual(len(secret), 38)


class RowsOfAnotherScheme(Rows):
    """All of it again, with keys of another name."""

    scheme = ACME


class Tenants(ServerTest):
    flags = ["--limit-anonymous-per-address", "0"]
    count = 8

    def test_K23_nobody_sees_or_touches_what_is_another_tenants(self):
        people = [Account(self.server) for _ in range(self.count)]
        keys, credentials = [], []
        for person in people:
            issued = [self.server.call(
                "POST", "/api/auth/keys/", {"label": "t", "scope": scope,
                                            "permissions": ["keys"]},
                person.bearer)[1] for scope in ("user", "org")]
            keys.append(issued)
            credentials.append([person.bearer] + [
                {self.scheme.header: key["key"]} for key in issued])
        _, unknown, _ = self.server.call(
            "GET", f"/api/auth/keys/{UNKNOWN}/", headers=people[0].bearer)
        for i in range(self.count):
            for j in range(self.count):
                for headers in credentials[i]:
                    self.check(keys[j], headers, i == j, unknown)
        # Nothing was lost on the way.
        for person, issued in zip(people, keys):
            for key in issued:
                status, answer, _ = self.server.call(
                    "GET", "/api/auth/me/",
                    headers={self.scheme.header: key["key"]})
                self.assertEqual((status, answer["email"]),
                                 (200, person.email))

    def check(self, keys, headers, own, unknown):
        for key in keys:
            path = f"/api/auth/keys/{key['id']}/"
            if own:
                continue
            for method in ("GET", "DELETE"):
                status, answer, _ = self.server.call(method, path,
                                                     headers=headers)
                self.assertEqual((status, answer), (404, unknown))
        _, page, _ = self.server.call("GET", "/api/auth/keys/?page_size=100",
                                      headers=headers)
        listed = {row["id"] for row in page["results"]}
        self.assertEqual(bool(listed & {key["id"] for key in keys}), own)


class Floods(ServerTest):
    flags = ["--quiet"]

    def test_K30_different_bad_keys_take_no_memory(self):
        head = get("/healthz", self.scheme.header + ": {}")
        head = head.decode().replace("/healthz", "/api/auth/me/")

        def send(first, count):
            with self.server.connect() as connection:
                for at in range(first, first + count, 100):
                    batch = "".join(
                        head.format(checked(f"{self.scheme.prefix}u{n:044d}"))
                        for n in range(at, at + 100))
                    connection.sendall(batch.encode())
                    answered = b""
                    while answered.count(b"HTTP/1.1 401 ") < 100 or \
                            not answered.endswith(b"}"):
                        piece = connection.recv(1 << 20)
                        self.assertTrue(piece)
                        answered += piece
        send(0, 5_000)
        before = self.server.memory()
        send(5_000, 50_000)
        self.assertLess(self.server.memory() - before, 8 * 1024 * 1024)


class Traces(ServerTest):
    """Where a key must leave none."""

    flags = ["--limit-anonymous-per-address", "0", "--log-format", "json"]
    forms = ["/api/auth/login/", "/token", "/api/auth/keys/", "/nowhere"]

    def test_K15_K34_a_key_in_the_wrong_place_is_none_and_is_not_logged(self):
        account = Account(self.server)
        key = account.key
        basic = base64.b64encode(f"{key}:{key}".encode()).decode()
        for fields in ({"Cookie": f"key={key}; {self.scheme.header}={key}"},
                       {"Referer": "http://x/?k=" + key, "User-Agent": key},
                       {"Authorization": "Basic " + basic},
                       {"X-Request-Id": key, "X-Forwarded-For": key}):
            status, body, _ = self.server.call("GET", "/api/auth/me/",
                                               headers=fields)
            self.assertEqual((status, body["code"]),
                             (401, "credential_missing"))
        for path in (f"/api/auth/me/?api_key={key}", f"/api/auth/{key}/",
                     f"/api/auth/me/;{key}", f"/{key}",
                     f"/api/auth/verify/?permission={key}"):
            self.assertIn(self.server.call("GET", path)[0], (401, 404))
        form = f"api_key={key}&{self.scheme.header}={key}".encode()
        for path in self.forms:
            self.server.raw(get(
                path, "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(form)}", "Connection: close").replace(
                    b"GET", b"POST", 1) + form)
            self.server.call("POST", path, {"label": key, "email": key,
                                            "password": key, key: key})
        self.server.raw(f"{key} / HTTP/1.1\r\nHost: {key}\r\n\r\n".encode(),
                        half_close=True)
        self.server.raw(f"GET / {key}\r\n\r\n".encode(), half_close=True)
        self.assertEqual(self.server.stop(), 0)
        log = self.server.log()
        self.assertIn("/api/auth/me/", log)
        self.assertIsNone(re.search(
            re.escape(self.scheme.prefix) + r"[0-9A-Za-z]{8}", log))
        for part in (key[-20:], basic[:24], basic[-24:]):
            self.assertNotIn(part, log)


class TracesInText(Traces):
    flags = ["--limit-anonymous-per-address", "0"]


if __name__ == "__main__":
    unittest.main()
