"""False data: what a turned device reports jumps away from what it measures."""

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


class FalseDataOptions(CompromisedOptions):
    """Options of the attack ``false_data``."""

    kind: str = "false_data"
    factor: float = Field(
        default=1.5, gt=0, le=100, description="What each number is multiplied by; 1.5 is half as much again."
    )


class FalseData(Campaign[FalseDataOptions]):
    """Lets turned devices report numbers that are not what they measure; the truth keeps the clean ones.

    In the truth's `facts`, ``clean`` has the values that were changed.
    """

    kind: ClassVar[str] = "false_data"
    summary: ClassVar[str] = "False data: turned devices report numbers that jump away from the truth."
    options: ClassVar[type[AttackOptions]] = FalseDataOptions
    role: ClassVar[Role] = Role.COMPROMISED
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0856"

    def raid(self, member: Member[FalseDataOptions]) -> Process:
        """Change all numbers at once."""
        factor = member.options.factor

        def falsify(reading: Reading) -> Reading:
            values = {name: scaled(value, factor) for name, value in reading.values.items()}
            return reading if values == reading.values else with_truth(reading, values, member.label)

        member.bend(falsify)
        yield member.rest()


ATTACK = FalseData()
