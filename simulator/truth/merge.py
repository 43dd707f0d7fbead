"""Merges the truth of shards into the truth of the whole run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from heapq import merge
from pathlib import Path
from typing import IO

import msgspec

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
    with ExitStack() as stack:
        streams = [_lines(stack.enter_context(part.messages.open("rb"))) for part in parts]
        _write(folder.messages, merge(*streams, key=_place))
        _write(folder.delivery, _all(part.delivery for part in parts))
        _write(folder.sessions, _all(part.sessions for part in parts))
    for shards in {part.path.parent for part in parts}:
        shutil.rmtree(shards)


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
