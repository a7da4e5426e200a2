"""Which credential clonit uses, and what becomes of sessions."""

import concurrent.futures
import signal
import stat
import time
import unittest

from clonit_harness import (EMAIL, PASSWORD, ClonitTest, Terminal, forged,
                            unverified)
from harness import Server


class Credentials(ClonitTest):
    def setUp(self):
        super().setUp()
        self.home.sign_in()

    def key(self):
        return self.home.run("keys", "issue", "--label", "x",
                             "--raw").out.strip()

    def expire(self, **changes):
        """Makes the access token one that has expired."""
        claims = unverified(self.home.tokens()["access"])
        now = int(time.time())
        claims.update(iat=now - 7200, exp=now - 3600)
        self.home.keep(access=forged(claims), received_at=now - 7200,
                       **changes)

    def test_a_key_in_the_environment_goes_before_the_session(self):
        done = self.home.run("whoami", "--json",
                             env={"CLONE_API_TOKEN": self.key()})
        self.assertEqual(done.json["credential"],
                         {"shape": "api_key", "found_in": "environment",
                          "expires_at": None, "issuer": None})

    def test_a_key_in_the_config_goes_before_the_session(self):
        key = self.key()
        self.home.configure(
            f"cloud:\n  url: {self.server.url}\n  api_key: {key}\n")
        done = self.home.run("whoami", "--json")
        self.assertEqual(done.json["credential"]["found_in"], "config")
        done = self.home.run("login", "--password", "--email", EMAIL,
                             stdin=PASSWORD)
        self.assertIn("goes before this session", done.err)
        self.assertEqual(self.home.run("logout").code, 0)
        self.assertIn(key, self.home.config.read_text())
        self.assertEqual(self.home.run("whoami").code, 0)

    def test_an_expired_session_is_refreshed_and_kept(self):
        old = self.home.tokens()["refresh"]
        self.expire()
        done = self.home.run("whoami")
        self.assertEqual(done.code, 0, done.err)
        self.assertNotEqual(self.home.tokens()["refresh"], old)
        self.assertEqual(stat.S_IMODE(self.home.session.stat().st_mode), 0o600)

    def test_several_at_once_share_one_refresh(self):
        self.expire()
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            runs = [pool.submit(self.home.run, "whoami", "--debug")
                    for _ in range(6)]
        done = [run.result() for run in runs]
        self.assertEqual([run.code for run in done], [0] * 6,
                         "".join(run.err for run in done))
        refreshes = sum(run.err.count("token/refresh/") for run in done)
        self.assertEqual(refreshes, 1)

    def test_a_session_that_cannot_be_refreshed_is_told(self):
        self.expire(refresh="made-up")
        for command in (["whoami"], ["keys", "list"]):
            done = self.home.run(*command)
            self.assert_fails(done, 3, "session_ended", "not valid",
                              "clonit login")
        done = self.home.run("doctor")
        self.assertEqual(done.code, 3)
        self.assertIn("session_ended", done.out)

    def test_a_session_of_another_server_goes_nowhere(self):
        other = Server()
        self.addCleanup(other.remove)
        self.home.configure(f"cloud:\n  url: {other.url}\n")
        done = self.home.run("whoami", "--debug")
        self.assert_fails(done, 3, "foreign_origin", "another server")
        self.assertNotIn("GET", done.err)

    def test_logout_ends_the_session_at_the_server(self):
        access = self.home.tokens()["access"]
        self.assertEqual(self.home.run("logout").code, 0)
        self.assertFalse(self.home.session.exists())
        done = self.home.run("whoami", env={"CLONE_API_TOKEN": access})
        self.assert_fails(done, 3, "token_revoked")

    def test_logout_without_the_server_says_what_is_left(self):
        self.server.stop()
        done = self.home.run("logout")
        self.assertEqual(done.code, 4)
        self.assertIn("could not be told", done.err)
        self.assertFalse(self.home.session.exists())

    def test_logout_removes_a_session_that_cannot_be_read(self):
        self.home.session.write_text("{")
        self.assert_fails(self.home.run("whoami"), 2, "config_malformed")
        self.assertEqual(self.home.run("logout").code, 0)
        self.assertFalse(self.home.session.exists())

    def test_a_new_session_ends_the_one_that_it_replaces(self):
        access = self.home.tokens()["access"]
        self.home.run("login", "--password", "--email", EMAIL, stdin=PASSWORD)
        done = self.home.run("whoami", env={"CLONE_API_TOKEN": access})
        self.assert_fails(done, 3, "token_revoked")

    def test_a_revoked_key_is_told(self):
        key = self.key()
        identity = self.home.run("keys", "list", "--json").json["keys"][0]
        self.assertEqual(self.home.run("keys", "revoke", identity["id"]).code,
                         0)
        done = self.home.run("whoami", env={"CLONE_API_TOKEN": key})
        self.assert_fails(done, 3, "key_revoked", "Issue a new key")

    def test_the_doctor_finds_a_wrong_letter_in_a_key(self):
        key = self.key()
        wrong = key[:30] + ("a" if key[30] != "a" else "b") + key[31:]
        done = self.home.run("doctor", env={"CLONE_API_TOKEN": wrong})
        self.assertEqual(done.code, 3)
        self.assertIn("key_malformed", done.out)
        self.assertNotIn(wrong[25:], done.out + done.err)


