#!/usr/bin/python3
"""A second, strict verifier to hold ours against: nothing of it is shared with
the library, signatures are checked by Debian's python3-cryptography.

strict_ref.py < jwt_attacks.jsonl judges every row of that file.
"""

import base64
import functools
import hashlib
import hmac
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (ec, ed448, ed25519,
                                                       padding, rsa, utils)

from strict_json import Number, Refused, need, parse_object

_MAX_TOKEN, _MAX_DATE = 16384, 253402300799
_ALPHABET = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
             "0123456789-_")
_TEXT = re.compile(r"[A-Za-z0-9_-]*\Z")
_HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
_KTY = {"HS": "oct", "RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_CURVES = {"ES256": ("P-256", 32, ec.SECP256R1),
           "ES384": ("P-384", 48, ec.SECP384R1),
           "ES512": ("P-521", 66, ec.SECP521R1)}
# Curve: names, size of the key, the class, size of the signature and the
# group's order.
_EDWARDS = {
    "Ed25519": (("EdDSA", "Ed25519"), 32, ed25519.Ed25519PublicKey, 64,
                2**252 + 27742317777372353535851937790883648493),
    "Ed448": (("EdDSA", "Ed448"), 57, ed448.Ed448PublicKey, 114,
              2**446 - int("8335dc163bb124b65129c96fde933d8d723a70aadc873d6d54a"
                           "7bb0d", 16))}
