"""Opaque identifiers: they tell devices and messages apart and say nothing else about them."""

from __future__ import annotations

from simulator.core.seeds import Key, Seeds

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio, odd."""


def device_id(seeds: Seeds, *key: Key) -> str:
    """Return 12 characters of Crockford's base 32 (60 bits) for a device; also its MQTT client id.

    Two of 100,000 devices get the same one with a chance of 4 in a thousand million.
    """
    number = seeds.digest("device", *key)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(0, 60, 5))


def message_id(device_key: int, sequence: int) -> str:
    """Return 16 hex digits for the message with this number of a device.

    A Weyl sequence with the golden ratio as its step: a bijection, so the ids of one device never repeat, and
    those of several are as unlikely to meet as random ones. A third of the time that a good hash takes.
    """
    return f"{(device_key + sequence * _GOLDEN) & _MASK:016x}"
