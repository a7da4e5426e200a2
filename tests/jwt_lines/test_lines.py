"""What jwt-lines reads and writes, the same by both interfaces."""

import base64
import json
import subprocess
import time
import unittest

import jwt_lines

_ALGORITHMS = ("HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 "
               "ES384 ES512 EdDSA Ed25519 Ed448").split()
_CLAIMS = {"iss": "i", "aud": ["a", "b"], "exp": 2000, "sub": "s", "z": 1.5}


def _part(token, which):
    text = token.split(".")[which]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


class Lines:
    mode = ""

    def setUp(self):
        self.session = jwt_lines.Session(jwt_lines.MODES[self.mode])
        self.addCleanup(self.session.__exit__)

    def sign(self, **changes):
        return self.session.ask(**{
            "op": "sign", "alg": "ES256", "kid": "k", "claims": _CLAIMS,
            "typ": "at+jwt", **changes})

    def question(self, signed, **changes):
        return {"op": "verify", "token": signed["token"],
                "jwks": {"keys": [signed["jwk"]]}, "algs": ["ES256"],
                "iss": "i", "aud": "a", "typ": "at+jwt", "leeway": 0,
                "now": 1000, **changes}

    def test_what_is_signed_verifies_by_every_algorithm(self):
        for algorithm in _ALGORITHMS:
            signed = self.sign(alg=algorithm)
            header = json.loads(_part(signed["token"], 0))
            self.assertEqual(header, {"alg": algorithm, "typ": "at+jwt",
                                      "kid": "k"})
            jwk = signed["jwk"]
            self.assertEqual((jwk["kid"], jwk["alg"], jwk["use"]),
                             ("k", algorithm, "sig"))
            self.assertNotIn("d", jwk)
            self.assertEqual("k" in jwk, algorithm.startswith("HS"))
            answer = self.session.ask(**self.question(signed, algs=[algorithm]))
            self.assertEqual(answer, {"ok": True, "claims": _CLAIMS})

    def test_each_line_signs_with_a_key_of_its_own(self):
        first, second = self.sign(), self.sign()
        answer = self.session.ask(**self.question(
            first, jwks={"keys": [second["jwk"]]}))
        self.assertEqual(answer["reason"], "token_signature")

    def test_without_a_kid_it_is_the_thumbprint(self):
        for key_id in (None, ""):
            signed = self.sign(kid=key_id)
            self.assertEqual(len(signed["jwk"]["kid"]), 43)

    def test_claims_are_signed_in_the_order_of_the_line(self):
        claims = '{"z":1,"exp":9,"a":{"c":1,"b":-0.5}}'
        answer = json.loads(self.session.ask_raw(
            '{"op":"sign","alg":"HS256","claims":%s,"typ":null}' % claims))
        self.assertEqual(_part(answer["token"], 1), claims)
        self.assertNotIn("typ", json.loads(_part(answer["token"], 0)))

    def test_null_switches_that_check_off_and_nothing_else(self):
        signed = self.sign(claims={"exp": 2000}, typ="JWT")
        off = {"iss": None, "aud": None, "typ": None}
        self.assertTrue(self.session.ask(**self.question(signed, **off))["ok"])
        for name, reason in [("iss", "token_claim"),
                             ("aud", "token_claim"),
                             ("typ", "token_type")]:
            checks = {**off, name: "x"}
            answer = self.session.ask(**self.question(signed, **checks))
            self.assertEqual(answer["reason"], reason)
        answer = self.session.ask(**self.question(signed, **off, now=2000))
        self.assertEqual(answer["reason"], "token_expired")

    def test_a_check_that_is_left_out_is_not_off(self):
        signed = self.sign()
        for name in ("iss", "aud"):
            question = self.question(signed)
            del question[name]
            self.assertEqual(self.session.ask(**question)["reason"],
                             "invalid_argument")
        question = self.question(self.sign(typ="JWT"))
        del question["typ"]
        self.assertEqual(self.session.ask(**question)["reason"], "token_type")

    def test_the_time_is_the_real_one_where_none_is_given(self):
        for distance, ok in [(3600, True), (-3600, False)]:
            signed = self.sign(claims={
                **_CLAIMS, "exp": int(time.time()) + distance})
            question = self.question(signed)
            del question["now"]
            self.assertEqual(self.session.ask(**question)["ok"], ok)

    def test_an_unknown_algorithm_allows_nothing(self):
        signed = self.sign()
        for names in (["none", "ES256"], ["ES256", "ES999"]):
            question = self.question(signed, algs=names)
            self.assertTrue(self.session.ask(**question)["ok"])
        for names, reason in [(["none"], "algorithm_unsupported"),
                              ([], "invalid_argument"),
                              (["RS256"], "token_algorithm")]:
            question = self.question(signed, algs=names)
            self.assertEqual(self.session.ask(**question)["reason"], reason)

    def test_claims_keep_their_text_on_one_line(self):
        # RFC 7515 appendix A.1, whose payload has line breaks.
        question = {
            "op": "verify", "algs": ["HS256"], "iss": "joe", "aud": None,
            "typ": "JWT", "leeway": 0, "now": 1300819000,
            "token": "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2"
                     "UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
                     "mNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1"
                     "r_wW1gFWFOEjXk",
            "jwks": {"keys": [{
                "kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQL"
                "r_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}}
        self.assertEqual(
            self.session.ask_raw(json.dumps(question)),
            '{"ok":true,"claims":{"iss":"joe",   "exp":1300819380,   '
            '"http://example.com/is_root":true}}')

    def test_a_malformed_line_is_answered_and_the_next_one_read(self):
        good = self.question(self.sign())
        for line, reason in [
                ("", "json_malformed"), ("{", "json_malformed"),
                ('"' + "\ud800" + '"', "json_malformed"),
                ("[]", "invalid_argument"), ("{}", "invalid_argument"),
                ('{"op":"verify","op":"sign"}', "json_duplicate_name"),
                ('{"op":"none"}', "invalid_argument"),
                ('{"op":1}', "invalid_argument"),
                ('{"op":"sign","alg":"none","claims":{}}',
                 "algorithm_unsupported"),
                ('{"op":"sign","alg":"HS256","claims":[]}',
                 "invalid_argument"),
                ("[" * 100 + "]" * 100, "json_limit")]:
            answer = json.loads(self.session.ask_raw(line))
            self.assertEqual((answer["ok"], answer["reason"]),
                             (False, reason), line)
            self.assertTrue(answer["message"])
        for name in good:
            answer = self.session.ask(**{**good, name: [1]})
            self.assertEqual(answer["ok"], False, name)
        self.assertTrue(self.session.ask(**good)["ok"])

    def test_numbers_out_of_range_are_refused(self):
        good = self.question(self.sign())
        for changes in ({"leeway": 601}, {"leeway": -1}, {"now": -1},
                        {"now": 1e300}, {"now": 9223372037}):
            answer = self.session.ask(**{**good, **changes})
            self.assertEqual(answer["reason"], "invalid_argument")
        self.assertTrue(self.session.ask(**{**good, "now": 1000.75})["ok"])

    def test_a_line_of_any_length_takes_bounded_memory(self):
        answer = json.loads(self.session.ask_raw("x" * (17 * 1024 * 1024)))
        self.assertEqual(answer["reason"], "json_limit")
        self.assertEqual(self.session.ask(op="x")["reason"], "invalid_argument")

    def test_a_line_ends_where_its_end_is(self):
        # About the size of the pieces in which lines are read.
        for size in (65534, 65535, 65536, 131070):
            line = '{"op":"%s"}' % ("x" * (size - len('{"op":""}')))
            self.assertEqual(len(line), size)
            answer = json.loads(self.session.ask_raw(line))
            self.assertEqual(answer["reason"], "invalid_argument")
            self.assertEqual(self.session.ask(op="x")["reason"],
                             "invalid_argument")

    def test_the_last_line_needs_no_end(self):
        answers = jwt_lines.run(jwt_lines.MODES[self.mode], [], last="{}")
        self.assertEqual(len(answers), 1)

    def test_another_argument_is_refused(self):
        done = subprocess.run([jwt_lines.PROGRAM, "--c"], check=False,
                              stdin=subprocess.DEVNULL, text=True,
                              stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage", done.stderr)


class CppLinesTest(Lines, unittest.TestCase):
    mode = "C++"


class CLinesTest(Lines, unittest.TestCase):
    mode = "C"


if __name__ == "__main__":
    unittest.main()
