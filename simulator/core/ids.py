"""Opaque identifiers: they tell devices and messages apart and say nothing else about them."""

from __future__ import annotations

from simulator.core.seeds import Key, Seeds

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MASK = (1 << 64) - 1


def device_id(seeds: Seeds, *key: Key) -> str:
    """Return 12 characters of Crockford's base 32 (60 bits) for a device; also its MQTT client id.

    Two of 100,000 devices get the same one with a chance of 4 in a thousand million.
    """
    number = seeds.digest("device", *key)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(0, 60, 5))


def message_id(device_key: int, sequence: int) -> str:
    """Return 16 hex digits for the message with this number of a device.

    The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014) is a bijection, so the ids of one device never repeat.
    """
    z = (device_key + sequence * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return f"{z ^ (z >> 31):016x}"
