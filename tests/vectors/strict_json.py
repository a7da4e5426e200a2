"""Strict JSON, independent of the library's reader: RFC 8259 without repeated
names, lone surrogates or anything deeper than 32."""

import math
import re

MAX_DEPTH = 32
_BLANKS = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n",
            "r": "\r", "t": "\t"}
_WORDS = (("true", True), ("false", False), ("null", None))


class Refused(Exception):
    """What is wrong with a token, in a word."""


def need(condition, why):
    if not condition:
        raise Refused(why)


class Number:
    """A number as it was written."""

    def __init__(self, text):
        self.text = text

    def value(self):
        need(len(self.text) <= 40, "number too long")
        if re.fullmatch(r"-?[0-9]+", self.text):
            return int(self.text)
        value = float(self.text)
        need(math.isfinite(value), "not finite")
        return value


class _Reader:
    def __init__(self, text):
        self._text = text
        self._at = 0

    def document(self):
        self._skip_blanks()
        value = self._value(0)
        self._skip_blanks()
        need(self._at == len(self._text), "trailing")
        return value

    def _skip_blanks(self):
        self._at = _BLANKS.match(self._text, self._at).end()

    def _peek(self):
        need(self._at < len(self._text), "end")
        return self._text[self._at]

    def _take(self):
        character = self._peek()
        self._at += 1
        return character

    def _value(self, depth):
        need(depth <= MAX_DEPTH, "depth")
        first = self._peek()
        if first == "{":
            return self._object(depth)
        if first == "[":
            return self._array(depth)
        if first == '"':
            return self._string()
        for word, value in _WORDS:
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        number = _NUMBER.match(self._text, self._at)
        need(number, "value")
        self._at = number.end()
        return Number(number.group())

    def _object(self, depth):
        members = {}
        for _ in self._items("}"):
            need(self._peek() == '"', "name")
            name = self._string()
            need(name not in members, "duplicate")
            self._skip_blanks()
            need(self._take() == ":", "colon")
            self._skip_blanks()
            members[name] = self._value(depth + 1)
        return members

    def _array(self, depth):
        return [self._value(depth + 1) for _ in self._items("]")]

    def _items(self, end):
        """One step for each item, which the caller reads."""
        self._at += 1
        self._skip_blanks()
        if self._peek() == end:
            self._at += 1
            return
        while True:
            self._skip_blanks()
            yield
            self._skip_blanks()
            character = self._take()
            if character == end:
                return
            need(character == ",", "comma")

    def _string(self):
        self._at += 1
        parts = []
        while True:
            plain = _PLAIN.match(self._text, self._at)
            parts.append(plain.group())
            self._at = plain.end()
            character = self._take()
            if character == '"':
                return "".join(parts)
            need(character == "\\", "control")
            parts.append(self._escape())

    def _escape(self):
        character = self._take()
        if character != "u":
            need(character in _ESCAPES, "escape")
            return _ESCAPES[character]
        unit = self._hex()
        if not 0xd800 <= unit < 0xdc00:
            need(not 0xdc00 <= unit < 0xe000, "surrogate")
            return chr(unit)
        need(self._text[self._at:self._at + 2] == "\\u", "surrogate")
        self._at += 2
        low = self._hex()
        need(0xdc00 <= low < 0xe000, "surrogate")
        return chr(0x10000 + ((unit - 0xd800) << 10) + low - 0xdc00)

    def _hex(self):
        digits = _HEX.match(self._text, self._at)
        need(digits, "hex")
        self._at += 4
        return int(digits.group(), 16)


def parse_object(data):
    """The object that these bytes are; numbers are Number."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("utf-8") from None
    need(not text.startswith("\ufeff"), "bom")
    value = _Reader(text).document()
    need(isinstance(value, dict), "not an object")
    return value
