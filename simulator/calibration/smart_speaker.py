"""What is measured of smart speakers: who has one and where, what it is told, and what it mishears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from simulator.calibration.cohort import ADULT
from simulator.calibration.estimate import (
    Estimate,
    Floats,
    bootstrap,
    mean,
    percent,
    ratio,
)
from simulator.calibration.measure import Measure, measures
from simulator.calibration.town import COMMAND, BuyingHomes, Logged, RetailHomes, SearchHomes, Town
from simulator.core.units import DAY

MISHEARD = "unknown"
MUSIC, SEARCH, SMART_HOME = "music", "search", "smart_home"

LONG = 10.0
"""Seconds of a long false recording."""

HEARD_OF_A_HOME = 60
"""Commands of a home whose words are compared: more say nothing new about how the home is heard."""


def commands_active_day(retail: Town, search: Town) -> Sequence[Estimate]:
    """Commands on a day with at least one."""

    def middle(sample: Floats) -> float:
        return float(np.median(sample[sample > 0]))

    days = _daily_commands(search)
    return [*(_active(_daily_commands(homes)) for homes in (retail, search)), bootstrap(days, middle)]


def commands_calendar_day(search: Town, retail: Town) -> Sequence[Estimate]:
    """Commands on any day."""
    return [mean(_daily_commands(homes).mean(axis=1)) for homes in (search, retail)]


def unintended_share(search: Town, retail: Town) -> Sequence[Estimate]:
    """Entries of the log that nobody meant, or that were not understood."""
    return [_unintended(homes) for homes in (search, retail)]


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
    homes: dict[str, list[float]] = {}
    for ear in town.ears.values():
        counts = homes.setdefault(ear.household, [0.0, 0.0])
        counts[0] += ear.false_wakes
        counts[1] += ear.words
    return [ratio(*zip(*homes.values(), strict=True)).times(10_000.0)]


def false_wake_long(town: Town) -> Sequence[Estimate]:
    """False recordings of 10 s or more."""
    counts = []
    for log in town.log.values():
        seconds = [entry.values["seconds"] for entry in log if not _is_command(entry)]
        counts.append((sum(each >= LONG for each in seconds), len(seconds)))
    return [percent(*zip(*counts, strict=True))]


def voice_purchase(homes: Town) -> Sequence[Estimate]:
    """Owners who buy by voice in eight months."""
    owners = dict.fromkeys(ear.household for ear in homes.ears.values())
    return [mean([100.0 * (household in homes.purchases) for household in owners])]


def speaker_ownership(town: Town) -> Sequence[Estimate]:
    """Adults in homes with a speaker, and speakers in such a home."""
    speakers = Counter(ear.household for ear in town.ears.values())
    adults, owners = [], []
    for household in town.chronicle.households.values():
        adults.append(sum(person.age >= ADULT for person in household.members))
        owners.append(adults[-1] if speakers[household.id] else 0)
    return [percent(owners, adults), mean(list(speakers.values()))]


def speaker_room(town: Town) -> Sequence[Estimate]:
    """Speakers in the living room, in the kitchen."""
    homes: dict[str, Counter[str]] = {}
    for ear in town.ears.values():
        homes.setdefault(ear.household, Counter())[ear.room] += 1
    total = [rooms.total() for rooms in homes.values()]
    return [percent([rooms[room] for rooms in homes.values()], total) for room in ("living_room", "kitchen")]


def asr_wer(town: Town) -> Sequence[Estimate]:
    """Word error rate of those whose way of speaking recognisers hardly know, and of the others."""
    return [_word_errors(town, voice) for voice in ("unfamiliar", "familiar")]


def _daily_commands(homes: Town) -> Floats:
    """Return the commands of each home with a speaker on each day: a row a home, a column a day."""
    owners = list(dict.fromkeys(ear.household for ear in homes.ears.values()))
    counts = np.zeros((len(owners), homes.days))
    for row, household in zip(counts, owners, strict=True):
        for entry in homes.log.get(household, ()):
            day = int(entry.at // DAY)
            if _is_command(entry) and day < homes.days:
                row[day] += 1.0
    return counts


def _active(days: Floats) -> Estimate:
    return ratio(days.sum(axis=1), (days > 0).sum(axis=1))


def _unintended(homes: Town) -> Estimate:
    counts = []
    for log in homes.log.values():
        meant = sum(_is_command(entry) and entry.values["intent"] != MISHEARD for entry in log)
        counts.append((len(log) - meant, len(log)))
    return percent(*zip(*counts, strict=True))


def _word_errors(town: Town, voice: str) -> Estimate:
    """Return the errors for each word said, of the homes of one voice group."""
    rows = []
    for log in town.log.values():
        errors = words = 0
        for entry in [entry for entry in log if entry.facts.get("voice") == voice][:HEARD_OF_A_HOME]:
            said = str(entry.facts["said"]).split()
            errors += edits(said, str(entry.values["transcript"]).split())
            words += len(said)
        if words:
            rows.append((errors, words))
    return ratio(*zip(*rows, strict=True)) if rows else ratio((), ())


def edits(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many words are put in, left out or replaced between two texts (Levenshtein 1966)."""
    before = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        row = [number]
        for place, other in enumerate(heard, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
        before = row
    return before[-1]


def _is_command(entry: Logged) -> bool:
    return bool(entry.facts.get("cause") == COMMAND)


def _points(sample: Floats, first: int, others: list[int]) -> float:
    """Return by how many points of all the first is ahead of the greatest of the others."""
    counts = sample.sum(axis=0)
    return float(100.0 * (counts[first] - max(counts[other] for other in others)) / counts.sum())


MEASURES: Mapping[str, Measure] = {
    **measures(
        Town,
        of=(
            category_order,
            false_wake_rate,
            false_wake_long,
            speaker_ownership,
            speaker_room,
            asr_wer,
        ),
    ),
    **measures(RetailHomes, SearchHomes, of=(commands_active_day,)),
    **measures(SearchHomes, RetailHomes, of=(commands_calendar_day, unintended_share)),
    **measures(BuyingHomes, of=(voice_purchase,)),
}
"""A measure for each target of the family, by its id."""
