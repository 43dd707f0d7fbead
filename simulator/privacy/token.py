"""Tokens: short texts that can be found anywhere and that nothing else looks like.

A token begins with a sentinel, so that one search finds all of them; goes on with bits of an HMAC (RFC 2104)
of whose and what it is, so that only the holder of the run's key can tell that; and ends with a checksum, so
that chance is ruled out without the key. Two spellings: letters and digits, and syllables for names.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from zlib import crc32

SENTINEL = "vexo"
"""What each token begins with: hardly found in any language, and easy to say."""

_BODY = 16
_CHECK = 3
TOKEN_LENGTH = len(SENTINEL) + _BODY + _CHECK
"""Characters of a token in letters and digits: 80 bits, and 15 of checksum."""

_SYLLABLES = 7
WORD_LENGTH = len(SENTINEL) + 2 * _SYLLABLES
"""Letters of a token in syllables: 36 bits, and 6 of checksum."""

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_SYLLABLE = tuple(consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS)


def digest(key: bytes, *parts: str | int) -> bytes:
    """Return 32 bytes that only the holder of the key can tell from any others: HMAC-SHA-256 of the parts."""
    return hmac.digest(key, "\x1f".join(map(str, parts)).encode(), "sha256")


def token(bits: bytes) -> str:
    """Return the token of 10 bytes, in letters and digits."""
    body = b32encode(bits[:10]).decode().lower()
    return SENTINEL + body + _checksum(body)


def is_token(text: str) -> bool:
    """Return whether a text is a token of any run, in either case; needs no key."""
    folded = text.lower()
    if len(folded) != TOKEN_LENGTH or not folded.startswith(SENTINEL):
        return False
    body, check = folded[len(SENTINEL) : -_CHECK], folded[-_CHECK:]
    return _checksum(body) == check


def word(bits: bytes) -> str:
    """Return the token of 5 bytes, in syllables and with a capital, as a name that can be spoken."""
    number = int.from_bytes(bits[:5], "big")
    body = "".join(_SYLLABLE[number >> 6 * place & 63] for place in range(_SYLLABLES - 1))
    return (SENTINEL + body + _SYLLABLE[crc32(body.encode()) & 63]).capitalize()


def is_word(text: str) -> bool:
    """Return whether a text is a token in syllables of any run, in any case; needs no key."""
    folded = text.lower()
    if len(folded) != WORD_LENGTH or not folded.startswith(SENTINEL):
        return False
    body, check = folded[len(SENTINEL) : -2], folded[-2:]
    pairs = (body[i : i + 2] for i in range(0, len(body), 2))
    return all(pair in _SYLLABLE for pair in pairs) and _SYLLABLE[crc32(body.encode()) & 63] == check


def _checksum(body: str) -> str:
    number = crc32(body.encode())
    return "".join(_BASE32[number >> shift & 31] for shift in (0, 5, 10))


def luhn(digits: str) -> str:
    """Return the check digit of ISO/IEC 7812 that follows some digits: payment cards end with it."""
    doubled = (2 * int(digit) for digit in digits[::-2])
    rest = sum(map(int, digits[-2::-2]))
    return str(-(rest + sum(number - 9 * (number > 9) for number in doubled)) % 10)


def gs1_check(digits: str) -> str:
    """Return the check digit of the GS1 General Specifications (section 7.9) that follows some digits."""
    return str(-(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10)
