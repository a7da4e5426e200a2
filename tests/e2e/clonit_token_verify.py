"""Tokens at the command line: what is valid, and what is refused and why."""

import json
import select
import subprocess
import unittest

from clonit_harness import CLONIT, PATIENCE, ClonitTest
from clonit_token_harness import ALGORITHMS, AUDIENCE, CLAIMS, ISSUER, NOW, \
    TokenTest


class Verify(TokenTest):
    def test_what_was_signed_is_valid_with_every_algorithm(self):
        for algorithm in ALGORITHMS:
            with self.subTest(algorithm):
                key = self.key(algorithm)
                token = self.sign(key)
                self.verify(key, token, algorithms=algorithm)
                if algorithm.startswith("HS"):
                    continue
                half = self.public(key)
                pem = self.public(key, "public.pem", "--to", "pem")
                of_set = self.file("set.json", '{"keys":[%s]}' % (
                    self.home.run("jwk", "public", key).out))
                for jwks in (half, pem, of_set):
                    self.verify(jwks, token, algorithms="ES256," + algorithm)

    def test_a_certificate_verifies(self):
        pem = self.key("RS256", "key.pem", "--to", "pem")
        made = subprocess.run(
            ["openssl", "req", "-new", "-x509", "-key", pem, "-subj", "/CN=x"],
            capture_output=True, text=True, check=True)
        token = self.sign(pem, CLAIMS, "--algorithm", "PS256")
        self.verify(self.file("cert.pem", made.stdout), token,
                    algorithms="RS256,PS256")

    def test_a_key_in_pem_has_the_name_that_it_is_given(self):
        pem = self.key("ES256", "key.pem", "--to", "pem")
        token = self.sign(pem, CLAIMS, "--algorithm", "ES256", "--kid", "k")
        half = self.public(pem, "public.pem", "--to", "pem")
        self.verify(half, token, "--kid", "k")
        done = self.verify(half, token, "--json", code=1)
        self.assertEqual(self.reasons(done), ["token_key_unknown"])

    def test_each_token_has_an_object_of_its_own(self):
        key = self.key()
        good = self.sign(key)
        other = self.sign(self.key(name="other.jwk"))
        wrong = self.sign(key, {**CLAIMS, "iss": "https://else.example"})
        done = self.verify(key, good + other + "nonsense\n" + wrong + good,
                           "--jsonl", code=1)
        self.assertEqual(self.reasons(done),
                         ["valid", "token_key_unknown", "token_malformed",
                          "token_issuer", "valid"])
        first, second = done.out.splitlines()[:2]
        self.assertEqual(first, '{"valid":true,"subject":"alice"}')
        self.assertEqual(list(json.loads(second)),
                         ["valid", "reason", "message"])
        self.assertEqual(done.err, "")
        self.assertEqual(
            self.verify(key, good, "--json").out, first + "\n")

    def test_the_time_is_the_one_that_is_given(self):
        key = self.key()
        token = self.sign(key)
        end = NOW + 15 * 60
        for at, skew, reason in ((end - 1, "0s", "valid"),
                                 (end, "0s", "token_expired"),
                                 (end + 59, "60s", "valid"),
                                 (end + 60, "1m", "token_expired"),
                                 (end + 599, "10m", "valid"),
                                 (NOW - 61, "60s", "clock_skew")):
            with self.subTest(at=at, skew=skew):
                done = self.home.run(
                    "token", "verify", "--jwks", key, "--issuer", ISSUER,
                    "--audience", AUDIENCE, "--algorithms", "ES256", "--jsonl",
                    "--at", str(at), "--skew", skew, stdin=token)
                self.assertEqual(self.reasons(done), [reason])
                self.assertEqual(done.code, 0 if reason == "valid" else 1)

    def test_issuers_and_audiences_may_be_several(self):
        key = self.key()
        token = self.sign(key, {**CLAIMS, "iss": "https://b", "aud": ["c"]})
        self.verify(key, token, "--issuer", "https://b", "--audience", "c")
        done = self.verify(key, token, "--issuer", "https://b", "--json",
                           code=1)
        self.assertEqual(self.reasons(done), ["token_audience"])

    def test_another_type_is_asked_for(self):
        key = self.key()
        token = self.sign(key, CLAIMS, "--type", "JWT")
        self.verify(key, token, "--type", "JWT")
        done = self.verify(key, token, "--json", code=1)
        self.assertEqual(self.reasons(done), ["token_type"])

    def test_an_algorithm_that_is_not_listed_is_refused(self):
        key = self.key()
        done = self.verify(key, self.sign(key), "--json", code=1,
                           algorithms="RS256,ES384")
        self.assertEqual(self.reasons(done), ["token_algorithm"])

    def test_an_answer_does_not_wait_for_the_next_token(self):
        key = self.key()
        process = subprocess.Popen(
            [str(CLONIT), *self.arguments(key)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=self.home.environment({}))
        with process:
            process.stdin.write(self.sign(key))
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            self.assertTrue(ready)
            self.assertIn("valid", process.stdout.readline())
            process.stdin.close()
            self.assertEqual(process.wait(PATIENCE), 0)


class OwnServer(ClonitTest):
    def test_a_token_of_the_server_is_valid_with_its_published_keys(self):
        self.home.sign_in()
        token = self.home.tokens()["access"]
        claims = self.home.run("token", "inspect", "--json",
                               stdin=token).json["claims"]
        audience = claims["aud"]
        if isinstance(audience, list):
            audience = audience[0]
        def verify(*more):
            return self.home.run("token", "verify", *more, "--audience",
                                 audience, "--algorithms", "ES256,EdDSA,RS256",
                                 "--jsonl", stdin=token)
        url = self.server.url + "/.well-known/jwks.json"
        done = verify("--issuer", claims["iss"], "--jwks", url)
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual(done.json, {"valid": True, "subject": claims["sub"]})
        done = verify("--issuer", "https://else.example", "--jwks", url)
        self.assertEqual(done.code, 1)
        self.assertEqual(done.json["reason"], "token_issuer")


if __name__ == "__main__":
    unittest.main()
