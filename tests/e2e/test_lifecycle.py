"""Starting, ending, and everything that can be wrong with how it was told."""

import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import unittest

from harness import (PATIENCE, SERVER, Account, Answers, Server, get,
                     read_to_end)


def run(*arguments, env=None):
    return subprocess.run([str(SERVER), *arguments], capture_output=True,
                          text=True, timeout=PATIENCE,
                          env={**os.environ, **(env or {})})


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.database = f"sqlite:{self.folder}/auth.db"

    def serve(self, *flags, **more):
        server = Server(*flags, **more)
        self.addCleanup(server.remove)
        return server


class Ending(Folder):
    def test_sigterm_finishes_a_request_in_flight(self):
        server = self.serve()
        account = Account(server)
        body = ('{"email":"%s","password":"%s"}' %
                (account.email, account.password)).encode()
        with server.connect() as connection, server.connect() as idle:
            idle.sendall(get("/healthz"))
            self.assertTrue(idle.recv(9999).startswith(b"HTTP/1.1 200 "))
            connection.sendall(b"POST /api/auth/login/ HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Type: application/json\r\n"
                               b"Expect: 100-continue\r\n"
                               b"Content-Length: %d\r\n\r\n" % len(body))
            connection.recv(99)  # the server has the head
            server.process.send_signal(signal.SIGTERM)
            # An idle connection ends, which shows that the signal was seen.
            self.assertEqual(read_to_end(idle), b"")
            self.assertIsNone(server.process.poll())
            connection.sendall(body)
            answers = Answers(read_to_end(connection))
        self.assertEqual(answers.statuses, [200])
        self.assertIn("Connection: close", answers.heads[0])
        self.assertEqual(server.process.wait(PATIENCE), 0)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(server.address, timeout=PATIENCE)

    def test_what_is_in_flight_does_not_hold_it_for_ever(self):
        server = self.serve("--shutdown-timeout", "1s")
        with server.connect() as connection:
            connection.sendall(b"POST /api/auth/login/ HTTP/1.1\r\nHost: x\r\n"
                               b"Expect: 100-continue\r\n"
                               b"Content-Length: 9\r\n\r\n")
            connection.recv(99)
            self.assertEqual(server.stop(), 0)

    def test_sigint_ends_it_as_well(self):
        server = self.serve()
        server.process.send_signal(signal.SIGINT)
        self.assertEqual(server.process.wait(PATIENCE), 0)

    def test_accounts_and_tokens_outlive_a_restart(self):
        first = self.serve(folder=self.folder)
        account = Account(first)
        self.assertEqual(first.stop(), 0)
        second = self.serve(folder=self.folder,
                            listen="%s:%d" % first.address)
        for headers in (account.bearer, account.key_header):
            self.assertEqual(
                second.call("GET", "/api/auth/me/", headers=headers)[0], 200)

    def test_killed_it_leaves_a_database_that_is_whole(self):
        first = self.serve(folder=self.folder)
        account = Account(first)
        first.process.kill()
        first.process.wait()
        second = self.serve(folder=self.folder)
        status, _, _ = second.call("GET", "/api/auth/me/",
                                   headers=account.key_header)
        self.assertEqual(status, 200)
        with sqlite3.connect(first.database) as database:
            self.assertEqual(
                database.execute("pragma integrity_check").fetchone(), ("ok",))


class Listening(Folder):
    def test_the_line_comes_alone_and_at_once_in_either_log_format(self):
        for log_format in ("text", "json"):
            server = self.serve("--log-format", log_format)
            self.assertRegex(server.first_line,
                             r"^listening on http://127\.0\.0\.1:\d+\n$")
            self.assertEqual(server.call("GET", "/healthz")[0], 200)

    def test_ipv6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6 here")
        server = self.serve(listen="[::1]:0")
        self.assertRegex(server.url, r"^http://\[::1\]:\d+$")
        self.assertEqual(server.call("GET", "/healthz")[0], 200)

    def test_a_port_in_use_is_said_and_not_shared(self):
        server = self.serve()
        done = run("--listen", "%s:%d" % server.address,
                   "--database", self.database)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "cannot listen on .*in use")
        self.assertEqual(done.stdout, "")

    def test_the_secrets_beside_the_database_are_private(self):
        server = self.serve(folder=self.folder)
        keys = pathlib.Path(str(server.database) + ".keys")
        self.assertEqual(keys.stat().st_mode & 0o777, 0o600)


