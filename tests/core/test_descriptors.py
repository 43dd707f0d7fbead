from __future__ import annotations

import resource

import pytest

from simulator.core.descriptors import RESERVED, descriptor_room, require_descriptors
from simulator.core.errors import RunFailedError


class Limits:
    """The file limits of a pretended system."""

    def __init__(self, soft: int, hard: int, most: int = 1 << 30) -> None:
        self.soft, self.hard, self._most = soft, hard, most

    def get(self, _: int) -> tuple[int, int]:
        return self.soft, self.hard

    def set(self, _: int, limits: tuple[int, int]) -> None:
        if limits[0] > self._most:
            raise ValueError("current limit exceeds maximum limit")
        self.soft, self.hard = limits


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> type[Limits]:
    class Pretended(Limits):
        def __init__(self, soft: int, hard: int, most: int = 1 << 30) -> None:
            super().__init__(soft, hard, most)
            monkeypatch.setattr(resource, "getrlimit", self.get)
            monkeypatch.setattr(resource, "setrlimit", self.set)

    return Pretended


def test_the_soft_limit_is_raised_to_the_hard_one(pretend: type[Limits]) -> None:
    limits = pretend(1_024, 20_000)
    assert descriptor_room() == 20_000 - RESERVED
    assert (limits.soft, limits.hard) == (20_000, 20_000)


def test_a_soft_limit_is_never_lowered(pretend: type[Limits]) -> None:
    limits = pretend(1 << 22, resource.RLIM_INFINITY)
    assert descriptor_room() == (1 << 22) - RESERVED
    assert limits.soft == 1 << 22


def test_an_infinite_hard_limit_that_is_none_gives_what_it_can(pretend: type[Limits]) -> None:
    pretend(256, resource.RLIM_INFINITY, most=10_240)
    assert descriptor_room() == 10_240 - RESERVED


def test_too_few_descriptors_are_an_error_that_says_how_many_there_are(pretend: type[Limits]) -> None:
    pretend(1_024, 4_096)
    require_descriptors(4_096 - RESERVED)
    with pytest.raises(RunFailedError, match=r"5,000 connections .* has room for 4,032 .*ulimit -Hn"):
        require_descriptors(5_000)
