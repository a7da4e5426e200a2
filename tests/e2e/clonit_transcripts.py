"""What every command says, in a pipe and in a terminal, word for word."""

import pathlib
import re
import termios
import unittest

from clonit_harness import EMAIL, PASSWORD, ClonitTest, Terminal
from clonit_token_harness import AUDIENCE, ISSUER, NOW, TokenTest

LONG_LABEL = "the machine in the corner that nobody dares to switch off"


class Transcripts(ClonitTest):
    def key_id(self, label):
        keys = self.home.run("keys", "list", "--json").json["keys"]
        return next(key["id"] for key in keys if key["label"] == label)

    def steps(self):
        """Arguments, and the answers to the prompts."""
        yield ["config", "path"], []
        yield ["whoami"], []
        yield ["signup", "--email", EMAIL], [PASSWORD] * 2
        yield ["login", "--password", "--email", EMAIL], [PASSWORD]
        yield ["whoami"], []
        yield ["keys", "list"], []
        yield ["keys", "issue", "--label", "laptop"], []
        yield ["keys", "issue", "--label", LONG_LABEL, "--raw"], []
        yield ["keys", "list"], []
        yield ["keys", "list", "--width", "74"], []
        yield ["keys", "show", self.key_id("laptop")], []
        yield ["keys", "roll", self.key_id("laptop"), "--overlap", "1h"], []
        yield ["keys", "roll", self.key_id("laptop")], []
        yield ["keys", "revoke", self.key_id("laptop")], []
        yield ["keys", "show", self.key_id("laptop")], []
        yield ["keys", "audit", self.key_id("laptop")], []
        yield ["keys", "scan", str(self.home.config)], []
        yield ["token", "inspect"], [self.home.tokens()["access"]]
        yield ["doctor"], []
        yield ["logout"], []
        yield ["logout"], []
        yield ["doctor"], []

    def pipe(self, flags):
        for arguments, answers in self.steps():
            stdin = answers[0] + "\n" if answers else ""
            done = self.home.run(*flags, *arguments, stdin=stdin)
            yield (f"$ clonit {' '.join(flags + arguments)}\n{done.out}"
                   + "".join(f"! {line}\n" for line in done.err.splitlines())
                   + f"= {done.code}\n\n")

    def test_in_a_pipe(self):
        self.assert_golden("pipe", "".join(self.pipe([])))

    def test_for_programs(self):
        self.assert_golden("json", "".join(self.pipe(["--json", "--quiet"])))

    def test_in_a_terminal(self):
        def said():
            for arguments, answers in self.steps():
                prompts = (["Token: "] if arguments[0] == "token"
                           else ["Password: ", "The same again: "])
                done = self.home.terminal(
                    *arguments, answers=list(zip(prompts, answers)))
                self.assertNotIn(PASSWORD, done.out)
                yield (f"$ clonit {' '.join(arguments)}\n{done.out}"
                       f"= {done.code}\n\n")
        self.assert_golden("terminal", "".join(said()))

    def test_help(self):
        self.assert_golden("help", "".join(
            self.home.run(*command, "--help").out for command in
            ([], ["signup"], ["login"], ["keys"], ["keys", "issue"],
             ["keys", "roll"], ["keys", "audit"], ["keys", "scan"], ["config"], ["token"], ["token", "verify"],
             ["token", "sign"])))

    def test_the_page_has_the_exit_codes_of_the_help(self):
        page = (pathlib.Path(__file__).parents[2] / "docs/clonit.md").read_text()
        told = re.findall(r"^\| (\d+) \| (.+) \|$", page, re.M)
        said = re.findall(r"^  (\d+) +(.+)$", self.home.run("--help").out, re.M)
        self.assertEqual(told, said)
        self.assertTrue(told)


