"""Merges the truth of shards into the truth of the whole run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from heapq import merge
from pathlib import Path
from typing import IO

import msgspec

from simulator.core.campaigns import CampaignTruth
from simulator.core.readings import Value
from simulator.truth.folder import RunFolder, writing

_CHUNK = 1 << 20


class _Place(msgspec.Struct):
    at: float
    device: str | None


def merge_truth(folder: RunFolder, parts: Sequence[RunFolder]) -> None:
    """Write the rows of all parts into the run's own truth, and remove the parts.

    Messages, canaries and faults are in order of time and device and people in order of neighbourhood, so the
    files are the same, byte for byte, however many parts there were. Rows of delivery and sessions stand part
    by part.

    Raises:
        RunFailedError: a file cannot be read or written.
    """
    people = sorted(_all(part.people for part in parts), key=_numbers)
    consent = sorted(_all(part.consent for part in parts), key=_numbers)
    requests = sorted(_all(part.requests for part in parts), key=_numbers)
    canaries = sorted(_all(part.canaries for part in parts), key=_place)
    faults = sorted(_all(part.faults for part in parts), key=_place)
    _write(folder.people, people)
    _write(folder.consent, consent)
    _write(folder.requests, requests)
    _write(folder.canaries, canaries)
    _write(folder.faults, faults)
    _write(folder.campaigns, _joined(part.campaigns for part in parts))
    with ExitStack() as stack:
        streams = [_lines(stack.enter_context(part.messages.open("rb"))) for part in parts]
        _write(folder.messages, merge(*streams, key=_place))
        _write(folder.delivery, _all(part.delivery for part in parts))
        _write(folder.sessions, _all(part.sessions for part in parts))
        _write(folder.overheard, _all(part.overheard for part in parts))
    for shards in {part.path.parent for part in parts}:
        shutil.rmtree(shards)


def _joined(paths: Iterable[Path]) -> Iterator[bytes]:
    """Yield a row for each attack: every part has it with those of its members that are there."""
    rows: dict[str, CampaignTruth] = {}
    for line in _all(paths):
        row = msgspec.json.decode(line, type=CampaignTruth)
        rows[row.campaign] = _together(rows[row.campaign], row) if row.campaign in rows else row
    attacks = [row for row in rows.values() if not row.benign]
    honest = sorted((row for row in rows.values() if row.benign), key=lambda row: row.campaign)
    for row in (*attacks, *honest):
        yield msgspec.json.encode(row) + b"\n"


def _together(one: CampaignTruth, other: CampaignTruth) -> CampaignTruth:
    at, until = min(one.at, other.at), max(one.until, other.until)
    phases = tuple(msgspec.structs.replace(phase, at=at, until=until) for phase in one.phases)
    return msgspec.structs.replace(
        one,
        at=at,
        until=until,
        phases=phases if one.benign else one.phases,
        members=tuple(sorted((*one.members, *other.members), key=lambda member: member.device)),
        victims=tuple(sorted({*one.victims, *other.victims})),
        facts=_facts(one.facts, other.facts),
    )


def _facts(one: Mapping[str, Value] | None, other: Mapping[str, Value] | None) -> Mapping[str, Value] | None:
    """Return the facts of both; where both have a mapping, that of both."""
    if one is None or other is None:
        return one or other
    return {
        name: dict(sorted((value | more).items()))
        if isinstance(value, dict) and isinstance(more := other.get(name), dict)
        else value
        for name, value in one.items()
    }


def _all(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            yield from _lines(file)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield whole lines; a killed writer may have left half a one at the end."""
    return (line for line in file if line.endswith(b"\n"))


_decode = msgspec.json.Decoder(_Place).decode


def _place(line: bytes) -> tuple[float, str]:
    place = _decode(line)
    return place.at, place.device or ""


def _numbers(line: bytes) -> list[int]:
    """Return the numbers in the id of a row's person, which begins the row: its order in the town."""
    return [int(number) for number in re.findall(rb"\d+", line.split(b",", 1)[0])]


def _write(path: Path, lines: Iterable[bytes]) -> None:
    with writing(path), path.open("wb", buffering=_CHUNK) as file:
        file.writelines(lines)
