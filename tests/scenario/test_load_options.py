"""How a scenario describes its load: stages, connections, churn, source addresses, what is dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.stages import Shape, Stage
from simulator.scenario import Scenario, load_scenario

pytestmark = pytest.mark.usefixtures("made_up_families")

GOOD = "name: home\ndevices:\n  - kind: thermostat\n"

STAGES = """\
stages:
  - {shape: ramp, rate: 500/s, for: 1m}
  - {shape: steady, rate: 500/s, for: 5m}
  - {shape: step, from: 100/s, rate: 900/s, steps: 4, for: 2m}
  - {shape: spike, rate: 5000/s, for: 30s}
  - {shape: soak, rate: 0/s, for: 1h}
"""

CONNECTIONS = """\
stages:
  - {shape: steady, connected: 0.2, for: 10s}
  - {shape: step, connected: 1, steps: 8, for: 4m}
"""


def load(folder: Path, text: str, **overrides: str) -> Scenario:
    file = folder / "home.yaml"
    file.write_text(GOOD + text, encoding="utf-8")
    return load_scenario(file, {path.replace("__", "."): value for path, value in overrides.items()})


# Stages


def test_stages_of_every_shape(tmp_path: Path) -> None:
    scenario = load(tmp_path, STAGES)
    assert scenario.rate_stages == (
        Stage(Shape.RAMP, 60, 500.0),
        Stage(Shape.STEADY, 300, 500.0),
        Stage(Shape.STEP, 120, 900.0, start=100.0, steps=4),
        Stage(Shape.SPIKE, 30, 5000.0),
        Stage(Shape.SOAK, 3600, 0.0),
    )
    assert scenario.connection_stages == ()
    assert (scenario.speed, scenario.rate) == (None, None)
    assert scenario.stages_last == 60 + 300 + 120 + 30 + 3600


def test_stages_by_the_share_connected_leave_the_messages_to_the_speed(tmp_path: Path) -> None:
    scenario = load(tmp_path, CONNECTIONS)
    assert scenario.rate_stages == ()
    assert scenario.connection_stages == (
        Stage(Shape.STEADY, 10, 0.2),
        Stage(Shape.STEP, 240, 1.0, steps=8),
    )
    assert scenario.speed == 60
    assert load(tmp_path, CONNECTIONS + "speed: 5").speed == 5


def test_a_stage_may_set_both_and_what_it_does_not_set_stays(tmp_path: Path) -> None:
    text = """\
stages:
  - {shape: ramp, rate: 500/s, connected: 1.0, for: 1m}
  - {shape: spike, rate: 900/s, for: 2m}
  - {shape: ramp, connected: 0.5, for: 3m}
