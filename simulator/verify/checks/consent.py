"""Do only the data come out that somebody has agreed to?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from simulator.core.records import Expectation
from simulator.core.verdicts import Verdict
from simulator.verify.check import (
    MOST_EVIDENCE,
    Batch,
    Case,
    Examiner,
    Question,
    Scope,
    at,
    at_most,
    result,
    trials_needed,
)
from simulator.verify.expected import expected
from simulator.verify.ground import NOBODY, Flags, Ground
from simulator.verify.output import Output
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

THRESHOLD = 0.05
"""Share of the messages to be held back that could come out unseen, at most; a single one fails."""

PATIENCE = 2.0
"""Seconds of real time that a message may be under way, besides the grace period."""


class ConsentExaminer(Examiner):
    """Looks for messages of people who do not agree, or do no longer."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._scopes: dict[str, Scope] = {}
        self._dropped: dict[str, Flags] = {}
        self._ended: dict[str, Mapping[int, float]] = {}
        self._evidence: list[Evidence] = []
        self._stale: set[int] = set()

    def see(self, batch: Batch) -> None:
        """Note what came out, and the examples of what should not have."""
        purpose = batch.purpose
        if purpose not in self._scopes:
            self._open(purpose)
        self._scopes[purpose].add(batch)
        dropped, ended = self._dropped[purpose], self._ended[purpose]
        for output, message in zip(batch.outputs, batch.message.tolist(), strict=True):
            if message == NOBODY:
                continue
            if dropped[message]:
                self._show(output, message, "without consent")
            elif self._is_stale(output, message, ended):
                self._stale.add(message)
                self._show(output, message, "kept after the consent ended")

    def _open(self, purpose: str) -> None:
        self._scopes[purpose] = Scope(self.case.ground)
        dropped = self._dropped[purpose] = expected(self.case, purpose, Expectation.DROP)
        allowed = expected(self.case, purpose, Expectation.ALLOW)
        self._ended[purpose] = ends_of_consent(self.case.ground, dropped, allowed)

    def _is_stale(self, output: Output, message: int, ended: Mapping[int, float]) -> bool:
        """Return whether a message that was rightly handed on came out, or lay there, when that was over."""
        ground = self.case.ground
        end = ended.get(int(ground.device[message]))
        if end is None or ground.at[message] >= end:
            return False
        if output.retained:
            return True
        return output.received is not None and output.received > float(ground.wall(end)) + PATIENCE

    def _show(self, output: Output, message: int, why: str) -> None:
        if len(self._evidence) < MOST_EVIDENCE:
            self._evidence.append(self._example(output, message, why))

    def _example(self, output: Output, message: int, why: str) -> Evidence:
        ground = self.case.ground
        person = int(ground.person[message])
        whose = ground.people.texts[person] if person != NOBODY else "a household"
        return at(
            output,
            f"{ground.events.texts[ground.event[message]]} of {whose} {why}",
            message=str(output.first(("id", "message_id")) or ""),
            person=whose if person != NOBODY else None,
        )

    def conclude(self) -> Iterable[CheckResult]:
        """One result; nothing if no messages came out."""
        if not any(scope.came.any() for scope in self._scopes.values()):
            return
        ground = self.case.ground
        violations = opportunities = never = 0
        for purpose, scope in self._scopes.items():
            dropped = self._dropped[purpose]
            came = dropped & scope.came
            violations += int(came.sum())
            opportunities += int((dropped & (scope.within() | scope.came)).sum())
            ended = np.isin(ground.device, list(self._ended[purpose]))
            never += int((came & ~ended).sum())
        stale = len(self._stale)
        counted = Proportion(violations + stale, opportunities + stale)
        if violations or stale:
            told = (
                f"{violations + stale:,} messages came out that should not have: {never:,} of people who "
                f"never agreed, {violations - never:,} after a withdrawal, {stale:,} kept from before one"
            )
            verdict = Verdict.FAILED
        else:
            verdict = at_most(counted, THRESHOLD)
            told = f"none of {opportunities:,} messages without consent came out"
            if verdict is not Verdict.HELD:
                told = f"only {opportunities:,} messages had to be held back; 59 are needed to tell"
        yield result(verdict, told, counted, threshold=0.0, concern=Concern.CONSENT, evidence=self._evidence)


def ends_of_consent(ground: Ground, dropped: Flags, allowed: Flags) -> Mapping[int, float]:
    """Return when it was over that devices' messages might be handed on, for those to which that happened.

    It is told by what they sent: the first message to be held back of those after the last that was not.

    Args:
        ground: what is true.
        dropped, allowed: for each message, whether it is to be held back, or to be passed on.
    """
    order = np.lexsort((ground.at, ground.device))
    device = ground.device[order]
    ends: dict[int, float] = {}
    for rows in np.split(order, np.flatnonzero(device[1:] != device[:-1]) + 1) if len(order) else ():
        before = np.flatnonzero(allowed[rows])
        after = rows[before[-1] + 1 :] if len(before) else rows[:0]
        held_back = after[dropped[after]]
        if len(held_back):
            ends[int(ground.device[rows[0]])] = float(ground.at[held_back[0]])
    return ends


CHECK = Question(
    "Messages without consent to the purpose of the consumer, or after it ended.",
    ConsentExaminer,
    f"none came out, of at least {trials_needed(1.0 - THRESHOLD)} to be held back",
)
