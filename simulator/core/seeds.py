"""Random streams keyed by entity and purpose.

Every stream is a region of one Philox counter space (Salmon et al., "Parallel random numbers: as easy
as 1, 2, 3", SC 2011), addressed by a hash of its key. A stream therefore depends on the seed and on its
own key alone: adding a device, a household or a shard changes no other entity's draws, and creating a
stream costs two hashes instead of a generator.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

Key = str | int

BLOCK = 16
"""Scalar draws are taken from blocks of this many; part of the determinism contract.

Small, since each of some hundred thousand streams keeps the rest of its block: a block of 64 saves 0.05 µs a
draw and costs 400 bytes a stream.
"""


_NONE = array("d")
"""What a stream holds before its first block: nothing, and one object for all of them."""


def _hash64(*parts: Key) -> int:
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


# The streams of one entity are made one after the other, and those of one purpose share its hash.
_hash_entity = lru_cache(maxsize=8, typed=True)(_hash64)
_hash_purpose = lru_cache(maxsize=1024)(_hash64)


class Seeds:
    """The root of all random streams of a run.

    Two roots with the same seed give the same streams, in any process and in any order of use.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._philox = np.random.Philox(key=_hash64("seed", seed))
        self._generator = np.random.Generator(self._philox)
        # Plain tuples: the generator reads them in a quarter of the time that arrays take.
        state: dict[str, Any] = dict(self._philox.state)
        self._position = {"counter": (0, 0, 0, 0), "key": tuple(state["state"]["key"].tolist())}
        self._state: Any = state | {"state": self._position, "buffer": (0, 0, 0, 0), "buffer_pos": 4}

    def draws(self, purpose: str, *entity: Key) -> Draws:
        """Return the stream of one entity for one purpose, such as ``draws("sleep", "n0-h3-p1")``."""
        return Draws(self, _hash_entity(*entity), _hash_purpose("purpose", purpose))

    def digest(self, *key: Key) -> int:
        """Return 64 bits that depend on the seed and the key alone; for opaque identifiers."""
        return _hash64("digest", self.seed, *key)

    def _at(self, block: int, entity: int, purpose: int) -> np.random.Generator:
        """Return the shared generator, wound to the start of a block of a stream."""
        self._position["counter"] = (0, block, entity, purpose)
        self._philox.state = self._state
        return self._generator


class Draws:
    """One random stream: scalars from small blocks, arrays from a generator wound to a fresh block."""

    __slots__ = ("_block", "_entity", "_normals", "_purpose", "_seeds", "_uniforms")

    def __init__(self, seeds: Seeds, entity: int, purpose: int) -> None:
        self._seeds = seeds
        self._entity = entity
        self._purpose = purpose
        self._block = 0
        self._uniforms = _NONE
        self._normals = _NONE

    def generator(self) -> np.random.Generator:
        """Return a numpy generator at the start of a fresh block of this stream.

        The generator is shared by all streams: draw what is needed at once and let go of it. The next
        call to any stream moves it elsewhere.
        """
        block = self._block
        self._block = block + 1
        return self._seeds._at(block, self._entity, self._purpose)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a float in [low, high)."""
        if not self._uniforms:
            self._uniforms = _packed(self.generator().random(BLOCK))
        return low + (high - low) * self._uniforms.pop()

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Return a normal draw."""
        if not self._normals:
            self._normals = _packed(self.generator().standard_normal(BLOCK))
        return mean + sd * self._normals.pop()

    def lognormal(self, median: float, log_sd: float) -> float:
        """Return a log-normal draw, given by its median and the SD of its logarithm."""
        return median * math.exp(log_sd * self.normal())

    def exponential(self, mean: float) -> float:
        """Return a waiting time of the given mean."""
        return -mean * math.log(1.0 - self.uniform())

    def poisson(self, mean: float) -> int:
        """Return a Poisson count."""
        return int(self.generator().poisson(mean))

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.uniform() < probability

    def below(self, n: int) -> int:
        """Return an integer in [0, n)."""
        return int(self.uniform() * n)

    def choice(self, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """Return one of the options, by weight if weights are given."""
        if weights is None:
            return options[self.below(len(options))]
        cumulative = list(accumulate(weights))
        return options[min(bisect(cumulative, self.uniform() * cumulative[-1]), len(options) - 1)]


def _packed(block: np.ndarray[Any, np.dtype[np.float64]]) -> array[float]:
    """Return a block in the least memory: the copy of an array has no room to grow."""
    return array("d", block.tobytes())[:]