"""
    scenario = load(tmp_path, text)
    assert scenario.rate_stages == (
        Stage(Shape.RAMP, 60, 500.0),
        Stage(Shape.SPIKE, 120, 900.0),
        Stage(Shape.RAMP, 180),
    )
    assert scenario.connection_stages == (
        Stage(Shape.RAMP, 60, 1.0),
        Stage(Shape.SPIKE, 120),
        Stage(Shape.RAMP, 180, 0.5),
    )


def test_all_are_connected_until_a_later_stage_says_otherwise(tmp_path: Path) -> None:
    text = "stages: [{shape: ramp, rate: 5/s, for: 1m}, {shape: ramp, connected: 0.5, for: 3m}]"
    assert load(tmp_path, text).connection_stages == (
        Stage(Shape.STEADY, 60, 1.0),
        Stage(Shape.RAMP, 180, 0.5),
    )


def test_a_scenario_without_stages(tmp_path: Path) -> None:
    for text in ("", "stages:\n  # all commented out\n"):
        scenario = load(tmp_path, text)
        assert scenario.stages is None
        assert scenario.stages_last is None
        assert (scenario.rate_stages, scenario.connection_stages) == ((), ())
        assert scenario.speed == 60


@pytest.mark.parametrize("text", [STAGES, CONNECTIONS])
def test_stages_can_be_read_back(tmp_path: Path, text: str) -> None:
    scenario = load(tmp_path, text + "hold: 1m\nmqtt: {churn: {every: 1m, away: 5s}, connect_rate: 90/min}")
    assert type(scenario).model_validate(scenario.model_dump(mode="json")) == scenario
    assert type(scenario).model_validate_json(scenario.model_dump_json()) == scenario


def test_an_override_reaches_into_a_stage(tmp_path: Path) -> None:
    scenario = load(
        tmp_path,
        STAGES,
        stages__0__for="30s",
        stages__2__from="5/s",
        stages__1="{shape: soak, rate: 9/s, for: 1h}",
    )
    first, second, third, *_ = scenario.rate_stages
    assert first == Stage(Shape.RAMP, 30, 500.0)
    assert second == Stage(Shape.SOAK, 3600, 9.0)
    assert third.start == 5


@pytest.mark.parametrize(
    ("stage", "complaint"),
    [
        ("5", "stages[0]: write a mapping with a shape; choose from ramp, steady, step, spike, soak"),
        (
            "{rate: 5/s, for: 1m}",
            "stages[0]: a shape is missing; choose from ramp, steady, step, spike, soak",
        ),
        (
            "{shape: stap, rate: 5/s, for: 1m}",
            "stages[0]: no stage shape is called 'stap'; did you mean 'step'?",
        ),
        (
            "{shape: ramp, rate: 5/s}",
            "for in stages[0] (ramp) is missing; it must be a duration with its unit, above 0s and up to 30d",
        ),
        (
            "{shape: ramp, rate: 5/s, for: 0s}",
            "for in stages[0] (ramp) must be a duration with its unit, above 0s and up to 30d, not '0s'",
        ),
        (
            "{shape: ramp, rate: 5/s, for: 60}",
            "for in stages[0] (ramp): write a duration with its unit, such as 30s, 5m, 6h or 1d, not 60",
        ),
        (
            "{shape: ramp, rate: 5.5, for: 60s}",
            "rate in stages[0] (ramp) must be a rate with its unit, from 0/s to 10,000,000/s, not 5.5",
        ),
        (
            "{shape: ramp, rate: 5, for: 60s}",
            "rate in stages[0] (ramp): write a rate with its unit of time, such as 5000/s, not 5",
        ),
        (
            "{shape: soak, for: 1m}",
            "stages[0] (soak): give a rate, such as 5000/s, or connected, a share of the fleet such as 0.5",
        ),
        (
            "{shape: soak, connected: 2, for: 1m}",
            "connected in stages[0] (soak) must be a number from 0 to 1, not 2",
        ),
        (
            "{shape: ramp, connected: 1, from: 5/s, for: 1m}",
            "from in stages[0] (ramp): this is a rate to start from, so the stage needs a rate to go to",
        ),
        (
            "{shape: step, rate: 5/s, steps: 0, for: 1m}",
            "steps in stages[0] (step) must be a whole number from 1 to 1,000, not 0",
        ),
        (
            "{shape: ramp, rate: 5/s, steps: 5, for: 1m}",
            "unknown key 'steps' in stages[0] (ramp); the keys here are shape, rate, connected, for or from",
        ),
        (
            "{shape: soak, rate: 5/s, form: 1/s, for: 1m}",
            "unknown key 'form' in stages[0] (soak); did you mean 'for'?",
        ),
        (
            "{shape: soak, rate: 5/s, seconds: 60, for: 1m}",
            "unknown key 'seconds' in stages[0] (soak); the keys here are shape, rate, connected or for",
        ),
    ],
)
def test_a_mistake_in_a_stage(complaints: Any, stage: str, complaint: str) -> None:
    assert complaints(GOOD + f"stages:\n  - {stage}\n") == [f"home.yaml:5: {complaint}"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("stages: []", "home.yaml:4: stages must be a list of 1 to 100 entries, not an empty list"),
        ("stages: fast", "home.yaml:4: stages must be a list of 1 to 100 entries, not 'fast'"),
        (
            "rate: 5/s\nstages: [{shape: soak, rate: 5/s, for: 1m}]",
            "home.yaml:5: stages: give stages or rate, not both",
        ),
        (
            "rate: 5/s\nstages: [{shape: soak, connected: 1, for: 1m}]",
            "home.yaml:5: stages: give stages or rate, not both",
        ),
        (
            "speed: 5\nstages: [{shape: soak, rate: 5/s, for: 1m}]",
            "home.yaml:4: speed: give speed or stages that set a rate, not both",
        ),
        (
            "speed: max\nstages: [{shape: soak, connected: 1, for: 1m}]",
            "home.yaml:4: speed: stages that connect a share of the fleet take time, so the speed cannot",
        ),
    ],
)
def test_one_thing_sets_the_pace(complaints: Any, text: str, complaint: str) -> None:
    (said,) = complaints(GOOD + text)
    assert said.startswith(complaint)


def test_a_wrong_stage_is_no_reason_to_complain_about_the_speed(complaints: Any) -> None:
    (said,) = complaints(GOOD + "speed: 5\nstages: [{shape: soak, rate: 5, for: 1m}]")
    assert said.startswith("home.yaml:5: rate in stages[0] (soak)")


# Connections


def test_what_holds_if_nothing_is_said(tmp_path: Path) -> None:
    scenario = load(tmp_path, "")
    assert (scenario.drop_after, scenario.hold, scenario.witness) == (None, 0, 0)
    mqtt = scenario.mqtt
    assert (mqtt.connect_rate, mqtt.churn, mqtt.source_addresses, mqtt.sources) == (None, None, None, ())


def test_how_connections_come_and_go(tmp_path: Path) -> None:
    text = """\
