"""The scene: who took part in the attacks of a run, when by the load's clock, and who was honest."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np

from simulator.core.campaigns import AccessTruth, CampaignTruth, MemberTruth, Overheard, Role
from simulator.core.records import Outcome, SessionChange, SessionMoment
from simulator.truth import Manifest, RunFolder
from simulator.truth.reader import Row, Rows
from simulator.verify.detection.limits import DetectionLimits
from simulator.verify.detection.listener import Listener
from simulator.verify.detection.part import Part, Try, try_of_message, try_of_session
from simulator.verify.fixes import Floats
from simulator.verify.ground import NOBODY, Flags, Ground
from simulator.verify.source import taps
from simulator.verify.trust import start_of

CAMPAIGNS = "campaigns.jsonl"
OVERHEARD = "overheard.jsonl"
ACCESS = "access.jsonl"


class Scene:
    """What is true about the attacks of a run. Times are seconds of the load's clock.

    Args:
        folder: of the run.
        manifest: of the run.
        ground: what is true about its messages.
        beside: what is true about those of the same run without the attacks, None if there is none.

    Attributes:
        campaigns: attacks, and what looks like them.
        limits: what is held against the measures.
        parts: who took part in attacks; those who did nothing at all are left out.
        look_alikes: the same for what only looks like attacks.
        idle: how many did nothing.
        sessions: steps of the sessions of everybody who takes part in something, by device.
        overheard: what was given to them.
        access: answers of the broker to an audit; empty if there was none.
        troubled: times at which an honest session was refused or dropped, and whose it was.

    Raises:
        RunFailedError: the truth cannot be read.
    """

    def __init__(
        self, folder: RunFolder, manifest: Manifest, ground: Ground, beside: Ground | None = None
    ) -> None:
        self.folder = folder
        self.ground = ground
        self.beside = beside
        self.limits = DetectionLimits.of(manifest.scenario)
        _, self._input = taps(folder.path, manifest.scenario)
        self.around = manifest.origin or manifest.started
        self._origin = manifest.origin or manifest.started
        self._start = start_of(manifest.scenario)
        self._simulated = float(ground.at.max()) if len(ground) else 0.0
        self.campaigns = _rows(folder.truth / CAMPAIGNS, CampaignTruth)
        members = {member.device for row in self.campaigns for member in row.members}
        self.hostile = {member.device for row in self.campaigns if not row.benign for member in row.members}
        self.troubled: list[tuple[float, str]] = []
        self.everybody: set[str] = set(ground.devices.texts)
        self.sessions = self._sessions(members)
        self.overheard: dict[str, list[Overheard]] = defaultdict(list)
        for heard in _rows(folder.truth / OVERHEARD, Overheard):
            self.overheard[heard.device].append(heard)
        self.access = _rows(folder.truth / ACCESS, AccessTruth)
        self._messages = self._attack_messages()
        self.parts = [*self._parts(benign=False)]
        self.look_alikes = [*self._parts(benign=True)]
        self.idle = sum(len(row.members) for row in self.campaigns if not row.benign) - len(self.parts)

    def load(self, at: float) -> float:
        """Return the second of the load's clock at a simulated one; the same where nothing was sent."""
        moment = float(self.ground.wall(at))
        return at if math.isnan(moment) else moment

    def moment(self, time: float) -> float:
        """Return the second of the load's clock that a detector's time, in seconds since 1970, stands for.

        That is wall time, or the simulated time of a detector that goes by what messages say.
        """
        wall = time - self._origin.timestamp()
        simulated = time - self._start.timestamp()
        if 0.0 <= simulated <= self._simulated and not -1.0 <= wall <= self.last + 3600.0:
            return self.load(simulated)
        return wall

    def date(self, at: float) -> datetime:
        """Return the wall clock at a second of the load's."""
        return self._origin.astimezone(UTC) + timedelta(seconds=at)

    @cached_property
    def listener(self) -> Listener | None:
        """What the tap ``input`` received; None if there was no such tap."""
        return None if self._input is None else Listener.of(self._input, self.ground)

    @cached_property
    def last(self) -> float:
        """The last second in which something was due."""
        due = self.ground.due
        known = due[~np.isnan(due)]
        return float(known.max()) if len(known) else self._simulated

    @cached_property
    def due(self) -> Floats:
        """When each message was due, or would have been."""
        ground = self.ground
        unknown = np.isnan(ground.due)
        if not unknown.any():
            return ground.due
        moments = ground.wall(ground.at)
        return np.where(unknown, np.where(np.isnan(moments), ground.at, moments), ground.due)

    @cached_property
    def honest(self) -> Flags:
        """Which messages are no part of an attack, and from a device that takes part in none."""
        ground = self.ground
        turned = [ground.devices.known(device) for device in self.hostile]
        flags: Flags = (ground.attack == NOBODY) & ~np.isin(ground.device, turned)
        return flags

    def during(self, parts: Iterable[Part], moments: Floats) -> Flags:
        """Return for some moments whether any of some parts was being played."""
        flags = np.zeros(len(moments), bool)
        for begin, end in _spans(parts):
            flags |= (moments >= begin) & (moments <= end)
        return flags

    def _sessions(self, members: set[str]) -> Mapping[str, list[SessionChange]]:
        theirs: dict[str, list[SessionChange]] = defaultdict(list)
        if not self.folder.sessions.is_file():
            return theirs
        for change in Rows(self.folder.sessions, SessionChange):
            if change.device in members:
                theirs[change.device].append(change)
            elif change.state in (SessionMoment.REFUSED, SessionMoment.DROPPED):
                self.troubled.append((change.at, change.device))
            self.everybody.add(change.device)
        return theirs

    def _attack_messages(self) -> Mapping[tuple[str, str], list[tuple[float, Outcome]]]:
        """Return when each device sent what of each attack, and what became of it."""
        ground = self.ground
        found: dict[tuple[str, str], list[tuple[float, Outcome]]] = defaultdict(list)
        numbers = np.flatnonzero(ground.attack != NOBODY)
        due, delivered = self.due, ground.delivered
        for number in numbers.tolist():
            key = ground.attacks.texts[ground.attack[number]], ground.devices.texts[ground.device[number]]
            outcome = Outcome.RECEIVED if delivered[number] else Outcome.REFUSED
            outcome = Outcome.LOST if ground.lost[number] else outcome
            found[key].append((float(due[number]), outcome))
        return found

    def _parts(self, *, benign: bool) -> Iterator[Part]:
        for row in self.campaigns:
            if row.benign is benign:
                for member in row.members:
                    if (part := self._part(row, member)) is not None:
                        yield part

    def _part(self, row: CampaignTruth, member: MemberTruth) -> Part | None:
        begin, until = self.load(row.at), self.load(row.until)
        changes = [change for change in self.sessions.get(member.device, ()) if begin - 1.0 <= change.at]
        sent = self._messages.get((row.campaign, member.device), ())
        tries: list[Try | None] = [try_of_session(change) for change in changes]
        tries += [try_of_message(at, outcome) for at, outcome in sent]
        tries += [Try(one.at, True) for one in self.overheard.get(member.device, ()) if one.at >= begin]
        known = sorted((one for one in tries if one is not None), key=lambda one: one.at)
        outsider = member.role is Role.OUTSIDER
        # An outsider begins with its first connect; a device of the fleet was connected before.
        seen = [one.at for one in changes] if outsider else []
        seen += [at for at, _ in sent]
        if not seen and outsider and not row.benign:
            return None
        first = min(seen, default=begin)
        crossing = row.threshold.crossed_at if row.threshold is not None else None
        ids = {change.client_id for change in changes if change.client_id}
        # A victim that another member has robbed, or whose id it takes, is that one's alone.
        others = {name for other in row.members if other is not member for name in _taken(other)}
        named = {member.device, *ids, *_taken(member), *(set(row.victims) - others)}
        return Part(
            campaign=row,
            member=member,
            first=first,
            until=max(until, first),
            crossed=None if crossing is None else max(self.load(crossing), first),
            tries=tuple(one for one in known if one.at <= until + self.limits.detect_within),
            names=frozenset(named),
            sources=frozenset(change.source for change in changes if change.source),
        )


def _taken(member: MemberTruth) -> Iterator[str]:
    """Yield whose name and whose client id a member takes."""
    yield from (one for one in (member.user, member.client_id) if one is not None)


def _spans(parts: Iterable[Part]) -> Iterator[tuple[float, float]]:
    """Yield the times from the first packet of each attack to its end."""
    first: dict[str, float] = {}
    until: dict[str, float] = {}
    for part in parts:
        label = part.campaign.campaign
        first[label] = min(first.get(label, math.inf), part.first)
        until[label] = max(until.get(label, part.until), part.until)
    for label, begin in first.items():
        yield begin, until[label]


def _rows(path: Path, row: type[Row]) -> list[Row]:
    """Return all rows of a file; none if there is none."""
    return list(Rows(path, row)) if path.is_file() else []
