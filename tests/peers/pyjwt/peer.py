#!/usr/bin/python3
"""Debian's PyJWT behind the lines that jwt-lines reads too, as
../jose/peer.mjs: {"op":"sign",...} and {"op":"verify",...}."""

import json
import sys

try:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import (ec, ed448, ed25519,
                                                           rsa)
    from jwt.algorithms import OKPAlgorithm
    from jwt.api_jws import get_algorithm_by_name
except ImportError as error:
    sys.exit(f"{error}: run cmake/dependencies.sh, and use Debian's "
             "/usr/bin/python3")

# It predates RFC 9864, so these names of what it can do are made known to it.
for _name in ("Ed25519", "Ed448"):
    jwt.register_algorithm(_name, OKPAlgorithm())

_SECRET = bytes(range(64))
_RSA = rsa.generate_private_key(65537, 2048)
_KEYS = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "Ed448": ed448.Ed448PrivateKey.generate(),
}


def _key_of(algorithm):
    if algorithm.startswith("HS"):
        return _SECRET
    return _KEYS.get(algorithm, _RSA)


def _public_jwk(key, algorithm):
    if isinstance(key, ec.EllipticCurvePrivateKey):
        # PyJWT's own JWK leaves a coordinate's leading zeros out, RFC 7518
        # section 6.2.1.2 wants them.
        numbers, bits = key.public_key().public_numbers(), key.curve.key_size
        x, y = (jwt.utils.base64url_encode(
            number.to_bytes((bits + 7) // 8, "big")).decode()
            for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": f"P-{bits}", "x": x, "y": y}
    public = key if isinstance(key, bytes) else key.public_key()
    jwk = json.loads(get_algorithm_by_name(algorithm).to_jwk(public))
    jwk.pop("key_ops", None)
    return jwk


def sign(request):
    algorithm = request["alg"]
    key = _key_of(algorithm)
    token = jwt.encode(request["claims"], key, algorithm,
                       headers={"kid": "pyjwt", "typ": request["typ"]})
    return {"token": token,
            "jwk": {**_public_jwk(key, algorithm), "kid": "pyjwt",
                    "alg": algorithm, "use": "sig"}}


def verify(request):
    algorithm = request["alg"]
    key = get_algorithm_by_name(algorithm).from_jwk(json.dumps(request["jwk"]))
    try:
        claims = jwt.decode(request["token"], key, [algorithm],
                            issuer=request["iss"], audience=request["aud"])
        return {"ok": True, "claims": claims}
    except jwt.InvalidTokenError as error:
        return {"ok": False, "reason": type(error).__name__}


_OPERATIONS = {"sign": sign, "verify": verify}
for _line in sys.stdin:
    _request = json.loads(_line)
    print(json.dumps(_OPERATIONS[_request["op"]](_request)))
