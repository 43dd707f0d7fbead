"""The catalogue of all canaries of a run: whose a core or a digest is."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from simulator.privacy import Canaries, Canary, CanaryType, Subject
from simulator.verify.leak import Encoding
from simulator.verify.view import Flags, Keys

_ALGORITHMS: dict[Encoding, Callable[[bytes], Any]] = {
    Encoding.MD5: lambda data: hashlib.md5(data, usedforsecurity=False),
    Encoding.SHA_1: lambda data: hashlib.sha1(data, usedforsecurity=False),
    Encoding.SHA_256: hashlib.sha256,
}

_KNOWN = 1 << 16
"""Cores whose owners are remembered; who leaks once, leaks often."""


class Catalogue:
    """Knows the canaries of some people by their core and by their digests.

    It keeps 8 bytes and a number for each of them, and makes a canary anew when one is found: some 200
    bytes a canary, mostly digests, and 10 µs to enter it.

    Args:
        canaries: makes them.
        subjects: whose.
        further: canaries besides those that everybody has, such as the address of a friend.
    """

    def __init__(
        self, canaries: Canaries, subjects: Iterable[Subject], further: Iterable[Canary] = ()
    ) -> None:
        self._canaries = canaries
        self._subjects = tuple(subjects)
        self._slots: tuple[tuple[CanaryType, int], ...] = ()
        cores, digests, digested = array("Q"), array("Q"), array("I")
        entry = 0
        self._further = tuple(further)
        everybody = (canary for subject in self._subjects for canary in canaries.of(subject))
        for canary in chain(everybody, self._further):
            cores.append(_key(canary.core))
            for digest in _digests(canary):
                digests.append(int.from_bytes(digest[:8], "big"))
                digested.append(entry)
            entry += 1
        if self._subjects:
            self._slots = tuple((one.type, one.number) for one in canaries.of(self._subjects[0]))
        self._cores = _Index(cores, np.arange(entry, dtype=np.uint32))
        self._digests = _Index(digests, np.frombuffer(digested, np.uint32))
        # Each catalogue remembers its own: a cache on the method would keep the catalogue alive.
        self.whose = lru_cache(_KNOWN)(self._whose)
        self.digested = lru_cache(_KNOWN)(self._digested)

    def __len__(self) -> int:
        return len(self._subjects) * len(self._slots) + len(self._further)

    def _whose(self, core: str) -> tuple[Canary, ...]:
        """Return the canaries with a core, which are none for anything that is not a core."""
        found = map(self._entry, self._cores.find(_key(core)))
        return tuple(canary for canary in found if canary.core == core)

    def maybe_digests(self, keys: Keys) -> Flags:
        """Return for each of some keys, the first 8 bytes of digests, whether it is worth a closer look."""
        return self._digests.contains(keys)

    def _digested(self, digest: bytes) -> tuple[tuple[tuple[Canary, ...], Encoding], ...]:
        """Return the canaries with a digest that begins with these bytes, at least 8, by the algorithm."""
        of_value: dict[str, list[Canary]] = {}
        for entry in dict.fromkeys(self._digests.find(int.from_bytes(digest[:8], "big"))):
            canary = self._entry(entry)
            of_value.setdefault(canary.value, []).append(canary)
        return tuple(
            (tuple(canaries), encoding)
            for canaries in of_value.values()
            for encoding, algorithm in _ALGORITHMS.items()
            if any(algorithm(text).digest().startswith(digest) for text in _texts(canaries[0]))
        )

    def _entry(self, entry: int) -> Canary:
        if (place := entry - len(self._subjects) * len(self._slots)) >= 0:
            return self._further[place]
        subject, slot = divmod(entry, len(self._slots))
        kind, number = self._slots[slot]
        return self._canaries.make(kind, self._subjects[subject], number)


class _Index:
    """Finds the entries of a key, of which there may be several."""

    def __init__(self, keys: array[int], entries: np.ndarray[Any, np.dtype[np.uint32]]) -> None:
        unsorted = np.frombuffer(keys, np.uint64) if keys else np.zeros(0, np.uint64)
        order = np.argsort(unsorted, kind="stable")
        self._keys: Keys = unsorted[order]
        self._entries = entries[order]

    def find(self, key: int) -> list[int]:
        wanted = np.uint64(key)
        first = int(np.searchsorted(self._keys, wanted))
        last = int(np.searchsorted(self._keys, wanted, "right"))
        entries: list[int] = self._entries[first:last].tolist()
        return entries

    def contains(self, keys: Keys) -> Flags:
        if not len(self._keys):
            return np.zeros(len(keys), bool)
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known: Flags = self._keys[place] == keys
        return known


def _key(core: str) -> int:
    return int.from_bytes(hashlib.blake2b(core.encode(), digest_size=8).digest(), "little")


def _texts(canary: Canary) -> set[bytes]:
    """Return what people digest: the value, in lower case, and without punctuation; it needs no trimming."""
    return {canary.value.encode(), canary.value.lower().encode(), canary.compact.encode()}


def _digests(canary: Canary) -> Iterator[bytes]:
    for text in _texts(canary):
        for algorithm in _ALGORITHMS.values():
            yield algorithm(text).digest()
