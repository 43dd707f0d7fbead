"""Subscription exhaustion: more filters than a broker should have to match."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice, product
from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import RatedOptions
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, Rate


class SubscriptionExhaustionOptions(RatedOptions):
    """Options of the attack ``subscription_exhaustion``."""

    kind: str = "subscription_exhaustion"
    filters: int = Field(
        default=1_000, ge=1, le=5_000, description="Topic filters that each member subscribes to."
    )
    rate: Rate = Field(default=100.0, gt=0, le=2_000, description="Subscriptions a second of each member.")


class SubscriptionExhaustion(Campaign[SubscriptionExhaustionOptions]):
    """Subscribes to thousands of filters that overlap."""

    kind: ClassVar[str] = "subscription_exhaustion"
    summary: ClassVar[str] = "Subscription exhaustion: thousands of overlapping topic filters."
    options: ClassVar[type[AttackOptions]] = SubscriptionExhaustionOptions
    control: ClassVar[Control] = Control.SUBSCRIPTION_LIMIT
    technique: ClassVar[str] = "T0814"
    wall_time: ClassVar[bool] = True

    def threshold(self, options: SubscriptionExhaustionOptions) -> Threshold:
        """Return 100 subscriptions of a client (assumption; a device of the fleet has one)."""
        return Threshold("subscriptions", "client_id", 100, HOUR)

    def intensity(self, options: SubscriptionExhaustionOptions) -> float:
        """Return the subscriptions a second of one client."""
        return options.rate

    def total(self, options: SubscriptionExhaustionOptions) -> float:
        """Return the subscriptions of one client."""
        return options.filters

    def raid(self, member: Member[SubscriptionExhaustionOptions]) -> Process:
        """Ask for one after the other."""
        member.enter()
        for topic_filter in islice(_filters(member.looks.topic("status")), member.options.filters):
            yield member.beat(self.pace(member.options))
            if member.over:
                break
            member.subscribe(topic_filter)
        yield member.rest()
        member.leave()


def _filters(topic: str) -> Iterator[str]:
    """Yield filters without end: those that match a topic, then ones that differ in the last level alone."""
    levels = topic.split("/")
    for chosen in product(*((level, "+") for level in levels)):
        yield "/".join(chosen)
    for number in count():
        for chosen in product(*((level, "+") for level in levels[:-1])):
            yield "/".join((*chosen, f"{number:x}"))


ATTACK = SubscriptionExhaustion()
