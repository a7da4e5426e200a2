#!/usr/bin/python3
"""Makes what all programs get: world.py FOLDER

For each algorithm ALG.key (the secret, or the private key as PEM), ALG.pub
(the public key as PEM), ALG.jwk (all of it) and ALG.token; and claims.json,
the ten claims that the token holds and that are signed.
"""

import json
import pathlib
import secrets
import sys
import time

import jwt
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

_FOLDER = pathlib.Path(sys.argv[1])
_KEY_ID = "2026-01"
_ID = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f00"


def _claims():
    now = int(time.time())
    return {"iss": "https://auth.example.com", "sub": _ID + "01",
            "aud": "https://api.example.com", "iat": now, "exp": now + 86400,
            "jti": _ID + "05", "sid": _ID + "02", "gen": 3, "org": _ID + "03",
            "scope": "keys members:read usage:read clients:read"}


def _number(value, size=None):
    size = size or (value.bit_length() + 7) // 8
    return jwt.utils.base64url_encode(value.to_bytes(size, "big")).decode()


def _private_jwk(key):
    if isinstance(key, bytes):
        return {"kty": "oct",
                "k": jwt.utils.base64url_encode(key).decode()}
    if isinstance(key, rsa.RSAPrivateKey):
        private = key.private_numbers()
        public = private.public_numbers
        return {"kty": "RSA", "n": _number(public.n), "e": _number(public.e),
                "d": _number(private.d), "p": _number(private.p),
                "q": _number(private.q), "dp": _number(private.dmp1),
                "dq": _number(private.dmq1), "qi": _number(private.iqmp)}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        private = key.private_numbers()
        public = private.public_numbers
        return {"kty": "EC", "crv": "P-256", "x": _number(public.x, 32),
                "y": _number(public.y, 32),
                "d": _number(private.private_value, 32)}
    return json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key))


def _write(name, suffix, data):
    (_FOLDER / f"{name}.{suffix}").write_bytes(
        data if isinstance(data, bytes) else data.encode())


def main():
    claims = _claims()
    _write("claims", "json", json.dumps(claims, separators=(",", ":")))
    for name, key in {
            "HS256": secrets.token_hex(32).encode(),
            "RS256": rsa.generate_private_key(65537, 2048),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "EdDSA": ed25519.Ed25519PrivateKey.generate()}.items():
        if isinstance(key, bytes):
            _write(name, "key", key)
            _write(name, "pub", key)
        else:
            _write(name, "key", key.private_bytes(
                form.Encoding.PEM, form.PrivateFormat.PKCS8,
                form.NoEncryption()))
            _write(name, "pub", key.public_key().public_bytes(
                form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo))
        _write(name, "jwk", json.dumps(
            {**_private_jwk(key), "kid": _KEY_ID, "alg": name}))
        _write(name, "token", jwt.encode(
            claims, key, name, headers={"typ": "JWT", "kid": _KEY_ID}))


main()
