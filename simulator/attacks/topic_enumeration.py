"""Looking around: subscriptions to everything there may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import OutsiderOptions
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, SECOND, Duration


class TopicEnumerationOptions(OutsiderOptions):
    """Options of the attack ``topic_enumeration``."""

    kind: str = "topic_enumeration"
    every: Duration = Field(
        default=5 * SECOND, gt=0, le=HOUR, description="Time from one subscription to the next."
    )


class TopicEnumeration(Campaign[TopicEnumerationOptions]):
    """Subscribes to wildcards, to what the broker says of itself, and to what others are sent; reads only."""

    kind: ClassVar[str] = "topic_enumeration"
    summary: ClassVar[str] = "Topic enumeration: subscribes to #, +/+, $SYS/# and to others' topics."
    options: ClassVar[type[AttackOptions]] = TopicEnumerationOptions
    control: ClassVar[Control] = Control.WILDCARDS
    technique: ClassVar[str] = "T0861"
    aims: ClassVar[int] = 4

    def raid(self, member: Member[TopicEnumerationOptions]) -> Process:
        """Ask for one filter after the other."""
        member.enter()
        for topic_filter in self._filters(member):
            yield member.beat(1 / member.options.every)
            if member.over:
                break
            member.subscribe(topic_filter)
        yield member.rest()
        member.leave()

    def _filters(self, member: Member[TopicEnumerationOptions]) -> Iterator[str]:
        levels = member.looks.topic("x").split("/")
        yield "#"
        yield "+/+"
        yield "/".join("+" * len(levels))
        yield "$SYS/#"
        yield f"{levels[0]}/#"
        yield "+/#"
        for victim in member.victims:
            yield victim.station.topic("command")
            yield victim.station.topic("+")


ATTACK = TopicEnumeration()
