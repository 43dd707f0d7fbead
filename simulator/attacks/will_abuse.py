"""Will abuse: the broker is made to publish what the client itself may not."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import OutsiderOptions
from simulator.core.actions import Will
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, SECOND, Duration


class WillAbuseOptions(OutsiderOptions):
    """Options of the attack ``will_abuse``."""

    kind: str = "will_abuse"
    every: Duration = Field(
        default=30 * SECOND, gt=0, le=HOUR, description="Time from one such connection to the next."
    )


class WillAbuse(Campaign[WillAbuseOptions]):
    """Connects with a will on the topic of another device, and breaks the connection off."""

    kind: ClassVar[str] = "will_abuse"
    summary: ClassVar[str] = "Will abuse: a will on another device's topic, then a broken connection."
    options: ClassVar[type[AttackOptions]] = WillAbuseOptions
    control: ClassVar[Control] = Control.WILL
    technique: ClassVar[str] = "T0856"
    aims: ClassVar[int] = 4

    def raid(self, member: Member[WillAbuseOptions]) -> Process:
        """Leave a will with the broker and die, for one victim after the other."""
        number = 0
        while not member.over:
            victim = member.victims[number % len(member.victims)]
            number += 1
            reading = member.copy(victim)
            payload = member.message(reading, member.mask(victim))[0].payload
            member.enter(will=Will(victim.station.topic(reading.event), payload))
            yield member.beat(2 / member.options.every)
            member.drop()
            yield member.beat(2 / member.options.every)


ATTACK = WillAbuse()
