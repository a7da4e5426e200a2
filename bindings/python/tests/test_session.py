import json
import pathlib
import tempfile
import unittest

from clone_auth import CloneAuthError, Session

_URL = "http://127.0.0.1:1"
_ME = _URL + "/api/auth/me/"


def _answer(number):
    return json.dumps({"access": f"access-{number}",
                       "refresh": f"refresh-{number}"}).encode()


class SessionTest(unittest.TestCase):
    def setUp(self):
        self.session = Session.create(_URL, "access-1", "refresh-1",
                                      expires_in=600)

    def bearer(self, session=None):
        return (session or self.session).header_for("GET", _ME).value

    def refusal(self, call, *arguments):
        with self.assertRaises(CloneAuthError) as caught:
            call(*arguments)
        return caught.exception.reason

    def test_it_rests_until_a_refresh_is_due(self):
        step = self.session.poll()
        self.assertEqual((step.kind, step.request), ("ready", None))
        self.assertTrue(399 < step.wait < 501)
        self.assertEqual(self.session.health, "fresh")
        self.assertEqual(self.bearer(), "Bearer access-1")

    def test_what_it_hands_out_is_sent_and_answered(self):
        request = self.session.start().request
        self.assertEqual((request.method, request.url),
                         ("POST", _URL + "/api/auth/token/refresh/"))
        self.assertEqual(json.loads(request.body), {"refresh": "refresh-1"})
        self.assertEqual(request.headers["Content-Type"], "application/json")
        self.assertIn("Idempotency-Key", request.headers)
        self.session.complete(request.attempt, 200, [("Date", "now")],
                              _answer(2))
        header = self.session.header_for("GET", _ME)
        self.assertEqual((header.value, header.generation),
                         ("Bearer access-2", 2))
        self.assertIsNone(self.session.last_error)

    def test_an_outage_is_an_event_and_no_end(self):
        self.session.fail(self.session.start().request.attempt)
        self.assertEqual(self.session.last_error.reason, "unreachable")
        self.assertEqual(self.bearer(), "Bearer access-1")
        events = list(iter(self.session.take_event, None))
        self.assertEqual((events[-1].health, events[-1].reason),
                         ("degraded", "unreachable"))
        self.assertEqual(events[-1].expires_at, self.session.expires_at)

    def test_a_refusal_is_the_end(self):
        self.session.complete(self.session.start().request.attempt, 401, [],
                              b'{"code":"refresh_reused"}')
        self.assertEqual(self.session.poll().kind, "ended")
        self.assertEqual(self.refusal(self.bearer), "session_ended")
        self.assertEqual(self.session.last_error.reason, "refresh_reused")

    def test_a_refused_token_is_refreshed_sooner(self):
        self.session.invalidate(1)
        self.assertLess(self.session.poll().wait, 60)

    def test_the_token_goes_nowhere_else(self):
        self.assertEqual(
            self.refusal(self.session.header_for, "GET", "http://b.example/"),
            "foreign_origin")

    def test_the_file_holds_the_newest_tokens(self):
        with tempfile.TemporaryDirectory() as folder:
            file = str(pathlib.Path(folder, "session"))
            self.assertEqual(self.refusal(Session.open, _URL, file),
                             "not_found")
            with Session.create(_URL, "access-1", "refresh-1",
                                store_file=file) as first:
                first.complete(first.start().request.attempt, 200, [],
                               _answer(2))
                self.assertIsNone(first.store_error)
            with Session.open(_URL, file) as again:
                self.assertEqual(self.bearer(again), "Bearer access-2")

    def test_it_refreshes_at_a_token_endpoint(self):
        session = Session.create(_URL, "a", "r", token_endpoint=_URL + "/token",
                                 client_id="me", resource="urn:x")
        self.assertEqual(session.start().request.body,
                         b"grant_type=refresh_token&refresh_token=r"
                         b"&client_id=me&resource=urn%3Ax")

    def test_secrets_are_not_shown(self):
        shown = repr(self.session.start()) + repr(
            self.session.header_for("GET", _ME)) + repr(self.session)
        self.assertNotIn("refresh-1", shown)
        self.assertNotIn("access-1", shown)


if __name__ == "__main__":
    unittest.main()
