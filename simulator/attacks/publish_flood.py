"""A flood: more messages than a client has any business to send."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import RatedOptions
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, MINUTE, Duration, Rate

TICK = 0.01
"""Seconds between two bursts at most; a fast flood's messages leave several at once, as in captures."""

LIMIT = 100
"""Messages a second that a broker is to hold one client to (assumption; a device sends one a minute)."""


class PublishFloodOptions(RatedOptions):
    """Options of the attack ``publish_flood``."""

    kind: str = "publish_flood"
    lasting: Duration = Field(
        default=MINUTE, alias="for", gt=0, le=HOUR, description="How long it lasts, in simulated time."
    )
    rate: Rate = Field(
        default=2_469.0, gt=0, le=5_000, description="Messages a second of all members together."
    )


class PublishFlood(Campaign[PublishFloodOptions]):
    """Publishes as fast as it is told, each member on its own topics.

    Captures of such attacks in MQTTset (Vaccari and others, 2020) have 1,602 messages a second over 15
    connections, and 2,469 over one.
    """

    kind: ClassVar[str] = "publish_flood"
    summary: ClassVar[str] = "Publish flood: thousands of messages a second from a few clients."
    options: ClassVar[type[AttackOptions]] = PublishFloodOptions
    control: ClassVar[Control] = Control.RATE_LIMIT
    technique: ClassVar[str] = "T0814"
    robs_victim: ClassVar[bool] = True
    aims: ClassVar[int] = 1
    wall_time: ClassVar[bool] = True

    def threshold(self, options: PublishFloodOptions) -> Threshold:
        """Return the messages a second at which a client is to be held back."""
        return Threshold("messages", "client_id", LIMIT, 1.0)

    def intensity(self, options: PublishFloodOptions) -> float:
        """Return the messages a second of one client."""
        return options.rate / options.devices

    def raid(self, member: Member[PublishFloodOptions]) -> Process:
        """Send on the topics of the device whose credentials were stolen, where it may."""
        rate, sent = self.pace(member.options), 0
        member.enter()
        begun = member.now
        while not member.over:
            yield member.wait(max(TICK, 1 / rate))
            while sent < (member.now - begun) * rate and not member.over:
                member.send(member.as_victim())
                sent += 1
        member.leave()


ATTACK = PublishFlood()
