#!/usr/bin/python3
"""PyJWT, with keys that were read once."""

import json
import pathlib
import sys
import time

import jwt
from jwt.api_jws import get_algorithm_by_name

_FOLDER, _SECONDS = pathlib.Path(sys.argv[1]), float(sys.argv[2])


def measure(operation, algorithm, call):
    """As measure.h."""
    count = 1
    while True:
        began = time.process_time()
        for _ in range(count):
            call()
        took = time.process_time() - began
        if took >= _SECONDS:
            print(operation, algorithm, f"{took / count * 1e9:.1f}")
            return
        count *= 2


def read(name, suffix):
    return (_FOLDER / f"{name}.{suffix}").read_text()


def main():
    claims = json.loads(read("claims", "json"))
    headers = {"typ": "JWT", "kid": "2026-01"}
    for name in ("HS256", "RS256", "ES256", "EdDSA"):
        algorithm = get_algorithm_by_name(name)
        private = algorithm.prepare_key(read(name, "key"))
        public = algorithm.prepare_key(read(name, "pub"))
        token = read(name, "token")
        measure("verify", name, lambda: jwt.decode(
            token, public, [name], issuer="https://auth.example.com",
            audience="https://api.example.com"))
        measure("sign", name, lambda: jwt.encode(
            claims, private, name, headers=headers))


main()
