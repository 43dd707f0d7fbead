"""What befell a run on purpose: its faults and its attacks, on the load's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

from simulator.core.campaigns import CampaignTruth, Role
from simulator.core.records import FaultTruth

Clock = Callable[[float], float]
"""From simulated seconds to seconds of the load's clock."""

Spell = tuple[float, float]

MOST_SPELLS = 120
"""Spells of one fault that are told apart; the gaps between more of them could not be seen."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A fault or an attack.

    Attributes:
        label: as in the truth, such as ``power_cut-0``.
        kind: of fault or attack.
        is_attack: whether it is one.
        spells: from when to when, in seconds of the load's clock.
        simulated: the first and the last of it, in simulated seconds.
        about: whom it befell, in words.
    """

    label: str
    kind: str
    is_attack: bool
    spells: tuple[Spell, ...]
    simulated: Spell
    about: str


def faults(rows: Iterable[FaultTruth], clock: Clock, reached: float = inf) -> list[Occurrence]:
    """Return the faults in the order of the scenario, each with all that it befell.

    Args:
        rows: of the truth, which has them all from the start.
        clock: of the load.
        reached: how far the simulated clock came; what was to begin after that never did.
    """
    spells: dict[str, list[Spell]] = {}
    befallen: dict[str, set[str | None]] = {}
    kinds: dict[str, str] = {}
    for row in rows:
        if row.at > reached:
            continue
        kinds[row.fault] = row.kind
        until = inf if row.until is None else row.until
        spells.setdefault(row.fault, []).append((row.at, until))
        befallen.setdefault(row.fault, set()).add(row.device)
    return [
        Occurrence(
            label,
            kinds[label],
            False,
            _on_the_clock(spells[label], clock),
            (min(start for start, _ in spells[label]), max(end for _, end in spells[label])),
            _devices(befallen[label]),
        )
        for label in sorted(kinds, key=_place)
    ]


def attacks(rows: Iterable[CampaignTruth], clock: Clock, reached: float = inf) -> list[Occurrence]:
    """Return the attacks likewise; what only looks like one is among the faults."""
    return [
        Occurrence(
            row.campaign,
            row.kind,
            True,
            _on_the_clock([(row.at, row.until)], clock),
            (row.at, row.until),
            _members(row),
        )
        for row in rows
        if not row.benign and row.at <= reached
    ]


def _on_the_clock(spells: Iterable[Spell], clock: Clock) -> tuple[Spell, ...]:
    """Return the time that is covered by at least one spell."""
    covered: list[Spell] = []
    for start, end in sorted((clock(start), clock(end)) for start, end in spells):
        if covered and start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(covered[-1][1], end))
        else:
            covered.append((start, end))
    while len(covered) > MOST_SPELLS:
        pairs = zip(covered[::2], covered[1::2], strict=False)
        covered = [(former[0], later[1]) for former, later in pairs] + covered[len(covered) // 2 * 2 :]
    return tuple(covered)


def _place(label: str) -> tuple[int, str]:
    """Return the place of a fault in the scenario, which ends its label."""
    number = label.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0, label


def _devices(devices: set[str | None]) -> str:
    if None in devices:
        return "the network"
    return "1 device" if len(devices) == 1 else f"{len(devices):,} devices"


def _members(row: CampaignTruth) -> str:
    roles = [member.role for member in row.members]
    parts = [
        f"{roles.count(role):,} {word if roles.count(role) == 1 else f'{word}s'}"
        for role, word in ((Role.OUTSIDER, "outsider"), (Role.COMPROMISED, "turned device"))
        if role in roles
    ]
    if row.victims:
        parts.append("1 victim" if len(row.victims) == 1 else f"{len(row.victims):,} victims")
    if row.control is not None:
        parts.append(f"to be met by {row.control.value.replace('_', ' ')}")
    return ", ".join(parts)
