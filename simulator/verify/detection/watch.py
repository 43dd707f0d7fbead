"""The watch of one detector: its alerts, each with whom it is about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from simulator.core.campaigns import Role
from simulator.verify.alerts import Alert, Alerts
from simulator.verify.alerts.alert import Endpoint
from simulator.verify.detection.part import Part
from simulator.verify.detection.scene import Scene
from simulator.verify.ground import NOBODY
from simulator.verify.verification import Join

STRETCH = 60.0
"""Seconds of an honest device that are one trial of not raising an alarm."""

_BITS = 32
"""Of a stretch's number."""

_WORD = re.compile(r"[0-9A-Za-z_-]{6,}")
"""What may be an id in a text."""


class Match(Enum):
    """What an alert turned out to be about.

    Attributes:
        ATTACK: somebody who took part in an attack, while it went on.
        HONEST: somebody who did nothing wrong.
        LATE: somebody whose attack was over for long; neither right nor wrong.
        NOBODY: nobody that is known, or at no time.
    """

    ATTACK = "attack"
    HONEST = "honest"
    LATE = "late"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Told:
    """An alert and whom it is about.

    Attributes:
        at: seconds of the load's clock; None if it is not known.
        parts: in attacks that it told of.
        honest: devices that it told of wrongly.
    """

    alert: Alert
    at: float | None
    match: Match
    parts: tuple[Part, ...] = ()
    honest: tuple[str, ...] = ()


