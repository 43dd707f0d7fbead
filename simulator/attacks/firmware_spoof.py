"""Firmware spoof: turned devices announce a version that is older than the one they had."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import CompromisedOptions
from simulator.core.campaigns import Control, Role
from simulator.core.options import AttackOptions


class FirmwareSpoofOptions(CompromisedOptions):
    """Options of the attack ``firmware_spoof``."""

    kind: str = "firmware_spoof"
    version: str = Field(
        default="0.9.0", min_length=1, max_length=32, description="Version that the devices announce."
    )


class FirmwareSpoof(Campaign[FirmwareSpoofOptions]):
    """Lets turned devices announce a lower version. It is text and nothing else."""

    kind: ClassVar[str] = "firmware_spoof"
    summary: ClassVar[str] = "Firmware spoof: turned devices announce an older version."
    options: ClassVar[type[AttackOptions]] = FirmwareSpoofOptions
    role: ClassVar[Role] = Role.COMPROMISED
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0857"

    def raid(self, member: Member[FirmwareSpoofOptions]) -> Process:
        """Announce it once, at a moment of the attack."""
        yield member.wait(member.draws.uniform(0.0, 0.9) * (member.until - member.at))
        member.say(member.marked("firmware", {"version": member.options.version}))
        yield member.rest()


ATTACK = FirmwareSpoof()
