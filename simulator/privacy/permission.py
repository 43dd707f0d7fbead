"""Permission: whether what a device sends may be used for a purpose, as time goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.core.purposes import Purpose
from simulator.core.records import Expectation, RequestKind
from simulator.privacy.decision import Decision
from simulator.world.person import Person


class Permission:
    """What a right control does with the messages of a device, as far as consent goes.

    They may pass while everybody whose device it is agrees to the purpose: a speaker is everybody's who
    lives with it. For a grace period after that has changed, and after the start, when controls have yet to
    hear who agrees to what, they may pass or not.

    Args:
        people: whose device it is; a device of nobody's may always be heard.
        purpose: what for.

    Attributes:
        expect: ALLOW or DROP; ANY while it is settling.
    """

    __slots__ = ("_allowed", "_erasures", "_gone", "_lapses", "_purpose", "_settling", "expect", "people")

    def __init__(self, people: Sequence[Person], purpose: Purpose) -> None:
        self.people = tuple(people)
        self._gone: frozenset[str] = frozenset()
        self._purpose = purpose
        self._allowed = self._agreed()
        self._settling = 0
        self._lapses: list[float] = []
        self._erasures: list[tuple[float, float]] = []
        self.expect = self._settled()

    @property
    def withdrawn(self) -> bool:
        """Whether one of its people has withdrawn everything since the start, and not agreed again."""
        return bool(self._gone)

    def foresee(self, decisions: Iterable[Decision], grace: float, answer_within: float) -> None:
        """Learn what its people will decide, in order of time, so that it can say what is to be forgotten.

        Args:
            decisions: of anybody; those of others are passed over.
            grace: seconds within which a control has to heed a change.
            answer_within: seconds within which it has to grant a request.
        """
        agreed = {person.id: person.consent for person in self.people}
        allowed = self._allowed
        lapses, erasures = [], []
        for decision in decisions:
            if decision.person not in agreed:
                continue
            agreed[decision.person] = decision.purposes
            before, allowed = allowed, all(self._purpose in purposes for purposes in agreed.values())
            if before and not allowed:
                lapses.append(decision.at + grace)
            if decision.request is RequestKind.ERASURE:
                erasures.append((decision.at, decision.at + answer_within))
        self._lapses = lapses[::-1]
        self._erasures = erasures[::-1]

    def unsettle(self) -> int:
        """Begin a grace period; return its number, with which it ends."""
        self._settling += 1
        self.expect = Expectation.ANY
        return self._settling

    def settle(self, number: int) -> None:
        """End a grace period, unless a later one has begun."""
        if number == self._settling:
            self.expect = self._settled()

    def heed(self, decision: Decision) -> bool:
        """Look at what its people agree to after a decision; return whether that allows something else."""
        if decision.cause is not None:
            gone = {decision.person} if not decision.purposes else set()
            self._gone = self._gone - {decision.person} | gone
        before, self._allowed = self._allowed, self._agreed()
        return before is not self._allowed

    def delete_by(self, at: float, retained: bool) -> float | None:
        """Return when a message sent at a simulated second has to be forgotten, None if it need not be.

        Args:
            at: never before that of an earlier call.
            retained: whether the broker keeps it, and goes on handing it out.
        """
        erasures, lapses = self._erasures, self._lapses
        while erasures and erasures[-1][0] <= at:
            erasures.pop()
        by = erasures[-1][1] if erasures else None
        if retained:
            while lapses and lapses[-1] <= at:
                lapses.pop()
            if lapses and (by is None or lapses[-1] < by):
                by = lapses[-1]
        return by

    def _agreed(self) -> bool:
        purpose = self._purpose
        return all(purpose in person.consent for person in self.people)

    def _settled(self) -> Expectation:
        return Expectation.ALLOW if self._allowed else Expectation.DROP