class Watch:
    """The alerts of one detector against the truth.

    An alert is about an attack if it was raised from its first packet to `DetectionLimits.detect_within`
    after its end, and calls somebody who takes part by an id (of its own, one that it took, one of its
    victims) or by its address and port. One that names nobody counts for all who take part in an attack that
    it names, by kind or label.

    Args:
        scene: what is true.
        alerts: of the detector.
        control: its name.
    """

    def __init__(self, scene: Scene, alerts: Alerts, control: str = "") -> None:
        self.scene = scene
        self.alerts = alerts
        self.control = control
        self._slack = scene.limits.detect_within
        self._by_name: dict[str, list[Part]] = defaultdict(list)
        self._by_source: dict[str, list[Part]] = defaultdict(list)
        self._own: dict[str, list[Part]] = defaultdict(list)
        for part in scene.parts:
            for name in part.names:
                self._by_name[name].append(part)
            for source in part.sources:
                self._by_source[source].append(part)
                self._by_source[source.rpartition(":")[0].strip("[]")].append(part)
            self._own[part.member.device].append(part)
        self.told = [self._tell(alert) for alert in alerts.alerts]

    @property
    def join(self) -> Join:
        """How many alerts are about somebody who is known."""
        unjoined = sum(one.match is Match.NOBODY for one in self.told)
        return Join(len(self.told) - unjoined, unjoined)

    def of(self, match: Match) -> Iterator[Told]:
        """Yield the alerts that turned out so."""
        return (one for one in self.told if one.match is match)

    @cached_property
    def detected(self) -> dict[int, Told]:
        """The first alert about each part, by its place in `Scene.parts`."""
        places = {id(part): place for place, part in enumerate(self.scene.parts)}
        first: dict[int, Told] = {}
        for told in self.of(Match.ATTACK):
            for part in told.parts:
                place = places[id(part)]
                known = first.get(place)
                if known is None or _at(told) < _at(known):
                    first[place] = told
        return first

    @cached_property
    def quiet(self) -> int:
        """Trials of not raising an alarm: stretches in which an honest device sent something, or was told of.

        A device that is attacked by somebody is left out as long, one that attacks from then on.
        """
        ground, scene = self.scene.ground, self.scene
        numbers = np.flatnonzero((ground.attack == NOBODY) & (ground.device != NOBODY))
        stretches = np.floor_divide(scene.due[numbers], STRETCH).astype(np.int64)
        # A device and a stretch in one number, so that millions of them fit in memory.
        sent = np.unique(ground.device[numbers].astype(np.int64) << _BITS | stretches)
        stretches = sent & (1 << _BITS) - 1
        counted = np.ones(len(sent), bool)
        for name in self._by_name.keys() | self._own.keys():
            code = ground.devices.known(name)
            if code != NOBODY:
                begin, end = np.searchsorted(sent, [code << _BITS, code + 1 << _BITS])
                counted[begin:end] = [not self._involved(name, one) for one in stretches[begin:end].tolist()]
        known = set(sent[counted].tolist()) if self.false_alarms else set()
        raised = (ground.devices.known(name) << _BITS | stretch for name, stretch in self.false_alarms)
        return int(counted.sum()) + sum(one not in known for one in raised)

    @cached_property
    def false_alarms(self) -> dict[tuple[str, int], Told]:
        """The first alert about each honest device in each stretch."""
        found: dict[tuple[str, int], Told] = {}
        for told in sorted(self.of(Match.HONEST), key=_at):
            for device in told.honest:
                found.setdefault((device, int(_at(told) // STRETCH)), told)
        return found

    def about(self, part: Part) -> Told | None:
        """Return the first alert about somebody who only looks like an attacker; None if there is none."""
        device = part.member.device
        for told in self.of(Match.HONEST):
            if device in told.honest and part.active(_at(told), self._slack):
                return told
        return None

    def _involved(self, device: str, stretch: int) -> bool:
        """Return whether a device takes part in an attack, or is aimed at, in a stretch."""
        begin, end = stretch * STRETCH, (stretch + 1) * STRETCH
        if any(end > part.first for part in self._own.get(device, ())):
            return True
        return any(
            end > part.first and begin < part.until + self._slack for part in self._by_name.get(device, ())
        )

    def _tell(self, alert: Alert) -> Told:
        at = alert.received
        if at is None and alert.time is not None:
            at = self.scene.moment(alert.time)
        if at is None:
            return Told(alert, None, Match.NOBODY)
        parts, honest = self._named(alert)
        active = [part for part in parts if part.active(at, self._slack)]
        if active:
            # Of several attacks on one device at a time, the one that it names.
            meant = [part for part in active if alert.campaign and _is_called(part, plain(alert.campaign))]
            return Told(alert, at, Match.ATTACK, tuple(meant or active))
        innocent = tuple(one for one in honest if not self._is_over(one, at))
        if innocent:
            return Told(alert, at, Match.HONEST, honest=innocent)
        return Told(alert, at, Match.LATE if parts else Match.NOBODY)

    def _named(self, alert: Alert) -> tuple[Sequence[Part], Sequence[str]]:
        """Return the parts in attacks, at any time, and the devices of the fleet that an alert may mean."""
        names = alert.names
        if not names and not alert.endpoints:
            names = tuple(word for word in _WORD.findall(alert.text) if self._knows(word))
        parts = [part for name in names for part in self._by_name.get(name, ())]
        honest = [name for name in names if name in self.scene.everybody]
        if not parts and not honest:
            parts = [part for one in alert.endpoints for part in self._by_source.get(_written(one), ())]
        if not parts and not honest and not names and alert.campaign is not None:
            parts = [*self._called(alert.campaign)]
        return list({id(part): part for part in parts}.values()), honest

    def _knows(self, word: str) -> bool:
        return word in self._by_name or word in self.scene.everybody

    def _called(self, campaign: str) -> Iterator[Part]:
        return (part for part in self.scene.parts if _is_called(part, plain(campaign)))

    def _is_over(self, device: str, at: float) -> bool:
        """Return whether a device took part in an attack before; it is no honest one any more."""
        return any(at > part.until or part.member.role is Role.OUTSIDER for part in self._own.get(device, ()))


def _at(told: Told) -> float:
    return 0.0 if told.at is None else told.at


def _written(end: Endpoint) -> str:
    """Return an end of a connection as sessions name it."""
    if end.port is None:
        return end.address
    address = f"[{end.address}]" if ":" in end.address else end.address
    return f"{address}:{end.port}"


def _is_called(part: Part, name: str) -> bool:
    return name in (plain(part.campaign.kind), plain(part.campaign.campaign))


def plain(name: str) -> str:
    """Return the name of an attack without capitals and punctuation."""
    return "_".join(re.findall(r"[a-z0-9]+", name.lower()))
