"""What one member of an attack did on the network, as far as the run's own files tell."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.campaigns import CampaignTruth, MemberTruth
from simulator.core.records import OWN_DROP, Outcome, SessionChange, SessionMoment

EARLY = 0.5
"""Seconds that an alert may be ahead of the first packet: the clocks of two programs differ."""


@dataclass(frozen=True, slots=True)
class Try:
    """Something that a member did, and whether the broker let it.

    Attributes:
        at: seconds of the load's clock.
    """

    at: float
    worked: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A member's part in an attack. Times are seconds of the load's clock.

    Attributes:
        campaign: the attack, or what looks like one.
        member: who.
        first: the first packet.
        until: the end of the attack.
        crossed: when the attack crossed the threshold of its control; None if it did not, or has none.
        tries: what it did, in order of time.
        names: ids by which an alert may call it: its own, those that it took and those of its victims.
        sources: addresses and ports that it came from.
    """

    campaign: CampaignTruth
    member: MemberTruth
    first: float
    until: float
    crossed: float | None
    tries: tuple[Try, ...]
    names: frozenset[str]
    sources: frozenset[str]

    @property
    def contained_after(self) -> float | None:
        """Seconds from the first packet to the last thing that worked, if failures followed; else None."""
        worked = [one.at for one in self.tries if one.worked]
        last = max(worked, default=self.first)
        if any(one.at > last and not one.worked for one in self.tries):
            return last - self.first
        return None

    def active(self, at: float, slack: float) -> bool:
        """Return whether an alert at a moment may be about it."""
        return self.first - EARLY <= at <= self.until + slack


def try_of_session(change: SessionChange) -> Try | None:
    """Return whether a session's step shows that somebody got in, or was kept or thrown out.

    Who breaks its own connection off was not thrown out.
    """
    match change.state:
        case SessionMoment.CONNECTED:
            return Try(change.at, True)
        case SessionMoment.REFUSED | SessionMoment.DROPPED if change.reason != OWN_DROP:
            return Try(change.at, False)
    return None


def try_of_message(due: float, outcome: Outcome) -> Try | None:
    """Return whether a message shows that somebody got something done; one that was lost shows nothing."""
    if outcome is Outcome.LOST:
        return None
    return Try(due, outcome.delivered)
