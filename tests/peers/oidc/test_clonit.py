"""clonit signs a person in at an authorization server of others, whom they
know by their cloud's URL alone: test_clonit.py PEER"""

import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "e2e"))
# pylint: disable=wrong-import-position
from clonit_harness import CLONIT, Home, Terminal
from harness import PATIENCE, line_of
from oidc_harness import CloudFront, Peer
from user import approve, deny, sign_in_at

PEER = sys.argv.pop(1)

# What a browser is to the program: one that is given the page, and opens it.
_BROWSER = """#!/usr/bin/env python3
import os, sys
sys.path.insert(0, {here!r})
import user
with open({seen!r}, "a") as seen:
    print(*sys.argv[1:], file=seen)
{act}
"""


class ClonitTest(unittest.TestCase):
    flags = []
    client = "native"
    scope = "openid offline_access email"

    @classmethod
    def setUpClass(cls):
        cls.peer = Peer(PEER, *cls.flags)
        cls.addClassCleanup(cls.peer.end)

    def setUp(self):
        self.cloud = CloudFront(self.peer.url, self.client, self.scope)
        self.addCleanup(self.cloud.end)
        self.home = Home(self.cloud.url)
        self.addCleanup(self.home.remove)

    def start(self, *arguments, env=None):
        process = subprocess.Popen(
            [CLONIT, "login", *arguments], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=self.home.environment(env))
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    @staticmethod
    def prompt(stream):
        """(code, page) as they are shown"""
        code = line_of(stream).rstrip("\n")
        # Both may have been read at once.
        return code, stream.readline().rstrip("\n")

    def end(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def sign_in(self, *arguments):
        process = self.start(*arguments)
        code, page = self.prompt(process.stdout)
        approve(page, code)
        done = self.end(process)
        self.assertEqual(done[0], 0, done)
        return done

    def assert_nobody_is_signed_in(self):
        self.assertFalse(self.home.session.exists())
        self.assertEqual(self.home.run("whoami").code, 3)

    def browser(self, act="pass"):
        """A program to be named by BROWSER, and what it is started with."""
        script = self.home.folder / "a browser; touch pwned"
        seen = self.home.folder / "seen"
        script.write_text(_BROWSER.format(
            here=str(pathlib.Path(__file__).parent), seen=str(seen), act=act))
        script.chmod(0o700)
        return {"BROWSER": str(script)}, seen


class WithACode(ClonitTest):
    def test_the_code_and_the_page_stand_on_a_line_each_and_the_session_is_kept(
            self):
        code, out, err = self.sign_in()
        self.assertEqual((code, out), (0, ""))
        self.assertIn(f"signed in at {self.cloud.url} as alice@example.test",
                      err)
        session = self.home.tokens()
        self.assertEqual(session["issuer"], self.peer.url)
        self.assertEqual(self.home.session.stat().st_mode & 0o777, 0o600)

    def test_whoami_tells_who_by_whom_and_until_when(self):
        self.sign_in()
        done = self.home.run("whoami", "--json")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(done.json["id"], "alice")
        self.assertEqual(done.json["email"], "alice@example.test")
        self.assertEqual(done.json["credential"]["issuer"], self.peer.url)
        self.assertEqual(done.json["credential"]["found_in"], "session")
        self.assertRegex(done.json["credential"]["expires_at"], r"^\d{4}-.*Z$")

    def test_who_declines_is_not_signed_in(self):
        process = self.start()
        code, page = self.prompt(process.stdout)
        deny(page, code)
        exit_code, _, err = self.end(process)
        self.assertEqual(exit_code, 3)
        self.assertIn("sign_in_denied", err)
        self.assert_nobody_is_signed_in()

    def test_programs_get_the_code_on_standard_error_and_one_object(self):
        process = self.start("--json", "--quiet")
        code, page = self.prompt(process.stderr)
        approve(page, code)
        exit_code, out, err = self.end(process)
        self.assertEqual((exit_code, err), (0, ""))
        self.assertIn(f'"issuer":"{self.peer.url}"', out)

    def test_a_scope_of_its_own_is_asked_for(self):
        self.sign_in("--scope", "openid offline_access profile")
        done = self.home.run("whoami", "--json")
        self.assertEqual((done.json["name"], done.json["email"]),
                         ("alice", ""))

    def test_an_issuer_may_be_named_without_a_cloud_that_names_it(self):
        self.cloud.end()
        self.home.configure(f"cloud:\n  url: {self.peer.url}\n")
        self.sign_in("--auth-url", self.peer.url, "--client-id", "native")
        self.assertEqual(self.home.tokens()["issuer"], self.peer.url)

    def test_ctrl_c_gives_up_in_good_order(self):
        process = self.start()
        self.prompt(process.stdout)
        process.send_signal(signal.SIGINT)
        exit_code, _, err = self.end(process)
        self.assertEqual(exit_code, 130)
        self.assertIn("cancelled", err)
        self.assert_nobody_is_signed_in()

    def test_a_client_that_is_not_known_there_is_refused(self):
        done = self.home.run("login", "--client-id", "nobody")
        self.assertEqual(done.code, 2, done.err)
        self.assertIn("client_refused", done.err)
        self.assertIn("--client-id", done.err)
        self.assert_nobody_is_signed_in()

    def test_a_client_without_the_grant_is_refused(self):
        done = self.home.run("login", "--client-id", "browser-only")
        self.assertEqual(done.code, 1, done.err)
        self.assertIn("request_refused", done.err)

    def test_the_browser_is_given_the_page_with_the_code_and_no_shell(self):
        env, seen = self.browser("user.approve(sys.argv[1])")
        process = self.start(env=env)
        code, _ = self.prompt(process.stdout)
        self.assertEqual(self.end(process)[0], 0)
        self.assertIn(code, seen.read_text())
        self.assertEqual(len(seen.read_text().splitlines()), 1)
        self.assertFalse(pathlib.Path("pwned").exists())

    def test_no_browser_is_opened_where_none_is_wanted(self):
        env, seen = self.browser()
        process = self.start("--no-browser", env=env)
        code, page = self.prompt(process.stdout)
        approve(page, code)
        self.assertEqual(self.end(process)[0], 0)
        self.assertFalse(seen.exists())

    def test_a_terminal_shows_a_qr_code_and_how_long_is_left(self):
        terminal = Terminal(self.home, ["login"], columns=80)
        seen = terminal.read(until="left; Ctrl-C gives up")
        self.assertIn("\u2584", seen)
        lines = [line.rstrip("\r") for line in seen.split("\n")]
        page = next(i for i, line in enumerate(lines)
                    if line.startswith(self.peer.url))
        approve(lines[page], lines[page - 1])
        self.assertIn("signed in at", terminal.read())
        self.assertEqual(terminal.end(), 0)

    def test_a_narrow_terminal_shows_no_qr_code(self):
        terminal = Terminal(self.home, ["login"], columns=20)
        shown = terminal.read(until="waiting for you to")
        self.assertNotIn("\u2584", shown)
        terminal.type("\x03")
        self.assertIn("cancelled", terminal.read())
        self.assertEqual(terminal.end(), 130)


class WithTheBrowser(ClonitTest):
    def test_the_browser_comes_back_with_a_session(self):
        env, _ = self.browser("user.sign_in_at(sys.argv[1])")
        code, out, err = self.end(self.start("--browser", env=env))
        self.assertEqual(code, 0, err)
        self.assertTrue(out.startswith(self.peer.url), out)
        self.assertIn("as alice@example.test", err)
        self.assertEqual(self.home.run("whoami").code, 0)

    def test_the_page_may_be_opened_by_hand(self):
        env, seen = self.browser()
        process = self.start("--browser", "--no-browser", env=env)
        last = sign_in_at(line_of(process.stdout).rstrip("\n"))
        self.assertIn("close this window", last.text)
        self.assertEqual(self.end(process)[0], 0)
        self.assertFalse(seen.exists())

    def test_who_declines_is_not_signed_in(self):
        process = self.start("--browser", "--no-browser")
        sign_in_at(line_of(process.stdout).rstrip("\n"), refuse_with="Deny")
        code, _, err = self.end(process)
        self.assertEqual(code, 3)
        self.assertIn("sign_in_denied", err)
        self.assert_nobody_is_signed_in()

    def test_ctrl_c_gives_up_for_who_has_closed_the_browser(self):
        process = self.start("--browser", "--no-browser")
        line_of(process.stdout)
        process.send_signal(signal.SIGINT)
        code, _, err = self.end(process)
        self.assertEqual(code, 130)
        self.assertIn("cancelled", err)
        self.assert_nobody_is_signed_in()


class ShortLived(ClonitTest):
    flags = ["--token-life", "2"]

    def test_whoami_refreshes_once_the_access_token_has_expired(self):
        self.sign_in()
        before = self.home.tokens()
        # By now it has, wherever the refresh point was.
        while time.time() < before["received_at"] + 2:
            time.sleep(0.1)
        done = self.home.run("whoami")
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("alice@example.test", done.out)
        self.assertNotEqual(self.home.tokens()["refresh"], before["refresh"])


class NobodyThere(ClonitTest):
    flags = ["--code-life", "2"]

    def test_a_code_that_nobody_types_expires(self):
        process = self.start()
        self.prompt(process.stdout)
        code, _, err = self.end(process)
        self.assertEqual(code, 3)
        self.assertIn("sign_in_expired", err)
        self.assert_nobody_is_signed_in()


class Logout(ClonitTest):
    def refresh(self, token):
        """The status that it is answered with."""
        return self.home_of(token).run("whoami").code

    def home_of(self, session):
        home = Home(self.cloud.url)
        self.addCleanup(home.remove)
        home.session.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.session.write_text(session)
        home.session.chmod(0o600)
        return home

    def test_the_session_ends_there_and_here(self):
        self.sign_in()
        kept = self.home.session.read_text()
        self.assertEqual(self.refresh(kept), 0)
        done = self.home.run("logout")
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("signed out", done.err)
        self.assertFalse(self.home.session.exists())
        self.assertEqual(self.refresh(kept), 3)

    def test_a_session_that_is_replaced_ends_there(self):
        self.sign_in()
        kept = self.home.session.read_text()
        self.sign_in()
        self.assertEqual(self.refresh(kept), 3)
        self.assertEqual(self.home.run("whoami").code, 0)

    def test_where_nobody_can_be_told_it_is_removed_all_the_same(self):
        self.sign_in()
        self.home.keep(issuer="http://127.0.0.1:1")
        done = self.home.run("logout")
        self.assertEqual(done.code, 4, done.err)
        self.assertIn("could not be told", done.err)
        self.assertFalse(self.home.session.exists())


class Doctor(ClonitTest):
    def states(self, done):
        return {check["name"]: check["state"] for check in done.json["checks"]}

    def test_it_says_where_to_sign_in(self):
        done = self.home.run("doctor", "--json")
        self.assertEqual(done.code, 3, done.err)
        states = self.states(done)
        self.assertEqual(states["server"], "ok", done.out)
        self.assertEqual(states["discovery"], "ok")
        self.assertEqual(states["credential"], "failed")

    def test_all_is_well_for_who_is_signed_in(self):
        self.sign_in()
        done = self.home.run("doctor", "--json")
        self.assertEqual(done.code, 0, done.out)
        self.assertEqual(set(self.states(done).values()), {"ok"})

    def test_a_session_of_another_issuer_than_the_cloud_names_is_told(self):
        self.sign_in()
        other = Peer(PEER)
        self.addCleanup(other.end)
        cloud = CloudFront(other.url)
        self.addCleanup(cloud.end)
        self.home.configure(f"cloud:\n  url: {cloud.url}\n")
        self.home.keep(base_url=cloud.url)
        done = self.home.run("doctor", "--json")
        check = next(check for check in done.json["checks"]
                     if check["name"] == "credential")
        self.assertEqual((check["state"], check["cause"]),
                         ("warning", "issuer_mismatch"))


if __name__ == "__main__":
    if not pathlib.Path(PEER).is_file():
        print("SKIPPED: oidc-provider is not installed")
        sys.exit(77)
    unittest.main()