class Telling(Folder):
    def test_flags_that_are_wrong_end_with_2_and_say_what(self):
        with_database = ["--database", self.database]
        for arguments, said in (
                ([], "--database is required"),
                (["--database", "postgres:x"], "sqlite:PATH"),
                (["--database", "sqlite:"], "sqlite:PATH"),
                (with_database + ["--listen", "8080"], "HOST:PORT"),
                (with_database + ["--listen", "127.0.0.1:x"], "HOST:PORT"),
                (with_database + ["--listen", "127.0.0.1:70000"], "HOST:PORT"),
                (with_database + ["--listen", "::1:80"], "HOST:PORT"),
                (with_database + ["--listen", "no.such.host.invalid:1"],
                 "no such address"),
                (with_database + ["--access-lifetime", "60"], "s, m, h or d"),
                (with_database + ["--access-lifetime", "m"], "s, m, h or d"),
                (with_database + ["--access-lifetime", "-1m"], "s, m, h or d"),
                (with_database + ["--access-lifetime", "1.5h"], "s, m, h or d"),
                (with_database + ["--log-format", "xml"], "xml"),
                (with_database + ["--algorithm", "none"], "none"),
                (with_database + ["--access-lifetime", "0s"], ""),
                (with_database + ["--cors-origin", "*.example"], ""),
                (with_database + ["--trusted-proxy", "300.1.1.1"], ""),
                (with_database + ["--issuer", "example"], "issuer"),
                (with_database + ["--threads", "-1"], "threads"),
                (with_database + ["--password-min", "7"], "password-min"),
                (with_database + ["--limit-passwords-per-account", "x"],
                 "limit-passwords-per-account"),
                (with_database + ["--key-prefix", "Bad"], ""),
                (with_database + ["--key-header", "Cookie"], ""),
                (with_database + ["--config", str(self.folder / "none")],
                 "none"),
                (with_database + ["--no-such-flag"], "--no-such-flag"),
                (with_database + ["stray"], "stray")):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertTrue(done.stderr.startswith("clone-auth-server: "))
            self.assertIn(said, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_database_that_cannot_be_opened_ends_with_1(self):
        not_one = self.folder / "text.db"
        not_one.write_text("this is no database at all, whatever it says\n" * 99)
        for path in ("/no/such/folder/auth.db", str(self.folder), str(not_one)):
            done = run("--listen", "127.0.0.1:0", "--database",
                       "sqlite:" + path)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stderr, "^clone-auth-server: .{10,}")
            self.assertEqual(done.stdout, "")

    def test_help_and_version(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("--access-lifetime", done.stdout)
        self.assertRegex(done.stdout, r"^[\n -~]*$")
        self.assertRegex(run("--version").stdout, r"^\d+\.\d+\.\d+\n$")

    def lifetime(self, server):
        from test_tokens import claims
        access = claims(Account(server).access)
        return access["exp"] - access["iat"]

    def test_the_config_file_says_what_flags_do_not(self):
        config = self.folder / "server.toml"
        config.write_text('access-lifetime = "7m"\nkey-header = "X-Not-This"\n'
                          'cors-origin = ["https://a.example"]\n')
        server = self.serve("--config", str(config))
        self.assertEqual(self.lifetime(server), 7 * 60)
        _, _, headers = server.call("GET", "/healthz")
        self.assertEqual(server.call(
            "GET", "/api/auth/me/",
            headers={"Origin": "https://a.example"})[2][
                "Access-Control-Allow-Origin"], "https://a.example")

    def test_a_config_file_with_an_unknown_line_is_refused(self):
        config = self.folder / "server.toml"
        config.write_text('acess-lifetime = "7m"\n')
        done = run("--config", str(config), "--database", self.database)
        self.assertEqual(done.returncode, 2)
        self.assertIn("acess-lifetime", done.stderr)

    def test_the_environment_wins_over_the_file_and_flags_over_both(self):
        config = self.folder / "server.toml"
        config.write_text('access-lifetime = "7m"\n')
        flags = ["--config", str(config)]
        env = {"CLONE_AUTH_ACCESS_LIFETIME": "9m"}
        server = self.serve(*flags, env=env)
        self.assertEqual(self.lifetime(server), 9 * 60)
        server = self.serve(*flags, "--access-lifetime", "11m", env=env)
        self.assertEqual(self.lifetime(server), 11 * 60)

    def test_the_environment_says_what_flags_do_not(self):
        config = self.folder / "server.toml"
        config.write_text('refresh-lifetime = "2h"\n')
        server = self.serve(listen=None, env={
            "CLONE_AUTH_LISTEN": "127.0.0.1:0",
            "CLONE_AUTH_ACCESS_LIFETIME": "9m",
            "CLONE_AUTH_CONFIG": str(config),
            "CLONE_AUTH_LOG_FORMAT": "json"})
        self.assertEqual(self.lifetime(server), 9 * 60)

    def test_environment_that_is_wrong_ends_with_2(self):
        done = run("--database", self.database,
                   env={"CLONE_AUTH_ACCESS_LIFETIME": "soon"})
        self.assertEqual(done.returncode, 2)
        self.assertIn("soon", done.stderr)

    def test_tokens_are_signed_as_told(self):
        server = self.serve("--algorithm", "EdDSA")
        account = Account(server)
        _, keys, _ = server.call("GET", "/.well-known/jwks.json")
        self.assertEqual([key["alg"] for key in keys["keys"]], ["EdDSA"])
        self.assertEqual(server.call("GET", "/api/auth/me/",
                                     headers=account.bearer)[0], 200)

    def test_a_limit_of_zero_is_none(self):
        server = self.serve("--limit-passwords-per-account", "0")
        body = {"email": "a@example.com", "password": "wrong-wrong-wrong"}
        for _ in range(12):
            self.assertEqual(
                server.call("POST", "/api/auth/login/", body)[0], 401)

    def test_a_limit_is_kept(self):
        server = self.serve("--limit-passwords-per-account", "2")
        body = {"email": "a@example.com", "password": "wrong-wrong-wrong"}
        answers = [server.call("POST", "/api/auth/login/", body)
                   for _ in range(3)]
        self.assertEqual([answer[0] for answer in answers], [401, 401, 429])
        self.assertGreater(int(answers[2][2]["Retry-After"]), 0)


if __name__ == "__main__":
    unittest.main()
