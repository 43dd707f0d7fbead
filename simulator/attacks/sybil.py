"""Sybil: many clients that are one."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.mimicry import Heard
from simulator.attacks.options import OutsiderOptions
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.readings import Reading
from simulator.core.units import HOUR, MINUTE, SECOND, Duration


class SybilOptions(OutsiderOptions):
    """Options of the attack ``sybil``."""

    kind: str = "sybil"
    devices: int = Field(default=20, ge=1, le=900, description="How many clients it seems to be.")
    lag: Duration = Field(
        default=3 * SECOND, ge=0.01, le=HOUR, description="Mean time by which they are behind that device."
    )
    within: Duration = Field(
        default=MINUTE, ge=0, le=HOUR, description="They connect within this time, each at its moment."
    )


class Sybil(Campaign[SybilOptions]):
    """Lets clients of one behaviour pose as many devices: all report what one device reports."""

    kind: ClassVar[str] = "sybil"
    summary: ClassVar[str] = "Sybil: many clients of one behaviour pose as devices of the fleet."
    options: ClassVar[type[AttackOptions]] = SybilOptions
    control: ClassVar[Control] = Control.AUTHENTICATION
    technique: ClassVar[str] = "T0848"
    one_muse: ClassVar[bool] = True

    def raid(self, member: Member[SybilOptions]) -> Process:
        """Connect, and report what the one device reports, a little different and later."""
        yield member.wait(member.draws.uniform(0.0, member.options.within))
        if member.over:
            return
        member.enter()

        def follow(reading: Reading) -> None:
            delay = member.draws.exponential(member.options.lag)
            heard = Heard(reading, member.now - reading.at)
            if member.now + delay < member.until:
                member.ground.env.timeout(delay).callbacks.append(
                    lambda _: member.publish(member.echo(heard))
                )

        member.muse.followers.append(follow)
        yield member.rest()
        member.muse.followers.remove(follow)
        member.leave()


ATTACK = Sybil()
