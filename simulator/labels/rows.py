"""The rows of the table: messages and steps of sessions as a broker sees them, and what they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from simulator.core.campaigns import CampaignTruth, MemberTruth, Role
from simulator.core.records import Outcome, SessionChange, SessionMoment
from simulator.truth import RunFolder, read_messages, read_sessions
from simulator.truth.reader import Rows

AFTER = 60.0
"""Seconds after its end in which a fault still has honest devices do what looks like an attack."""

ATTACK, BENIGN = "attack", "benign"

CAMPAIGNS = "campaigns.jsonl"


class LabelledRow(NamedTuple):
    """A row; what can be observed up to `latency`, and labels from then on."""

    second: float
    row: str
    client: str
    topic: str | None
    qos: int | None
    retain: bool | None
    size: int | None
    outcome: str | None
    latency: float | None
    label: str
    kind: str | None
    campaign: str | None
    phase: str | None
    role: str
    looks_like: str | None


COLUMNS: Mapping[str, tuple[type, str]] = {
    "second": (float, "When: seconds of the load's clock; of a stream that was not sent, simulated seconds."),
    "row": (str, "What: `message`, or a step of a session: `connected`, `refused`, `dropped`, `ended`."),
    "client": (str, "Client id; what an attacker called itself, where it has several."),
    "topic": (str, "Topic of a message."),
    "qos": (int, "QoS of a message."),
    "retain": (bool, "Retain flag of a message."),
    "size": (int, "Bytes of the payload of a message."),
    "outcome": (str, "How a message ended, or why a session's step was taken."),
    "latency": (float, "Seconds until the broker answered for a message."),
    "label": (str, "`attack` or `benign`."),
    "kind": (str, "Kind of the attack; empty if benign."),
    "campaign": (str, "Label of the attack, the same for all that belong together; empty if benign."),
    "phase": (str, "Phase of the attack."),
    "role": (str, "`honest`, `compromised` or `outsider`: what the client was at that moment."),
    "looks_like": (str, "Kinds of attacks that something benign looks like, joined by `+`."),
}
"""Type and meaning of each column."""

_STEPS = {
    SessionMoment.CONNECTED: "connected",
    SessionMoment.REFUSED: "refused",
    SessionMoment.DROPPED: "dropped",
    SessionMoment.ENDED: "ended",
}


class _Delivered(msgspec.Struct, gc=False):
    """What counts of a row of delivery."""

    id: str
    due: float
    outcome: Outcome
    acked: float | None = None


@dataclass(frozen=True, slots=True)
class _Involved:
    """Who takes part in what, by device."""

    attacks: Mapping[str, list[tuple[CampaignTruth, MemberTruth]]]
    look_alikes: Mapping[str, list[CampaignTruth]]
    by_label: Mapping[str, CampaignTruth]

    def attack_of(self, device: str, at: float) -> tuple[CampaignTruth, MemberTruth] | None:
        """Return the attack that a device takes part in at a simulated second, or did before."""
        begun = [one for one in self.attacks.get(device, ()) if one[0].at <= at]
        return begun[-1] if begun else None

    def looks_like(self, device: str, at: float) -> str | None:
        found = {
            kind: None
            for row in self.look_alikes.get(device, ())
            if row.at <= at <= row.until + AFTER
            for kind in row.resembles
        }
        return "+".join(found) or None


def labelled_rows(folder: RunFolder) -> Iterator[LabelledRow]:
    """Yield messages in the order in which they were sent, and then the steps of sessions.

    Args:
        folder: of a run, or the truth beside a generated stream.

    Raises:
        RunFailedError: the truth cannot be read.
    """
    involved = _involved(folder)
    delivered = _delivery(folder)
    clock: list[tuple[float, float]] = []
    for row in read_messages(folder):
        fared = delivered.get(row.id)
        second, outcome, latency = row.at, None, None
        if fared is not None:
            second, outcome = fared.due, str(fared.outcome)
            latency = None if fared.acked is None else round(fared.acked - fared.due, 6)
            if not clock or row.at >= clock[-1][1] + 1.0:
                clock.append((fared.due, row.at))
        campaign = None if row.attack is None else involved.by_label.get(row.attack)
        part = involved.attack_of(row.device, row.at)
        yield LabelledRow(
            round(second, 6),
            "message",
            row.device,
            row.topic,
            row.qos,
            row.retain,
            row.size,
            outcome,
            latency,
            BENIGN if row.attack is None else ATTACK,
            None if campaign is None else campaign.kind,
            row.attack,
            None if campaign is None else _phase(campaign, row.at),
            str(Role.HONEST if part is None else part[1].role),
            None if row.attack is not None else involved.looks_like(row.device, row.at),
        )
    if folder.sessions.is_file():
        yield from _steps(folder, involved, clock)


def _steps(folder: RunFolder, involved: _Involved, clock: list[tuple[float, float]]) -> Iterator[LabelledRow]:
    """Yield the steps of sessions; attacks are those of outsiders, and of turned devices as somebody else."""
    place = 0
    for change in sorted(read_sessions(folder), key=lambda one: one.at):
        step = _STEPS.get(change.state)
        if step is None:
            continue
        while place + 1 < len(clock) and clock[place + 1][0] <= change.at:
            place += 1
        at = _simulated(clock, place, change.at)
        # An outsider's first connect is at the very second at which its attack begins, or a little later.
        part = involved.attack_of(change.device, at + 1.0)
        hostile = part is not None and _is_hostile(part[1], change)
        campaign = part[0] if part is not None and hostile else None
        yield LabelledRow(
            round(change.at, 6),
            step,
            change.client_id or change.device,
            None,
            None,
            None,
            None,
            change.reason,
            None,
            ATTACK if campaign is not None else BENIGN,
            None if campaign is None else campaign.kind,
            None if campaign is None else campaign.campaign,
            None if campaign is None else _phase(campaign, at),
            str(Role.HONEST if part is None else part[1].role),
            None if campaign is not None else involved.looks_like(change.device, at),
        )


def _is_hostile(member: MemberTruth, change: SessionChange) -> bool:
    if member.role is Role.OUTSIDER:
        return True
    return change.client_id not in (None, change.device)


def _simulated(clock: list[tuple[float, float]], place: int, moment: float) -> float:
    """Return the simulated second at a moment of the load's clock, between two messages that were sent."""
    if not clock:
        return moment
    due, at = clock[place]
    if place + 1 < len(clock) and moment > due:
        later, then = clock[place + 1]
        return at + (then - at) * (moment - due) / max(later - due, 1e-9)
    return at


def _phase(campaign: CampaignTruth, at: float) -> str | None:
    return next((one.name for one in campaign.phases if one.at <= at < one.until), None)


def _involved(folder: RunFolder) -> _Involved:
    attacks: dict[str, list[tuple[CampaignTruth, MemberTruth]]] = defaultdict(list)
    look_alikes: dict[str, list[CampaignTruth]] = defaultdict(list)
    by_label: dict[str, CampaignTruth] = {}
    path = folder.truth / CAMPAIGNS
    for row in sorted(Rows(path, CampaignTruth), key=lambda one: one.at) if path.is_file() else ():
        by_label[row.campaign] = row
        for member in row.members:
            if row.benign:
                look_alikes[member.device].append(row)
            else:
                attacks[member.device].append((row, member))
    return _Involved(attacks, look_alikes, by_label)


def _delivery(folder: RunFolder) -> Mapping[str, _Delivered]:
    found: dict[str, _Delivered] = {}
    if folder.delivery.is_file():
        for row in Rows(folder.delivery, _Delivered):
            found.setdefault(row.id, row)
    return found
