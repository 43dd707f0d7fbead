"""What a scenario can say about faults, and what is said of what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.core import plugins
from simulator.core.errors import ScenarioError
from simulator.scenario import Scenario, load_scenario, schema

KINDS = plugins.kinds("simulator.faults")
DEVICES = "devices: [{kind: wearable}]\n"


def load(text: str, tmp_path: Any) -> Scenario:
    file = tmp_path / "s.yaml"
    file.write_text(f"name: s\n{DEVICES}{text}")
    return load_scenario(file)


def complaint(text: str, tmp_path: Any) -> str:
    with pytest.raises(ScenarioError) as error:
        load(text, tmp_path)
    return str(error.value)


def test_the_example_of_the_design_is_valid(tmp_path: Any) -> None:
    [fault] = load("faults: [{kind: power_cut, at: 2h, share: 0.3, for: 5m}]", tmp_path).faults
    assert (fault.kind, fault.at, fault.lasting) == ("power_cut", 7200.0, 300.0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_enough(kind: str, tmp_path: Any) -> None:
    [fault] = load(f"faults: [{{kind: {kind}}}]", tmp_path).faults
    assert fault.kind == kind
    assert fault.at == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_manifest_holds_is_a_scenario_again(kind: str, tmp_path: Any) -> None:
    scenario = load(f"faults: [{{kind: {kind}, at: 1h, for: 90s}}]", tmp_path)
    dumped = scenario.model_dump(mode="json")
    assert dumped["faults"][0]["for"] == 90.0
    assert Scenario.model_validate(dumped) == scenario


def test_switches_are_on_and_off(tmp_path: Any) -> None:
    for said, meant in (("on", True), ("off", False), ("true", True)):
        [fault] = load(f"faults: [{{kind: power_cut, backoff: {said}}}]", tmp_path).faults
        assert fault.model_dump()["backoff"] is meant


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{kind: power_cup}", "no fault is called 'power_cup'; did you mean 'power_cut'?"),
        ("{at: 1h}", "a kind is missing"),
        ("{kind: power_cut, fro: 5m}", "unknown key 'fro' in faults[0] (power_cut); did you mean 'for'?"),
        (
            "{kind: power_cut, share: 1.5}",
            "share in faults[0] (power_cut) must be a number from 0 to 1, not 1.5",
        ),
        ("{kind: power_cut, share: 0.1, devices: 3}", "give devices or share, not both"),
        ("{kind: power_cut, for: 5}", "for in faults[0] (power_cut): write a duration with its unit"),
        ("{kind: power_cut, for: 0s}", "for in faults[0] (power_cut) must be a duration"),
        ("{kind: radio, kinds: [waerable]}", "no device kind is called 'waerable'; did you mean 'wearable'?"),
        ("{kind: network_bandwidth, limit: 5000.0}", "must be bytes or bits a second with their unit"),
        ("{kind: network_bandwidth, limit: 64 kb}", "write bytes or bits a second, such as 64kB/s"),
        ("{kind: network_latency, share: 0.5}", "unknown key 'share' in faults[0] (network_latency)"),
        ("{kind: power_cut, backoff: sometimes}", "backoff in faults[0] (power_cut) must be true or false"),
    ],
)
def test_a_mistake_is_named_with_its_place(fault: str, said: str, tmp_path: Any) -> None:
    message = complaint(f"faults: [{fault}]", tmp_path)
    assert said in message
    assert "s.yaml:3" in message


def test_amounts_a_second_are_written_in_bytes_or_bits(tmp_path: Any) -> None:
    for written, meant in (("64kB/s", 64_000), ("2 Mbit/s", 250_000), ("800bit/s", 100), ("1MB/s", 1e6)):
        [fault] = load(f"faults: [{{kind: network_bandwidth, limit: {written}}}]", tmp_path).faults
        assert fault.model_dump()["limit"] == meant


@pytest.mark.parametrize(
    ("fault", "valid"),
    [
        ({"kind": "power_cut", "at": "2h", "share": 0.3, "for": "5m", "backoff": "off"}, True),
        ({"kind": "network_bandwidth", "limit": "64kB/s"}, True),
        ({"kind": "clock_jump", "by": "1h", "back": True}, True),
        ({"kind": "power_cut", "for": 5}, False),
        ({"kind": "nothing"}, False),
        ({"kind": "radio", "limit": "64kB/s"}, False),
    ],
)
def test_editors_know_the_faults(fault: dict[str, Any], valid: bool) -> None:
    written = {"name": "s", "devices": [{"kind": "wearable"}], "faults": [fault]}
    assert Draft202012Validator(schema()).is_valid(written) is valid


def test_every_fault_says_what_it_is() -> None:
    for kind in KINDS:
        fault = plugins.load("simulator.faults", kind)
        assert fault.kind == kind
        assert fault.options.model_fields["kind"].default == kind
        assert 20 < len(fault.summary) < 90
