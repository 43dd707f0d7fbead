"""Each fault leaves its mark in what a listener on a real broker hears, and its label in the truth."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median

from ear import MINUTE, Story, story

from simulator.broker import LocalMosquitto
from simulator.cluster import Workers

WINDOW = (20 * MINUTE, 30 * MINUTE)
DURING = {"at": "20m", "for": "10m"}

FRESH = 2 * MINUTE
"""Seconds of the simulated clock (100 ms of the real one) that a message takes at most to be heard."""


def in_window(at: float) -> bool:
    return WINDOW[0] <= at < WINDOW[1]


def test_a_power_cut_is_heard_as_wills_silence_and_a_return(
    mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    told = story(mosquitto, tmp_path, {"kind": "power_cut", "share": 0.5, **DURING})
    assert len(told.befallen) > 20
    assert told.wills.keys() == told.befallen
    theirs = [message.time for message in told.heard if message.device in told.befallen]
    assert not any(map(in_window, theirs))
    assert any(time > WINDOW[1] for time in theirs)
    connections = told.summary.connections
    assert connections.asked == connections.reached == told.devices + len(told.befallen)
    assert {row.fault for row in told.faults} == {"power_cut-0"}


def test_an_empty_battery_is_heard_as_a_will_and_nothing_more(
    mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    told = story(mosquitto, tmp_path, {"kind": "battery_death", "at": "20m", "within": "10m", "devices": 8})
    died = {row.device: row.at for row in told.faults}
    assert told.wills.keys() == died.keys()
    assert len(died) == 8
    for message in told.heard:
        assert message.time < died.get(message.device, 45 * MINUTE)
    assert max(message.time for message in told.heard) > 43 * MINUTE  # the others go on


def test_a_roll_out_is_heard_as_restarts_and_new_versions(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    told = story(
        mosquitto, tmp_path, {"kind": "firmware_rollout", "at": "20m", "within": "20m", "share": 0.3}
    )
    versions = {m.device: m.payload["version"] for m in told.heard if m.event == "firmware"}
    assert versions == dict.fromkeys(told.befallen, "1.1.0")
    assert told.wills.keys() == told.befallen
    announced = {message.id for message in told.heard if message.event == "firmware"}
    assert announced <= told.labelled  # with what a restarting watch had stored
    restarts = {row.device: row for row in told.faults}
    for message in told.heard:
        if message.id in told.labelled - announced:
            assert message.time < restarts[message.device].at


def test_coverage_that_is_back_is_heard_as_a_burst_of_old_news(
    mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    told = story(mosquitto, tmp_path, {"kind": "coverage_loss", "share": 0.5, **DURING})
    stored = [(message, age) for message, age in told.ages() if message.id in told.labelled]
    assert len(stored) > 30
    for message, age in stored:
        assert message.time + age > WINDOW[1] - FRESH  # heard after the return
        assert message.time < WINDOW[1]
    assert max(age for _, age in stored) > 8 * MINUTE
    moments = [message.time + age for message, age in stored]
    assert max(moments) - min(moments) < FRESH
    assert told.summary.messages.acknowledged == told.summary.messages.due


def test_a_half_open_connection_is_found_out_by_keep_alive(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    fault = {"kind": "half_open", "at": "10m", "for": "100m", "share": 0.3}
    told = story(mosquitto, tmp_path, fault, mqtt={"keep_alive": "1s"}, duration="2h", speed=600)
    assert told.wills.keys() == told.befallen
    labelled = [message for message in told.heard if message.id in told.labelled]
    assert {message.device for message in labelled} <= told.befallen
    assert min(message.at for message in labelled) > max(told.wills.values())
    assert told.summary.messages.late >= len(told.labelled) > 50
    assert told.summary.messages.acknowledged == told.summary.messages.due
    assert told.summary.connections.lost == told.summary.connections.reconnected == len(told.befallen)


def test_a_fault_from_the_first_moment_waits_for_the_connections(
    mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    told = story(mosquitto, tmp_path, {"kind": "half_open", "for": "20m", "share": 0.5})
    assert told.summary.connections.reached == told.devices
    late = [message.time + age for message, age in told.ages() if message.id in told.labelled]
    assert len(late) > 50
    assert min(late) > 20 * MINUTE - FRESH


def test_a_slow_consumer_hears_no_answer_and_has_to_wait(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    """With one message in flight at a time, a device that reads nothing gets one message through."""
    fault = {"kind": "slow_consumer", "share": 0.6, "subscribe": "fleet/+/inventory_sensor/#", **DURING}
    told = story(mosquitto, tmp_path, fault, mqtt={"in_flight": 1})
    in_time: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for message, age in told.ages():
        if message.id in told.labelled and message.payload["event"] != "heart_rate":
            (in_time if age < FRESH and message.time < WINDOW[1] - FRESH else late)[message.device] += 1
    assert max(in_time.values()) == 1
    assert late.total() > 10
    sensors = sum(row.kind == "inventory_sensor" and row.at > WINDOW[0] for row in told.truth)
    assert told.summary.messages.commands >= sensors  # what the broker has kept for them, they get in the end
    assert told.summary.connections.lost == 0


def test_a_poor_radio_is_heard_late_twice_and_out_of_order(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    fault = {"kind": "radio", "delay": "3m", "duplicate": 0.2, "reorder": 0.2, "at": "10m"}
    told = story(mosquitto, tmp_path, fault)
    labels = {row.id: row.fault for row in told.truth if row.fault}
    copies = Counter(row.id for row in told.truth)
    assert Counter(message.id for message in told.heard) == copies
    twice = {identifier for identifier, count in copies.items() if count == 2}
    assert len(twice) > 20
    assert told.summary.messages.acknowledged == told.summary.messages.due == len(told.heard)
    numbers: dict[str, int] = {}
    overtaken = set()
    for message in told.heard:
        number = message.payload["seq"]
        if number < numbers.get(message.device, -1) and message.id not in numbers:
            overtaken.add(message.id)
        numbers[message.device] = max(number, numbers.get(message.device, -1))
        numbers[message.id] = number
    assert overtaken == {row.id for row in told.truth if row.fault and "reorder" in row.fault}
    assert len(overtaken) > 5
    assert all("radio-0:" in label for label in labels.values())


def test_a_clock_that_jumped_is_heard_as_news_from_the_future(
    mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    told = story(mosquitto, tmp_path, {"kind": "clock_jump", "share": 0.3, "by": "3h", **DURING})
    future = {message.id for message, age in told.ages() if age < -100 * MINUTE}
    assert future == told.labelled
    assert len(future) > 20


def test_a_skewed_clock_is_heard_to_drift(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    fault = {"kind": "clock_skew", "at": "20m", "share": 0.3, "ppm": 500_000, "kinds": ["inventory_sensor"]}
    told = story(mosquitto, tmp_path, fault)
    observed = {row.id: row.observed for row in told.truth}
    early, late = [], []
    for message, age in told.ages():
        if message.id in told.labelled:
            (early if observed[message.id] < 30 * MINUTE else late).append(-age)
    assert 0 < median(early) < 5 * MINUTE + FRESH
    assert median(late) > 6 * MINUTE
    assert max(late) > 11 * MINUTE


def waits(told: Story) -> tuple[list[float], list[float]]:
    """Seconds from due to heard, but for one constant: of what a fault touched, and of the rest."""
    touched, others = [], []
    for message in told.heard:
        wait = message.at - told.delivered[message.id].due
        (touched if message.id in told.labelled else others).append(wait)
    return touched, others


def test_a_slow_network_is_heard_as_delay(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    fault = {"kind": "network_latency", "delay": "250ms", "jitter": "20ms", "at": "20m", "for": "20m"}
    told = story(mosquitto, tmp_path, fault)
    touched, others = waits(told)
    assert len(touched) > 100
    assert median(touched) - median(others) > 0.15
    assert [row.device for row in told.faults] == [None]


def test_a_narrow_network_is_heard_as_a_trickle(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    fault = {"kind": "network_bandwidth", "limit": "15kB/s", "at": "20m", "for": "20m"}
    told = story(mosquitto, tmp_path, fault)
    touched, others = waits(told)
    assert len(touched) > 100
    assert max(touched) - median(others) > 0.3
    begins = min(message.at for message in told.heard if message.id in told.labelled)
    size = {row.id: row.size + len(row.topic) for row in told.truth}
    carried = sum(size[message.id] for message in told.heard if begins <= message.at < begins + 0.9)
    assert carried < 15_000 * 1.5


def test_resets_are_heard_as_wills_of_many(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    told = story(mosquitto, tmp_path, {"kind": "network_resets", "at": "20m", "share": 0.5})
    connections = told.summary.connections
    assert 0.25 * connections.reached < connections.lost < 0.75 * connections.reached
    assert len(told.wills) == connections.lost == connections.reconnected
    assert told.summary.messages.acknowledged == told.summary.messages.due


def test_a_black_hole_is_heard_as_silence(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    told = story(mosquitto, tmp_path, {"kind": "network_black_hole", "at": "20m", "for": "20m"})
    arrivals = sorted(message.at for message in told.heard)
    gaps = [after - before for before, after in pairwise(arrivals)]
    assert sum(gap > 0.8 for gap in gaps) == 1  # twenty minutes take a second
    assert told.summary.messages.acknowledged == told.summary.messages.due
    assert told.wills == {}


def test_a_slow_network_is_slow_for_all_workers(mosquitto: LocalMosquitto, tmp_path: Path) -> None:
    town = {"households": 12, "shops": 1, "households_per_neighbourhood": 6}
    fault = {"kind": "network_latency", "delay": "250ms", "at": "20m", "for": "20m"}
    told = story(mosquitto, tmp_path, fault, crew=Workers(2), world=town)
    hoods = {row.id: row.topic.split("/")[1] for row in told.truth}
    for hood in ("n0", "n1"):
        touched = [told.delivered[i].acked - told.delivered[i].due for i in told.labelled if hoods[i] == hood]
        assert median(touched) > 0.3
    assert len(told.faults) == 1
