"""What is measured of smart speakers: who has one and where, what it is told, and what it mishears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from simulator.calibration.cohort import ADULT
from simulator.calibration.estimate import (
    Estimate,
    Floats,
    UnmeasurableError,
    bootstrap,
    mean,
    percent,
)
from simulator.calibration.measure import Measure, measures
from simulator.calibration.town import Logged, Town

COMMAND = "command"
MISHEARD = "unknown"
MUSIC, SEARCH, SMART_HOME = "music", "search", "smart_home"

TELEVISION_WORDS, TALK_WORDS = 150.0, 150.0
"""Words a minute of speech, from a television or from people (the pace of read speech)."""

LONG = 10.0
"""Seconds of a long false recording."""


def commands_active_day(town: Town) -> Sequence[Estimate]:
    """Commands on a day with at least one."""
    raise UnmeasurableError("not measured yet: speakers do not tell their make")


def commands_calendar_day(town: Town) -> Sequence[Estimate]:
    """Commands on any day."""
    raise UnmeasurableError("not measured yet: speakers do not tell their make")


def unintended_share(town: Town) -> Sequence[Estimate]:
    """Entries of the log that nobody meant, or that were misheard."""
    raise UnmeasurableError("not measured yet: speakers do not tell their make")


def category_order(town: Town) -> Sequence[Estimate]:
    """By how many points of the commands music leads search, search the smart home, and that all others."""
    kinds = sorted({entry.values["intent"] for log in town.log.values() for entry in log} - {"control"})
    rows = []
    for log in town.log.values():
        counts = Counter(entry.values["intent"] for entry in log if _is_command(entry))
        rows.append([counts[kind] for kind in kinds])
    column = {kind: number for number, kind in enumerate(kinds)}
    others = [
        number for kind, number in column.items() if kind not in (MUSIC, SEARCH, SMART_HOME, MISHEARD, "none")
    ]

    def leads(first: str, second: str) -> Callable[[Floats], float]:
        return lambda sample: _points(sample, column[first], [column[second]])

    return [
        bootstrap(rows, leads(MUSIC, SEARCH)),
        bootstrap(rows, leads(SEARCH, SMART_HOME)),
        bootstrap(rows, lambda sample: _points(sample, column[SMART_HOME], others)),
    ]


def false_wake_rate(town: Town) -> Sequence[Estimate]:
    """False wakes for each ten thousand words that reach a speaker."""
    raise UnmeasurableError("not measured yet: nobody counts the words that a speaker hears")


def false_wake_long(town: Town) -> Sequence[Estimate]:
    """False recordings of 10 s or more."""
    counts = []
    for log in town.log.values():
        seconds = [entry.values["seconds"] for entry in log if not _is_command(entry)]
        counts.append((sum(each >= LONG for each in seconds), len(seconds)))
    return [percent(*zip(*counts, strict=True))]


def voice_purchase(town: Town) -> Sequence[Estimate]:
    """Owners who buy by voice in most of a year."""
    raise UnmeasurableError("not measured yet: it takes most of a year")


def speaker_ownership(town: Town) -> Sequence[Estimate]:
    """Adults in homes with a speaker, and speakers in such a home."""
    speakers = Counter(household for household, _ in town.rooms.values())
    adults, owners = [], []
    for household in town.chronicle.households.values():
        adults.append(sum(person.age >= ADULT for person in household.members))
        owners.append(adults[-1] if speakers[household.id] else 0)
    return [percent(owners, adults), mean(list(speakers.values()))]


def speaker_room(town: Town) -> Sequence[Estimate]:
    """Speakers in the living room, in the kitchen."""
    homes: dict[str, Counter[str]] = {}
    for household, room in town.rooms.values():
        homes.setdefault(household, Counter())[room] += 1
    total = [rooms.total() for rooms in homes.values()]
    return [percent([rooms[room] for rooms in homes.values()], total) for room in ("living_room", "kitchen")]


def asr_wer(town: Town) -> Sequence[Estimate]:
    """Word error rate of the group that is heard worse, and of the other."""
    raise UnmeasurableError("not observable yet: speakers hear everybody alike")


def _is_command(entry: Logged) -> bool:
    return bool(entry.facts.get("cause") == COMMAND)


def _points(sample: Floats, first: int, others: list[int]) -> float:
    """Return by how many points of all the first is ahead of the greatest of the others."""
    counts = sample.sum(axis=0)
    return float(100.0 * (counts[first] - max(counts[other] for other in others)) / counts.sum())


MEASURES: Mapping[str, Measure] = measures(
    Town,
    of=(
        commands_active_day,
        commands_calendar_day,
        unintended_share,
        category_order,
        false_wake_rate,
        false_wake_long,
        voice_purchase,
        speaker_ownership,
        speaker_room,
        asr_wer,
    ),
)
"""A measure for each target of the family, by its id."""
