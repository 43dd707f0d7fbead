"""A slow subscriber: asks for everything and reads nothing."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import OutsiderOptions
from simulator.core.actions import Freeze
from simulator.core.campaigns import Control, PhaseTruth
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, MINUTE, SECOND, Duration

SETTLED = 2 * SECOND
"""Seconds after which the broker has answered to connect and subscription, and reading ends."""


class SlowSubscriberOptions(OutsiderOptions):
    """Options of the attack ``slow_subscriber``."""

    kind: str = "slow_subscriber"
    lasting: Duration = Field(
        default=5 * MINUTE,
        alias="for",
        gt=0,
        le=HOUR,
        description="How long it reads nothing; with the load this bounds what the broker has to keep.",
    )


class SlowSubscriber(Campaign[SlowSubscriberOptions]):
    """Subscribes to all topics of the fleet and never reads, so that the broker has to keep it all."""

    kind: ClassVar[str] = "slow_subscriber"
    summary: ClassVar[str] = "Slow subscriber: subscribes to everything and never reads."
    options: ClassVar[type[AttackOptions]] = SlowSubscriberOptions
    control: ClassVar[Control] = Control.QUEUE_LIMIT
    technique: ClassVar[str] = "T0814"
    wall_time: ClassVar[bool] = True

    def phases(self, options: SlowSubscriberOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the time until it stops reading, and the time after that."""
        deaf = min(at + SETTLED, until)
        return PhaseTruth("subscribe", at, deaf), PhaseTruth("starve", deaf, until)

    def raid(self, member: Member[SlowSubscriberOptions]) -> Process:
        """Subscribe, and stop reading."""
        member.enter()
        member.subscribe("/".join("+" * len(member.looks.topic("x").split("/"))))
        yield member.wait(SETTLED)
        member.act(Freeze(member.now, member.id, writing=True))
        yield member.rest()
        member.drop()


ATTACK = SlowSubscriber()
