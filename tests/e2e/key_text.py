"""The text of API keys, made without the library."""

import string
import zlib

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def checked(text):
    """With the checksum of a key, so that it is looked up."""
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return text + digits
