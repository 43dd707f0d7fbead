"""Attackers look like devices: what shows of a packet gives none away, but for the abuse itself.

A shallow decision tree is trained on what a broker can see, on half of the clients, and asked about the rest.
What is the abuse itself, the signal that a detector is meant to find, is named for each attack and kept from
the tree. What looks like an attack and is none is honest.
Public captures fail this: SlowITe's client ids begin with its name (MQTTset, Vaccari and others, 2020).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from broker_view import Row, View, letters, views
from raided import Stream, scenario

from simulator.core import plugins

DEPTH = 3
LEAST = 12
"""Samples in a leaf."""

MOST = 1_000
"""Samples of each class that are looked at in each half."""

GIVEN_AWAY = 0.7
"""Balanced accuracy from which on something is given away; 0.5 is chance, and the samples are few."""

LOOK_ALIKES: list[dict[str, Any]] = [
    {"kind": "power_cut", "at": "8m", "for": "2m", "share": 0.4},
    {"kind": "coverage_loss", "at": "5m", "for": "10m", "kinds": ["wearable"]},
    {"kind": "power_cut", "at": "0s", "for": "6m", "kinds": ["inventory_sensor"], "share": 0.4},
    {"kind": "firmware_rollout", "at": "6m", "within": "15m"},
    {"kind": "clock_jump", "at": "12m", "by": "1h", "share": 0.1},
    {"kind": "radio", "share": 0.1},
]
"""What honest devices do that looks like attacks: a reconnect storm, a batch upload, an opening day, new
firmware, a change of clocks, messages that come twice."""

ON_ANOTHERS_TOPIC = frozenset({"topic_is_own"})
ANOTHERS_WILL = frozenset({"will_topic_is_own", "will_topic_length", "will_size"})
FILTERS = frozenset({"filter_length", "filter_levels", "filter_wildcards", "filter_is_own"})
HOW_MANY = frozenset({"number", "packet_id"})
NO_READING = frozenset(
    {
        *("message_id_length", "message_id_letter_1", "message_id_letter_2", "message_id_letter_3"),
        *("message_id_count", "size", "device_is_of_topic", "number"),
    }
)
"""A message without the fields of one: a command, or nothing at all."""


@dataclass(frozen=True)
class Case:
    """An attack, and what of it may be told by a packet.

    Attributes:
        signal: what its detection is meant to go by, in words.
        options: of the attack.
        shows: the features by view in which that shows; empty if it shows in no single packet.
        scenario: further options of the scenario.
    """

    signal: str
    options: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Collection[str]] = field(default_factory=dict)
    scenario: Mapping[str, Any] = field(default_factory=dict)


CASES: Mapping[str, tuple[Case, ...]] = {
    "credential_brute_force": (
        Case("passwords that are wrong, and how many", {"devices": 40, "rate": "1/s"}),
        Case("the same of other users", {"devices": 40, "rate": "1/s", "vary": "user"}),
        Case(
            "the same from ever other addresses",
            {"devices": 40, "rate": "1/s", "vary": "address"},
            {"connection": {"source"}},
        ),
        Case(
            "the same, then many messages of whose password was found",
            {"devices": 40, "rate": "2/s", "succeeds_after": 5},
            {"message": ON_ANOTHERS_TOPIC | HOW_MANY, "subscription": {"filter_is_own"}},
        ),
    ),
    "slow_dos": (
        Case("the longest keep alive", {"devices": 80}, {"connection": {"keep_alive"}}),
        Case("idle connections, and how many", {"devices": 80, "keep_alive": "60s"}),
    ),
    "topic_enumeration": (Case("what it subscribes to", {"devices": 80}, {"subscription": FILTERS}),),
    "id_takeover": (Case("the client id of a device that is there", {"devices": 20, "rate": "1/min"}),),
    "retained_poisoning": (
        Case(
            "retained commands of who has none to give",
            {"devices": 80},
            {"message": ON_ANOTHERS_TOPIC | NO_READING | {"retain", "topic_length", "age"}},
        ),
        Case(
            "retained messages on others' topics, and their removal",
            {"devices": 80, "aim": "state"},
            {"message": ON_ANOTHERS_TOPIC | NO_READING | {"retain"}},
        ),
    ),
    "will_abuse": (Case("a will for another", {"devices": 40}, {"connection": ANOTHERS_WILL}),),
    "malformed": (
        Case(
            "bytes that are no packet, flags and ids that are none, and how many",
            {"devices": 40, "rate": "4/s"},
            {"message": {"qos"} | HOW_MANY},
        ),
    ),
    "oversize": (
        Case(
            "the length, on topics of whose credentials it has",
            {"devices": 60, "every": "5m", "largest": 65_536},
            {"message": ON_ANOTHERS_TOPIC | {"size"}},
        ),
    ),
    "qos2_half_open": (
        Case(
            "QoS 2, and no PUBREL, on topics of whose credentials it has",
            {"devices": 40, "messages": 5, "rate": "20/h"},
            {"message": ON_ANOTHERS_TOPIC | {"qos"}},
        ),
    ),
    "subscription_exhaustion": (
        Case(
            "what it subscribes to, and how much",
            {"devices": 80, "filters": 20, "rate": "1/s"},
            {"subscription": FILTERS},
        ),
    ),
    "slow_subscriber": (Case("what it subscribes to", {"devices": 80}, {"subscription": FILTERS}),),
    "publish_flood": (
        Case(
            "the rate, on topics of whose credentials it has",
            {"devices": 80, "rate": "20/s"},
            {"message": ON_ANOTHERS_TOPIC | HOW_MANY},
        ),
    ),
    "replay": (
        Case(
            "messages that were there before",
            {"devices": 80, "listens": "5m", "every": "3m"},
            {"message": ON_ANOTHERS_TOPIC | {"message_id_count", "age"}},
        ),
    ),
    "time_shift": (Case("the time", {"devices": 60}, {"message": {"age"}}),),
    "false_data": (Case("the values", {"devices": 60}),),
    "slow_drift": (Case("the values", {"devices": 60, "per_hour": 0.2}),),
    "exfiltration": (
        Case("a field that devices do not have", {"devices": 60}, {"message": {"size"}}),
        Case("the last digits of the values", {"devices": 60, "way": "low_bits"}),
    ),
    "sybil": (Case("that all say the same", {"devices": 80}),),
    "firmware_spoof": (Case("the version", {"devices": 60}),),
    "wrong_voice": (
        Case(
            "who spoke, which no packet says",
            {"devices": 30, "every": "20m", "for": "175m"},
            scenario={
                "duration": "3h",
                "devices": [{"kind": "smart_speaker", "per_household": 1.0}],
                "world": {"households": 160, "shops": 1, "households_per_neighbourhood": 40},
            },
        ),
    ),
    "botnet": (
        Case("that all send at once, and how much", {"devices": 40, "rate": "20/s"}, {"message": HOW_MANY}),
    ),
    "breach": (
        Case("what a service's account subscribes to", {"devices": 80}, {"subscription": FILTERS}),
        Case("a filter for each device", {"devices": 80, "stealth": "on"}, {"subscription": FILTERS}),
    ),
}
"""Each attack that there is; one that is new needs a row."""

EACH = [pytest.param(kind, case, id=f"{kind}: {case.signal}") for kind in CASES for case in CASES[kind]]

TOLD = 0.65
"""Balanced accuracy from which on a signal is one, though some packets of an attack are like any other."""

Rows = np.ndarray


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


def separated(view: View, features: Collection[str]) -> float:
    """The balanced accuracy of a tree that sees some features, on clients of both that it has not seen."""
    shuffle = np.random.default_rng(3)
    names = sorted(features)
    seen: list[Rows] = []
    unseen: list[Rows] = []
    for samples in (view.attack, view.honest):
        clients = shuffle.permutation(sorted(samples))
        half = len(clients) // 2
        for part, chosen in ((seen, clients[:half]), (unseen, clients[half:])):
            rows = np.asarray([[row[name] for name in names] for client in chosen for row in samples[client]])
            part.append(rows[shuffle.permutation(len(rows))[:MOST]])
    count = min(map(len, seen))
    assert min(count, *map(len, unseen)) >= LEAST, "too few to say anything"
    classify = tree(np.concatenate([rows[:count] for rows in seen]), np.repeat([1.0, 0.0], count))
    right = [
        np.mean([(classify(row) >= 0.5) == wanted for row in rows])
        for rows, wanted in zip(unseen, (True, False), strict=True)
    ]
    return float(np.mean(right))


def features_of(view: View) -> set[str]:
    row: Row = next(iter(view.attack.values()))[0]
    return {*row}


@cache
def _raided(attack: str, changes: str) -> Stream:
    return Stream(scenario(json.loads(attack), faults=LOOK_ALIKES, **json.loads(changes)))


def seen(kind: str, case: Case) -> dict[str, View]:
    """What a broker sees of an attack and of honest devices, some of which have a bad day."""
    attack = {"kind": kind, "at": "5m", "for": "20m", **case.options}
    raid = _raided(json.dumps(attack), json.dumps(case.scenario))
    assert any(row.benign for row in raid.campaigns)
    return {name: view for name, view in views(raid).items() if view.attack}


def test_every_attack_has_its_signal_named() -> None:
    assert CASES.keys() == set(plugins.kinds("simulator.attacks"))


@pytest.mark.parametrize(("kind", "case"), EACH)
def test_nothing_but_the_signal_gives_an_attack_away(kind: str, case: Case) -> None:
    found = seen(kind, case)
    assert found, "nothing to be seen"
    for name, view in found.items():
        others = features_of(view) - set(case.shows.get(name, ()))
        assert separated(view, others) < GIVEN_AWAY, name


@pytest.mark.parametrize(("kind", "case"), [each for each in EACH if each.values[1].shows])
def test_the_signal_is_one(kind: str, case: Case) -> None:
    """Nothing is kept from the tree without need: it would find the attack by that."""
    found = seen(kind, case)
    for name, signal in case.shows.items():
        assert separated(found[name], signal) > TOLD, name


def test_a_name_in_client_ids_would_be_found() -> None:
    """As in public captures."""
    view = seen("slow_dos", CASES["slow_dos"][1])["connection"]
    slow = letters("client_id", "slowite42")
    named = {client: [{**row, **slow} for row in rows] for client, rows in view.attack.items()}
    assert separated(View(named, view.honest), features_of(view)) > 0.95
