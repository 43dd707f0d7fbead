"""Decisions: when people change their minds about what their data may be used for, and what they ask for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from simulator.core.purposes import Purpose
from simulator.core.records import ConsentCause, RequestKind
from simulator.core.seeds import Draws
from simulator.core.units import DAY
from simulator.world.consent import AGE_OF_CONSENT, WORRIED, draw_consent
from simulator.world.person import Person


class Change(StrEnum):
    """What people do about their data."""

    WITHDRAW = "withdraw"
    GIVE = "give"
    PARTIAL = "partial"
    ERASE = "erase"
    ACCESS = "access"


TICKS = 1024
"""In a second: people decide at whole ones, so that adding up times between decisions makes no error."""

WARY = 1.25
"""How much more often than others the worried limit what is known of them, against the mean (assumption)."""

OPEN = 0.6
"""How much more often than the mean they agree to more: less often (assumption)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decides.

    Attributes:
        at: simulated seconds.
        person: id of the person.
        purposes: what they agree to from then on.
        cause: why that is so; None if nothing about it changes.
        request: what they ask for; None if for nothing.
    """

    at: float
    person: str
    purposes: frozenset[Purpose]
    cause: ConsentCause | None = None
    request: RequestKind | None = None


def decide(
    person: Person, decider: Person, rates: Mapping[Change, float], duration: float, draws: Draws
) -> Iterator[Decision]:
    """Yield what somebody decides, in order of time: a Poisson process whose rate depends on their worries.

    Who has asked for erasure has withdrawn everything, and decides nothing any more.

    Args:
        person: whose data it is about; what they agree to at the start is read from them.
        decider: who decides: the person, or a parent.
        rates: times a day of each change, on average over everybody.
        duration: simulated seconds from the start on.
        draws: a stream of the person's own.
    """
    weights = {change: rate * _readiness(change, decider.worried) for change, rate in rates.items()}
    total = sum(weights.values())
    if total == 0.0:
        return
    child = person.age < AGE_OF_CONSENT
    at, purposes = 0.0, person.consent
    while True:
        later = at + draws.exponential(DAY / total)
        if later >= duration:
            return
        at = (math.floor(later * TICKS) + 1) / TICKS
        if at >= duration:
            return
        change = draws.choice(tuple(weights), tuple(weights.values()))
        before, purposes = purposes, _after(change, purposes, decider.worried, draws)
        cause = None
        if purposes != before:
            cause = ConsentCause.PARENT if child else _cause(before, purposes)
        match change:
            case Change.ERASE:
                yield Decision(at, person.id, purposes, cause, RequestKind.ERASURE)
                return
            case Change.ACCESS:
                yield Decision(at, person.id, purposes, cause, RequestKind.ACCESS)
            case _ if cause is not None:
                yield Decision(at, person.id, purposes, cause)


def _readiness(change: Change, worried: bool) -> float:
    """Return how much more often than the mean somebody does so; over everybody the mean is 1."""
    of_worried = OPEN if change is Change.GIVE else WARY
    return of_worried if worried else (1.0 - WORRIED * of_worried) / (1.0 - WORRIED)


def _after(change: Change, purposes: frozenset[Purpose], worried: bool, draws: Draws) -> frozenset[Purpose]:
    """Return what somebody agrees to after a change, which may be the same as before."""
    match change:
        case Change.WITHDRAW | Change.ERASE:
            return frozenset()
        case Change.PARTIAL:
            # The service itself is not what people give up when they give up a part.
            extras = sorted(purposes - {Purpose.SERVICE})
            if not extras:
                return purposes
            gone = [purpose for purpose in extras if draws.chance(0.5)] or [draws.choice(extras)]
            return purposes.difference(gone)
        case Change.GIVE:
            missing = [purpose for purpose in Purpose if purpose not in purposes]
            if not missing:
                return purposes
            more = purposes | draw_consent(draws, worried)
            return more if more != purposes else purposes | {draws.choice(missing)}
    return purposes


def _cause(before: frozenset[Purpose], after: frozenset[Purpose]) -> ConsentCause:
    if after > before:
        return ConsentCause.GIVEN
    return ConsentCause.PARTIAL if after else ConsentCause.WITHDRAWN
