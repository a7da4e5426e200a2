"""What verifying tokens makes of everything that is wrong around it."""

import contextlib
import http.server
import json
import os
import signal
import unittest

from clonit_bad_input import answering, free_port, serving
from clonit_token_harness import ALGORITHMS, AUDIENCE, CLAIMS, NOW, TokenTest


@contextlib.contextmanager
def publishing(keys):
    """An issuer that says in its metadata where its keys are."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            url = f"http://127.0.0.1:{self.server.server_port}"
            body = keys if self.path == "/keys" else json.dumps(
                {"issuer": url, "jwks_uri": url + "/keys"})
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    with serving(Handler) as url:
        yield url


class Lines(TokenTest):
    def test_ends_of_lines_and_blanks_make_no_difference(self):
        key = self.key()
        token = self.sign(key).strip()
        for text in (token, token + "\r\n", f"\n\n {token}\t\n\r\n",
                     f"{token}\r\n{token}\r\n"):
            with self.subTest(repr(text.replace(token, "T"))):
                done = self.verify(key, text, "--jsonl")
                self.assertEqual(self.reasons(done),
                                 ["valid"] * text.count(token))

    def test_a_line_that_is_too_long_is_refused_and_the_next_is_read(self):
        key = self.key()
        long = "x" * 20 * 1024 + "\n"
        done = self.verify(key, long + self.sign(key) + long * 20, "--jsonl",
                           code=1)
        self.assertEqual(self.reasons(done),
                         ["token_too_large", "valid"] + ["token_too_large"] * 20)

    def test_nothing_to_verify_is_a_failure(self):
        key = self.key()
        for text in ("", "\n", " \r\n\n"):
            done = self.verify(key, text, code=1)
            self.assertEqual(done.out, "")
            self.assertIn("no token to verify", done.err)

    def test_a_subject_cannot_steer_the_terminal(self):
        key = self.key()
        token = self.sign(key, {**CLAIMS, "sub": "a\x1b[2Jb\u202ec\nvalid  d"})
        done = self.verify(key, token)
        self.assertNotIn("\x1b", done.out)
        self.assertNotIn("\u202e", done.out)
        self.assertEqual(done.out.count("\n"), 1)

    def test_a_closed_pipe_ends_it_quietly(self):
        key = self.key()
        reader, writer = os.pipe()
        os.close(reader)
        done = self.home.run(*self.arguments(key), stdin=self.sign(key),
                             stdout=writer)
        os.close(writer)
        self.assertEqual((done.code, done.err), (-signal.SIGPIPE, ""))

    def test_an_output_that_is_full_is_a_failure(self):
        key = self.key()
        with open("/dev/full", "w") as full:
            done = self.home.run(*self.arguments(key), stdin=self.sign(key),
                                 stdout=full)
        self.assertEqual(done.code, 1)
        self.assertIn("cannot be written", done.err)


class KeyFiles(TokenTest):
    def test_a_key_file_that_is_none_is_said_before_a_token_is_read(self):
        weak = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}
        for text, word in (("", "pem_malformed"),
                           ("{", "json_malformed"),
                           ("{}", "key_set_malformed"),
                           ('{"keys":[]}', "key_set_malformed"),
                           ('{"keys":5}', "key_set_malformed"),
                           (json.dumps({"keys": [weak]}), "key_set_malformed"),
                           (json.dumps(weak), "key_weak"),
                           ("<html>", "pem_malformed"),
                           ("x" * 300 * 1024, "256 KiB")):
            with self.subTest(text[:20]):
                done = self.verify(self.file("bad", text), "a.b.c\n", code=2)
                self.assertIn(word, done.err)
                self.assertEqual(done.out, "")
        for missing in (str(self.home.folder / "missing"),
                        str(self.home.folder)):
            done = self.verify(missing, "a.b.c\n", code=2)
            self.assertIn("cannot read " + missing, done.err)

    def test_keys_are_not_read_where_the_tokens_are(self):
        done = self.verify("-", "a.b.c\n", code=2)
        self.assertIn("name a file of keys", done.err)

    def test_a_private_key_in_pem_is_not_taken_to_verify(self):
        pem = self.key("ES256", "key.pem", "--to", "pem")
        done = self.verify(pem, "a.b.c\n", code=2)
        self.assertIn("this is a private key", done.err)

    def test_keys_that_cannot_be_used_are_counted(self):
        half = self.home.run("jwk", "public", self.key()).out
        jwks = self.file("set.json", '{"keys":[%s,{"kty":"?"}]}' % half)
        token = self.sign(str(self.home.folder / "key.jwk"))
        self.assertIn("1 of the keys", self.verify(jwks, token).err)
        self.assertEqual(self.verify(jwks, token, "--quiet").err, "")


class KeyUrls(TokenTest):
    def setUp(self):
        super().setUp()
        key = self.key()
        self.token = self.sign(key)
        self.set = '{"keys":[%s]}' % self.home.run("jwk", "public", key).out

    def test_keys_come_from_an_address(self):
        with answering(200, self.set, "application/json") as url:
            done = self.verify(url, self.token * 2, "--jsonl")
        self.assertEqual(self.reasons(done), ["valid"] * 2)

    def test_a_shared_secret_is_not_taken_from_an_address(self):
        secret = self.key("HS256", "secret.jwk")
        with open(secret, encoding="ascii") as file:
            mixed = self.set[:-2] + "," + file.read() + "]}"
        with answering(200, mixed, "application/json") as url:
            done = self.verify(url, self.token + self.sign(secret), "--jsonl",
                               algorithms="ES256,HS256", code=1)
        self.assertEqual(self.reasons(done), ["valid", "token_key_unknown"])

    def assert_unavailable(self, url):
        done = self.verify(url, self.token * 2, code=4)
        self.assertEqual(done.out.count("unknown  key_set_unavailable"), 2)
        self.assertNotIn("script", done.out)
        self.assertEqual(done.err, "")
        done = self.verify(url, self.token + "abc\n", "--jsonl", code=4)
        self.assertEqual(self.reasons(done),
                         ["key_set_unavailable", "token_malformed"])

    def test_keys_that_cannot_be_had_are_no_verdict_on_a_token(self):
        self.assert_unavailable(f"http://127.0.0.1:{free_port()}/jwks")
        page = "<html><script>alert(1)</script></html>"
        for status, body in ((200, page), (200, '{"keys":[]'), (404, page),
                             (500, page), (200, "x" * 300 * 1024)):
            with self.subTest(status, body=body[:20]):
                with answering(status, body) as url:
                    self.assert_unavailable(url)

    def test_a_redirect_is_not_followed(self):
        with answering(200, self.set, "application/json") as url:
            with answering(302, "", Location=url) as elsewhere:
                self.assert_unavailable(elsewhere)

    def test_plain_http_is_for_loopback_alone(self):
        for url in ("http://issuer.example/jwks", "http://10.0.0.1/jwks"):
            done = self.verify(url, self.token, code=2)
            self.assertIn("insecure_url", done.err)
        done = self.verify("ftp://127.0.0.1/jwks", self.token, code=2)
        self.assertIn("url_malformed", done.err)

    def test_without_an_address_one_issuer_is_asked(self):
        done = self.verify(None, self.token, "--issuer", "https://b", code=2)
        self.assertIn("--jwks", done.err)
        with answering(404, "") as url:
            done = self.of_issuer(url)
        self.assertEqual(done.code, 4, done.err)
        with publishing(self.set) as url:
            done = self.of_issuer(url)
        self.assertEqual(done.code, 0, done.out + done.err)

    def of_issuer(self, url):
        """A token of that issuer, verified with nothing else known of it."""
        key = str(self.home.folder / "key.jwk")
        token = self.sign(key, {"aud": AUDIENCE}, "--issuer", url)
        return self.home.run("token", "verify", "--issuer", url, "--audience",
                             AUDIENCE, "--algorithms", "ES256", "--at",
                             str(NOW), stdin=token)

    def test_debug_shows_the_request_and_no_token(self):
        with answering(200, self.set, "application/json") as url:
            done = self.verify(url, self.token, "--debug")
        self.assertIn("debug: ", done.err)
        self.assertNotIn(self.token.strip(), done.err)


class CommandLine(TokenTest):
    def test_what_must_be_there_is_asked_for(self):
        whole = self.arguments("file")
        for option in ("--issuer", "--audience", "--algorithms"):
            at = whole.index(option)
            done = self.home.run(*whole[:at], *whole[at + 2:])
            self.assertEqual(done.code, 2)
            self.assertIn(option + " is required", done.err)
        for option in ("--key", "--claims"):
            done = self.home.run("token", "sign", option, "x")
            self.assertEqual(done.code, 2)

    def test_an_unknown_algorithm_is_answered_with_those_that_exist(self):
        for algorithms in ("none", "ES256,none", "es256"):
            done = self.verify("file", "", code=2, algorithms=algorithms)
            for name in ALGORITHMS:
                self.assertIn(name, done.err)

    def test_durations_and_times_have_a_form(self):
        for more in (["--skew", "60"], ["--skew", "11m"], ["--skew", "-1s"],
                     ["--skew", "1w"], ["--skew", "x"], ["--at", "now"],
                     ["--at", "-1"], ["--at", "99999999999999999999"]):
            with self.subTest(more):
                whole = [word for word in self.arguments("file")
                         if word not in ("--at", str(NOW))]
                done = self.home.run(*whole, *more)
                self.assertEqual(done.code, 2, done.err)
                self.assertIn("clonit --help", done.err)
        for lifetime in ("0s", "15", "-1m", "99999999999d"):
            done = self.home.run("token", "sign", "--key", "x", "--claims", "x",
                                 "--lifetime", lifetime)
            self.assertEqual(done.code, 2, done.err)

    def test_no_token_is_taken_from_the_command_line(self):
        done = self.home.run(*self.arguments("file"), "hunter2")
        self.assertEqual(done.code, 2)
        self.assertNotIn("hunter2", done.err)


if __name__ == "__main__":
    unittest.main()
