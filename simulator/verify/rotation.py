"""Seeing through a change of pseudonyms: the new one goes on where the old one left off.

As in the tracking of phones whose random addresses change while counters and timers go on (Martin et al., "A
study of MAC address randomization in mobile devices and when it fails", PoPETs 2017; Vanhoef et al., "Why MAC
address randomization is not enough", AsiaCCS 2016).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from simulator.core.units import HOUR, MINUTE
from simulator.verify.check import Case
from simulator.verify.fixes import METRES_PER_DEGREE
from simulator.verify.ground import NOBODY
from simulator.verify.traces import Traces

MOST = 500
"""Changes that are looked at."""

MOST_CANDIDATES = 100
"""New pseudonyms among which the right one is looked for."""

NEXT = 6 * HOUR
"""Seconds after which nobody expects an old pseudonym's device any more."""

OVERLAP = MINUTE
"""Seconds by which an old and a new pseudonym may overlap, as messages overtake each other."""

NEAR = 300.0
"""Metres between the last position and the first one that speak for one person."""

_LAST = 8
"""Messages at each end whose timing counts."""


@dataclass(slots=True)
class Followed:
    """How far an attacker came.

    Attributes:
        trials: changes of a device's pseudonym.
        right: those that were seen through.
        exchanged: the same if the new pseudonyms are exchanged at random: chance.
        chances: share that a blind choice gets right, for each.
    """

    trials: int = 0
    right: int = 0
    exchanged: int = 0
    chances: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of what a pseudonym sent.

    Attributes:
        at: of the first or last message.
        seq: its number, nan if unknown.
        beats: where in the minute its messages were observed, to the second.
        place: latitude and longitude, None if unknown.
    """

    at: float
    seq: float
    beats: frozenset[int]
    place: tuple[float, float] | None


def follow(traces: Traces, case: Case) -> Followed:
    """Match the pseudonyms that end with those that begin then."""
    device = _devices(traces, case)
    order = np.lexsort((traces.at, traces.sender))
    sender = traces.sender[order]
    starts = np.flatnonzero(np.append(True, sender[1:] != sender[:-1])) if len(sender) else np.zeros(0, int)
    ends = np.append(starts[1:], len(sender))
    places = _places(traces)
    first: dict[int, _End] = {}
    last: dict[int, _End] = {}
    for begin, end in zip(starts.tolist(), ends.tolist(), strict=True):
        who = int(sender[begin])
        first[who] = _end(traces, order[begin:end][:_LAST], 0, places)
        last[who] = _end(traces, order[begin:end][-_LAST:], -1, places)
    of: dict[int, list[int]] = defaultdict(list)
    for who in sorted(first, key=lambda one: first[one].at):
        if device[who] != NOBODY:
            of[device[who]].append(who)
    changes = [(old, new) for theirs in of.values() for old, new in itertools.pairwise(theirs)]
    changes = [(old, new) for old, new in changes if -OVERLAP <= first[new].at - last[old].at <= NEXT]
    generator = case.generator()
    if len(changes) > MOST:
        changes = [changes[number] for number in generator.choice(len(changes), MOST, replace=False)]
    begun = sorted(first, key=lambda one: first[one].at)
    moments = np.array([first[one].at for one in begun])
    followed = Followed()
    for old, new in changes:
        low, high = np.searchsorted(moments, [last[old].at - OVERLAP, last[old].at + NEXT])
        candidates = [one for one in begun[low:high] if one not in (old, new)]
        if len(candidates) >= MOST_CANDIDATES:
            chosen = generator.choice(len(candidates), MOST_CANDIDATES - 1, replace=False)
            candidates = [candidates[number] for number in chosen.tolist()]
        candidates.append(new)
        scores = [_score(last[old], first[one]) for one in candidates]
        best = candidates[int(np.argmax(scores))]
        followed.trials += 1
        followed.right += best == new and max(scores) > 0
        # What the same scores give if they belong to anybody.
        followed.exchanged += candidates[int(generator.integers(len(candidates)))] == new
        followed.chances.append(1.0 / len(candidates))
    return followed


def _devices(traces: Traces, case: Case) -> dict[int, int]:
    """Return the device of each sender, `NOBODY` for one that has several."""
    known = traces.message != NOBODY
    pairs = np.unique(
        np.column_stack([traces.sender[known], case.ground.device[traces.message[known]]]), axis=0
    )
    devices: dict[int, int] = defaultdict(lambda: NOBODY)
    several: set[int] = set()
    for who, device in pairs.tolist():
        several.update({who} if who in devices else ())
        devices[who] = device
    for who in several:
        devices[who] = NOBODY
    return devices


def _places(traces: Traces) -> dict[int, tuple[float, float]]:
    """Return the position in each record that has one."""
    fixes, rows = traces.fixes, traces.fixed
    return dict(
        zip(rows.tolist(), zip(fixes.latitude.tolist(), fixes.longitude.tolist(), strict=True), strict=True)
    )


def _end(
    traces: Traces,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    which: int,
    places: dict[int, tuple[float, float]],
) -> _End:
    at = traces.at[rows]
    seqs = traces.seq[rows]
    known = seqs[~np.isnan(seqs)]
    seq = float(known.min() if which == 0 else known.max()) if len(known) else float("nan")
    found = [places[row] for row in (rows if which == 0 else rows[::-1]).tolist() if row in places]
    return _End(
        float(at[which]),
        seq,
        frozenset((np.floor(at).astype(int) % 60).tolist()),
        found[0] if found else None,
    )


def _score(old: _End, new: _End) -> float:
    """Return how much speaks for two pseudonyms being one device."""
    score = 0.0
    if not np.isnan(old.seq) and not np.isnan(new.seq):
        gap = new.seq - old.seq
        score += 4.0 / gap if 1.0 <= gap <= 8.0 else -4.0
    if len(old.beats) > 1 or len(new.beats) > 1:
        score += 2.0 * len(old.beats & new.beats) / len(old.beats | new.beats)
    elif old.beats == new.beats and old.beats != {0}:
        score += 2.0
    if old.place is not None and new.place is not None:
        north = (new.place[0] - old.place[0]) * METRES_PER_DEGREE
        east = (new.place[1] - old.place[1]) * METRES_PER_DEGREE * float(np.cos(np.radians(old.place[0])))
        score += 1.0 if np.hypot(north, east) <= NEAR else -1.0
    # Of two that look alike, the one that goes on sooner.
    return score + 0.5 / (1.0 + max(new.at - old.at, 0.0) / MINUTE) if score > 0 else score
