"""Tokens that are almost good: each a row as in jwt_attacks.jsonl, made from
good tokens by a generator of random numbers."""

import json

import signing

NOW = 1767225700
_ISSUER, _AUDIENCE = "https://issuer.example", "https://api.example"
# What is cheap to check comes more often.
_WEIGHTS = {"HS256": 24, "HS384": 6, "HS512": 6, "RS256": 3, "RS384": 2,
            "RS512": 2, "PS256": 3, "PS384": 2, "PS512": 2, "ES256": 18,
            "ES384": 1, "ES512": 1, "EdDSA": 14, "Ed25519": 14, "Ed448": 2}
_NUMBERS = """0 -0 -1 1 1.5 1e3 1E+9 1e10 1e400 -1e400 0.0 00 01 +1 .5 1. 1e
    1767225640 1767225640.0 1767225640.5 1767225639.999999999 1.7672256400e9
    1767225641 1767225699 1767225700 1767225700.0 1767225700.000000001
    17672257005e-1 1767225701 1767225759 1767225760 1767225760.1 1767225761
    1767225760000 176722576e1 253402300799 253402300799.5 253402300800
    2147483648 4294967296 9223372036 9223372037 9007199254740993
    9223372036854775807 9223372036854775808 18446744073709551616
    18446744071476777316 -9223372036854775808 1e308 1e-400 4e9 0x1 1_0 NaN
    Infinity null true false "1767226000" [1767226000] {} ""
    """.split() + ["9" * 39, "9" * 40, "9" * 41, "1." + "0" * 38,
                   "1" + "0" * 10000, "1767226000" + "." + "0" * 29]
_STRANGE = ["\0", "\n", " ", "=", "+", "/", ".", "~", "\u00e9", "\u2024",
            "\U0001f600", "%2E", "\t", "\r", "\x7f", "\ufeff"]


