"""Oversize: messages that grow until they are beyond what a broker takes."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from pydantic import Field

from simulator.attacks import frames
from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import OutsiderOptions
from simulator.attacks.target import Message
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.units import DAY, HOUR, SECOND, Duration

FIRST = 1_024
"""Bytes of the first message's payload; each has twice those of the one before."""

USUAL_CAP = 1 << 20
"""Bytes of a packet that EMQX takes unless told otherwise."""


class OversizeOptions(OutsiderOptions):
    """Options of the attack ``oversize``."""

    kind: str = "oversize"
    largest: int = Field(default=2 << 20, ge=FIRST, le=16 << 20, description="Bytes of the longest payload.")
    every: Duration = Field(
        default=10 * SECOND, ge=0.1, le=HOUR, description="Time from one message to the next."
    )


class Oversize(Campaign[OversizeOptions]):
    """Sends a ladder of messages, each over a connection of its own, each twice as long as the last.

    They go to the topics of the device whose credentials were stolen, so that no other rule is in the way.
    """

    kind: ClassVar[str] = "oversize"
    summary: ClassVar[str] = "Oversize: a ladder of messages to past the broker's cap."
    options: ClassVar[type[AttackOptions]] = OversizeOptions
    control: ClassVar[Control] = Control.SIZE_LIMIT
    technique: ClassVar[str] = "T0814"
    robs_victim: ClassVar[bool] = True
    aims: ClassVar[int] = 1

    def threshold(self, options: OversizeOptions) -> Threshold:
        """Return a packet of a mebibyte, which EMQX refuses unless told otherwise."""
        return Threshold("bytes", "packet", USUAL_CAP, DAY)

    def intensity(self, options: OversizeOptions) -> float:
        """Return the bytes of the longest over the time that the ladder takes to the cap."""
        rungs = (USUAL_CAP // FIRST).bit_length() - 1
        return USUAL_CAP / (rungs * options.every)

    def total(self, options: OversizeOptions) -> float:
        """Return the bytes of the longest."""
        return options.largest

    def raid(self, member: Member[OversizeOptions]) -> Process:
        """Climb the ladder."""
        size = FIRST
        while size <= member.options.largest and not member.over:
            message = _padded(member, size)
            publish = message[0]
            member.call()
            qos, number = min(publish.qos, 1), member.packet_id()
            member.raw(
                frames.publish(publish.topic, publish.payload, qos, number, member.ground.modern), message
            )
            yield member.beat(1 / member.options.every)
            member.drop()
            size *= 2
        yield member.rest()


def _padded(member: Member[OversizeOptions], size: int) -> Message:
    """Return a message whose payload is filled up with white space before its end: JSON stays JSON."""
    publish, truth = member.as_victim()
    payload = publish.payload
    payload = payload[:-1] + b" " * max(size - len(payload), 0) + payload[-1:]
    return (
        msgspec.structs.replace(publish, payload=payload),
        msgspec.structs.replace(truth, size=len(payload)),
    )


ATTACK = Oversize()