class Prompts(ClonitTest):
    def test_nothing_is_echoed_and_the_terminal_is_given_back(self):
        terminal = Terminal(self.home, ["signup", "--email", EMAIL])
        terminal.read(until="Password: ")
        self.assertFalse(terminal.echoes())
        terminal.type(PASSWORD + "\n")
        terminal.read(until="again: ")
        self.assertFalse(terminal.echoes())
        terminal.type(PASSWORD + "\n")
        terminal.read()
        self.assertTrue(terminal.echoes())
        self.assertNotIn(PASSWORD, terminal.seen)
        self.assertEqual(terminal.end(), 0)

    def test_ctrl_c_gives_the_terminal_back_and_ends(self):
        for command in (["login", "--password", "--email", EMAIL],
                        ["signup", "--email", EMAIL], ["token", "inspect"]):
            terminal = Terminal(self.home, command)
            terminal.read(until=": ")
            self.assertFalse(terminal.echoes())
            terminal.type("half a pass\x03")
            terminal.read()
            self.assertTrue(terminal.echoes())
            self.assertNotIn("half", terminal.seen)
            self.assertEqual(terminal.end(), -signal.SIGINT)

    def test_two_passwords_that_differ_make_no_account(self):
        done = self.home.terminal(
            "signup", "--email", EMAIL,
            answers=[("Password: ", PASSWORD), ("again: ", PASSWORD + "?")])
        self.assertEqual(done.code, 1)
        self.assertIn("differ", done.out)
        done = self.home.run("login", "--password", "--email", EMAIL,
                             stdin=PASSWORD)
        self.assert_fails(done, 3, "invalid_credentials")

    def test_the_end_of_the_input_is_no_password(self):
        terminal = Terminal(self.home, ["login", "--password", "--email", "e"])
        terminal.read(until="Password: ")
        terminal.type("\x04")
        self.assertIn("nothing was entered", terminal.read())
        self.assertEqual(terminal.end(), 1)


class Editing(ClonitTest):
    def edit(self, script, **env):
        editor = self.home.folder / "editor"
        editor.write_text(f"#!/bin/sh\n{script}\n")
        editor.chmod(0o700)
        return self.home.run("config", "edit",
                             env={"EDITOR": str(editor), **env})

    def test_it_makes_the_file_for_its_owner_alone(self):
        self.home.config.unlink()
        done = self.edit("cat \"$1\"")
        self.assertEqual(done.code, 2)
        self.assertIn("url:", done.out)
        self.assertIn("cloud.url is not set", done.err)
        self.assertEqual(stat.S_IMODE(self.home.config.stat().st_mode), 0o600)

    def test_it_checks_what_was_written(self):
        url = self.server.url
        for text, code, said in (
                (f"cloud:\\n  url: {url}\\n", 0, "is fine"),
                ("cloud:\\n  url: [\\n", 2, "config.yaml:3: is not valid"),
                ("cloud:\\n  url: ftp://x\\n", 2, "config.yaml:2: cloud.url"),
                (f"cloud:\\n  url: {url}\\n  api_key: a b\\n", 2,
                 "config.yaml:3")):
            done = self.edit(f"printf '{text}' > \"$1\"")
            with self.subTest(text):
                self.assertIn(said, done.err)
                self.assertEqual(bool(done.code), bool(code), done.err)

    def test_what_the_environment_says_hides_no_mistake(self):
        done = self.edit(": > \"$1\"", CLONE_API_URL=self.server.url)
        self.assert_fails(done, 2, "cloud.url is not set")

    def test_visual_goes_before_editor_and_may_have_arguments(self):
        done = self.edit("exit 1", VISUAL="test -f")
        self.assertEqual(done.code, 0, done.err)

    def test_an_editor_that_fails_is_told(self):
        self.assert_fails(self.edit("exit 3"), 1, "editor")


if __name__ == "__main__":
    unittest.main()
