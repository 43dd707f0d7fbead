"""Slow drift: what a turned device reports moves away from what it measures, below the noise at first."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.mimicry import scaled, with_truth
from simulator.attacks.options import CompromisedOptions
from simulator.core.campaigns import Control, Role
from simulator.core.options import AttackOptions
from simulator.core.readings import Reading
from simulator.core.units import DAY, HOUR, Duration


class SlowDriftOptions(CompromisedOptions):
    """Options of the attack ``slow_drift``."""

    kind: str = "slow_drift"
    lasting: Duration = Field(
        default=6 * HOUR, alias="for", gt=0, le=DAY, description="How long it drifts, in simulated time."
    )
    per_hour: float = Field(
        default=0.02,
        ge=-0.5,
        le=0.5,
        description="Share by which numbers are off after an hour; 0.02 is less than most sensors' noise.",
    )


class SlowDrift(Campaign[SlowDriftOptions]):
    """Lets what turned devices report drift; the truth keeps the clean values, as for ``false_data``."""

    kind: ClassVar[str] = "slow_drift"
    summary: ClassVar[str] = "Slow drift: turned devices' numbers move away from the truth, below the noise."
    options: ClassVar[type[AttackOptions]] = SlowDriftOptions
    role: ClassVar[Role] = Role.COMPROMISED
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0856"

    def raid(self, member: Member[SlowDriftOptions]) -> Process:
        """Change all numbers a little more each time."""

        def drift(reading: Reading) -> Reading:
            factor = 1.0 + member.options.per_hour * (member.now - member.at) / HOUR
            values = {name: scaled(value, factor) for name, value in reading.values.items()}
            return reading if values == reading.values else with_truth(reading, values, member.label)

        member.bend(drift)
        yield member.rest()


ATTACK = SlowDrift()