drop_after: 2s
hold: 5m
witness: 0.25
mqtt:
  connect_rate: 600/min
  churn: {every: 10m, away: 30s, share: 0.1}
  source_addresses: [127.0.0.2, 127.0.0.16/30]
"""
    scenario = load(tmp_path, text)
    assert (scenario.drop_after, scenario.hold, scenario.witness) == (2, 300, 0.25)
    assert scenario.mqtt.connect_rate == 10
    assert scenario.mqtt.churn is not None
    assert scenario.mqtt.churn.model_dump() == {"every": 600, "away": 30, "share": 0.1}
    assert scenario.mqtt.sources == ("127.0.0.2", "127.0.0.17", "127.0.0.18")


def test_all_devices_churn_unless_a_share_is_given(tmp_path: Path) -> None:
    churn = load(tmp_path, "mqtt: {churn: {every: 10m, away: 30s}}").mqtt.churn
    assert churn is not None
    assert churn.share == 1


@pytest.mark.parametrize(
    ("addresses", "sources"),
    [
        (["127.0.0.1"], ("127.0.0.1",)),
        (["127.0.0.0/30"], ("127.0.0.1", "127.0.0.2")),
        (["127.0.0.0/31"], ("127.0.0.1",)),
        (["127.9.9.9/32", "127.9.9.8/31"], ("127.9.9.9", "127.9.9.8")),
    ],
)
def test_networks_stand_for_the_addresses_that_can_be_used(
    tmp_path: Path, addresses: list[str], sources: tuple[str, ...]
) -> None:
    assert load(tmp_path, f"mqtt: {{source_addresses: {addresses}}}").mqtt.sources == sources


@given(st.integers(0, 2**24 - 1), st.integers(20, 32))
def test_a_network_stands_for_addresses_of_its_own(number: int, prefix: int) -> None:
    from ipaddress import IPv4Address, IPv4Network

    from simulator.scenario.addresses import expand

    network = IPv4Network((0x7F000000 + number, prefix), strict=False)
    addresses = expand([str(network)])
    assert len(set(addresses)) == len(addresses) >= network.num_addresses - 2
    assert all(IPv4Address(address) in network for address in addresses)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "mqtt: {connect_rate: 5}",
            "connect_rate in mqtt: write a rate with its unit of time, such as 5000/s, not 5",
        ),
        (
            "mqtt: {connect_rate: 0/s}",
            "connect_rate in mqtt must be a rate with its unit, above 0/s and up to 1,000,000/s, not '0/s'",
        ),
        ("connect_rate: 5/s", "unknown key 'connect_rate'; it belongs in mqtt, as mqtt.connect_rate"),
        (
            "mqtt: {churn: {every: 5m}}",
            "away in mqtt.churn is missing; it must be a duration with its unit, above 0s and up to 30d",
        ),
        (
            "mqtt: {churn: {every: 5m, away: 1m, shere: 0.5}}",
            "unknown key 'shere' in mqtt.churn; did you mean 'share'?",
        ),
        ("mqtt: {churn: often}", "churn in mqtt must be a mapping of keys to values, not 'often'"),
        (
            "mqtt: {source_addresses: 127.0.0.2}",
            "source_addresses in mqtt must be a list of 1 to 1,000 entries, not '127.0.0.2'",
        ),
        (
            "mqtt: {source_addresses: [10.0.0.1]}",
            "mqtt.source_addresses[0]: write an address of 127.0.0.0/8, such as 127.0.0.2, or a network",
        ),
        (
            "mqtt: {source_addresses: ['::1']}",
            "mqtt.source_addresses[0]: write an IPv4 address, such as 127.0.0.2, or a network such as",
        ),
        (
            "mqtt: {source_addresses: [127.0.0.1/28]}",
            "mqtt.source_addresses[0]: '127.0.0.1/28' is an address in a network; did you mean '127.0.0.0/",
        ),
        (
            "mqtt: {source_addresses: [127.0.0.0/8]}",
            "mqtt.source_addresses[0]: '127.0.0.0/8' has more addresses than any fleet needs; write /20",
        ),
        (
            "mqtt: {source_addresses: [127.0.0.0/32]}",
            "mqtt.source_addresses[0]: nobody can connect from 127.0.0.0/32; write another address, such",
        ),
        ("witness: 1.5", "witness must be a number from 0 to 1, not 1.5"),
        ("hold: 5", "hold: write a duration with its unit, such as 30s, 5m, 6h or 1d, not 5"),
        ("drop_after: 0s", "drop_after must be a duration with its unit, above 0s and up to 1h, not '0s'"),
    ],
)
def test_a_mistake_about_connections(complaints: Any, text: str, complaint: str) -> None:
    (said,) = complaints(GOOD + text)
    assert said.startswith(f"home.yaml:4: {complaint}")
