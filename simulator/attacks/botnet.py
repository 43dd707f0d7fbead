"""A botnet: turned devices that act on one beat, and then flood."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import CompromisedOptions
from simulator.core.campaigns import Control, PhaseTruth, Role, ThresholdTruth
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, MINUTE, SECOND, Duration, OnOff, Rate

TICK = 0.05
"""Seconds between two bursts of the flood at most."""

LIMIT = 500
"""Messages a second of the whole fleet above its usual ones that are to be noticed (assumption)."""


class BotnetOptions(CompromisedOptions):
    """Options of the attack ``botnet``."""

    kind: str = "botnet"
    devices: int = Field(default=20, ge=1, le=1_000, description="How many devices are turned.")
    lasting: Duration = Field(
        default=5 * MINUTE, alias="for", gt=0, le=HOUR, description="How long it lasts, in simulated time."
    )
    beat: Duration = Field(
        default=20 * SECOND,
        ge=SECOND,
        le=HOUR,
        description="Time from one beat to the next, for all at once.",
    )
    flood: float = Field(
        default=0.2, ge=0, le=1, description="Share of the time, at its end, that is a flood."
    )
    rate: Rate = Field(
        default=1_000.0, gt=0, le=5_000, description="Messages a second of all of them together in the flood."
    )
    stealth: OnOff = Field(
        default=False,
        description="Stay a fifth below what the expected control is to notice, whatever the rate says.",
    )


class Botnet(Campaign[BotnetOptions]):
    """Lets many turned devices report on one beat, then all flood. It stays with MQTT: nothing is scanned."""

    kind: ClassVar[str] = "botnet"
    summary: ClassVar[str] = "Botnet: many turned devices act on one beat, then flood."
    options: ClassVar[type[AttackOptions]] = BotnetOptions
    role: ClassVar[Role] = Role.COMPROMISED
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0814"
    wall_time: ClassVar[bool] = True

    def threshold(self, options: BotnetOptions) -> Threshold:
        """Return the messages a second of all devices together that are to be noticed."""
        return Threshold("messages", "broker", LIMIT, 1.0)

    def intensity(self, options: BotnetOptions) -> float:
        """Return the messages a second of the flood."""
        return options.rate

    def phases(self, options: BotnetOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the beating and the flood."""
        flood = _flood(options, at, until)
        return PhaseTruth("beat", at, flood), PhaseTruth("flood", flood, until)

    def crossing(self, options: BotnetOptions, at: float, until: float) -> ThresholdTruth | None:
        """Return the threshold, which only the flood can cross."""
        return super().crossing(options, _flood(options, at, until), until)

    def raid(self, member: Member[BotnetOptions]) -> Process:
        """Report with all the others, then as often as the flood wants."""
        options, flood = member.options, _flood(member.options, member.at, member.until)
        number = 0
        while (due := member.at + number * options.beat) < flood:
            yield member.wait(due - member.now)
            member.say(member.copy())
            number += 1
        yield member.wait(flood - member.now)
        rate, sent = self.pace(options) / options.devices, 0
        while not member.over:
            yield member.wait(max(TICK, 1 / rate))
            while sent < (member.now - flood) * rate and not member.over:
                member.say(member.copy())
                sent += 1


def _flood(options: BotnetOptions, at: float, until: float) -> float:
    return until - options.flood * (until - at)


ATTACK = Botnet()
