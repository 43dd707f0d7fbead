"""Replay: what a device has sent, sent again as it was."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import OutsiderOptions
from simulator.core.campaigns import Control, PhaseTruth
from simulator.core.options import AttackOptions
from simulator.core.units import HOUR, SECOND, Duration


class ReplayOptions(OutsiderOptions):
    """Options of the attack ``replay``."""

    kind: str = "replay"
    listens: Duration = Field(
        default=HOUR / 12, gt=0, le=HOUR, description="How long it records before it sends anything."
    )
    every: Duration = Field(
        default=10 * SECOND, ge=0.01, le=HOUR, description="Mean time from one message to the next."
    )


class Replay(Campaign[ReplayOptions]):
    """Sends messages of the victim again, verbatim, with the credentials of the victim.

    The truth has a second row for such a message, with the same id.
    """

    kind: ClassVar[str] = "replay"
    summary: ClassVar[str] = "Replay: a device's old messages verbatim, with its stolen credentials."
    options: ClassVar[type[AttackOptions]] = ReplayOptions
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0856"
    aims: ClassVar[int] = 1
    robs_victim: ClassVar[bool] = True
    records: ClassVar[bool] = True

    def phases(self, options: ReplayOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the recording and the replaying."""
        replays = min(at + options.listens, until)
        return PhaseTruth("record", at, replays), PhaseTruth("replay", replays, until)

    def raid(self, member: Member[ReplayOptions]) -> Process:
        """Record, then connect and send what was recorded, by lot."""
        yield member.wait(member.options.listens)
        if member.over:
            return
        member.enter()
        while True:
            yield member.wait(member.draws.exponential(member.options.every))
            if member.over:
                break
            recorded = [each for each in member.victims[0].sent if each[1].at >= member.at]
            if recorded:
                member.again(member.draws.choice(recorded))
        member.leave()


ATTACK = Replay()
