"""Keys and tokens at the command line, for the tests of both."""

import json

from clonit_harness import GoldenTest, Home

ISSUER, AUDIENCE = "https://issuer.example", "an-api"
NOW = 1_700_000_000
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice"}
ALGORITHMS = [family + size for family in ("HS", "RS", "PS", "ES")
              for size in ("256", "384", "512")] + [
                  "EdDSA", "Ed25519", "Ed448"]


class TokenTest(GoldenTest):
    """Tests that need no server: keys and tokens of their own, at NOW."""

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def file(self, name, text):
        path = self.home.folder / name
        path.write_text(text)
        return str(path)

    def key(self, algorithm="ES256", name="key.jwk", *more):
        done = self.home.run("jwk", "generate", "--algorithm", algorithm, *more)
        self.assertEqual(done.code, 0, done.err)
        return self.file(name, done.out)

    def public(self, key, name="public.jwk", *more):
        done = self.home.run("jwk", "public", key, *more)
        self.assertEqual(done.code, 0, done.err)
        return self.file(name, done.out)

    def sign(self, key, claims=None, *more):
        """A token, with its end of line."""
        text = json.dumps(CLAIMS if claims is None else claims)
        done = self.home.run("token", "sign", "--key", key, "--claims", "-",
                             "--lifetime", "15m", "--at", str(NOW), *more,
                             stdin=text)
        self.assertEqual(done.code, 0, done.err)
        return done.out

    def arguments(self, jwks, *more, algorithms="ES256"):
        return ["token", "verify", *(["--jwks", jwks] if jwks else []),
                "--issuer", ISSUER, "--audience", AUDIENCE,
                "--algorithms", algorithms, "--at", str(NOW), *more]

    def verify(self, jwks, tokens, *more, code=0, algorithms="ES256"):
        done = self.home.run(
            *self.arguments(jwks, *more, algorithms=algorithms), stdin=tokens)
        self.assertEqual(done.code, code, done.out + done.err)
        return done

    def reasons(self, done):
        return [json.loads(line).get("reason", "valid")
                for line in done.out.splitlines()]
