"""What an operator does at the command line holds, with a server and without."""

import json
import os
import subprocess
import unittest

from admin_harness import AdminTest
from harness import SERVER, Account

NEW_PASSWORD = "another long enough pass phrase"


class OnARunningServer(AdminTest):
    """Each change is seen by the very next request."""

    def setUp(self):
        super().setUp()
        self.server = self.serve()
        self.account = Account(self.server, "you")

    def test_a_disabled_account_is_out_at_once_and_an_enabled_one_in_again(self):
        email = self.account.email
        self.assertEqual(
            self.done("account", "disable", email),
            {"email": email, "enabled": False})
        for headers in (self.account.bearer, self.account.key_header):
            self.assertEqual(self.status_of(self.server, headers), 401)
        self.assertFalse(self.done("account", "list")["accounts"][0]["enabled"])
        self.done("account", "enable", email)
        self.assertEqual(
            self.status_of(self.server, self.account.key_header), 200)

    def test_a_revoked_key_is_refused_at_once(self):
        revoked = self.done("key", "revoke", self.account.key_id)
        self.assertEqual(revoked, {"id": self.account.key_id, "revoked": True})
        self.assertEqual(
            self.status_of(self.server, self.account.key_header), 401)
        self.assertEqual(self.status_of(self.server, self.account.bearer), 200)
        self.assert_fails(self.admin("key", "revoke", self.account.key_id),
                          "not_found", "revoked before")

    def test_a_new_password_ends_the_sessions_and_signs_in(self):
        done = self.admin("account", "set-password", self.account.email,
                          stdin=NEW_PASSWORD + "\n")
        self.assertEqual(done.code, 0, done.err)
        self.assertNotIn(NEW_PASSWORD, done.out + done.err + self.server.log())
        self.assertEqual(self.status_of(self.server, self.account.bearer), 401)
        for password, status in ((self.account.password, 401),
                                 (NEW_PASSWORD, 200)):
            body = {"email": self.account.email, "password": password}
            self.assertEqual(
                self.server.call("POST", "/api/auth/login/", body)[0], status)

    def test_a_password_that_is_too_short_changes_nothing(self):
        done = self.admin("account", "set-password", self.account.email,
                          stdin="short\n")
        self.assert_fails(done, "validation_failed")
        self.assertEqual(self.status_of(self.server, self.account.bearer), 200)

    def test_a_refusal_is_explained_to_the_operator_alone(self):
        _, body, headers = self.server.call(
            "GET", "/api/auth/me/", headers={
                "Authorization": "Bearer " + self.account.access[:-2] + "AA"})
        # As who cuts it out of the head of an answer has it.
        why = self.done("why", headers["X-Refusal-Id"] + "\r")
        self.assertEqual(why["code"], body["code"])
        self.assertGreater(len(why["detail"]), 10)
        self.assert_fails(self.admin("why", "nonsense"), "not_found")

    def test_ids_of_every_first_character_are_explained(self):
        # One of 64 begins with a dash, as a flag does.
        seen = set()
        while "-" not in seen:
            _, _, headers = self.server.call("GET", "/api/auth/me/")
            seen.add(headers["X-Refusal-Id"][0])
        for place in (["why"], ["--json", "why"]):
            done = self.admin(*place, headers["X-Refusal-Id"])
            self.assertEqual(done.code, 0, done.err)

    def test_a_new_signing_key_is_published_and_the_present_one_signs(self):
        made = self.done("signing-key", "rotate")
        self.assertEqual(made["state"], "published")
        _, keys, _ = self.server.call("GET", "/.well-known/jwks.json")
        self.assertIn(made["id"], [key["kid"] for key in keys["keys"]])
        listed = self.done("signing-key", "list")["signing_keys"]
        self.assertEqual([key["state"] for key in listed],
                         ["published", "signing"])
        self.assertEqual(self.status_of(self.server, self.account.bearer), 200)
        self.assert_fails(self.admin("signing-key", "rotate"),
                          "rotation_pending")

    def test_a_long_list_arrives_whole(self):
        for _ in range(300):
            self.server.call("POST", "/api/auth/keys/", {"label": "x" * 100},
                             self.account.bearer)
        keys = self.done("key", "list", "--account", self.account.email)["keys"]
        self.assertEqual(len(keys), 301)


