"""Is what had to be forgotten gone in time?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from simulator.core.records import RequestKind, RequestTruth
from simulator.core.verdicts import Verdict
from simulator.verify.check import Batch, Case, Examiner, Question, Scope, at, at_most, result, trials_needed
from simulator.verify.ground import NOBODY, Flags
from simulator.verify.output import Output
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

THRESHOLD = 0.05
"""Share of the messages to be forgotten that could be left unseen, at most; a single one fails."""

PATIENCE = 2.0
"""Seconds of real time that a message may be under way when it has to be forgotten."""

FORGOTTEN = f"nothing is left, of at least {trials_needed(1.0 - THRESHOLD)} messages to be forgotten"
"""When what had to be forgotten has been."""

FEWEST = 3
"""Erasures that a control has to tell of for their times to say something."""

SIGNS = ("erased", "deleted", "erase", "delete", "tombstone", "forget")
"""Fields in which a control tells whose data it has erased."""


class ForgettingExaminer(Examiner):
    """Looks for messages that lie in a store, or come out of one, after they had to be forgotten."""

    noun = "had to be forgotten"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._scope = Scope(case.ground)
        self._left: set[int] = set()
        self._people: set[int] = set()
        self._evidence: list[Evidence] = []

    @cached_property
    def due(self) -> Flags:
        """Which messages had to be forgotten before the end of the run."""
        flags: Flags = self.case.ground.delete_by <= self.case.until
        return flags & self._mine()

    def _mine(self) -> Flags:
        """Return for which messages this check is there."""
        return np.ones(len(self.case.ground), bool)

    def see(self, batch: Batch) -> None:
        """Note what came out, and what was too old."""
        self._scope.add(batch)
        ground, due = self.case.ground, self.due
        wanted = np.flatnonzero((batch.message != NOBODY) & due[batch.message])
        for place in wanted.tolist():
            message, output = int(batch.message[place]), batch.outputs[place]
            if self._is_left(output, batch.streamed, message):
                self._left.add(message)
                self._people.add(int(ground.person[message]))
                if len(self._evidence) < 10:
                    self._evidence.append(self._example(output, message))

    def _is_left(self, output: Output, streamed: bool, message: int) -> bool:
        if output.retained or not streamed:
            return True
        limit = float(self.case.ground.wall(float(self.case.ground.delete_by[message])))
        return output.received is not None and output.received > limit + PATIENCE

    def _example(self, output: Output, message: int) -> Evidence:
        ground = self.case.ground
        person = int(ground.person[message])
        whose = ground.people.texts[person] if person != NOBODY else None
        what = f"{ground.events.texts[ground.event[message]]} of {whose or 'a household'}"
        return at(
            output,
            f"{what} {self.noun} by {ground.delete_by[message]:.0f} s",
            message=str(output.first(("id", "message_id")) or ""),
            person=whose,
        )

    def conclude(self) -> Iterable[CheckResult]:
        """One result about what is left; nothing if no message came out."""
        if not self._scope.came.any():
            return
        opportunities = int((self.due & self._scope.within()).sum())
        people = len(np.unique(self.case.ground.person[self.due & self._scope.within()]))
        counted = Proportion(len(self._left), max(opportunities, len(self._left)))
        if self._left:
            verdict = Verdict.FAILED
            told = f"{len(self._left):,} messages of {len(self._people):,} people are left that {self.noun}"
        else:
            verdict = at_most(counted, THRESHOLD)
            told = f"none of {opportunities:,} messages of {people:,} people that {self.noun} are left"
            if verdict is not Verdict.HELD:
                told = f"only {opportunities:,} messages {self.noun} in the run; 59 are needed to tell"
        yield result(
            verdict,
            told,
            counted,
            threshold=0.0,
            part="residue",
            concern=Concern.ERASURE,
            evidence=self._evidence,
        )


class ErasureExaminer(ForgettingExaminer):
    """The same for what people asked to be erased; and how long that took, where the control tells."""

    noun = "had to be erased"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._told: dict[str, float] = {}
        self._subjects = {one.subject or one.person: one.person for one in case.ground.everybody}

    @cached_property
    def requests(self) -> list[RequestTruth]:
        """The requests that were due in the run."""
        return [
            one
            for one in self.case.ground.requests
            if one.kind is RequestKind.ERASURE and one.until <= self.case.until
        ]

    def _mine(self) -> Flags:
        return is_of_request(self.case)

    def see(self, batch: Batch) -> None:
        """Take messages, and what the control tells about erasing."""
        super().see(batch)
        for output in batch.outputs:
            if output.received is None or output.fields.keys().isdisjoint(SIGNS):
                continue
            whose = output.first(("subject", "person", *SIGNS))
            person = self._subjects.get(str(whose), str(whose))
            self._told.setdefault(person, output.received)

    def conclude(self) -> Iterable[CheckResult]:
        """What is left, and the time that it took if the control tells; nothing if nothing was due."""
        if not self.requests:
            return
        yield from super().conclude()
        if not self._told:
            return
        ground = self.case.ground
        moments = ground.simulated(np.array(list(self._told.values())))
        when = dict(zip(self._told, moments.tolist(), strict=True))
        lags = [when.get(one.person, np.inf) - one.at for one in self.requests]
        limits = [one.until - one.at for one in self.requests]
        if not lags:
            return
        in_time = Proportion(sum(lag <= limit for lag, limit in zip(lags, limits, strict=True)), len(lags))
        p95 = float(np.percentile(lags, 95, method="higher"))
        low, high = rank_bounds(lags, 0.95)
        verdict = Verdict.HELD if in_time.count == in_time.trials else Verdict.FAILED
        if len(lags) < FEWEST and verdict is Verdict.HELD:
            verdict = Verdict.UNTRUSTED
        yield result(
            verdict,
            f"{in_time.count} of {in_time.trials} erasures were done in time; p95 {p95:.0f} s",
            part="lag",
            threshold=float(np.median(limits)),
            concern=Concern.ERASURE,
            value=p95 if np.isfinite(p95) else None,
            low=low if np.isfinite(low) else None,
            high=high if np.isfinite(high) else None,
            trials=len(lags),
            unit="seconds",
        )


def is_of_request(case: Case) -> Flags:
    """Return for each message whether it is to be forgotten because somebody asked for it."""
    ground = case.ground
    untils = [one.until for one in ground.requests if one.kind is RequestKind.ERASURE]
    flags: Flags = np.isin(np.round(ground.delete_by, 3), np.round(untils, 3))
    return flags


def rank_bounds(values: Iterable[float], quantile: float) -> tuple[float, float]:
    """Return the order statistics that hold a quantile with 95 % confidence, by the normal approximation.

    Conover, Practical Nonparametric Statistics, section 3.2: ranks n q ± 1.96 sqrt(n q (1 - q)).
    """
    ordered = sorted(values)
    count = len(ordered)
    half = 1.96 * float(np.sqrt(count * quantile * (1.0 - quantile)))
    low = int(np.clip(np.floor(count * quantile - half), 0, count - 1))
    high = int(np.clip(np.ceil(count * quantile + half), 0, count - 1))
    return ordered[low], ordered[high]


CHECK = Question(
    "Erasure: what is left of people who asked to be forgotten, and how long it took.",
    ErasureExaminer,
    f"{FORGOTTEN}; where the control tells of it, each in time, of at least {FEWEST}",
)
