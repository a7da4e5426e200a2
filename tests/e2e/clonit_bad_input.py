"""What clonit makes of everything that is wrong around it."""

import contextlib
import http.server
import os
import signal
import socket
import unittest
import unittest.mock

from clonit_harness import EMAIL, PASSWORD, ClonitTest, forged
from harness import serving

# Each of these needs a server.
CLOUD = [["whoami"], ["keys", "list"], ["keys", "issue", "--label", "x"],
         ["keys", "show", "x"], ["keys", "revoke", "x"], ["logout"],
         ["signup", "--email", EMAIL],
         ["login", "--password", "--email", EMAIL]]


@contextlib.contextmanager
def answering(status, body, content_type="text/html", **headers):
    """A server that says the same whatever it is asked."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def reply(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())
        do_GET = do_POST = do_DELETE = reply

        def log_message(self, *_):
            pass

    with serving(Handler) as url:
        yield url


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Configuration(ClonitTest):
    def test_no_config_is_said_by_every_command_that_needs_one(self):
        self.home.config.unlink()
        for command in CLOUD:
            with self.subTest(command):
                done = self.home.run(*command, stdin=PASSWORD)
                self.assert_fails(done, 2, "cloud.url is not set",
                                  str(self.home.config), "config edit")
        self.assertEqual(self.home.run("doctor").code, 2)
        self.assertEqual(self.home.run("config", "path").code, 0)

    def test_a_broken_config_is_named_by_file_and_line(self):
        for text, line, what in (
                ("cloud:\n  url: [\n", ":3", "is not valid YAML"),
                ("cloud:\n\turl: x\n", ":2", "is not valid YAML"),
                ("cloud: 5\n", ":1", "must hold url"),
                ("- a\n- b\n", "", "must hold settings"),
                ("cloud:\n  url:\n    - a\n", ":3", "must be a text"),
                ("cloud:\n  url: ftp://x\n", ":2", "http or https"),
                ("cloud:\n  url: a\n  url: b\n", "", "")):
            self.home.configure(text)
            for command in (["whoami"], ["login", "--password", "--email", "e"],
                            ["logout"]):
                with self.subTest(text, command=command):
                    done = self.home.run(*command, stdin=PASSWORD)
                    self.assert_fails(done, 2, "config_malformed", what,
                                      f"{self.home.config}{line}")
            self.assertIn("config_malformed", self.home.run("doctor").out)

    def test_a_key_that_others_may_read_is_not_used(self):
        self.home.configure(f"cloud:\n  url: {self.server.url}\n"
                            "  api_key: clone_abcdefghijklmnop\n")
        self.home.config.chmod(0o644)
        done = self.home.run("whoami")
        self.assert_fails(done, 2, "file_insecure", "0600")
        self.assertNotIn("abcdefgh", done.err)

    def test_a_session_that_others_may_read_is_not_used(self):
        self.home.sign_in()
        self.home.session.chmod(0o644)
        for command in (["whoami"], ["logout"]):
            self.assert_fails(self.home.run(*command), 2, "file_insecure")

    def test_plain_http_is_for_loopback_alone(self):
        self.home.configure("cloud:\n  url: http://cloud.example\n")
        done = self.home.run("login", "--password", "--email", EMAIL,
                             stdin=PASSWORD)
        self.assert_fails(done, 2, "insecure_url")

    def test_without_a_home_it_says_so(self):
        done = self.home.run("whoami", env={"HOME": ""})
        self.assert_fails(done, 2, "HOME")

    def test_a_folder_that_cannot_be_written_is_said_before_the_password(self):
        (self.home.folder / "file").write_text("")
        config = str(self.home.folder / "file" / "config.yaml")
        env = {"CLONE_API_URL": self.server.url}
        done = self.home.run("login", "--password", "--email", EMAIL,
                             "--config", config, env=env, stdin="")
        self.assert_fails(done, 2, "store_unavailable", "--config")
        done = self.home.run("config", "edit", "--config", config, env=env)
        self.assert_fails(done, 2, "store_unavailable", "cannot make")


class Network(ClonitTest):
    def reach(self, url, *command):
        self.home.configure(f"cloud:\n  url: {url}\n")
        return self.home.run(*command, stdin=PASSWORD,
                             env={"CLONE_API_TOKEN": "clone_abcdefghijklmnop"})

    def test_a_server_that_is_not_there(self):
        url = f"http://127.0.0.1:{free_port()}"
        for command in (["whoami"], ["login", "--password", "--email", EMAIL]):
            self.assert_fails(self.reach(url, *command), 4, "unreachable")
        done = self.reach(url, "doctor", "--json")
        self.assertEqual(done.code, 4)
        server = done.json["checks"][1]
        self.assertEqual((server["state"], server["cause"]),
                         ("failed", "unreachable"))

    def test_tls_where_there_is_none(self):
        url = self.server.url.replace("http:", "https:")
        self.assert_fails(self.reach(url, "whoami"), 4, "tls_failed")

    def test_html_is_not_an_answer(self):
        page = "<html><script>alert(1)</script></html>"
        for status, code in ((200, 1), (401, 3), (404, 1), (500, 4)):
            with answering(status, page) as url:
                for command in (["whoami"], ["keys", "list"],
                                ["login", "--password", "--email", EMAIL]):
                    with self.subTest(status, command=command):
                        done = self.reach(url, *command)
                        self.assertEqual(done.code, code, done.err)
                        self.assertNotIn("script", done.err)
                        self.assertEqual(done.out, "")
                if status != 401:
                    done = self.reach(url, "doctor")
                    self.assertIn("server      failed", done.out)

    def test_a_redirect_is_not_followed(self):
        with answering(302, "", Location=self.server.url) as url:
            done = self.reach(url, "whoami")
            self.assert_fails(done, 2, "redirect_refused")

    def test_a_clock_that_is_off_is_measured(self):
        body = '{"detail":"no","code":"credential_missing"}'
        with answering(401, body, "application/json") as url:
            done = self.reach(url, "doctor", "--json")
        self.assertEqual(done.json["checks"][2]["state"], "ok")
        with unittest.mock.patch.object(
                http.server.BaseHTTPRequestHandler, "date_time_string",
                lambda self: "Sun, 06 Nov 1994 08:49:37 GMT"):
            with answering(401, body, "application/json") as url:
                done = self.reach(url, "doctor", "--json")
                warned = self.reach(url, "whoami")
        self.assertIn("ahead of the server's; set it", warned.err)
        clock = done.json["checks"][2]
        self.assertEqual((clock["state"], clock["cause"]),
                         ("warning", "clock_skew"))
        self.assertIn("ahead of the server's", clock["detail"])

    def test_what_the_server_does_not_take_is_named_by_field(self):
        self.home.configure(f"cloud:\n  url: {self.server.url}\n")
        done = self.home.run("signup", "--email", "nonsense", stdin=PASSWORD)
        self.assert_fails(done, 1, "validation_failed", "email")
        done = self.home.run("signup", "--email", EMAIL, stdin="short")
        self.assert_fails(done, 1, "validation_failed", "password")


class Input(ClonitTest):
    def test_wrong_command_lines(self):
        for arguments in ([], ["nonsense"], ["keys"], ["keys", "issue"],
                          ["keys", "show"], ["login", "--password"],
                          ["login", "--email", EMAIL],
                          ["login", "--password", "--email", EMAIL,
                           "--browser"],
                          ["login", "--scope"],
                          ["signup"], ["whoami", "extra"],
                          ["--width", "wide", "whoami"],
                          ["--width", "-1", "whoami"]):
            with self.subTest(arguments):
                done = self.home.run(*arguments)
                self.assert_fails(done, 2, "clonit --help")

    def test_no_secret_is_taken_from_the_command_line(self):
        for arguments, where in (
                (["login", "--password=hunter2", "--email", "e"],
                 "--password"),
                (["login", "--password", "hunter2", "--email", "e"],
                 "argument 3 "),
                (["whoami", "--token=hunter2"], "argument 2, --token,"),
                (["token", "inspect", "hunter2"], "argument 3 "),
                (["hunter2"], "argument 1 ")):
            done = self.home.run(*arguments, stdin=PASSWORD)
            self.assert_fails(done, 2, where)
            self.assertNotIn("hunter2", done.err)

    def test_what_is_no_token(self):
        for text, word in (("", "nothing was entered"),
                           ("abc", "token_malformed"),
                           ("a.b.c", "token_malformed"),
                           ("clone_abc", "key_malformed"),
                           ("x" * 17_000, "token_too_large"),
                           ("x" * 30_000, "too long")):
            done = self.home.run("token", "inspect", stdin=text)
            self.assertIn(word, done.err)
            self.assertIn(done.code, (1, 3))

    def test_a_token_cannot_steer_the_terminal(self):
        token = forged({"sub": "a\x1b[2Jb\u202ec\x9bd", "\x1b]0;x\x07": 1,
                        "exp": 1e300, "iat": -5, "nbf": 2**62})
        done = self.home.run("token", "inspect", stdin=token)
        self.assertEqual(done.code, 0, done.err)
        for bad in "\x1b\x07\x9b\u202e":
            self.assertNotIn(bad, done.out)

    def test_an_id_that_is_none(self):
        self.home.sign_in()
        for identity in ("nope", "..", "a/b", "\x1b[2J"):
            done = self.home.run("keys", "show", identity)
            self.assertEqual(done.code, 1, done.err)
            self.assertNotIn("\x1b", done.err)

    def test_failures_are_an_object_for_programs(self):
        done = self.home.run("--json", "whoami")
        self.assertEqual(done.json["error"], "credential_missing")
        self.assertEqual(done.json["http_status"], None)
        self.assertIn("credential_missing", done.err)


class Pipes(ClonitTest):
    def test_a_closed_pipe_ends_it_quietly(self):
        self.home.sign_in()
        for command in (["whoami"], ["keys", "list", "--json"], ["doctor"],
                        ["config", "path"]):
            reader, writer = os.pipe()
            os.close(reader)
            done = self.home.run(*command, stdout=writer)
            os.close(writer)
            self.assertEqual((done.code, done.err),
                             (-signal.SIGPIPE, ""), command)

    def test_an_output_that_is_full_is_a_failure(self):
        with open("/dev/full", "w") as full:
            done = self.home.run("config", "path", stdout=full)
        self.assertEqual(done.code, 1)
        self.assertIn("cannot be written", done.err)


if __name__ == "__main__":
    unittest.main()
