"""Slow denial of service: connections that are opened, kept and never used."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import RatedOptions, Shown
from simulator.core.campaigns import Control, PhaseTruth
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, SECOND, Duration, Rate

LONGEST_KEEP_ALIVE = 65_535
"""Seconds; the most that MQTT has."""


class SlowDosOptions(RatedOptions):
    """Options of the attack ``slow_dos``."""

    kind: str = "slow_dos"
    devices: int = Field(
        default=200,
        ge=1,
        le=900,
        description="Connections, fewer than the 1,024 files that a broker has unless told otherwise.",
    )
    credentials: Shown = Field(
        default=Shown.NONE, description="What they show: `none`, `guessed` or `stolen`."
    )
    rate: Rate = Field(default=1_463.0, gt=0, le=1_500, description="Connections opened a second.")
    keep_alive: Duration = Field(
        default=LONGEST_KEEP_ALIVE * SECOND,
        ge=SECOND,
        le=LONGEST_KEEP_ALIVE * SECOND,
        description="Silence that they ask for.",
    )


class SlowDos(Campaign[SlowDosOptions]):
    """Opens connections with the longest keep alive and sends nothing (SlowITe: Vaccari and others, 2020).

    The capture has 1,024 connections in 0.7 s from one address, 1,463 a second.
    """

    kind: ClassVar[str] = "slow_dos"
    summary: ClassVar[str] = "Slow denial of service: many idle connections with the longest keep alive."
    options: ClassVar[type[AttackOptions]] = SlowDosOptions
    control: ClassVar[Control] = Control.CONNECTION_LIMIT
    technique: ClassVar[str] = "T0814"
    wall_time: ClassVar[bool] = True

    def threshold(self, options: SlowDosOptions) -> Threshold:
        """Return 100 connections in an hour from one address (assumption; a home has a few)."""
        return Threshold("connections", "address", 100, HOUR)

    def intensity(self, options: SlowDosOptions) -> float:
        """Return the connections a second."""
        return options.rate

    def total(self, options: SlowDosOptions) -> float:
        """Return the connections."""
        return options.devices

    def phases(self, options: SlowDosOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the opening of the connections and the time for which they are kept."""
        opened = min(at + options.devices / self.pace(options), until)
        return PhaseTruth("open", at, opened), PhaseTruth("hold", opened, until)

    def raid(self, member: Member[SlowDosOptions]) -> Process:
        """Connect when it is this one's turn, and stay."""
        yield member.wait(member.number / self.pace(member.options))
        if member.over:
            return
        member.act(member.hello(keep_alive=round(member.options.keep_alive)))
        yield member.rest()
        member.drop()


ATTACK = SlowDos()
