"""Checks on detectors, and on the broker behind them: entry points of ``simulator.checks`` as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from simulator.verify.check import Check
from simulator.verify.detection.scene import Scene
from simulator.verify.detection.watch import Watch
from simulator.verify.verification import CheckResult

BROKER = "broker"
"""Name of the control that the broker itself is."""


@runtime_checkable
class AlertCheck(Protocol):
    """A check on the alerts of a detector.

    Attributes:
        summary: in one line.
    """

    summary: str

    def score(self, watch: Watch) -> Iterable[CheckResult]:
        """Return what is to be concluded; nothing if there was nothing to judge."""


@runtime_checkable
class RunCheck(Protocol):
    """A check on what the run itself recorded, such as what an attacker was given by the broker.

    Attributes:
        summary: in one line.
    """

    summary: str

    def inspect(self, scene: Scene) -> Iterable[CheckResult]:
        """Return what is to be concluded; nothing if there was nothing to judge."""


AnyCheck = Check | AlertCheck | RunCheck
"""Every entry point of ``simulator.checks`` is one of these."""


@dataclass(frozen=True, slots=True)
class AlertQuestion:
    """A check on alerts that is a function.

    Attributes:
        held: when it is held, for the reference.
    """

    summary: str
    score: Callable[[Watch], Iterable[CheckResult]]
    held: str = ""


@dataclass(frozen=True, slots=True)
class RunQuestion:
    """A check on a run that is a function.

    Attributes:
        held: when it is held, for the reference.
    """

    summary: str
    inspect: Callable[[Scene], Iterable[CheckResult]]
    held: str = ""
