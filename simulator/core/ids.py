"""Opaque identifiers: they tell devices and messages apart and say nothing else about them."""

from __future__ import annotations

from hashlib import blake2b

from simulator.core.seeds import Key, Seeds

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS = 16
_PER_DIGEST = 8


def device_id(seeds: Seeds, *key: Key) -> str:
    """Return 12 characters of Crockford's base 32 (60 bits) for a device; also its MQTT client id.

    Two of 100,000 devices get the same one with a chance of 4 in a thousand million.
    """
    number = seeds.digest("device", *key)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(0, 60, 5))


class MessageIds:
    """The ids of a client's messages, one after the other: 16 hex digits (64 bits) each.

    Whoever does not know the key cannot tell that two of them are of one client: they are the output of a
    keyed hash. Two of a million messages get the same one with a chance of 3 in a hundred million.

    Args:
        key: 64 bits of the client's own.

    Attributes:
        count: how many were taken.
    """

    __slots__ = ("_block", "_key", "count")

    def __init__(self, key: int) -> None:
        self.count = 0
        self._key = key.to_bytes(8, "little")
        self._block = ""

    def take(self) -> str:
        """Return the id of the next message."""
        count = self.count
        self.count = count + 1
        place = count % _PER_DIGEST * _DIGITS
        if not place:  # a digest is dear, and holds several ids
            self._block = blake2b(b"%d" % count, key=self._key, digest_size=64).hexdigest()
        return self._block[place : place + _DIGITS]
