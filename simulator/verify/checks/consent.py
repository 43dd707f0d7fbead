"""Do only the data come out that somebody has agreed to?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulator.core.records import Expectation
from simulator.core.verdicts import Verdict
from simulator.verify.check import Batch, Case, Examiner, Question, Scope, at, at_most, result
from simulator.verify.expected import expected, grace_of
from simulator.verify.ground import NOBODY, Flags
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
        self._ended: dict[str, dict[int, float]] = {}
        self._evidence: list[Evidence] = []
        self._stale: set[int] = set()

    def see(self, batch: Batch) -> None:
        """Note what came out, and the examples of what should not have."""
        purpose = batch.purpose
        if purpose not in self._scopes:
            self._open(purpose)
        self._scopes[purpose].add(batch.message)
        dropped, ended, ground = self._dropped[purpose], self._ended[purpose], self.case.ground
        for output, message in zip(batch.outputs, batch.message.tolist(), strict=True):
            if message == NOBODY:
                continue
            if dropped[message]:
                if len(self._evidence) < 10:
                    self._evidence.append(self._example(output, message, "without consent"))
            elif (end := ended.get(int(ground.person[message]))) is not None and self._is_stale(
                output.received, output.retained, message, end
            ):
                self._stale.add(message)
                if len(self._evidence) < 10:
                    self._evidence.append(self._example(output, message, "kept after the consent ended"))

    def _open(self, purpose: str) -> None:
        ground = self.case.ground
        self._scopes[purpose] = Scope(ground)
        self._dropped[purpose] = expected(self.case, purpose, Expectation.DROP)
        self._ended[purpose] = {
            person: answers[-1][0]
            for person, answers in ground.withdrawn_at(purpose).items()
            if len(answers) > 1 and not answers[-1][1] and answers[-1][0] <= self.case.until
        }

    def _is_stale(self, received: float | None, retained: bool, message: int, ended: float) -> bool:
        """Return whether a message that was sent with consent came out, or lay there, when that was over."""
        ground = self.case.ground
        if ground.at[message] >= ended:
            return False
        if retained:
            return ended + grace_of(self.case) < self.case.until
        if received is None:
            return False
        allowed = float(ground.wall(ended + grace_of(self.case)))
        return received > allowed + PATIENCE

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
            ended = np.isin(ground.person, list(self._ended[purpose]))
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


CHECK = Question(
    "Messages without consent to the purpose of the consumer, or after it ended.", ConsentExaminer
)