class OnAStoppedDatabase(AdminTest):
    def test_what_was_done_holds_when_the_server_starts(self):
        account = self.filled()
        self.done("key", "revoke", account.key_id)
        invite = self.done("invite", "create", "--uses", "2")
        self.assertEqual(invite["uses"], 2)
        self.assertFalse(self.socket.exists())
        server = self.serve("--invite-only")
        self.assertEqual(self.status_of(server, account.key_header), 401)
        for email, status in (("a@example.com", 201), ("b@example.com", 201),
                              ("c@example.com", 400)):
            body = {"email": email, "password": NEW_PASSWORD,
                    "invite_code": invite["code"]}
            self.assertEqual(
                server.call("POST", "/api/auth/signup/", body)[0], status)

    def test_every_listing_is_one_object_for_programs(self):
        account = self.filled()
        listed = self.done("account", "list")["accounts"][0]
        self.assertEqual(
            (listed["email"], listed["role"], listed["enabled"],
             listed["keys"]), (account.email, "owner", True, 1))
        key = self.done("key", "list")["keys"][0]
        self.assertEqual((key["id"], key["account"], key["revoked_at"]),
                         (account.key_id, account.email, None))
        self.assertNotIn(account.key[20:], json.dumps(key))
        signing = self.done("signing-key", "list")["signing_keys"][0]
        self.assertEqual(signing["state"], "signing")

    def test_a_command_keeps_the_algorithm_that_is_there(self):
        self.assertEqual(self.serve("--algorithm", "EdDSA").stop(), 0)
        self.done("account", "list")
        keys = self.done("signing-key", "list")["signing_keys"]
        self.assertEqual([key["algorithm"] for key in keys], ["EdDSA"])
        self.done("signing-key", "rotate", "--publish-ahead", "0s")
        keys = self.done("signing-key", "list")["signing_keys"]
        self.assertEqual([key["algorithm"] for key in keys], ["EdDSA"] * 2)

    def test_what_is_not_there_is_said(self):
        self.filled()
        self.assert_fails(self.admin("account", "disable", "no@example.com"),
                          "not_found", "account list")
        self.assert_fails(self.admin("key", "list", "--account", "no"),
                          "not_found")
        self.assert_fails(
            self.admin("key", "revoke", "00000000-0000-4000-8000-000000000000"),
            "not_found")
        self.assert_fails(self.admin("key", "revoke", "x"), "invalid_argument")

    def test_an_error_for_programs_is_an_object_too(self):
        self.filled()
        done = self.admin("key", "revoke", "x", "--json")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.json["error"], "invalid_argument")


class CommandLines(AdminTest):
    def test_wrong_ones_end_with_2_and_touch_nothing(self):
        for arguments in (["account"], ["account", "delete", "a@b"],
                          ["account", "disable"], ["key", "revoke"],
                          ["key", "list", "x"], ["nonsense"], ["why"],
                          ["invite", "create", "--uses", "0"],
                          ["invite", "create", "--uses", "many"],
                          ["signing-key", "rotate", "--publish-ahead", "10"],
                          ["--create-invite", "1"],
                          ["account", "list", "key", "list"]):
            done = self.admin(*arguments)
            self.assertEqual(done.code, 2, arguments)
            self.assertIn("See clone-auth-server --help.", done.err)
            self.assertEqual(done.out, "")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_secret_in_the_wrong_place_is_not_repeated(self):
        done = self.admin("account", "set-password", "a@b", "hunter2-hunter2")
        self.assertEqual(done.code, 2)
        self.assertNotIn("hunter2", done.err)

    def test_the_database_may_come_behind_the_command_or_from_outside(self):
        self.filled()
        url = f"sqlite:{self.database}"
        for arguments, env in (
                (["account", "list", "--database", url], {}),
                (["account", "list"], {"CLONE_AUTH_DATABASE": url})):
            done = subprocess.run([str(SERVER), *arguments], env=env,
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("you@example.com", done.stdout)

    def test_a_reader_that_has_gone_ends_it_as_the_system_does(self):
        self.filled()
        read, write = os.pipe()
        os.close(read)
        done = self.admin("account", "list", stdout=write)
        os.close(write)
        self.assertEqual(done.code, -13, done.err)

    def test_output_that_cannot_be_written_is_a_failure(self):
        self.filled()
        with open("/dev/full", "w") as full:
            done = self.admin("account", "list", stdout=full)
        self.assertEqual(done.code, 1)
        self.assertIn("cannot be written", done.err)


if __name__ == "__main__":
    unittest.main()
