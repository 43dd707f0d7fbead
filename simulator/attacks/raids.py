"""The attacks of a scenario as they befall a shard of the fleet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from simulator.attacks.base import AnyCampaign
from simulator.attacks.member import Ground, Member, Process
from simulator.attacks.target import Target
from simulator.core import plugins
from simulator.core.actions import Publish
from simulator.core.campaigns import CampaignTruth, Credential, Role
from simulator.core.credentials import WITNESS
from simulator.core.ids import device_id
from simulator.core.options import AttackOptions
from simulator.core.steps import Step


def campaign_of(options: AttackOptions) -> AnyCampaign:
    """Return the attack that owns these options."""
    campaign: AnyCampaign = plugins.load("simulator.attacks", options.kind)
    return campaign


def label_of(index: int, options: AttackOptions) -> str:
    """Return the label of the attack at a place of the scenario's list, counted from 0."""
    return f"{options.kind}-{index}"


@dataclass(slots=True)
class _Raid:
    campaign: AnyCampaign
    label: str
    options: Any
    at: float
    until: float
    members: list[Member[Any]] = field(default_factory=list)


class Raids:
    """Who takes part in a scenario's attacks.

    Args:
        attacks: of the scenario, in its order.
        neighbourhoods: how many there are in all shards together.
        duration: of the scenario, in seconds; what begins later does not happen.
    """

    def __init__(self, attacks: Sequence[AttackOptions], neighbourhoods: int, duration: float) -> None:
        self._neighbourhoods = neighbourhoods
        self._raids = [
            _Raid(
                campaign_of(options),
                label_of(index, options),
                options,
                options.at,
                min(options.at + options.lasting, duration),
            )
            for index, options in enumerate(attacks)
            if options.at < duration
        ]

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._raids)

    @property
    def outsiders(self) -> Mapping[str, str]:
        """The attack that each outsider takes part in, by its id."""
        return self._of(Role.OUTSIDER)

    @property
    def compromised(self) -> Mapping[str, str]:
        """The attack that each device of the fleet takes part in that does in one, by its id."""
        return self._of(Role.COMPROMISED)

    def muster(self, index: int, ground: Ground) -> list[Member[Any]]:
        """Return the members in a neighbourhood; none where it has no devices.

        Who they are depends on the seed, the attack's place in the list and the neighbourhood's devices.
        """
        found: list[Member[Any]] = []
        if ground.targets:
            for raid in self._raids:
                numbers = self._numbers(raid, index)
                if raid.campaign.role is Role.COMPROMISED:
                    turned = zip(numbers, _able(raid, ground), strict=False)
                    mustered = [_turned(raid, ground, number, target) for number, target in turned]
                else:
                    mustered = [_outsider(raid, ground, number) for number in numbers]
                raid.members += mustered
                found += mustered
        return found

    def run(self, member: Member[Any]) -> Process:
        """Return what a member does as a SimPy process, to be started at the scenario's start or before."""
        raid = next(raid for raid in self._raids if raid.label == member.label)
        yield member.ground.env.timeout(max(raid.at - member.now, 0.0))
        yield from raid.campaign.raid(member)

    def through(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Yield all steps, and record what those send whose messages somebody needs."""
        recorded = {
            victim.id: victim.sent
            for raid in self._raids
            if raid.campaign.records
            for member in raid.members
            for victim in member.victims
        }
        for step in steps:
            yield step
            action, truth = step
            if truth is not None and action.device in recorded and isinstance(action, Publish):
                recorded[action.device].append((action, truth))

    @property
    def records(self) -> bool:
        """Whether somebody needs what others have sent, see `through`."""
        return any(raid.campaign.records for raid in self._raids)

    def truth(self) -> list[CampaignTruth]:
        """Return a row for each attack, with those of its members that are in this shard."""
        return [_truth(raid) for raid in self._raids]

    def _of(self, role: Role) -> dict[str, str]:
        return {m.id: m.label for raid in self._raids for m in raid.members if m.role is role}

    def _numbers(self, raid: _Raid, index: int) -> range:
        """Return the numbers of the members that are in a neighbourhood: each in turn gets one."""
        return range(index, raid.options.devices, self._neighbourhoods)


def _able(raid: _Raid, ground: Ground) -> list[Target]:
    """Return the devices of a neighbourhood that can be turned, those that are turned first in front."""
    kinds = getattr(raid.options, "kinds", None)
    able = [target for target in ground.targets if kinds is None or target.station.kind in kinds]
    return _ranked(raid, ground, able, len(able), "turned")


def _turned(raid: _Raid, ground: Ground, number: int, target: Target) -> Member[Any]:
    others = [other for other in ground.targets if other is not target]
    victims = tuple(_ranked(raid, ground, others, raid.campaign.aims, "victim", target.id))
    return _member(raid, ground, number, target, target.id, victims, None)


def _outsider(raid: _Raid, ground: Ground, number: int) -> Member[Any]:
    campaign = raid.campaign
    identity = device_id(ground.seeds, "outsider", raid.label, number)
    lot = _ranked(raid, ground, ground.targets, campaign.aims + 2, "victim", identity)
    robbed, muse, *victims = _cycled(lot, campaign.aims + 2)
    if campaign.robs_victim:
        robbed = muse = victims[0]
    if campaign.one_muse:
        (muse,) = _ranked(raid, ground, ground.targets, 1, "muse")
    user = {
        Credential.STOLEN: robbed.id,
        Credential.GUESSED: robbed.id,
        Credential.SERVICE: WITNESS,
    }.get(campaign.credential(raid.options))
    return _member(raid, ground, number, muse, identity, tuple(victims), user)


def _member(
    raid: _Raid,
    ground: Ground,
    number: int,
    muse: Target,
    identity: str,
    victims: tuple[Target, ...],
    user: str | None,
) -> Member[Any]:
    role = raid.campaign.role
    looks = muse.station
    if role is Role.OUTSIDER:
        key = ground.seeds.digest("messages", "outsider", raid.label, number)
        looks = ground.disguise(muse, identity, key)
    return Member(
        id=identity,
        role=role,
        label=raid.label,
        options=raid.options,
        at=raid.at,
        until=raid.until,
        number=number,
        ground=ground,
        draws=ground.seeds.draws("attack", raid.label, identity),
        looks=looks,
        credential=raid.campaign.credential(raid.options),
        user=user,
        victims=victims,
        muse=muse,
    )


def _truth(raid: _Raid) -> CampaignTruth:
    campaign, members = raid.campaign, tuple(raid.members)
    return CampaignTruth(
        campaign=raid.label,
        kind=campaign.kind,
        benign=False,
        at=raid.at,
        until=raid.until,
        phases=campaign.phases(raid.options, raid.at, raid.until),
        members=tuple(
            sorted((m.truth(campaign.client_id(m)) for m in members), key=lambda truth: truth.device)
        ),
        victims=tuple(sorted({victim.id for member in members for victim in member.victims})),
        control=campaign.control,
        threshold=campaign.crossing(raid.options, raid.at, raid.until),
        technique=campaign.technique,
        facts=campaign.facts(raid.options, members),
    )


def _ranked(raid: _Raid, ground: Ground, of: Sequence[Target], count: int, *key: str) -> list[Target]:
    """Return some devices by lot: one more device displaces at most one."""
    return nsmallest(count, of, key=lambda target: ground.seeds.digest("attack", raid.label, *key, target.id))


def _cycled(targets: Sequence[Target], count: int) -> list[Target]:
    """Return as many as that, the same ones again where there are too few."""
    return [targets[number % len(targets)] for number in range(count)]
