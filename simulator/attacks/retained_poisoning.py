"""Poisoned retained messages: what a device, or whoever reads it, finds when it comes back."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec
from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import OutsiderOptions
from simulator.attacks.target import Disguise
from simulator.core.actions import Command
from simulator.core.campaigns import Control, PhaseTruth
from simulator.core.options import AttackOptions
from simulator.core.readings import Reading
from simulator.core.units import SECOND

TAIL = 5 * SECOND
"""Seconds before the end at which it cleans up; a tenth of the time if that is less."""

_COMMAND = msgspec.json.encode(Command("report_interval", 86_400))


class Aim(StrEnum):
    """Where the messages are left."""

    COMMAND = "command"
    STATE = "state"


class RetainedPoisoningOptions(OutsiderOptions):
    """Options of the attack ``retained_poisoning``."""

    kind: str = "retained_poisoning"
    aim: Aim = Field(
        default=Aim.COMMAND,
        description="Where they are left: on the topics of which devices take commands, or of their state.",
    )


class RetainedPoisoning(Campaign[RetainedPoisoningOptions]):
    """Leaves retained messages on other devices' topics, and takes them away at its end."""

    kind: ClassVar[str] = "retained_poisoning"
    summary: ClassVar[str] = (
        "Retained poisoning: leaves retained messages on others' command or state topics."
    )
    options: ClassVar[type[AttackOptions]] = RetainedPoisoningOptions
    control: ClassVar[Control] = Control.RETAINED
    technique: ClassVar[str] = "T0831"
    aims: ClassVar[int] = 4

    def phases(self, options: RetainedPoisoningOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the time for which the messages are there, and the cleaning up."""
        clean = until - _tail(at, until)
        return PhaseTruth("poison", at, clean), PhaseTruth("clean", clean, until)

    def raid(self, member: Member[RetainedPoisoningOptions]) -> Process:
        """Leave a message with each victim, and empty ones in their place at the end."""
        clean = member.until - _tail(member.at, member.until)
        member.enter()
        left: dict[str, Disguise] = {}
        for victim in member.victims:
            yield member.wait(member.draws.exponential((clean - member.at) / (8 * len(member.victims))))
            if member.now >= clean:
                break
            reading = member.copy(victim)
            topic = victim.station.topic(self._event(member, reading))
            mask = left[topic] = member.mask(victim)
            member.publish(reading, mask, self._payload(member), topic=topic, retain=True)
        yield member.wait(clean - member.now)
        for topic, mask in left.items():
            member.publish(member.copy(), mask, b"", topic=topic, retain=True)
        yield member.rest()
        member.leave()

    def _event(self, member: Member[RetainedPoisoningOptions], reading: Reading) -> str:
        return "command" if member.options.aim is Aim.COMMAND else reading.event

    def _payload(self, member: Member[RetainedPoisoningOptions]) -> bytes | None:
        return _COMMAND if member.options.aim is Aim.COMMAND else None


def _tail(at: float, until: float) -> float:
    return min(TAIL, (until - at) / 10)


ATTACK = RetainedPoisoning()
