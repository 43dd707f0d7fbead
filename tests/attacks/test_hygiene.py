"""Attackers look like devices: what shows of a client or a message gives none away, but for the abuse itself.

A shallow decision tree is trained on what a broker can see, on half of the clients, and asked about the rest.
Public captures fail this: SlowITe's client ids begin with its name (MQTTset, Vaccari and others, 2020).
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median

import msgspec
import numpy as np
import pytest
from raided import Stream, stream

from simulator.core.actions import Connect, Publish

DEPTH = 3
LEAST = 12
"""Samples in a leaf."""

MOST = 1_000
"""Samples of each class that are looked at in each half."""

GIVEN_AWAY = 0.7
"""Balanced accuracy from which on something is given away; 0.5 is chance, and the samples are few."""

Rows = np.ndarray
Row = tuple[float, ...]
Samples = dict[str, list[Row]]
"""What each client has shown."""


def tree(rows: Rows, labels: Rows, depth: int = DEPTH):  # noqa: ANN201
    """A decision tree by Gini impurity (Breiman and others, 1984), as a function of a row."""
    share = labels.mean()
    best = (share * (1 - share), 0, 0.0)
    if depth and len(labels) >= 2 * LEAST:
        for feature in range(rows.shape[1]):
            for cut in np.unique(np.quantile(rows[:, feature], np.linspace(0.05, 0.95, 19))):
                left = rows[:, feature] <= cut
                if LEAST <= left.sum() <= len(labels) - LEAST:
                    impurity = sum(
                        side.mean() * labels[side].mean() * (1 - labels[side].mean())
                        for side in (left, ~left)
                    )
                    best = min(best, (impurity - 1e-12, feature, cut))
    if best[0] >= share * (1 - share) - 1e-9:
        return lambda _row: share
    _, feature, cut = best
    left = rows[:, feature] <= cut
    low, high = tree(rows[left], labels[left], depth - 1), tree(rows[~left], labels[~left], depth - 1)
    return lambda row: low(row) if row[feature] <= cut else high(row)


def separated(attack: Samples, honest: Samples) -> float:
    """The balanced accuracy of a tree on clients of both that it has not seen."""
    shuffle = np.random.default_rng(3)
    seen: list[Rows] = []
    unseen: list[Rows] = []
    for samples in (attack, honest):
        clients = shuffle.permutation(sorted(samples))
        half = len(clients) // 2
        for part, chosen in ((seen, clients[:half]), (unseen, clients[half:])):
            rows = np.asarray([row for client in chosen for row in samples[client]])
            part.append(rows[shuffle.permutation(len(rows))[:MOST]])
    count = min(map(len, seen))
    assert min(count, *map(len, unseen)) >= LEAST, "too few to say anything"
    classify = tree(np.concatenate([rows[:count] for rows in seen]), np.repeat([1.0, 0.0], count))
    right = [
        np.mean([(classify(row) >= 0.5) == wanted for row in rows])
        for rows, wanted in zip(unseen, (True, False), strict=True)
    ]
    return float(np.mean(right))


def letters(identifier: str) -> Row:
    """What a tree can read out of an id: how long it is, and its first characters."""
    return (float(len(identifier)), *(float(ord(letter)) for letter in identifier[:3]))


def of_connection(connect: Connect) -> Row:
    will = connect.will
    assert will is not None
    return (
        *letters(connect.client_id or connect.device),
        float(connect.keep_alive),
        float(connect.clean),
        float(len(will.topic)),
        float(len(will.payload)),
        float(will.topic.count("/")),
    )


def size_of(publish: Publish) -> int:
    return len(publish.payload) - len(str(msgspec.json.decode(publish.payload)["seq"]))


def connections(raid: Stream) -> tuple[Samples, Samples]:
    attack: Samples = defaultdict(list)
    honest: Samples = defaultdict(list)
    for action, _ in raid.steps:
        if isinstance(action, Connect):
            (attack if action.device in raid.outsiders else honest)[action.device].append(
                of_connection(action)
            )
    return attack, honest


def messages(raid: Stream) -> tuple[Samples, Samples]:
    """Rows of messages; lengths are beside what is usual for the event, since events are no secret.

    They are taken without the digits of the message's number, which tells of a flood by itself.
    """
    sent = [(a, t) for a, t in raid.steps if isinstance(a, Publish) and t is not None]
    lengths = defaultdict(list)
    for action, truth in sent:
        if truth.attack is None:
            lengths[action.kind, action.event].append((size_of(action), len(action.topic)))
    usual = {event: [median(each) for each in zip(*those, strict=True)] for event, those in lengths.items()}
    attack: Samples = defaultdict(list)
    honest: Samples = defaultdict(list)
    for action, truth in sent:
        if (action.kind, action.event) in usual:
            size, topic = usual[action.kind, action.event]
            row = (
                *letters(action.id),
                *letters(action.device),
                size_of(action) - size,
                len(action.topic) - topic,
                float(action.topic.count("/")),
                float(action.qos),
                float(action.retain),
            )
            (honest if truth.attack is None else attack)[action.device].append(row)
    return attack, honest


CONNECTING = {
    "credential_brute_force": {"devices": 40, "rate": "1/s"},
    "sybil": {"devices": 40},
    "topic_enumeration": {"devices": 40},
    "breach": {"devices": 40},
    "retained_poisoning": {"devices": 40},
    "replay": {"devices": 40},
    "slow_subscriber": {"devices": 40},
    "subscription_exhaustion": {"devices": 40, "filters": 1},
    "id_takeover": {"devices": 10, "rate": "1/min"},
}

SENDING = {
    "sybil": {"devices": 40},
    "false_data": {"devices": 60},
    "slow_drift": {"devices": 60},
    "time_shift": {"devices": 60},
    "exfiltration": {"devices": 60, "way": "low_bits"},
    "publish_flood": {"devices": 40, "rate": "20/s"},
}


@pytest.mark.parametrize("kind", CONNECTING)
def test_a_connection_does_not_show_that_it_is_an_attack(kind: str) -> None:
    raid = stream({"kind": kind, "at": "5m", "for": "10m", **CONNECTING[kind]})
    assert separated(*connections(raid)) < GIVEN_AWAY


@pytest.mark.parametrize("kind", SENDING)
def test_a_message_does_not_show_that_it_is_an_attack(kind: str) -> None:
    raid = stream({"kind": kind, "at": "5m", "for": "20m", **SENDING[kind]})
    assert separated(*messages(raid)) < GIVEN_AWAY


def test_the_tree_finds_what_is_there() -> None:
    """The keep alive is the abuse itself; and an id with a name in it would be found."""
    raid = stream({"kind": "slow_dos", "at": "5m", "for": "10m", "devices": 60})
    attack, honest = connections(raid)
    assert separated(attack, honest) > 0.95
    named = {
        client: [(9.0, *map(float, b"att"), *row[4:]) for row in rows] for client, rows in honest.items()
    }
    assert separated(named, honest) > 0.95
