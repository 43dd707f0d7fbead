"""Nothing but what it says tells a personal message from any other: not its id, size, topic, order or time.

A shallow decision tree (Breiman 1984) is trained on what can be seen without reading a message, for half of
the devices or homes, and tried on the others. Where a hazard lies in one of these by its nature, as one in
topics does, that is left out: it is the signal which a control has to find.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from private_town import Message, Told, scenario, told

from simulator.core.readings import Hazard
from simulator.privacy.hazards import note_pii

DEPTH = 4
LEAST = 20
"""Messages in a leaf."""

TELLING = 0.6
"""Balanced accuracy from which on something is told; 0.5 is chance. What differs by one byte for all
messages of a hazard would give 1."""

Rows = np.ndarray[Any, np.dtype[np.float64]]
Marks = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass
class Node:
    """A leaf, or a question about one feature."""

    share: float
    feature: int = -1
    threshold: float = 0.0
    below: Node | None = None
    above: Node | None = None

    def ask(self, row: Rows) -> float:
        if self.below is None or self.above is None:
            return self.share
        return (self.below if row[self.feature] <= self.threshold else self.above).ask(row)


def grow(rows: Rows, marks: Marks, weights: Rows, depth: int = DEPTH) -> Node:
    """Return a tree that splits where the weighted Gini impurity falls most."""
    share = float(weights[marks].sum() / weights.sum())
    best: tuple[float, int, float] | None = None
    if depth and 0 < share < 1:
        for feature in range(rows.shape[1]):
            order = np.argsort(rows[:, feature], kind="stable")
            values, hit = rows[order, feature], (weights * marks)[order].cumsum()
            all_ = weights[order].cumsum()
            cuts = np.flatnonzero(values[:-1] < values[1:])
            cuts = cuts[(cuts >= LEAST) & (cuts < len(values) - LEAST)]
            if not len(cuts):
                continue
            left, right = hit[cuts] / all_[cuts], (hit[-1] - hit[cuts]) / (all_[-1] - all_[cuts])
            impurity = all_[cuts] * left * (1 - left) + (all_[-1] - all_[cuts]) * right * (1 - right)
            least = int(np.argmin(impurity))
            found = (float(impurity[least]), feature, float(values[cuts[least]]))
            best = found if best is None or found[0] < best[0] else best
    if best is None:
        return Node(share)
    _, feature, threshold = best
    low = rows[:, feature] <= threshold
    return Node(
        share,
        feature,
        threshold,
        grow(rows[low], marks[low], weights[low], depth - 1),
        grow(rows[~low], marks[~low], weights[~low], depth - 1),
    )


def accuracy(rows: Rows, marks: Marks, groups: Sequence[str]) -> float:
    """Return the balanced accuracy of trees grown on one half of the groups, on the other half."""
    half = np.array([int(group[-4:].encode().hex(), 16) % 7 < 4 for group in groups])
    right: list[float] = []
    for known in (half, ~half):
        assert min(marks[known].sum(), (~marks[known]).sum()) > LEAST, "too few to learn from"
        weights = np.where(marks, 1 / marks[known].sum(), 1 / (~marks[known]).sum())
        tree = grow(rows[known], marks[known], weights[known])
        said = np.array([tree.ask(row) > 0.5 for row in rows[~known]])
        truth = marks[~known]
        right.append((np.mean(said[truth]) + np.mean(~said[~truth])) / 2)
    return float(np.mean(right))


def looks(messages: Sequence[Message], first: float = 0.0) -> Rows:
    """Return what can be seen of messages without reading them."""
    rows = []
    for order, message in enumerate(messages):
        publish = message.publish
        number = int(publish.id, 16)
        levels = publish.topic.split("/")
        client = message.connect.client_id or message.connect.device
        rows.append(
            [
                *(number >> shift & 0xFFFF for shift in (0, 16, 32, 48)),
                len(publish.payload),
                len(levels),
                int.from_bytes(levels[3][:6].encode(), "big"),
                int.from_bytes(client[:6].encode(), "big"),
                message.connect.keep_alive,
                publish.qos,
                order % 2,
                order % 7,
                publish.at % 1.0,
                publish.at % 60.0,
                publish.at % 3600.0,
            ]
        )
    return np.array(rows, dtype=np.float64)


@pytest.fixture(scope="module")
def town() -> Told:
    """Half of everything, but for what lies in topic, client id and timing by its nature."""
    rates = {
        "transcript_pii": 0.5,
        "note_pii": 0.5,
        "payload_identifier": 0.5,
        "linked_id": 0.5,
        "over_collection": 0.5,
        "user_property_identifier": 0.5,
        "will_identifier": 0.5,
        "topic_identifier": 0.0,
        "client_id_identifier": 0.0,
        "linked_timing": 0.0,
        "retained": 0.0,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(note_pii, "A_DAY", dict.fromkeys(note_pii.A_DAY, 12.0))
        return told(
            scenario(
                {"hazards": rates, "consent": {"withdraw_per_day": 1.0, "grace": "1m"}},
                duration="8h",
                world={"households": 120, "shops": 2, "households_per_neighbourhood": 60},
                devices=[
                    {"kind": "wearable", "owners": 0.25, "sync_interval": "1h"},
                    {"kind": "smart_speaker", "per_household": 1.0},
                    {"kind": "inventory_sensor", "per_shop": 60},
                ],
            )
        )


@pytest.mark.parametrize(
    ("hazard", "events"),
    [
        (Hazard.NOTE_PII, ("note",)),
        (Hazard.TRANSCRIPT_PII, ("utterance",)),
        (Hazard.PAYLOAD_IDENTIFIER, ("steps", "wear", "battery", "status")),
        (Hazard.LINKED_ID, ("steps", "wear", "battery", "status", "playback")),
        (Hazard.OVER_COLLECTION, ("steps", "wear", "battery", "status")),
        (Hazard.USER_PROPERTY_IDENTIFIER, ("steps", "wear", "battery", "status")),
    ],
)
def test_a_hazard_shows_only_in_what_it_is(town: Told, hazard: Hazard, events: tuple[str, ...]) -> None:
    messages = [
        message
        for message in town.of_devices
        if message.truth.event in events
        and (hazard is not Hazard.TRANSCRIPT_PII or (message.truth.facts or {}).get("cause") == "command")
    ]
    marks = np.array([hazard in message.truth.hazards for message in messages])
    groups = [message.truth.household or message.truth.place or "" for message in messages]
    if hazard is not Hazard.LINKED_ID:
        groups = [message.truth.device for message in messages]
    assert min(marks.sum(), (~marks).sum()) > 100
    assert accuracy(looks(messages), marks, groups) < TELLING


def test_who_has_withdrawn_goes_on_like_everybody_else(town: Told) -> None:
    """Each message after a withdrawal beside the one nearest in time of somebody who has not withdrawn."""
    events = ("heart_rate", "steps", "battery", "status", "wear")
    gone = [m for m in town.of_devices if m.truth.event in events and _withdrawn(m)]
    others: dict[str, list[Message]] = {event: [] for event in events}
    for message in town.of_devices:
        if message.truth.event in events and not _withdrawn(message):
            others[message.truth.event].append(message)
    twins = [_nearest(others[m.truth.event], m) for m in gone]
    messages = [*gone, *twins]
    marks = np.array([True] * len(gone) + [False] * len(twins))
    groups = [message.truth.device for message in messages]
    order = np.argsort([message.truth.at for message in messages], kind="stable")
    rows = looks([messages[place] for place in order])
    assert accuracy(rows, marks[order], [groups[place] for place in order]) < TELLING


def test_the_tree_sees_what_there_is_to_see(town: Told) -> None:
    """Else it would prove nothing: one more byte in every payload of a hazard is enough."""
    messages = [m for m in town.of_devices if m.truth.event == "battery"]
    marks = np.array([Hazard.OVER_COLLECTION in message.truth.hazards for message in messages])
    rows = looks(messages)
    rows[:, 4] = np.round(rows[:, 4] / 64) * 64 + marks
    assert accuracy(rows, marks, [message.truth.device for message in messages]) > 0.95


def _withdrawn(message: Message) -> bool:
    return Hazard.AFTER_WITHDRAWAL in message.truth.hazards


def _nearest(among: Sequence[Message], message: Message) -> Message:
    distance: Callable[[Message], float] = lambda other: abs(other.truth.at - message.truth.at)  # noqa: E731
    return min(among, key=distance)
