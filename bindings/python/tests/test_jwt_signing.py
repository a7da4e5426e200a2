import json
import unittest

import support
from clone_auth import (CloneAuthError, JwtSigner, JwtSigningKey, JwtVerifier)

_CLAIMS = {"iss": "joe", "aud": "api", "exp": support.seconds() + 60,
           "name": "J\u00f6", "n": [1, None, 0.5]}


class JwtSigningTest(unittest.TestCase):
    def verify(self, token, jwk, algorithm):
        with JwtVerifier('{"keys":[%s]}' % jwk, algorithms=[algorithm],
                         issuers=["joe"], audiences=["api"],
                         clock=lambda: support.NOW) as verifier:
            return verifier.verify(token)

    def test_what_is_signed_verifies_with_the_public_key(self):
        for algorithm in ("RS256", "PS384", "ES512", "EdDSA", "Ed448"):
            key = JwtSigningKey.generate(algorithm, "k")
            token = JwtSigner(key).sign(_CLAIMS)
            self.assertNotIn("d", json.loads(key.public_jwk))
            jwt = self.verify(token, key.public_jwk, algorithm)
            self.assertEqual(jwt.claims, _CLAIMS)
            self.assertEqual(list(jwt.claims), list(_CLAIMS))

    def test_a_symmetric_key_has_no_public_half(self):
        key = JwtSigningKey.generate("HS512")
        self.assertIsNone(key.public_jwk)
        token = JwtSigner(key).sign(_CLAIMS)
        jwt = self.verify(token, key.reveal_jwk(), "HS512")
        self.assertEqual(jwt.claims, _CLAIMS)

    def test_a_key_survives_being_stored(self):
        key = JwtSigningKey.generate("ES256")
        again = JwtSigningKey.from_jwk(key.reveal_jwk())
        self.assertEqual(again.key_id, key.key_id)
        self.assertEqual(again.public_jwk, key.public_jwk)

    def test_text_is_signed_byte_by_byte(self):
        text = '{ "iss":"joe", "aud":"api",\n "exp": %d.50 }' % _CLAIMS["exp"]
        key = JwtSigningKey.generate("EdDSA")
        jwt = self.verify(JwtSigner(key).sign(text), key.public_jwk, "EdDSA")
        self.assertEqual(jwt.claims_json, text)

    def test_a_type_is_wanted_or_left_out(self):
        key = JwtSigningKey.generate("EdDSA")
        token = JwtSigner(key, token_type=None).sign(_CLAIMS)
        with self.assertRaises(CloneAuthError) as caught:
            self.verify(token, key.public_jwk, "EdDSA")
        self.assertEqual(caught.exception.reason, "token_type")
        with self.assertRaises(ValueError):
            JwtSigner(key, token_type="")

    def test_what_cannot_be_signed_with_is_refused(self):
        key = JwtSigningKey.generate("EdDSA")
        weak = '{"kty":"oct","k":"YQ"}'
        for reason, call in [
                ("algorithm_unsupported",
                 lambda: JwtSigningKey.generate("none")),
                ("key_weak", lambda: JwtSigningKey.from_jwk(weak)),
                ("json_malformed", lambda: JwtSigner(key).sign("{")),
                ("invalid_argument", lambda: JwtSigner(key).sign("[]"))]:
            with self.assertRaises(CloneAuthError) as caught:
                call()
            self.assertEqual(caught.exception.reason, reason)
        with self.assertRaises(TypeError):
            JwtSigningKey()


if __name__ == "__main__":
    unittest.main()
