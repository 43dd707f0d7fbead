"""Errors that a user can act on, each with the exit code it ends the command with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends; the numbers are a contract with scripts and CI."""

    OK = 0
    RUN_FAILED = 1
    USAGE = 2
    THRESHOLD_FAILED = 3
    UNTRUSTED = 4
    TARGET_REFUSED = 5
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """When a command ends with it."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "Everything held.",
    ExitCode.RUN_FAILED: "The run failed: no broker, no port, no room on the disk, or a fault in Fleetsim.",
    ExitCode.USAGE: "A mistake in the command or in the scenario; nothing was run.",
    ExitCode.THRESHOLD_FAILED: "A threshold was missed, a control failed, or a verdict is not as expected.",
    ExitCode.UNTRUSTED: "Nothing may be concluded: the generator lagged, or there was too little evidence.",
    ExitCode.TARGET_REFUSED: "The broker may not be sent to; nothing was sent to it.",
    ExitCode.INTERRUPTED: "Interrupted; what there was is kept.",
}


class FleetsimError(Exception):
    """A failure with a message for the user: what is wrong, where, and what to do."""

    exit_code = ExitCode.RUN_FAILED


class UsageError(FleetsimError):
    """The command was asked for something that it cannot do."""

    exit_code = ExitCode.USAGE


class RunFailedError(FleetsimError):
    """The run could not start or go on: no broker, no port, no room on the disk."""

    exit_code = ExitCode.RUN_FAILED


class TargetRefusedError(FleetsimError):
    """The guard refused the broker as a target; nothing was sent to it."""

    exit_code = ExitCode.TARGET_REFUSED


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a scenario.

    Attributes:
        where: the place as a user would look for it, such as ``home.yaml:12`` or ``--set speed=x``.
        message: what is wrong and what to do about it, in one line.
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class ScenarioError(UsageError):
    """A scenario that cannot be run; carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
