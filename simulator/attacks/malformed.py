"""Malformed packets: what no library would send."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.mutations import CORPUS, Means
from simulator.attacks.options import OutsiderOptions
from simulator.core.campaigns import Control
from simulator.core.options import AttackOptions
from simulator.core.units import Rate

WHILE = 0.25
"""Share of the time between two connections for which one lasts."""


class MalformedOptions(OutsiderOptions):
    """Options of the attack ``malformed``."""

    kind: str = "malformed"
    rate: Rate = Field(default=2.33, gt=0, le=50, description="Connections a second of all members together.")


class Malformed(Campaign[MalformedOptions]):
    """Opens a connection for each packet of a corpus that no broker may take, and ends it with a TCP reset.

    A capture of such an attack in MQTTset (Vaccari and others, 2020) has 866 connections in 371 s, resets in
    most of them, 52 odd topics, and packets of up to 691 bytes.
    """

    kind: ClassVar[str] = "malformed"
    summary: ClassVar[str] = "Malformed packets: wrong lengths, strings that are not UTF-8, wrong order."
    options: ClassVar[type[AttackOptions]] = MalformedOptions
    control: ClassVar[Control] = Control.PROTOCOL
    technique: ClassVar[str] = "T0814"
    wall_time: ClassVar[bool] = True

    def raid(self, member: Member[MalformedOptions]) -> Process:
        """Send one after the other, each over a connection of its own."""
        rate = member.options.rate / member.options.devices
        order = list(range(len(CORPUS)))
        number = 0
        while not member.over:
            if not number % len(order):
                member.draws.generator().shuffle(order)
            mutation = CORPUS[order[number % len(order)]]
            number += 1
            publish, _ = member.message(member.copy())
            if mutation.after_connect:
                member.call(abrupt=True)
            else:
                member.dial(None, abrupt=True)
            means = Means(
                draws=member.draws,
                hello=member.hello(),
                topic=publish.topic,
                command=member.looks.topic("command"),
                payload=publish.payload,
                qos=min(publish.qos, 1),
                packet_id=member.packet_id(),
                modern=member.ground.modern,
            )
            member.raw(mutation.make(means))
            yield member.beat(rate / WHILE)
            member.drop()
            yield member.beat(rate / (1 - WHILE))


ATTACK = Malformed()
