"""What the tests share: the scheme, a moment and tokens."""

import base64
import datetime
import hashlib
import hmac
import json
import os

from clone_auth import Scheme

#: Clone's names, or acme's where the tests run under them.
NAMES = (("acme_", "X-Acme-Key")
         if os.environ.get("CLONE_AUTH_TEST_SCHEME") == "acme"
         else ("clone_", "X-Clone-API-Key"))
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
_SECRET = b"a shared secret of 32 bytes or so"


def scheme():
    return Scheme(*NAMES)


def seconds(time=NOW):
    return int(time.timestamp())


def _part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


KEYS = json.dumps({"keys": [{"kty": "oct", "k": _part(_SECRET)}]})


def token(**claims):
    """An HS256 token, good at NOW for api by joe; claims change it."""
    payload = {"iss": "joe", "sub": "user-1", "aud": ["api", "other"],
               "iat": seconds(), "exp": seconds() + 60, **claims}
    text = ".".join(_part(json.dumps(part).encode()) for part in (
        {"alg": "HS256", "typ": "at+jwt"}, payload))
    mac = hmac.new(_SECRET, text.encode(), hashlib.sha256).digest()
    return f"{text}.{_part(mac)}"
