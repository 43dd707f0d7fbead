"""Guessing passwords: connects that are refused, until one is not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign, Threshold
from simulator.attacks.member import Member, Process
from simulator.attacks.options import RatedOptions
from simulator.core.actions import Claim
from simulator.core.campaigns import Control, Credential, PhaseTruth
from simulator.core.ids import device_id
from simulator.core.options import AttackOptions
from simulator.core.readings import Value
from simulator.core.units import MINUTE, Rate

ADDRESSES = 200
"""Loopback addresses that attempts come from, if those vary."""


class Vary(StrEnum):
    """What differs from attempt to attempt."""

    NOTHING = "nothing"
    CLIENT_ID = "client_id"
    USER = "user"
    ADDRESS = "address"


class CredentialBruteForceOptions(RatedOptions):
    """Options of the attack ``credential_brute_force``."""

    kind: str = "credential_brute_force"
    rate: Rate = Field(
        default=2.0, gt=0, le=50, description="Attempts a second of all members together, such as 2/s."
    )
    vary: Vary = Field(
        default=Vary.CLIENT_ID,
        description="What differs from attempt to attempt, to evade a ban: `client_id`, `user`, `address` "
        "(of 127.0.0.0/8) or `nothing`.",
    )
    succeeds_after: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="Place at which the right password is in each member's list; nowhere if left out.",
    )


class CredentialBruteForce(Campaign[CredentialBruteForceOptions]):
    """Tries passwords of a list that nobody uses, each over a connection of its own.

    A capture of such an attack in MQTTset (Vaccari and others, 2020) has 0.66 attempts a second.
    """

    kind: ClassVar[str] = "credential_brute_force"
    summary: ClassVar[str] = "Password guessing: connects that are refused, again and again."
    options: ClassVar[type[AttackOptions]] = CredentialBruteForceOptions
    control: ClassVar[Control] = Control.AUTHENTICATION
    technique: ClassVar[str] = "T0812"
    aims: ClassVar[int] = 8
    wall_time: ClassVar[bool] = True

    def credential(self, options: CredentialBruteForceOptions) -> Credential:
        """Return that passwords are guessed."""
        return Credential.GUESSED

    def threshold(self, options: CredentialBruteForceOptions) -> Threshold:
        """Return 15 attempts a minute, at which EMQX bans unless told otherwise, by a key that stays."""
        return Threshold("connects", "address" if options.vary is Vary.USER else "user", 15, MINUTE)

    def intensity(self, options: CredentialBruteForceOptions) -> float:
        """Return the attempts a second for one user, of which each member has its own; or from an address."""
        return options.rate if options.vary is Vary.USER else options.rate / options.devices

    def phases(self, options: CredentialBruteForceOptions, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return the guessing and, if it succeeds, the use of what was found."""
        guessing = PhaseTruth("guess", at, until)
        if options.succeeds_after is None:
            return (guessing,)
        rate = options.rate * self.slowed(options) / options.devices
        found = at + options.succeeds_after / rate
        if found >= until:
            return (guessing,)
        return PhaseTruth("guess", at, found), PhaseTruth("use", found, until)

    def facts(
        self,
        options: CredentialBruteForceOptions,
        members: tuple[Member[CredentialBruteForceOptions], ...],
    ) -> Mapping[str, Value]:
        """Return what varies."""
        return {"vary": options.vary.value}

    def raid(self, member: Member[CredentialBruteForceOptions]) -> Process:
        """Connect with one password after the other; go on as who it is once one fits."""
        options = member.options
        rate = options.rate * self.slowed(options) / options.devices
        number = 0
        while not member.over:
            number += 1
            right = number == options.succeeds_after
            user = member.user
            if options.vary is Vary.USER and not right:
                user = member.victims[number % len(member.victims)].id
            looks, source = None, None
            if options.vary is Vary.CLIENT_ID:
                name = device_id(member.ground.seeds, "attempt", member.label, member.id, number)
                looks = member.alias(name)
            elif options.vary is Vary.ADDRESS:
                source = f"127.0.0.{2 + (member.number + number) % ADDRESSES}"
            claim = Claim(user, None if right else member.password(number))
            member.drop()
            member.act(member.hello(looks, claim=claim, source=source))
            if right:
                yield from self._use(member)
            yield member.beat(rate)
        member.drop()

    def _use(self, member: Member[CredentialBruteForceOptions]) -> Process:
        """Read and write as the device whose password was found."""
        found = member.user
        target = next((each for each in member.ground.targets if each.id == found), member.muse)
        member.subscribe(target.station.topic("command"))
        mask = member.mask(target)
        while not member.over:
            reading = member.copy(target)
            member.publish(reading, mask, topic=target.station.topic(reading.event))
            yield member.beat(1 / 10)


ATTACK = CredentialBruteForce()
