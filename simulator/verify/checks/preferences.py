"""Can a marketer guess from what comes out what sort of person somebody is?

Traits follow from traces of behaviour (Kosinski, Stillwell and Graepel, "Private traits and attributes are
predictable from digital records of human behavior", PNAS 110, 2013).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.core.records import PersonTruth
from simulator.core.units import DAY, HOUR
from simulator.core.verdicts import Verdict
from simulator.verify.check import Question, at_most, result
from simulator.verify.examiners import TraceExaminer
from simulator.verify.fixes import Floats, Integers
from simulator.verify.ground import NOBODY, local_seconds
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern

NEIGHBOURS = 5
"""People most alike of whom the attacker takes the most frequent segment."""

ADVANTAGE = 0.15
"""Share of people guessed right beyond the most frequent segment that a control may allow (assumption)."""

LEAST_PEOPLE = 30
"""Whose traces came out; fewer tell nothing."""

MOST_PEOPLE = 2000
"""Who are held against each other; more tell no more."""

_WAYS_OF_LIFE = 24

Features = np.ndarray[Any, np.dtype[np.float64]]


_AGES = ((18, "child"), (40, "young"), (65, "middle"))


def segments_of(people: Sequence[PersonTruth]) -> Mapping[str, list[str]]:
    """Return the segments of some people, by what marketers sort people by."""
    middle = float(np.median([person.chronotype for person in people]))
    return {
        "age group": [next((name for age, name in _AGES if person.age < age), "old") for person in people],
        "occupation": [str(person.occupation) for person in people],
        "chronotype": ["early" if person.chronotype < middle else "late" for person in people],
    }


class PreferenceExaminer(TraceExaminer):
    """Guesses the segment of each person from that of those whose days look alike."""

    def conclude(self) -> Iterable[CheckResult]:
        """A result for each way to sort people that tells them apart; nothing if few can be followed."""
        if not len(self._traces):
            return
        whose, features = self._features()
        if len(whose) < LEAST_PEOPLE:
            return
        generator = self.case.generator()
        everybody = self.case.ground.everybody
        for part, segments in segments_of([everybody[one] for one in whose.tolist()]).items():
            most = Counter(segments).most_common(1)[0][1] / len(segments)
            limit = most + ADVANTAGE
            if limit >= 1.0:  # People are so much alike that whoever guesses the usual is right.
                continue
            guessed = guess(features, segments)
            shuffled = [segments[place] for place in generator.permutation(len(segments))]
            control = guess(features, shuffled)
            verdict = at_most(guessed, limit)
            told = (
                f"{guessed.count:,} of {guessed.trials:,} people were put into the right segment; the most "
                f"frequent one has {most:.2f} of them; with the segments exchanged, {control.count:,}"
            )
            if control.low > limit:
                verdict, told = Verdict.UNTRUSTED, f"{told}: the negative control is better than chance"
            yield result(
                verdict, told, guessed, threshold=round(limit, 3), part=part, concern=Concern.LINKAGE
            )

    def _features(self) -> tuple[Integers, Features]:
        """Return the people whom one sender is, and how often they do what in which hour of the day."""
        traces, ground = self._traces, self.case.ground
        whose = traces.owner[traces.sender]
        theirs = (whose != NOBODY) & (traces.message != NOBODY)
        if not theirs.any():
            return np.zeros(0, np.int64), np.zeros((0, 0))
        people = np.unique(whose[theirs])
        if len(people) > MOST_PEOPLE:
            people = np.sort(self.case.generator().choice(people, MOST_PEOPLE, replace=False))
            theirs &= np.isin(whose, people)
        row = np.searchsorted(people, whose[theirs])
        event = ground.event[traces.message[theirs]].astype(np.int64)
        local = traces.at[theirs] + local_seconds(self.case.start)
        hour = (local % DAY // HOUR).astype(np.int64) % _WAYS_OF_LIFE
        column = event * _WAYS_OF_LIFE + hour
        width = (int(event.max()) + 1) * _WAYS_OF_LIFE
        counts = np.bincount(row * width + column, minlength=len(people) * width).reshape(len(people), width)
        # How much somebody sends says little; how it is spread over the day says more.
        features = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
        return people, features


def guess(features: Features, segments: list[str]) -> Proportion:
    """Return the share of people whom those most alike among the others put into the right segment."""
    alike: Floats = features @ features.T
    np.fill_diagonal(alike, -np.inf)
    most = min(NEIGHBOURS, len(segments) - 1)
    if most < 1:
        return Proportion(0, len(segments))
    nearest = np.argpartition(-alike, most - 1, axis=1)[:, :most]
    right = 0
    for person, neighbours in enumerate(nearest.tolist()):
        votes = Counter(segments[one] for one in neighbours if one != person)
        right += bool(votes) and votes.most_common(1)[0][0] == segments[person]
    return Proportion(right, len(segments))


CHECK = Question(
    "Preference inference: segments that a marketer guesses from a trace.",
    PreferenceExaminer,
    f"at most a share of {ADVANTAGE} more people is guessed right than by naming the most frequent segment, "
    f"of at least {LEAST_PEOPLE}",
)
