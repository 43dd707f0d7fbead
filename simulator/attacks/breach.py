"""A breach: somebody has the account of a service, and reads everything."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.core.campaigns import Control, Credential, PhaseTruth
from simulator.core.options import AttackOptions
from simulator.core.units import DAY, HOUR, SECOND, Duration, OnOff


class BreachOptions(AttackOptions):
    """Options of the attack ``breach``."""

    kind: str = "breach"
    lasting: Duration = Field(
        default=HOUR, alias="for", gt=0, le=DAY, description="How long it lasts, in simulated time."
    )
    looks_around: Duration = Field(
        default=10 * SECOND, ge=0, le=HOUR, description="Time from the login to the subscription."
    )
    stealth: OnOff = Field(
        default=False, description="Subscribe to one device's topics after another's, not to all at once."
    )


class Breach(Campaign[BreachOptions]):
    """Logs in with the stolen account of a service that may read everything, and copies it out.

    What it is given stands in the truth's ``overheard.jsonl``.
    """

    kind: ClassVar[str] = "breach"
    summary: ClassVar[str] = "Breach: a stolen service account reads # and copies it out."
    options: ClassVar[type[AttackOptions]] = BreachOptions
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0859"

    def credential(self, options: BreachOptions) -> Credential:
        """Return that it is a service's."""
        return Credential.SERVICE

    def phases(self, options: BreachOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the login and the collection."""
        collects = min(at + options.looks_around, until)
        return PhaseTruth("login", at, collects), PhaseTruth("collect", collects, until)

    def raid(self, member: Member[BreachOptions]) -> Process:
        """Log in, and read."""
        member.enter()
        yield member.wait(member.options.looks_around)
        if not member.options.stealth:
            member.subscribe("#")
        else:
            for target in member.ground.targets:
                if member.over:
                    break
                member.subscribe(target.station.topic("+"))
                yield member.wait((member.until - member.at) / (2 * len(member.ground.targets)))
        yield member.rest()
        member.leave()


ATTACK = Breach()