class Tokens(TokenTest):
    # RFC 8037 appendix A.1.
    KEY = ('{"kty":"OKP","crv":"Ed25519","alg":"Ed25519","kid":"a",'
           '"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",'
           '"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}')

    def steps(self):
        key = self.file("key.jwk", self.KEY)
        claims = self.file("claims.json", '{"sub":"alice","aud":"%s"}\n'
                           % AUDIENCE)
        sign = ["token", "sign", "--key", key, "--claims", claims,
                "--issuer", ISSUER, "--lifetime", "15m", "--at", str(NOW)]
        token = self.home.run(*sign).out
        late = self.home.run(*sign[:-1], str(NOW - 3600)).out
        verify = self.arguments(key, algorithms="Ed25519")
        yield sign, ""
        yield verify, token
        yield verify, token + "nonsense\n" + late
        yield [*verify, "--audience", "x", "--jsonl"], token + late
        yield verify, ""
        yield self.arguments("missing", algorithms="Ed25519"), token
        yield self.arguments(key, algorithms="none"), token

    def test_tokens_in_a_pipe(self):
        def said():
            for arguments, stdin in self.steps():
                done = self.home.run(*arguments, stdin=stdin)
                yield (f"$ clonit {' '.join(arguments)}\n{done.out}"
                       + "".join(f"! {line}\n"
                                 for line in done.err.splitlines())
                       + f"= {done.code}\n\n")
        self.assert_golden("tokens", "".join(said()))

    def test_tokens_in_a_terminal(self):
        (_, _), (arguments, token), *_ = self.steps()
        terminal = Terminal(self.home, arguments)
        # What is typed would show up somewhere between the answers.
        modes = termios.tcgetattr(terminal.master)
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(terminal.master, termios.TCSANOW, modes)
        for until, typed in (("Ctrl-D ends", token), ("(in 15 min)", "abc\n"),
                             ("three parts", "\x04")):
            terminal.read(until=until)
            terminal.type(typed)
        seen = terminal.read().replace("\r\n", "\n").replace("\x1b", "\\e")
        self.assert_golden("tokens_terminal",
                           f"{seen}= {terminal.end()}\n")


class Flags(ClonitTest):
    def test_global_flags_stand_before_or_after_the_command(self):
        self.home.sign_in()
        before = self.home.run("--json", "whoami").out
        after = self.home.run("whoami", "--json").out
        self.assertEqual(before, after)
        self.assertEqual(
            self.home.run("keys", "list", "--json").json,
            self.home.run("--json", "keys", "list").json)

    def test_colours_are_for_terminals_that_want_them(self):
        for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False),
                              ({"TERM": "dumb"}, False)):
            done = self.home.terminal("doctor", env=env)
            self.assertEqual("\\e[" in done.out, coloured, env)

    def test_another_config_file_has_a_session_of_its_own(self):
        self.home.sign_in()
        other = self.home.folder / "other" / "settings.yaml"
        other.parent.mkdir(mode=0o700)
        other.write_text(f"cloud:\n  url: {self.server.url}\n")
        done = self.home.run("--config", str(other), "whoami")
        self.assertEqual(done.code, 3, done.err)
        done = self.home.run("login", "--password", "--email", EMAIL,
                             "--config", str(other), stdin=PASSWORD)
        self.assertEqual(done.code, 0, done.err)
        session = other.parent / "credentials.json"
        self.assertEqual(session.stat().st_mode & 0o777, 0o600)

    def test_a_config_file_in_the_current_folder_may_be_named_alone(self):
        here = self.home.folder
        (here / "c.yaml").write_text(f"cloud:\n  url: {self.server.url}\n")
        self.home.sign_in()
        done = self.home.run("login", "--password", "--email", EMAIL,
                             "--config", "c.yaml", stdin=PASSWORD, cwd=here)
        self.assertEqual(done.code, 0, done.err)
        self.assertTrue((here / "credentials.json").exists())

    def test_quiet_leaves_what_was_asked_for(self):
        self.home.sign_in()
        done = self.home.run("--quiet", "keys", "issue", "--label", "x",
                             "--raw")
        self.assertRegex(done.out, r"^clone_u\w{50}\n$")
        self.assertEqual(done.err, "")

    def test_K34_debug_shows_requests_and_no_secret(self):
        for command in (["signup"], ["login", "--password"]):
            done = self.home.run(*command, "--email", EMAIL, "--debug",
                                 stdin=PASSWORD)
            self.assertIn("/api/auth/", done.err)
            self.assertNotIn(PASSWORD, done.err)
        for command in (["whoami"], ["keys", "issue", "--label", "x"],
                        ["doctor"], ["logout"]):
            tokens = self.home.tokens()
            done = self.home.run("--debug", *command)
            self.assertIn("debug: ", done.err)
            for secret in (tokens["access"], tokens["refresh"]):
                self.assertNotIn(secret, done.out + done.err)
            self.assertNotRegex(done.err, r"clone_u\w{20}")


if __name__ == "__main__":
    unittest.main()
