"""Power cuts, empty batteries and restarts: silence, the will, and the way back."""

from __future__ import annotations

from collections import Counter

from troubled import HOUR, Stream, ids, scenario, stream

from simulator.core.actions import Action, Connect, Drop, Subscribe
from simulator.core.records import FaultTruth

CUT = {"kind": "power_cut", "at": "1h", "share": 0.4, "for": "20m"}


def after_the_opening(of: Stream, device: str) -> list[Action]:
    """What a device does on the network once it is online for the first time."""
    connect, subscribe, *rest = of.did(device)
    assert isinstance(connect, Connect)
    assert isinstance(subscribe, Subscribe)
    return rest


def test_a_cut_breaks_the_connection_and_all_come_back_at_once() -> None:
    cut = stream(CUT)
    assert len(cut.befallen) > 15
    for device in cut.befallen:
        opening = cut.did(device)[:2]
        drop, connect, subscribe = after_the_opening(cut, device)
        assert drop == Drop(HOUR, device)
        assert (connect.at, subscribe.at) == (HOUR + 1200, HOUR + 1200)
        assert isinstance(connect, Connect)
        assert isinstance(opening[0], Connect)
        assert connect.will == opening[0].will is not None
        assert isinstance(subscribe, Subscribe)


def test_without_power_nothing_is_sent_and_nothing_observed() -> None:
    cut = stream(CUT)
    for message in cut.sent(*cut.befallen):
        assert not HOUR <= message.publish.at < HOUR + 1200
        assert not HOUR <= message.truth.observed < HOUR + 1200


def test_what_was_observed_before_and_not_sent_comes_when_the_power_is_back() -> None:
    """A watch that was to sync during the cut still has what it stored until then."""
    cut = stream(CUT)
    stored = [message for message in cut.sent() if message.truth.fault]
    assert stored
    for message in stored:
        assert message.truth.fault == "power_cut-0"
        assert message.publish.at == message.truth.at == HOUR + 1200
        assert message.truth.observed < HOUR


def test_no_number_is_missing_where_nothing_was_sent() -> None:
    cut = stream(CUT)
    for device in cut.befallen:
        numbers = [message.payload["seq"] for message in cut.sent(device)]
        assert numbers == list(range(len(numbers)))


def test_whole_homes_go_dark() -> None:
    cut = stream(CUT | {"unit": "premises"})
    homes: dict[str, set[bool]] = {}
    for message in cut.sent():
        if message.truth.kind == "smart_speaker" and message.truth.household:
            homes.setdefault(message.truth.household, set()).add(message.publish.device in cut.befallen)
    assert len(homes) > 10
    assert all(len(fates) == 1 for fates in homes.values())


def test_devices_that_need_a_while_to_start_come_back_one_by_one() -> None:
    cut = stream(CUT | {"boot": "2m"})
    returns = [action.at for device in cut.befallen for action in cut.did(device)[3:4]]
    assert len(set(returns)) == len(returns) == len(cut.befallen)
    assert all(HOUR + 1200 <= at <= HOUR + 1320 for at in returns)
    assert {row.until for row in cut.faults} == set(returns)


def test_backoff_is_the_devices_own_matter() -> None:
    for said, meant in (("on", True), ("off", False)):
        cut = Stream(scenario(CUT | {"backoff": said, "devices": 3, "share": None}))
        connects = [a for device in cut.befallen for a in cut.did(device) if isinstance(a, Connect) and a.at]
        assert {connect.backoff for connect in connects} == {meant}


def test_a_fleet_without_backoff_has_none_after_a_cut_either() -> None:
    cut = Stream(scenario(CUT, mqtt={"backoff": "off"}, duration="90m"))
    assert {action.backoff for action, _ in cut.steps if isinstance(action, Connect)} == {False}


def test_an_empty_battery_is_the_end_of_a_device() -> None:
    dead = stream({"kind": "battery_death", "at": "1h", "within": "30m", "devices": 9})
    assert len(dead.befallen) == 9
    moments = set()
    for device, row in dead.befallen.items():
        assert row.until is None
        assert HOUR <= row.at < 1.5 * HOUR
        assert after_the_opening(dead, device) == [Drop(row.at, device)]
        assert all(message.publish.at < row.at for message in dead.sent(device))
        moments.add(row.at)
    assert len(moments) == 9


def test_a_battery_can_be_charged() -> None:
    charged = stream({"kind": "battery_death", "at": "1h", "for": "30m", "kinds": ["smart_speaker"]})
    talk = Counter(
        message.publish.at > 1.5 * HOUR
        for message in charged.sent(*charged.befallen)
        if message.publish.at > HOUR
    )
    assert talk[True] > 20
    assert not talk[False]


def test_a_firmware_roll_out_restarts_one_after_the_other_and_each_says_its_version() -> None:
    rollout = stream({"kind": "firmware_rollout", "at": "1h", "share": 0.5, "version": "2.0.1"})
    calm = stream()
    assert len({row.at for row in rollout.faults}) == len(rollout.faults) > 15
    for device, row in rollout.befallen.items():
        assert isinstance(row, FaultTruth)
        assert row.facts == {"version": "2.0.1"}
        assert row.until == row.at + 90
        drop, connect, subscribe = after_the_opening(rollout, device)
        assert [type(action) for action in (drop, connect, subscribe)] == [Drop, Connect, Subscribe]
        assert (drop.at, connect.at) == (row.at, row.until)
        [told] = [message for message in rollout.sent(device) if message.publish.event == "firmware"]
        assert told.payload["version"] == "2.0.1"
        assert told.publish.at == row.until
        assert told.truth.fault == "firmware_rollout-0"
    assert not [message for message in calm.sent() if message.publish.event == "firmware"]
    assert len(set(ids(rollout.sent()))) == len(rollout.sent())
