"""Moves a real Django project here while the server serves, and asks of every
credential what the project would have said of it."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "e2e"))

from admin_harness import AdminTest  # noqa: E402
from harness import PATIENCE, Account  # noqa: E402

PYTHON = "/usr/bin/python3"


class Traffic:
    """Asks who one is, again and again, with an account of our own."""

    def __init__(self, server):
        self.server, self.statuses, self.ending = server, [], False
        self.account = Account(server)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.ending:
            for headers in (self.account.bearer, self.account.key_header):
                self.statuses.append(self.server.call(
                    "GET", "/api/auth/me/", headers=headers)[0])

    def end(self):
        self.ending = True
        self.thread.join()
        return self.statuses


class DjangoImport(AdminTest):
    @classmethod
    def setUpClass(cls):
        made_in = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, made_in)
        cls.made = made_in / "django.sqlite3"
        made = subprocess.run([PYTHON, str(HERE / "project.py"),
                               str(cls.made)],
                              stdout=subprocess.PIPE, check=True, timeout=120)
        cls.project = json.loads(made.stdout)

    def setUp(self):
        super().setUp()
        self.django = pathlib.Path(shutil.copy(self.made, self.folder))
        self.secret = self.folder / "secret.txt"
        self.secret.write_text(self.project["secret"] + "\n")
        self.arguments = ["import", "django", "--from", str(self.django),
                          "--secret-key-file", str(self.secret),
                          "--key-owner", "user0@example.test"]

    def import_all(self):
        report = self.done(*self.arguments)
        return ({count["kind"]: (count["added"], count["known"],
                                 count["refused"])
                 for count in report["counts"]}, report["remarks"])

    def me(self, server, headers):
        status, body, _ = server.call("GET", "/api/auth/me/", headers=headers)
        return status, body

    def check_keys(self, server):
        for key in self.project["keys"]:
            with self.subTest(key["what"]):
                status, body = self.me(
                    server, {"Authorization": f"{key['scheme']} {key['key']}"})
                self.assertEqual(status == 200, key["good"], body)
                self.assertIn(status, (200, 401))

    def check_access(self, server):
        for token in self.project["access"]:
            with self.subTest(token["what"]):
                status, body = self.me(
                    server, {"Authorization": "Bearer " + token["token"]})
                self.assertEqual(status, 200 if token["good"] else 401, body)

    def check_refreshes(self, server):
        for token in self.project["refresh"]:
            with self.subTest(token["what"]):
                status, body, _ = server.call(
                    "POST", "/api/auth/token/refresh/",
                    {"refresh": token["token"]})
                self.assertEqual(status, 200 if token["good"] else 401, body)
                if not token["good"]:
                    continue
                status, me = self.me(
                    server, {"Authorization": "Bearer " + body["access"]})
                self.assertEqual((status, me["email"]),
                                 (200, token["email"].lower()))
                status, again, _ = server.call(
                    "POST", "/api/auth/token/refresh/",
                    {"refresh": body["refresh"]})
                self.assertEqual(status, 200, again)
                # Its successor was used, so the old one is theft by now.
                status, body, _ = server.call(
                    "POST", "/api/auth/token/refresh/",
                    {"refresh": token["token"]})
                self.assertEqual((status, body["code"]),
                                 (401, "refresh_reused"))

    def check_passwords(self, server):
        for user in self.project["users"]:
            imported = user["name"] not in ("without-email", "second")
            if user["password"] is None or not imported:
                continue
            with self.subTest(user["name"]):
                status, body, _ = server.call(
                    "POST", "/api/auth/login/",
                    {"email": user["email"], "password": user["password"]})
                good = user["active"] and user["hasher"] == "default"
                self.assertEqual(status, 200 if good else 401, body)

    def test_everybody_and_every_key_moves_and_nobody_notices(self):
        server = self.serve()
        traffic = Traffic(server)
        counts, remarks = self.import_all()
        statuses = traffic.end()
        self.assertEqual(set(statuses), {200})
        self.assertEqual(counts["accounts"], (9, 0, 2))
        self.assertEqual(counts["drf-api-keys"], (12, 0, 0))
        self.assertEqual(counts["authtokens"], (3, 0, 0))
        self.assertEqual(counts["blacklisted-tokens"], (2, 0, 0))
        about = " ".join(remark["about"] for remark in remarks)
        names = {user["name"]: user["id"] for user in self.project["users"]}
        for name in ("without-email", "second", "older", "without-password"):
            self.assertIn(f"account {names[name]}", about)
        self.assertEqual(len(remarks), 4)
        self.check_access(server)
        self.check_keys(server)
        self.check_refreshes(server)
        self.check_passwords(server)
        self.check_progress()
        # Again: nothing is new, and nothing else is changed.
        counts, _ = self.import_all()
        self.assertEqual({kind: count[0] for kind, count in counts.items()},
                         dict.fromkeys(counts, 0))
        self.assertEqual(server.stop(), 0)
        restarted = self.serve()
        self.check_keys(restarted)
        self.check_access(restarted)
        self.check_nothing_leaks()

    def check_progress(self):
        progress = self.done("import", "status")
        self.assertEqual(progress["accounts"], 9)
        self.assertTrue(progress["tokens_until"])
        forms = {row["form"]: row for row in progress["keys"]}
        for form, count in (("sha256", 3), ("django-sha512", 6),
                            ("django-pbkdf2", 6)):
            row = forms[form]
            # Revoked and expired ones were presented whole, too.
            self.assertEqual((row["imported"], row["upgraded"], row["left"]),
                             (count, count, 0), row)
            self.assertTrue(row["last_used_at"])

    def check_nothing_leaks(self):
        everything = b"".join(
            path.read_bytes() for path in self.folder.iterdir()
            if path.name.startswith("auth.db") and path.is_file()
        ) + self.log_bytes()
        for secret in ([key["key"] for key in self.project["keys"]] +
                       [token["token"] for token in self.project["refresh"]] +
                       [user["password"] for user in self.project["users"]
                        if user["password"]] + [self.project["secret"]]):
            self.assertNotIn(secret.encode(), everything)

    def log_bytes(self):
        return (self.folder / "server.log").read_bytes()

    def test_an_import_without_a_server_does_the_same(self):
        self.assertEqual(self.serve().stop(), 0)
        counts, _ = self.import_all()
        self.assertEqual(counts["accounts"], (9, 0, 2))
        server = self.serve()
        self.check_access(server)
        self.check_keys(server)

    def test_without_the_signing_key_no_token_is_taken(self):
        server = self.serve()
        at = self.arguments.index("--secret-key-file")
        del self.arguments[at:at + 2]
        self.import_all()
        for token in self.project["access"]:
            self.assertEqual(
                self.me(server, {"Authorization": "Bearer " + token["token"]})
                [0], 401)
        for token in self.project["refresh"]:
            self.assertEqual(server.call(
                "POST", "/api/auth/token/refresh/",
                {"refresh": token["token"]})[0], 401)
        self.check_keys(server)

    def test_before_an_import_other_shapes_are_no_credentials(self):
        server = self.serve()
        key = self.project["keys"][0]["key"]
        for headers, code in (
                ({"Authorization": "Api-Key " + key}, "credential_missing"),
                ({server.scheme.header: key}, "key_malformed")):
            status, body = self.me(server, headers)
            self.assertEqual((status, body["code"]), (401, code))

    def test_K13_an_imported_key_beside_another_credential(self):
        server = self.serve()
        account = Account(server)
        self.import_all()
        key = next(key for key in self.project["keys"] if key["good"])
        headers = {"Authorization": "Api-Key " + key["key"],
                   **account.key_header}
        status, body = self.me(server, headers)
        self.assertEqual((status, body["code"]), (400, "multiple_credentials"))
        status, _ = self.me(server, {server.scheme.header: account.access})
        self.assertEqual(status, 401)

    def test_guessing_at_a_slow_key_is_limited_and_holds_nobody_up(self):
        self.flags = ["--limit-anonymous-per-address", "0"]
        server = self.serve()
        traffic = Traffic(server)
        self.import_all()
        slow = next(key["key"] for key in self.project["keys"]
                    if key["what"] == "version 2, 0")
        prefix = slow.partition(".")[0]
        statuses = []
        for number in range(14):
            statuses.append(self.me(server, {
                "Authorization": f"Api-Key {prefix}.{number:032}"})[0])
        self.assertEqual(statuses, [401] * 10 + [429] * 4)
        self.assertEqual(set(traffic.end()), {200})
        # A prefix that nobody has costs nothing and is not counted.
        self.assertEqual(self.me(server, {
            "Authorization": "Api-Key abcdefgh." + "0" * 32})[0], 401)

    def test_a_slow_key_that_a_fleet_presents_at_once_is_taken_by_all(self):
        server = self.serve()
        self.import_all()
        slow = next(key["key"] for key in self.project["keys"]
                    if key["what"] == "version 2, 1")
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(self.me(
            server, {"Authorization": "Api-Key " + slow})[0]))
            for _ in range(24)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(statuses, [200] * 24)
        self.assertLess(time.monotonic() - start, PATIENCE)

    def test_what_is_no_django_database_is_refused(self):
        self.serve()
        self.assert_fails(self.admin("import", "django", "--from",
                                     str(self.folder / "nothing.sqlite3")),
                          "import_unusable", "nothing.sqlite3")
        self.assert_fails(self.admin("import", "django", "--from",
                                     str(self.secret)), "import_unusable")
        self.secret.write_text("short\n")
        self.assert_fails(self.admin(*self.arguments), "key_weak")


if __name__ == "__main__":
    unittest.main()
