"""Takeover: a client that calls itself as another one, again and again."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import RatedOptions
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.units import MINUTE, Rate


class IdTakeoverOptions(RatedOptions):
    """Options of the attack ``id_takeover``."""

    kind: str = "id_takeover"
    rate: Rate = Field(
        default=0.5, gt=0, le=20, description="Connects a second of each member, such as 30/min."
    )


class IdTakeover(Campaign[IdTakeoverOptions]):
    """Connects with the client id of a device, upon which the broker drops the device (MQTT-3.1.4-2)."""

    kind: ClassVar[str] = "id_takeover"
    summary: ClassVar[str] = "Client id takeover: connects as a device, which the broker then drops."
    options: ClassVar[type[AttackOptions]] = IdTakeoverOptions
    control: ClassVar[Control] = Control.TAKEOVER
    technique: ClassVar[str] = "T0859"
    aims: ClassVar[int] = 1
    wall_time: ClassVar[bool] = True

    def threshold(self, options: IdTakeoverOptions) -> Threshold:
        """Return 15 connects of a client id in a minute, at which EMQX bans it unless told otherwise."""
        return Threshold("connects", "client_id", 15, MINUTE)

    def intensity(self, options: IdTakeoverOptions) -> float:
        """Return the connects a second under one client id."""
        return options.rate

    def client_id(self, member: Member[IdTakeoverOptions]) -> str:
        """Return the victim's."""
        return member.victims[0].station.client_id

    def raid(self, member: Member[IdTakeoverOptions]) -> Process:
        """Come back as the victim, time and again."""
        client_id, looks = self.client_id(member), member.mask(member.victims[0])
        while not member.over:
            member.drop()
            member.enter(looks, client_id=client_id)
            yield member.beat(self.pace(member.options))
        member.drop()


ATTACK = IdTakeover()
