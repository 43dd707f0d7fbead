"""Time shift: true readings with a wrong time."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import CompromisedOptions
from simulator.core.campaigns import Control, Role
from simulator.core.options import AttackOptions
from simulator.core.readings import Abuse, Reading
from simulator.core.units import DAY, HOUR, Duration, OnOff


class TimeShiftOptions(CompromisedOptions):
    """Options of the attack ``time_shift``."""

    kind: str = "time_shift"
    by: Duration = Field(default=HOUR, gt=0, le=366 * DAY, description="How far the event times are off.")
    back: OnOff = Field(default=True, description="Whether into the past; else into the future.")


class TimeShift(Campaign[TimeShiftOptions]):
    """Lets turned devices write event times that are stale, or yet to come; the truth keeps the true ones."""

    kind: ClassVar[str] = "time_shift"
    summary: ClassVar[str] = "Time shift: turned devices write stale or future event times."
    options: ClassVar[type[AttackOptions]] = TimeShiftOptions
    role: ClassVar[Role] = Role.COMPROMISED
    control: ClassVar[Control] = Control.SCHEMA
    technique: ClassVar[str] = "T0856"

    def raid(self, member: Member[TimeShiftOptions]) -> Process:
        """Change the times of all that the device sends."""
        by = -member.options.by if member.options.back else member.options.by

        def shift(reading: Reading) -> Reading:
            return msgspec.structs.replace(reading, abuse=Abuse(member.label, reading.at + by))

        member.bend(shift)
        yield member.rest()


ATTACK = TimeShift()
