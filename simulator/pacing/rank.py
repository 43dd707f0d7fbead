"""Where a device stands when a share of a fleet is to be taken."""

from __future__ import annotations

from hashlib import blake2b


def rank(purpose: str, device: str) -> float:
    """Return a number from 0 up to but not including 1 that depends on the purpose and the device alone.

    Those of a fleet are spread evenly, so that the devices of a rank below `share` are that share of it,
    whatever worker carries them. Ranks for different purposes have nothing to do with each other.
    """
    digest = blake2b(f"{purpose}\x1f{device}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) / 2**53