class Maker:
    """Makes rows; the same ones for the same `random`, but for signatures that
    are random themselves."""

    def __init__(self, random, keys):
        self._random = random
        self._keys = keys
        self._good = [self._good_token(algorithm)
                      for algorithm in signing.ALGORITHMS for _ in range(3)]
        self._mixed = {"keys": [key.jwk for key in keys.values()]}

    def row(self):
        """A row, and whether its signature is over just these bytes."""
        kind = self._random.choices(
            (self._flip, self._base64, self._splice, self._signature,
             self._text, self._number, self._members, self._good_token),
            (13, 11, 10, 11, 19, 19, 10, 7))[0]
        algorithm = self._algorithm()
        token = kind(algorithm)
        signed = kind in (self._text, self._number, self._members,
                          self._good_token)
        chance = self._random.random()
        algorithms = ([algorithm] if chance < 0.9 else ["none", algorithm]
                      if chance < 0.95 else list(signing.ALGORITHMS))
        keys = (self._mixed if self._random.random() < 0.04
                else {"keys": [self._keys[algorithm].jwk]})
        return {"token": token, "keys": keys, "alg_allowed": algorithms,
                "iss": self._maybe(_ISSUER), "aud": self._maybe(_AUDIENCE),
                "typ": self._random.choice([None, None, None, "JWT", "at+jwt"]),
                "now": NOW, "leeway": self._random.choice([0, 60])}, signed

    def _maybe(self, value):
        return value if self._random.random() < 0.7 else None

    def _algorithm(self):
        return self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]

    def _header(self, algorithm):
        header = {"alg": algorithm, "typ": self._random.choice(
            ["JWT", "at+jwt", "application/at+jwt", "AT+JWT"])}
        if self._random.random() < 0.7:
            header["kid"] = f"k-{algorithm}"
        return header

    def _claims(self):
        claims = {"iss": _ISSUER, "sub": f"user-{self._random.randrange(9)}",
                  "aud": self._random.choice(
                      [_AUDIENCE, _AUDIENCE, [_AUDIENCE, "other"], "other"]),
                  "iat": NOW - 10, "exp": NOW + 300, "jti": "j-1"}
        if self._random.random() < 0.3:
            claims["nbf"] = NOW - 10
        if self._random.random() < 0.3:
            claims["more"] = {"a": [1, {"b": None}], "c": "\u00e9"}
        return claims

    def _signed(self, algorithm, header, payload):
        """A token of these texts or bytes."""
        parts = ".".join(signing.encode(
            part if isinstance(part, bytes)
            else part.encode("utf-8", "surrogatepass"))
            for part in (header, payload))
        signature = self._keys[algorithm].sign(parts.encode())
        return f"{parts}.{signing.encode(signature)}"

    def _texts(self, algorithm):
        return (json.dumps(self._header(algorithm)),
                json.dumps(self._claims(), ensure_ascii=False))

    def _good_token(self, algorithm):
        return self._signed(algorithm, *self._texts(algorithm))

    def _base(self, algorithm):
        index = signing.ALGORITHMS.index(algorithm)
        return self._good[index * 3 + self._random.randrange(3)]

    def _edited(self, text, strange):
        """The text with one character put in, taken out or changed."""
        at = self._random.randrange(len(text) + 1)
        new = (self._random.choice(_STRANGE)
               if self._random.random() < strange
               else chr(self._random.randrange(33, 127)))
        return text[:at] + self._random.choice(
            [new, new + text[at:at + 1], ""]) + text[at + 1:]

    def _flip(self, algorithm):
        token = self._base(algorithm)
        for _ in range(self._random.choice([1, 1, 1, 2, 3])):
            token = self._edited(token, 0.1)
        return token

    def _base64(self, algorithm):
        parts = self._base(algorithm).split(".")
        which = self._random.randrange(3)
        part = parts[which]
        parts[which] = self._random.choice([
            part + "=", part + "==", part + "A", part + "\n", " " + part,
            part[:-1], part[:-2], part.replace("_", "/").replace("-", "+"),
            part[:-1] + chr(ord(part[-1]) + 1), part[:-1] + chr(
                ord(part[-1]) - 1), part.lower(), part[:8] + "\r\n" + part[8:],
            part + part, ""])
        return ".".join(parts)

    def _splice(self, algorithm):
        others = [algorithm, algorithm, self._algorithm()]
        donors = [self._base(self._random.choice(others)).split(".")
                  for _ in range(3)]
        parts = [donor[which] for which, donor in enumerate(donors)]
        if self._random.random() < 0.2:
            parts = self._random.choices(
                parts, k=self._random.choice([1, 2, 3, 4, 5]))
        return ".".join(parts)

    def _signature(self, algorithm):
        header, payload, text = self._base(algorithm).split(".")
        bytes_ = bytearray(signing.decode(text))
        half = len(bytes_) // 2
        at = self._random.randrange(len(bytes_))
        flipped = bytearray(bytes_)
        flipped[at] ^= 1 << self._random.randrange(8)
        changed = self._random.choice([
            flipped, bytes_[half:] + bytes_[:half], bytes(len(bytes_)),
            bytes_[:half] + bytes(half), bytes(half) + bytes_[half:],
            bytes_[:-1], bytes_[1:], bytes_ + b"\0", b"\0" + bytes_,
            b"\xff" * len(bytes_), b"\x30\x44\x02\x20" + bytes_,
            bytes_[::-1], b"", bytes_[:16]])
        return f"{header}.{payload}.{signing.encode(bytes(changed))}"

    def _text(self, algorithm):
        """Other JSON texts, of which some mean the same."""
        texts = list(self._texts(algorithm))
        which = self._random.randrange(2)
        text = texts[which]
        at = self._random.randrange(1, len(text))
        texts[which] = self._random.choice([
            lambda: self._edited(text, 0.3), lambda: self._edited(text, 0.3),
            lambda: text.replace(": ", self._random.choice(
                [":", " : ", ":\t\r\n", ":\x0b", ":\u00a0"])),
            lambda: text.replace("s", "\\u0073"),
            lambda: text.replace("e", self._random.choice(
                ["\\u0065", "\\U0065", "\\x65", "\u0435"]), 1),
            lambda: text[:-1] + ", " + text[1:],
            lambda: text + self._random.choice([" ", "\n", ",", "{}", "\0"]),
            lambda: self._random.choice(["\ufeff", " ", "//\n"]) + text,
            lambda: text.encode() + self._random.choice(
                [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b" "]),
            lambda: text[:at].encode() + bytes(
                [self._random.randrange(128, 256)]) + text[at:].encode(),
            lambda: text.encode("utf-16"), lambda: text[:at],
            lambda: text.replace('"', "'"), lambda: f"[{text}]",
            lambda: text[:-1] + ', "d": ' + "[" * 33 + "]" * 33 + "}",
            lambda: text[:-1] + ', "d": ' + "[" * 31 + "]" * 31 + "}",
            lambda: text[:-1] + ", }", lambda: text])()
        return self._signed(algorithm, *texts)

    def _number(self, algorithm):
        """Times at the edges of what they may be."""
        header, payload = self._texts(algorithm)
        claims = json.loads(payload)
        name = self._random.choice(["exp", "exp", "nbf", "iat"])
        number = (self._random.choice(_NUMBERS)
                  if self._random.random() < 0.8 else
                  f"{NOW + self._random.randrange(-70, 70)}"
                  + self._random.choice(["", ".0", ".5", "e0", "0e-1"]))
        claims[name] = "@"
        return self._signed(algorithm, header, json.dumps(claims).replace(
            '"@"', number))

    def _members(self, algorithm):
        """Members of other types and values, more of them, or fewer."""
        header, claims = self._header(algorithm), self._claims()
        values = [None, True, 0, 1.5, "", "x", "a\0b", [], ["x", 1], {},
                  [_AUDIENCE], _ISSUER, _AUDIENCE + "/", _ISSUER.upper(),
                  [_AUDIENCE, "a\0"], "JWT", "jwt", "at+jwt", "none", "HS256",
                  f"k-{algorithm}", "application/jwt", "application/AT+JWT",
                  "application/application/jwt", "\ud800", "text/at+jwt"]
        of_header = self._random.random() < 0.5
        names = (["alg", "typ", "kid", "cty", "crit", "b64", "zip", "enc",
                  "jwk", "jku", "x5c", "x"] if of_header else
                 ["iss", "sub", "aud", "jti", "exp", "nbf", "iat", "Exp", "x",
                  "scope", "token_use", "nonce"])
        members = header if of_header else claims
        name = self._random.choice(names)
        if self._random.random() < 0.25:
            members.pop(name, None)
        else:
            members[name] = self._random.choice(values)
        return self._signed(algorithm, json.dumps(header), json.dumps(claims))
