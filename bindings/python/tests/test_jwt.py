import datetime
import unittest

import support
from clone_auth import CloneAuthError, JwtVerifier, VerifiedJwt


class JwtTest(unittest.TestCase):
    def verifier(self, **changes):
        options = {"algorithms": ["HS256"], "issuers": ["joe"],
                   "audiences": ["api"], "clock_skew": 0,
                   "clock": lambda: support.NOW, **changes}
        return JwtVerifier(support.KEYS, **options)

    def refusal(self, token, **changes):
        with self.assertRaises(CloneAuthError) as caught:
            self.verifier(**changes).verify(token)
        return caught.exception.reason

    def test_a_good_token_yields_its_claims(self):
        jwt = self.verifier().verify(support.token(role="owner", n=[1, None]))
        self.assertEqual(jwt.issuer, "joe")
        self.assertEqual(jwt.subject, "user-1")
        self.assertEqual(jwt.audience, ("api", "other"))
        self.assertEqual(jwt.issued_at, support.NOW)
        self.assertEqual(jwt.expires_at,
                         support.NOW + datetime.timedelta(minutes=1))
        self.assertEqual(jwt.claim("role"), "owner")
        self.assertEqual(jwt.claim("n"), [1, None])
        self.assertEqual(jwt.claim("none", "default"), "default")

    def test_each_check_has_its_reason(self):
        good = support.token()
        for reason, token in [
                ("token_expired", support.token(exp=support.seconds())),
                ("token_not_yet_valid",
                 support.token(nbf=support.seconds() + 1)),
                ("clock_skew", support.token(iat=support.seconds() + 1)),
                ("token_issuer", support.token(iss="jo")),
                ("token_audience", support.token(aud="apis")),
                ("token_signature", good[:-2] + "AA"),
                ("token_malformed", good + "\n"),
                ("token_malformed", ""),
                ("token_too_large", "a" * (16 * 1024 + 1))]:
            self.assertEqual(self.refusal(token), reason)

    def test_a_relaxation_gives_up_what_it_says(self):
        self.verifier(issuers=[], allow_any_issuer=True).verify(
            support.token(iss="anybody"))
        self.verifier(audiences=[], allow_any_audience=True).verify(
            support.token(aud="anybody"))
        self.assertEqual(self.refusal(support.token(), types=["JWT"]),
                         "token_type")
        self.verifier(types=["JWT"], allow_any_type=True).verify(
            support.token())

    def test_a_policy_that_lacks_something_makes_no_verifier(self):
        for changes in ({"algorithms": []}, {"issuers": []},
                        {"audiences": []}, {"algorithms": ["none"]},
                        {"clock_skew": 601}, {"clock_skew": 1 << 64}):
            with self.subTest(changes), self.assertRaises(
                    (CloneAuthError, ValueError)):
                self.verifier(**changes)
        with self.assertRaises(TypeError):
            self.verifier(audiences="api")

    def test_a_fetched_set_holds_no_shared_secret(self):
        self.assertEqual(self.refusal(support.token(), trust="remote"),
                         "token_key_unknown")

    def test_a_broken_key_set_is_refused(self):
        for keys, reason in [("{", "json_malformed"),
                             ("{}", "key_set_malformed")]:
            with self.assertRaises(CloneAuthError) as caught:
                JwtVerifier(keys, algorithms=["HS256"], issuers=["joe"],
                            audiences=["api"])
            self.assertEqual(caught.exception.reason, reason)

    def test_only_a_verifier_makes_a_verified_token(self):
        with self.assertRaises(TypeError):
            VerifiedJwt()


if __name__ == "__main__":
    unittest.main()