# Points of small order, for which a signature says nothing.
_SMALL = {bytes.fromhex(text) for text in (
    "00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "00" * 57, "01" + "00" * 56, "fe" + "ff" * 27 + "fe" + "ff" * 27 + "00")}


def _decode(text):
    need(isinstance(text, str) and _TEXT.match(text), "alphabet")
    need(len(text) % 4 != 1, "length")
    spare = {2: 16, 3: 4}.get(len(text) % 4, 1)
    need(not text or _ALPHABET.index(text[-1]) % spare == 0, "spare bits")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _check_use(jwk, algorithm):
    if "alg" in jwk:
        names = {jwk["alg"], algorithm} if isinstance(jwk["alg"], str) else ()
        need(names and (len(names) == 1 or "EdDSA" in names
                        and names <= {"EdDSA", "Ed25519", "Ed448"}), "alg")
    if "use" in jwk:
        need(jwk["use"] == "sig", "use")
    if "key_ops" in jwk:
        need(isinstance(jwk["key_ops"], list)
             and "verify" in jwk["key_ops"], "key_ops")


def _load_rsa(jwk):
    modulus, exponent = _decode(jwk["n"]), _decode(jwk["e"])
    need(modulus and exponent and modulus[0] and exponent[0], "encoding")
    n, e = int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")
    need(2048 <= n.bit_length() <= 8192 and n & 1 and e & 1
         and 65537 <= e < 2**33, "rsa size")
    return rsa.RSAPublicNumbers(e, n).public_key()


def _load_ec(jwk, algorithm):
    curve, size, kind = _CURVES[algorithm]
    need(jwk.get("crv") == curve, "crv")
    x, y = _decode(jwk["x"]), _decode(jwk["y"])
    need(len(x) == size and len(y) == size, "coordinate length")
    return ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"),
        kind()).public_key()


def _load_edwards(jwk, algorithm):
    names, size, kind = _EDWARDS[jwk["crv"]][:3]
    need(algorithm in names, "crv")
    x = _decode(jwk["x"])
    need(len(x) == size and x not in _SMALL, "okp")
    return kind.from_public_bytes(x)


@functools.lru_cache(maxsize=1024)
def _load(text, algorithm):
    """The key for this algorithm, or None: what cannot be used is skipped."""
    jwk = json.loads(text)
    try:
        need(isinstance(jwk, dict) and jwk.get("kty") == _KTY[algorithm[:2]],
             "kty")
        _check_use(jwk, algorithm)
        if algorithm[:2] == "HS":
            secret = _decode(jwk["k"])
            need(len(secret) * 8 >= int(algorithm[2:]), "short secret")
            return secret
        if algorithm[:2] in ("RS", "PS"):
            return _load_rsa(jwk)
        if algorithm[:2] == "ES":
            return _load_ec(jwk, algorithm)
        return _load_edwards(jwk, algorithm)
    except (Refused, KeyError, ValueError, TypeError):
        return None


def _verify_rsa(algorithm, key, message, signature):
    digest = _HASHES[algorithm[2:]]()
    need(len(signature) == (key.key_size + 7) // 8
         and int.from_bytes(signature, "big") < key.public_numbers().n, "size")
    if algorithm[:2] == "RS":
        key.verify(signature, message, padding.PKCS1v15(), digest)
    else:
        key.verify(signature, message, padding.PSS(
            padding.MGF1(digest), digest.digest_size), digest)


def _verify_ec(algorithm, key, message, signature):
    size = _CURVES[algorithm][1]
    need(len(signature) == 2 * size, "size")
    r = int.from_bytes(signature[:size], "big")
    s = int.from_bytes(signature[size:], "big")
    key.verify(utils.encode_dss_signature(r, s), message,
               ec.ECDSA(_HASHES[algorithm[2:]]()))


def _verify_edwards(key, message, signature):
    curve = ("Ed25519" if isinstance(key, ed25519.Ed25519PublicKey)
             else "Ed448")
    size, order = _EDWARDS[curve][3:]
    need(len(signature) == size
         and int.from_bytes(signature[size // 2:], "little") < order,
         "size")
    key.verify(signature, message)


def _holds(algorithm, key, message, signature):
    try:
        if algorithm[:2] == "HS":
            mac = hmac.new(key, message, getattr(hashlib,
                                                 "sha" + algorithm[2:]))
            return hmac.compare_digest(mac.digest(), signature)
        if algorithm[:2] in ("RS", "PS"):
            _verify_rsa(algorithm, key, message, signature)
        elif algorithm[:2] == "ES":
            _verify_ec(algorithm, key, message, signature)
        else:
            _verify_edwards(key, message, signature)
        return True
    except (InvalidSignature, Refused, ValueError):
        return False


def _check_header(header, row):
    algorithm = header.get("alg")
    need(isinstance(algorithm, str) and algorithm in row["alg_allowed"], "alg")
    need(algorithm in ("EdDSA", "Ed25519", "Ed448")
         or re.fullmatch("[HRPE]S(256|384|512)", algorithm), "alg unknown")
    for name in ("crit", "b64", "zip"):
        need(name not in header, name)
    if "cty" in header:
        need(isinstance(header["cty"], str) and header["cty"].lower()
             not in ("jwt", "application/jwt"), "cty")
    return algorithm


def _find_key(header, row, algorithm):
    keys = [key for key in row["keys"]["keys"] if isinstance(key, dict)]
    names = [(repr(key["kid"]), key.get("kty")) for key in keys
             if "kid" in key]
    need(len(names) == len(set(names)), "duplicate kid")
    if "kid" in header:
        need(isinstance(header["kid"], str) and "\0" not in header["kid"],
             "kid type")
        keys = [key for key in keys if key.get("kid") == header["kid"]]
    loaded = [_load(json.dumps(key), algorithm) for key in keys]
    loaded = [key for key in loaded if key is not None]
    need(len(loaded) == 1, "key")
    return loaded[0]


def _date(value):
    need(isinstance(value, Number), "date type")
    seconds = value.value()
    need(0 <= seconds <= _MAX_DATE, "date range")
    return seconds


def _check_times(claims, row):
    now, leeway = row["now"], row["leeway"]
    need("exp" in claims and now < _date(claims["exp"]) + leeway, "exp")
    if "nbf" in claims:
        need(now >= _date(claims["nbf"]) - leeway, "nbf")
    if "iat" in claims:
        need(_date(claims["iat"]) <= now + leeway, "iat")


def _check_names(claims, row):
    for name in ("iss", "sub", "jti"):
        if name in claims:
            need(isinstance(claims[name], str) and "\0" not in claims[name],
                 name)
    if row["iss"] is not None:
        need(claims.get("iss") == row["iss"], "iss")
    audience = claims.get("aud", [])
    if isinstance(audience, str):
        audience = [audience]
    need(isinstance(audience, list) and all(
        isinstance(name, str) and "\0" not in name for name in audience),
         "aud type")
    if row["aud"] is not None:
        need(row["aud"] in audience, "aud")


def _check_type(header, row):
    if "typ" in header or row["typ"] is not None:
        need(isinstance(header.get("typ"), str), "typ")
    if row["typ"] is not None:
        given, wanted = (
            name.lower() if "/" in name else "application/" + name.lower()
            for name in (header["typ"], row["typ"]))
        need(given == wanted, "typ")


def verify(row):
    """(whether the row's token is good, why not)"""
    try:
        token = row["token"]
        need(len(token.encode("utf-8", "surrogatepass")) <= _MAX_TOKEN, "size")
        parts = token.split(".", 3)
        need(len(parts) == 3 and all(parts), "parts")
        header, payload, signature = (_decode(part) for part in parts)
        header = parse_object(header)
        algorithm = _check_header(header, row)
        key = _find_key(header, row, algorithm)
        need(_holds(algorithm, key, ".".join(parts[:2]).encode(), signature),
             "signature")
        claims = parse_object(payload)
        _check_times(claims, row)
        _check_names(claims, row)
        _check_type(header, row)
        return True, "ok"
    except Refused as error:
        return False, str(error)


def main():
    wrong = count = 0
    for line in sys.stdin:
        row = json.loads(line)
        good, why = verify(row)
        count += 1
        if good != (row["expect"] == "accept"):
            wrong += 1
            print(row["id"], row["expect"], why)
    print(f"{count} rows, {wrong} judged otherwise")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
