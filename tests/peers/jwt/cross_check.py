#!/usr/bin/env python3
"""Tokens exchanged with a library of others, in both directions and with each
algorithm: cross_check.py PEER

All goes through two processes of each side: the first signs, the second
judges the tokens of both sides, and what was altered of them.
"""

import json
import os
import subprocess
import sys
import time
import unittest

_HERE = os.path.dirname(os.path.abspath(__file__))
_OURS = [os.path.join(os.environ["CLONE_AUTH_BIN"], "jwt-lines")]
_PEERS = {
    "jose": {
        "command": ["node", os.environ.get("JOSE_PEER", "")],
        # jose 6 has no Ed448.
        "algorithms": "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 "
                      "ES256 ES384 ES512 EdDSA Ed25519".split(),
        "refusals": {"ERR_JWS_SIGNATURE_VERIFICATION_FAILED"},
    },
    "pyjwt": {
        "command": ["/usr/bin/python3", "-B",
                    os.path.join(_HERE, "../pyjwt/peer.py")],
        "algorithms": "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 "
                      "ES256 ES384 ES512 EdDSA Ed25519 Ed448".split(),
        "refusals": {"InvalidSignatureError"},
    },
}
_CHECKS = {"iss": "https://auth.example.com", "aud": "api", "typ": "at+jwt"}
_BASE = {"iss": _CHECKS["iss"], "sub": "s", "exp": int(time.time()) + 3600}
#: What payloads hold: lists, any number, any text, and depth.
_CLAIMS = [
    {**_BASE, "aud": ["x", "api"], "nbf": 0, "iat": 1700000000.5, "n": -0.25,
     "big": 2**53 - 1, "none": None, "yes": True, "empty": ["", {}, []]},
    {"z": "Grüße, \U0001f511 \\ \"'\n\u2028", **_BASE, "aud": "api",
     "a": {"b": [{"c": {"d": [1, [2, [3]]]}}]}, "long": "x" * 3000},
]
PEER = ""


def run(command, requests):
    """The answers of one process to all requests, in their order."""
    text = "".join(f"{json.dumps(request)}\n" for request in requests)
    done = subprocess.run(command, input=text, text=True, encoding="utf-8",
                          check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


def sign(command, algorithms):
    """(algorithm, claims, token, key) of each algorithm and each payload."""
    asked = [(name, claims) for name in algorithms for claims in _CLAIMS]
    answers = run(command, [
        {"op": "sign", "alg": name, "claims": claims, "typ": _CHECKS["typ"],
         "kid": "ours"} for name, claims in asked])
    return [(*question, answer["token"], answer["jwk"])
            for question, answer in zip(asked, answers, strict=True)]


def altered(token):
    """The token with another payload, and with another signature."""
    header, payload, signature = token.split(".")
    other = "B" if signature[20] == "A" else "A"
    yield ".".join((header, "eyJpc3MiOiJtYWxsb3J5In0", signature))
    yield ".".join((header, payload,
                    signature[:20] + other + signature[21:]))


def judge(command, rows):
    """What a side says of each (algorithm, token, key)."""
    return run(command, [
        {"op": "verify", "token": token, "alg": name, "jwk": key,
         "algs": [name], "jwks": {"keys": [key]}, "leeway": 0, **_CHECKS}
        for name, token, key in rows])


class CrossCheckTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.peer = _PEERS[PEER]
        names = cls.peer["algorithms"]
        cls.sides = {"ours": _OURS, PEER: cls.peer["command"]}
        cls.signed = {side: sign(command, names)
                      for side, command in cls.sides.items()}

    def rows(self):
        """(who signed, algorithm, claims, token, key) of both sides."""
        return [(side, *row) for side, signed in self.signed.items()
                for row in signed]

    def test_each_side_accepts_what_the_other_signed(self):
        rows = self.rows()
        questions = [(name, token, key) for _, name, _, token, key in rows]
        for judging, command in self.sides.items():
            accepted = 0
            answers = judge(command, questions)
            for (by, name, claims, _, _), answer in zip(rows, answers,
                                                        strict=True):
                with self.subTest(algorithm=name, signed=by, judged=judging):
                    self.assertEqual(answer, {"ok": True, "claims": claims})
                accepted += answer["ok"] and by != judging
            print(f"{judging}: {accepted} of {len(rows) // 2} tokens of the "
                  f"other side accepted, in {len(self.peer['algorithms'])} "
                  "algorithms")

    def test_each_side_refuses_what_was_altered(self):
        rows = [(by, name, token, key)
                for by, name, _, good, key in self.rows()
                for token in altered(good)]
        refusals = {"token_signature"} | self.peer["refusals"]
        for judging, command in self.sides.items():
            answers = judge(command, [row[1:] for row in rows])
            refused = 0
            for (by, name, _, _), answer in zip(rows, answers, strict=True):
                with self.subTest(algorithm=name, signed=by, judged=judging):
                    self.assertFalse(answer["ok"])
                    self.assertIn(answer["reason"], refusals)
                refused += not answer["ok"]
            print(f"{judging}: {refused} of {len(rows)} altered tokens refused")


if __name__ == "__main__":
    PEER = sys.argv.pop()
    if PEER == "jose" and not os.path.isfile(os.environ["JOSE_PEER"]):
        print("SKIPPED: jose was not installed: see peers.jose_install")
        sys.exit(77)
    unittest.main()
