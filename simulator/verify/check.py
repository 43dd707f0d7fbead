"""A check: one question that is asked of what came out of a control."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec
import numpy as np

from simulator.core.verdicts import Verdict
from simulator.verify.fixes import Floats, Integers
from simulator.verify.ground import NOBODY, Flags, Ground
from simulator.verify.groups import Group
from simulator.verify.leak import Leak
from simulator.verify.output import Output
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

GROUP = "simulator.checks"
"""Entry point group of the checks."""

MOST_EVIDENCE = 10
"""Examples that are kept for a verdict."""

ONE_SIDED = 0.90
"""Confidence of an interval of which each end alone is right in 95 % of cases."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of one source that follow each other.

    Attributes:
        outputs: the records.
        message: number of the message that each is, `NOBODY` if it is none that was sent.
        groups: the stretch of time and the people that each is about if it is no message.
        purpose: what the consumer that got them is for.
        streamed: whether a tap heard them when they came; else they are what a store holds at the end.
    """

    outputs: Sequence[Output]
    message: Integers
    groups: Sequence[Group | None]
    purpose: str
    streamed: bool

    @property
    def received(self) -> Floats:
        """When each was heard, seconds of the load's clock; nan if no tap heard it."""
        return np.array([np.nan if one.received is None else one.received for one in self.outputs])


@dataclass(frozen=True, slots=True)
class Finding:
    """A leak, and the message in which it came out.

    Attributes:
        message: its number, `NOBODY` if it is none that was sent.
    """

    leak: Leak
    message: int
    purpose: str


@dataclass(frozen=True)
class Case:
    """One control, and what its output is judged by.

    Attributes:
        control: its name.
        ground: what is true.
        start: when the run started.
        until: when it ended, simulated seconds.
        settings: of the scenario, under ``privacy``.
        neighbour: what is true of the run with one person more or less, None if there is none.
        heard: what went in, by the number of the message: some of the messages.
        beside: paths and purposes of what came out of the control in that run.
        asked: names of the checks that the control is for; all that have something to judge if empty.
        seed: of what the checks draw at random.
        memo: what several examiners share, so that it is gathered once.
    """

    control: str
    ground: Ground
    start: datetime
    until: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    heard: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    neighbour: Ground | None = None
    beside: Sequence[tuple[Path, str]] = ()
    asked: frozenset[str] = frozenset()
    seed: int = 1
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def purpose(self) -> str:
        """The purpose for which the truth says what is expected."""
        return str(self.settings.get("purpose") or "analytics")

    def generator(self) -> np.random.Generator:
        """Return a generator that is the same each time."""
        return np.random.default_rng(self.seed)


class Examiner:
    """Asks the question of one control's output, as it is read."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def see(self, batch: Batch) -> None:
        """Take some records."""

    def find(self, finding: Finding) -> None:
        """Take a leak, of a record that was seen before."""

    def conclude(self) -> Iterable[CheckResult]:
        """Return what is to be concluded; nothing if nothing was to be judged."""
        return ()


@runtime_checkable
class Check(Protocol):
    """An entry point of ``simulator.checks`` that asks what came out of a control.

    Attributes:
        summary: in one line.
    """

    summary: str

    def examine(self, case: Case) -> Examiner:
        """Return who asks the question of one control."""


@dataclass(frozen=True, slots=True)
class Question:
    """A check whose question an examiner asks.

    Attributes:
        held: when it is held, for the reference.
    """

    summary: str
    examine: type[Examiner]
    held: str = ""


class Scope:
    """What a control takes in, as seen by what comes out: messages of the kinds of which any came out."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._streamed = False
        self.came = np.zeros(len(ground), bool)

    def add(self, batch: Batch) -> None:
        """Take messages that came out."""
        self._streamed |= batch.streamed
        self.came[batch.message[batch.message != NOBODY]] = True

    def within(self) -> Flags:
        """Return for each message whether the control took it in, as far as can be told."""
        ground = self._ground
        if not self.came.any():
            return np.zeros(len(ground), bool)
        pair = ground.kind.astype(np.int64) * (len(ground.events) + 1) + ground.event
        known: Flags = np.isin(pair, np.unique(pair[self.came])) & ground.delivered
        if not self._streamed:
            # A file may be of a part of the run; a tap is there for all of it, and so should the control be.
            at = ground.at[self.came]
            known &= (ground.at >= at.min()) & (ground.at <= at.max())
        return known


def trials_needed(threshold: float) -> int:
    """Return how many trials without a miss it takes to claim a share with a confidence of 95 %.

    The exact bound of Clopper and Pearson for no miss in n is 0.05 ** (1 / n): 59 for a share of 0.95.
    """
    if threshold <= 0.0:
        return 1
    return int(np.ceil(np.log(0.05) / np.log(min(threshold, 1.0 - 1e-9))))


def at_least(counted: Proportion, threshold: float) -> Verdict:
    """Return whether a share reaches a threshold, each end of its interval being right in 95 % of cases.

    A share below the threshold has failed if a right control would have held with as many trials.
    """
    bounds = Proportion(counted.count, counted.trials, ONE_SIDED)
    if counted.trials == 0:
        return Verdict.UNTRUSTED
    if bounds.low >= threshold:
        return Verdict.HELD
    enough = counted.trials >= trials_needed(threshold)
    if bounds.high < threshold or (counted.value < threshold and enough):
        return Verdict.FAILED
    return Verdict.UNTRUSTED


def at_most(counted: Proportion, threshold: float) -> Verdict:
    """Return whether a share stays below a threshold; the mirror image of `at_least`."""
    return at_least(Proportion(counted.trials - counted.count, counted.trials), 1.0 - threshold)


def result(
    verdict: Verdict,
    reason: str,
    counted: Proportion | None = None,
    *,
    concern: Concern = Concern.IDENTIFIERS,
    threshold: float | None = None,
    part: str = "",
    evidence: Sequence[Evidence] = (),
    **measured: Any,
) -> CheckResult:
    """Return a result, with value and interval of a share if one was counted."""
    if counted is not None and counted.trials:
        measured |= {"value": counted.value, "low": counted.low, "high": counted.high}
        measured["trials"] = counted.trials
    return CheckResult(
        check="",
        control="",
        verdict=verdict,
        reason=reason,
        threshold=threshold,
        part=part,
        concern=concern,
        evidence=tuple(evidence[:MOST_EVIDENCE]),
        **measured,
    )


def named(found: CheckResult, check: str, control: str, clauses: Sequence[str]) -> CheckResult:
    """Return a result with what it is a result of."""
    return msgspec.structs.replace(found, check=check, control=control, clauses=tuple(clauses))


def at(output: Output, what: str, field: str = "", **known: Any) -> Evidence:
    """Return evidence that stands in a record."""
    where = f"{output.where}: {field}" if field else output.where
    return Evidence(what, where, output.sink, output.row, **known)
