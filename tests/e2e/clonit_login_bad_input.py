"""What clonit login says of clouds and sign-in servers that are not what they
should be. They are played here: real ones do not lie on demand."""

import contextlib
import http.server
import json
import unittest

from clonit_harness import Home
from harness import serving

CONFIG = "/api/v1/auth/config"
METADATA = "/.well-known/openid-configuration"
SERVER = "/.well-known/oauth-authorization-server"
PAGE = "<!doctype html><title>Welcome</title>"
CODES = {"device_code": "d", "user_code": "ABCD", "expires_in": 600,
         "verification_uri": "http://127.0.0.1/device"}


class Impostor:
    """Answers each path with what it is given: a body, or (status, body)."""

    def __init__(self):
        self.answers, self.asked = {}, []

        def answer(handler):
            self.asked.append(handler.path)
            given = self.answers.get(handler.path, (404, "{}"))
            status, body = given if isinstance(given, tuple) else (200, given)
            if callable(body):
                body = body(self.url)
            if not isinstance(body, str):
                body = json.dumps(body)
            handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(body)))
            handler.send_header("Location", f"{self.url}/elsewhere")
            handler.end_headers()
            handler.wfile.write(body.encode())

        handler = type("Handler", (http.server.BaseHTTPRequestHandler,),
                       {"do_GET": answer, "do_POST": answer,
                        "log_message": lambda *_: None})
        self._serving = contextlib.ExitStack()
        self.url = self._serving.enter_context(serving(handler))

    def end(self):
        self._serving.close()


def config(url):
    return {"auth_url": url, "client_id": "clonit-cli", "scope": "openid"}


def metadata(url, **changes):
    return {"issuer": url, "token_endpoint": f"{url}/token",
            "authorization_endpoint": f"{url}/authorize",
            "device_authorization_endpoint": f"{url}/device", **changes}


class Login(unittest.TestCase):
    def setUp(self):
        self.cloud = Impostor()
        self.addCleanup(self.cloud.end)
        self.home = Home(self.cloud.url)
        self.addCleanup(self.home.remove)

    def assert_refused(self, code, *words, flags=()):
        done = self.home.run("login", *flags)
        self.assertEqual(done.code, code, done.err)
        for word in words:
            self.assertIn(word, done.err)
        self.assertFalse(self.home.session.exists())
        return done

    def test_a_cloud_that_names_no_sign_in_server(self):
        self.assert_refused(1, "not_found", "--password", "--auth-url")

    def test_a_cloud_that_is_not_there(self):
        self.home.configure("cloud:\n  url: http://127.0.0.1:1\n")
        self.assert_refused(4, "unreachable")

    def test_a_cloud_without_tls(self):
        self.home.configure("cloud:\n  url: http://cloud.example\n")
        self.assert_refused(2, "insecure_url")

    def test_what_a_cloud_may_say_instead(self):
        for answer, code, word in (
                (PAGE, 1, "answer_malformed"), ("[]", 1, "answer_malformed"),
                ({"client_id": "a"}, 1, "answer_malformed"),
                ({"auth_url": 7, "client_id": "a"}, 1, "answer_malformed"),
                ({"auth_url": "http://evil.example", "client_id": "a"}, 2,
                 "insecure_url"),
                ((503, "{}"), 4, "overloaded"), ((500, PAGE), 4, "server_error"),
                ((302, ""), 2, "redirect_refused")):
            with self.subTest(answer=answer):
                self.cloud.answers = {CONFIG: answer}
                self.assert_refused(code, word)
        self.assertNotIn("/elsewhere", self.cloud.asked)

    def test_what_metadata_may_say_instead(self):
        for answer, code, word in (
                (PAGE, 1, "answer_malformed"),
                (lambda _: metadata("https://other.example"), 2,
                 "issuer_mismatch"),
                (lambda url: metadata(url, token_endpoint=7), 1,
                 "answer_malformed"),
                (lambda url: metadata(url, token_endpoint="http://a.example/"),
                 2, "insecure_url"),
                (lambda url: metadata(url, device_authorization_endpoint=None),
                 1, "grant_unsupported")):
            with self.subTest(word):
                self.cloud.answers = {CONFIG: config, METADATA: answer,
                                      SERVER: answer}
                self.assert_refused(code, word)

    def test_what_the_device_endpoint_may_say_instead(self):
        self.cloud.answers = {CONFIG: config, METADATA: metadata}
        for answer, code, word in (
                (PAGE, 1, "answer_malformed"), ("{}", 1, "answer_malformed"),
                ({**CODES, "expires_in": "soon"}, 1, "answer_malformed"),
                ({**CODES, "user_code": "\x1b[2J"}, 1, "answer_malformed"),
                ({**CODES, "verification_uri": "http://evil.example"}, 2,
                 "insecure_url"),
                ({"error": "invalid_client"}, 2, "client_refused"),
                ((400, {"error": "invalid_scope"}), 1, "scope_refused"),
                ((302, ""), 2, "redirect_refused")):
            with self.subTest(answer=answer):
                self.cloud.answers["/device"] = answer
                done = self.assert_refused(code, word)
                self.assertEqual(done.out, "")
                self.assertNotIn("\x1b", done.err)
        self.assertNotIn("/elsewhere", self.cloud.asked)

    def test_what_may_come_instead_of_tokens(self):
        for answer, code, word in (
                # As a network does that wants its own sign-in first.
                (PAGE, 3, "sign_in_expired"),
                ({"error": "access_denied"}, 3, "sign_in_denied"),
                ((400, {"error": "expired_token"}), 3, "sign_in_expired"),
                ({"access_token": "a", "token_type": "DPoP"}, 1,
                 "answer_malformed")):
            with self.subTest(answer=answer):
                self.cloud.answers = {
                    CONFIG: config, METADATA: metadata,
                    "/device": {**CODES, "interval": 1, "expires_in": 2},
                    "/token": answer}
                self.assert_refused(code, word)

    def test_a_lower_case_bearer_and_a_lifetime_in_words_are_no_fault(self):
        self.cloud.answers = {
            CONFIG: config, METADATA: metadata,
            "/device": {**CODES, "interval": 1},
            "/token": {"access_token": "a", "token_type": "bearer",
                       "expires_in": "3600"}}
        done = self.home.run("login", "--no-browser")
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("there is no refresh token", done.err)
        self.assertTrue(self.home.session.exists())

    def test_a_server_without_pkce_is_not_signed_in_at_with_the_browser(self):
        self.cloud.answers = {CONFIG: config, METADATA: metadata}
        self.assert_refused(1, "grant_unsupported",
                            flags=["--browser", "--no-browser"])

    def test_where_no_session_can_be_kept_nobody_is_asked(self):
        self.cloud.answers = {CONFIG: config, METADATA: metadata}
        self.home.config.parent.chmod(0o777)
        self.assert_refused(2, "file_insecure")
        self.assertEqual(self.cloud.asked, [])


if __name__ == "__main__":
    unittest.main()
