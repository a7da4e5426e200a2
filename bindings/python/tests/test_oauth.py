import contextlib
import http.server
import json
import pathlib
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from clone_auth import (AuthorizationCode, CloneAuthError, DeviceGrant,
                        Discovery, JwtSigner, JwtSigningKey, Session)

_BACK = "http://127.0.0.1:1/back"


class _Issuer(http.server.BaseHTTPRequestHandler):
    """An authorization server, a cloud and a resource; its state is the
    server object's."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = self.server.url
        pages = {
            "/api/v1/auth/config": {"auth_url": url, "client_id": "cli",
                                    "scope": "openid read"},
            "/meta": {"resource": url + "/mcp",
                      "authorization_servers": [url]},
            "/.well-known/oauth-authorization-server": {
                "issuer": url, "token_endpoint": url + "/token",
                "device_authorization_endpoint": url + "/device",
                "authorization_endpoint": url + "/authorize",
                "jwks_uri": url + "/keys",
                "code_challenge_methods_supported": ["S256"]},
            "/keys": {"keys": [json.loads(self.server.key.public_jwk)]},
        }
        self._answer(pages.get(self.path))

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        form = dict(urllib.parse.parse_qsl(self.rfile.read(size).decode()))
        self.server.forms.append(form)
        if self.path == "/device":
            return self._answer({
                "device_code": "d", "user_code": "AB-CD", "interval": 1,
                "verification_uri": self.server.url + "/go",
                "expires_in": 600})
        if self.server.refusal:
            return self._answer({"error": self.server.refusal}, 400)
        claims = {"iss": self.server.url, "sub": "user-1", "aud": "cli",
                  "iat": int(time.time()), "exp": int(time.time()) + 600,
                  "nonce": self.server.nonce}
        signer = JwtSigner(self.server.key, token_type="JWT")
        return self._answer({
            "access_token": "access-1", "refresh_token": "refresh-1",
            "token_type": "Bearer", "expires_in": 600,
            "id_token": signer.sign(claims)})

    def _answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(404 if value is None else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def _running():
    with http.server.HTTPServer(("127.0.0.1", 0), _Issuer) as server:
        server.url = f"http://127.0.0.1:{server.server_port}"
        server.key = JwtSigningKey.generate("ES256", "k")
        server.forms, server.refusal, server.nonce = [], "", ""
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _exchange(request):
    """Status, headers and body of the answer."""
    data = request.body if request.method == "POST" else None
    sent = urllib.request.Request(request.url, data, request.headers,
                                  method=request.method)
    try:
        answer = urllib.request.urlopen(sent, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.items(), answer.read()


def _run(flow):
    """Drives a flow to its end, as a program would."""
    while True:
        step = flow.poll()
        if step.kind == "ended":
            return flow
        if step.kind == "wait":
            time.sleep(step.wait)
        else:
            flow.complete(*_exchange(step.request))


class OAuthTest(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.server = stack.enter_context(_running())

    def cloud(self):
        return _run(Discovery.of_cloud(self.server.url))

    def refusal(self, call, *arguments):
        with self.assertRaises(CloneAuthError) as caught:
            call(*arguments)
        return caught.exception.reason

    def test_a_cloud_names_issuer_client_and_scope(self):
        found = self.cloud()
        found.check()
        self.assertEqual((found.issuer, found.client_id, found.scope),
                         (self.server.url, "cli", "openid read"))
        self.assertIsNone(found.resource)
        self.assertGreater(found.expires_at.timestamp(), time.time())

    def test_a_refusal_of_a_resource_leads_to_its_issuer(self):
        url = self.server.url
        found = _run(Discovery.of_resource(url + "/mcp", [
            ("WWW-Authenticate", f'Bearer resource_metadata="{url}/meta"')]))
        self.assertEqual((found.issuer, found.resource), (url, url + "/mcp"))

    def test_what_is_not_there_is_not_found(self):
        found = Discovery.of_issuer(self.server.url + "/other")
        self.assertEqual(self.refusal(found.check), "sign_in_pending")
        self.assertEqual(self.refusal(_run(found).check), "not_found")
        self.assertEqual(self.refusal(DeviceGrant, found), "not_found")

    def test_no_answer_is_no_success(self):
        found = Discovery.of_issuer(self.server.url)
        found.poll()
        found.fail()
        self.assertEqual(self.refusal(_run(found).check), "unreachable")

    def test_a_code_on_another_device_yields_a_stored_session(self):
        api = self.server.url + "/api"
        grant = DeviceGrant(self.cloud(), scope="read")
        self.assertIsNone(grant.user_code)
        grant.complete(*_exchange(grant.poll().request))
        self.assertEqual((grant.user_code, grant.verification_uri),
                         ("AB-CD", self.server.url + "/go"))
        self.assertIsNone(grant.verification_uri_complete)
        self.assertLess(grant.expires_at.timestamp(), time.time() + 601)
        _run(grant).check()
        self.assertEqual(self.server.forms[-1]["device_code"], "d")
        with tempfile.TemporaryDirectory() as folder:
            file = str(pathlib.Path(folder, "session"))
            grant.take_session(api, file).close()
            self.assertEqual(self.refusal(grant.take_session, api),
                             "not_found")
            with Session.open(api, file) as session:
                self.assertEqual(session.header_for("GET", api).value,
                                 "Bearer access-1")
                request = session.start().request
                self.assertEqual(request.url, self.server.url + "/token")

    def test_a_no_of_the_person_is_told(self):
        self.server.refusal = "access_denied"
        grant = _run(DeviceGrant(self.cloud(), client_id="other"))
        self.assertEqual(self.server.forms[0]["client_id"], "other")
        self.assertEqual(self.refusal(grant.check), "sign_in_denied")
        self.assertEqual(self.refusal(grant.take_session, "http://127.0.0.1"),
                         "sign_in_denied")

    def test_a_browser_brings_the_code_and_it_is_known_who_came(self):
        grant = AuthorizationCode(self.cloud(), _BACK, prompt="login",
                                  max_age=None, login_hint="joe")
        asked = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(grant.authorization_url).query))
        self.assertEqual((asked["client_id"], asked["prompt"],
                          asked["login_hint"]), ("cli", "login", "joe"))
        self.assertEqual(grant.poll().kind, "wait")
        self.assertEqual(grant.receive("/back?code=c&state=x"), "stray")
        self.server.nonce = asked["nonce"]
        self.assertEqual(
            grant.receive("/back?code=c&state=" + asked["state"]), "code")
        _run(grant).check()
        self.assertEqual(self.server.forms[-1]["code"], "c")
        with grant.take_verified_id_token() as who:
            self.assertEqual(who.subject, "user-1")
        self.assertEqual(grant.id_token.count("."), 2)
        session = grant.take_session(self.server.url)
        self.assertEqual(session.header_for("GET", self.server.url).value,
                         "Bearer access-1")

    def test_an_id_token_of_another_sign_in_is_refused(self):
        grant = AuthorizationCode(self.cloud(), _BACK)
        asked = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(grant.authorization_url).query))
        self.server.nonce = "another"
        grant.receive("/back?code=c&state=" + asked["state"])
        self.assertEqual(self.refusal(_run(grant).check), "token_claim")
        self.assertEqual(self.refusal(grant.take_verified_id_token),
                         "not_found")

    def test_secrets_are_not_shown(self):
        grant = DeviceGrant(self.cloud())
        self.assertEqual(repr(grant), "<DeviceGrant>")
        self.assertRaises(TypeError, Discovery)


if __name__ == "__main__":
    unittest.main()
