"""What every command of an operator says, in a pipe and in a terminal, word for
word, and the same with a server and without one."""

import pathlib
import re
import unittest

from clonit_harness import GoldenTest, Home
from harness import SERVER, Account, Server

PASSWORD = "another long enough pass phrase"


class Operator(Home):
    """A home folder with the database of a server in it."""

    program = SERVER

    def environment(self, changes):
        database = {"CLONE_AUTH_DATABASE": f"sqlite:{self.folder}/auth.db"}
        return {**super().environment(changes), **database}

    def normal(self, text):
        # Ids of secrets, which have no form of their own.
        text = re.sub(r"(?m)^[0-9A-Za-z]{24}$", "CODE", text)
        text = re.sub(r'"code":"[0-9A-Za-z]{24}"', '"code":"CODE"', text)
        text = re.sub(r"\bwhy [\w-]{60,}", "why REFUSAL", text)
        text = re.sub(r"\b\d+\.[\w-]{43}(?![\w-])", "HEAD", text)
        text = re.sub(r"(?<![\w-])[\w-]{43}(?![\w-])", "KID", text)
        text = re.sub(r"before-restore-\d{8}T\d{6}Z(-\d+)?",
                      "before-restore-TIME", text)
        return super().normal(text)


class Transcripts(GoldenTest):
    golden = pathlib.Path(__file__).parent / "admin_golden"

    def setUp(self):
        self.home = Operator()
        self.addCleanup(self.home.remove)

    def fill(self):
        self.server = Server(folder=self.home.folder)
        self.addCleanup(self.server.stop)
        self.account = Account(self.server, "you")
        self.refusal = self.server.call("GET", "/api/auth/me/")[2][
            "X-Refusal-Id"]

    def steps(self):
        """Arguments, and the answers to the prompts."""
        email = self.account.email
        yield ["account", "list"], []
        yield ["account", "disable", email], []
        yield ["account", "list"], []
        yield ["account", "enable", email], []
        yield ["account", "disable", "nobody@example.com"], []
        yield ["account", "set-password", email], [PASSWORD] * 2
        yield ["key", "list"], []
        yield ["key", "revoke", self.account.key_id], []
        yield ["key", "revoke", self.account.key_id], []
        yield ["key", "list", "--account", email], []
        yield ["audit", "list", "--limit", "4"], []
        yield ["audit", "verify"], []
        yield ["audit", "verify", "--head", "nonsense"], []
        yield ["invite", "create"], []
        yield ["signing-key", "rotate"], []
        yield ["signing-key", "rotate"], []
        yield ["signing-key", "list"], []
        yield ["pepper", "list"], []
        yield ["pepper", "rotate"], []
        yield ["pepper", "drop", "9"], []
        yield ["backup", f"{self.home.folder}/monday.db"], []
        yield ["backup", f"{self.home.folder}/monday.db"], []
        yield ["why", self.refusal], []
        yield ["why", "nonsense"], []
        yield ["key"], []

    def run_steps(self, flags):
        for arguments, answers in self.steps():
            arguments = arguments + flags
            stdin = answers[0] + "\n" if answers else ""
            done = self.home.run(*arguments, stdin=stdin)
            typed = self.home.normal(" ".join(arguments))
            yield (f"$ clone-auth-server {typed}\n{done.out}"
                   + "".join(f"! {line}\n" for line in done.err.splitlines())
                   + f"= {done.code}\n\n")

    def test_in_a_pipe(self):
        self.fill()
        self.assert_golden("pipe", "".join(self.run_steps([])))

    def test_without_a_server_the_same_is_said(self):
        self.fill()
        self.assertEqual(self.server.stop(), 0)
        self.assert_golden("pipe", "".join(self.run_steps([])))

    def test_for_programs(self):
        self.fill()
        self.assert_golden(
            "json", "".join(self.run_steps(["--json"])))

    def test_in_a_terminal(self):
        self.fill()

        def said():
            for arguments, answers in self.steps():
                prompts = ["New password: ", "The same again: "]
                done = self.home.terminal(
                    *arguments, answers=list(zip(prompts, answers)))
                self.assertNotIn(PASSWORD, done.out)
                typed = self.home.normal(" ".join(arguments))
                yield (f"$ clone-auth-server {typed}\n{done.out}"
                       f"= {done.code}\n\n")
        self.assert_golden("terminal", "".join(said()))

    def test_restoring(self):
        self.fill()

        def said(*arguments):
            done = self.home.run(*arguments)
            typed = self.home.normal(" ".join(arguments))
            return (f"$ clone-auth-server {typed}\n{done.out}"
                    + "".join(f"! {line}\n" for line in done.err.splitlines())
                    + f"= {done.code}\n\n")
        monday, tuesday = (f"{self.home.folder}/{day}.db"
                           for day in ("monday", "tuesday"))
        text = said("backup", monday) + said("restore", monday)
        self.assertEqual(self.server.stop(), 0)
        text += said("restore", tuesday) + said("restore", monday)
        done = self.home.terminal("restore", monday, answers=[])
        text += f"$ clone-auth-server restore ~/monday.db\n{done.out}"
        self.assert_golden("restore", text + f"= {done.code}\n")

    def test_help(self):
        self.assert_golden("help", "".join(
            self.home.run(*command, "--help").out for command in
            (["account"], ["account", "set-password"], ["key"],
             ["key", "list"], ["invite", "create"], ["signing-key"],
             ["signing-key", "rotate"], ["audit"], ["audit", "list"],
             ["audit", "verify"], ["pepper"], ["pepper", "drop"], ["backup"],
             ["restore"], ["why"])))

    def test_the_page_has_the_exit_codes_of_the_help(self):
        page = (pathlib.Path(__file__).parents[2]
                / "docs/run-the-server.md").read_text()
        told = re.findall(r"^\| (\d+) \| (.+) \|$", page, re.M)
        said = re.findall(r"^  (\d+) +(.+)$", self.home.run("--help").out, re.M)
        self.assertEqual(told, said)
        self.assertTrue(told)


if __name__ == "__main__":
    unittest.main()
