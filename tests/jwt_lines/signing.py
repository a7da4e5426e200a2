"""Fixed keys of every algorithm, and tokens signed with them by Debian's
python3-cryptography."""

import base64
import functools
import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (ec, ed448, ed25519,
                                                       padding, rsa, utils)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
_CURVES = {"ES256": (ec.SECP256R1, "P-256", 32),
           "ES384": (ec.SECP384R1, "P-384", 48),
           "ES512": (ec.SECP521R1, "P-521", 66)}
# RFC 7515 appendix A.2.
_P = ("4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58B"
      "Q3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn"
      "-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc")
_Q = ("uQPEfgmVtjL0Uyyx88GZFF1fOunH3-"
      "7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t"
      "62wDmpe_HlB-TnBA-"
      "njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc")


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(value):
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class HmacKey:
    def __init__(self, algorithm):
        self._hash = "sha" + algorithm[2:]
        self._secret = hashlib.sha512(algorithm.encode()).digest()
        self.jwk = {"kty": "oct", "k": encode(self._secret)}

    def sign(self, message):
        return hmac.new(self._secret, message,
                        getattr(hashlib, self._hash)).digest()


@functools.lru_cache
def _rsa_key():
    p, q = (int.from_bytes(decode(text), "big") for text in (_P, _Q))
    d = pow(65537, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(65537, p * q)).private_key()


class RsaKey:
    def __init__(self, algorithm):
        self._hash = _HASHES[algorithm[2:]]()
        self._padding = (padding.PKCS1v15() if algorithm[:2] == "RS"
                         else padding.PSS(padding.MGF1(self._hash),
                                          self._hash.digest_size))
        self._key = _rsa_key()
        public = self._key.public_key().public_numbers()
        self.jwk = {"kty": "RSA", "n": _number(public.n), "e": "AQAB"}

    def sign(self, message):
        return self._key.sign(message, self._padding, self._hash)


class EcKey:
    def __init__(self, algorithm):
        curve, name, self._size = _CURVES[algorithm]
        self._hash = _HASHES[algorithm[2:]]()
        self._key = ec.derive_private_key(1234567890123456789, curve())
        public = self._key.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": name, "x": self._half(public.x),
                    "y": self._half(public.y)}

    def _half(self, value):
        return encode(value.to_bytes(self._size, "big"))

    def sign(self, message):
        der = self._key.sign(message, ec.ECDSA(self._hash))
        return b"".join(value.to_bytes(self._size, "big")
                        for value in utils.decode_dss_signature(der))


class EdwardsKey:
    def __init__(self, algorithm):
        seed = hashlib.sha512(algorithm.encode()).digest()
        if algorithm == "Ed448":
            self._key = ed448.Ed448PrivateKey.from_private_bytes(seed[:57])
        else:
            self._key = ed25519.Ed25519PrivateKey.from_private_bytes(seed[:32])
        public = self._key.public_key().public_bytes(Encoding.Raw,
                                                     PublicFormat.Raw)
        self.jwk = {"kty": "OKP", "x": encode(public),
                    "crv": "Ed448" if algorithm == "Ed448" else "Ed25519"}

    def sign(self, message):
        return self._key.sign(message)


_KINDS = {"HS": HmacKey, "RS": RsaKey, "PS": RsaKey, "ES": EcKey,
          "Ed": EdwardsKey}
ALGORITHMS = ("HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 "
              "ES384 ES512 EdDSA Ed25519 Ed448").split()


def make_keys():
    """The key of each algorithm, with a JWK that names it."""
    keys = {}
    for algorithm in ALGORITHMS:
        keys[algorithm] = _KINDS[algorithm[:2]](algorithm)
        keys[algorithm].jwk.update(kid=f"k-{algorithm}", alg=algorithm,
                                   use="sig")
    return keys
