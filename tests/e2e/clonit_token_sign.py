"""Tokens signed at the command line."""

import base64
import json
import time
import unittest

from clonit_token_harness import CLAIMS, ISSUER, NOW, TokenTest


class Sign(TokenTest):
    def run_sign(self, *arguments, stdin="", code=0):
        done = self.home.run("token", "sign", *arguments, stdin=stdin)
        self.assertEqual(done.code, code, done.out + done.err)
        return done

    def claims_of(self, done):
        return self.home.run("token", "inspect", "--json",
                             stdin=done.out).json["claims"]

    def test_claims_are_signed_as_they_were_written(self):
        key = self.key()
        claims = self.file("claims.json",
                           '{"sub":"a", "n":1.50,\n"exp":1700000900 }\n')
        done = self.run_sign("--key", key, "--claims", claims)
        payload = done.out.split(".")[1]
        text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        self.assertEqual(text, b'{"sub":"a", "n":1.50,\n"exp":1700000900 }')

    def test_times_and_issuer_are_added(self):
        key = self.key()
        more = ["--issuer", ISSUER, "--lifetime", "2h", "--at", str(NOW)]
        added = {"iss": ISSUER, "iat": NOW, "exp": NOW + 7200}
        for claims in ({}, {"sub": "a"}):
            done = self.run_sign("--key", key, "--claims", "-", *more,
                                 stdin=json.dumps(claims) + "\n")
            self.assertEqual(self.claims_of(done), {**claims, **added})
        for claim, option in (("exp", "--lifetime"), ("iat", "--lifetime"),
                              ("iss", "--issuer")):
            done = self.run_sign("--key", key, "--claims", "-", *more,
                                 stdin=json.dumps({claim: 1}), code=1)
            self.assertIn(option, done.err)

    def test_without_a_time_it_is_now(self):
        before = int(time.time())
        done = self.run_sign("--key", self.key(), "--claims", "-",
                             "--lifetime", "60s", stdin="{}")
        claims = self.claims_of(done)
        self.assertLessEqual(before - 1, claims["iat"])
        self.assertLessEqual(claims["iat"], time.time())
        self.assertEqual(claims["exp"], claims["iat"] + 60)

    def test_the_key_may_come_from_standard_input(self):
        with open(self.key(), encoding="ascii") as file:
            key = file.read()
        claims = self.file("claims.json", json.dumps(CLAIMS))
        self.run_sign("--key", "-", "--claims", claims, stdin=key)
        done = self.run_sign("--key", "-", "--claims", "-", stdin=key, code=2)
        self.assertIn("standard input", done.err)

    def test_programs_get_an_object(self):
        done = self.run_sign("--json", "--key", self.key(), "--claims", "-",
                             stdin="{}")
        self.assertEqual(list(done.json), ["token"])

    def test_a_jwk_is_for_the_algorithm_that_it_names(self):
        key = self.key("RS256")
        done = self.run_sign("--key", key, "--claims", "-", "--algorithm",
                             "PS256", stdin="{}", code=2)
        self.assertIn("the key is for RS256", done.err)
        with open(key, encoding="ascii") as file:
            jwk = json.load(file)
        del jwk["alg"]
        self.file("key.jwk", json.dumps(jwk))
        token = self.sign(key, CLAIMS, "--algorithm", "PS256")
        self.verify(key, token, algorithms="PS256")

    def test_what_cannot_sign_is_refused(self):
        key = self.key()
        pem = self.key("ES256", "key.pem", "--to", "pem")
        for path, word in ((self.public(key), "public key"),
                           (pem, "--algorithm"),
                           (self.file("empty", ""), "no key to read"),
                           ("missing", "cannot read")):
            done = self.run_sign("--key", path, "--claims", "-", stdin="{}",
                                 code=2)
            self.assertIn(word, done.err)
            self.assertEqual(done.out, "")

    def test_what_are_no_claims_is_refused(self):
        key = self.key()
        for text, word in (("", "json_malformed"), ("[]", "one JSON object"),
                           ("{} {}", "json_malformed"),
                           ('{"a":1,"a":2}', "json_duplicate_name"),
                           ('{"a":"%s"}' % ("x" * 20_000), "16 KiB")):
            done = self.run_sign("--key", key, "--claims", "-", stdin=text,
                                 code=1)
            self.assertIn(word, done.err)
            self.assertEqual(done.out, "")


if __name__ == "__main__":
    unittest.main()
