"""The JSON Schema says the same as the loader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.core.errors import ScenarioError
from simulator.scenario import load_scenario, schema
from simulator.scenario.document import read_document

pytestmark = pytest.mark.usefixtures("made_up_families")


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The schema where every installed family can be loaded."""
    from simulator.core import plugins

    everything = plugins.kinds
    monkeypatch.setattr(plugins, "kinds", lambda group: tuple(k for k in everything(group) if k != "broken"))
    return schema()


def stages(whole: dict[str, Any]) -> list[dict[str, Any]]:
    variants: list[dict[str, Any]] = whole["properties"]["stages"]["anyOf"][0]["items"]["oneOf"]
    return variants


def test_it_is_valid_in_draft_2020_12(whole: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(whole)
    assert whole["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_each_kind_has_its_own_options(whole: dict[str, Any]) -> None:
    items = whole["properties"]["devices"]["items"]["oneOf"]
    variants = [whole["$defs"][item["$ref"].rpartition("/")[2]] if "$ref" in item else item for item in items]
    kinds = {variant["properties"]["kind"]["const"]: set(variant["properties"]) for variant in variants}
    assert kinds["doorbell"] == {"kind", "qos", "payload", "rings"}
    assert set(kinds) == {"doorbell", "thermostat"}


def test_fields_are_described(whole: dict[str, Any]) -> None:
    models = [whole, *(whole["$defs"][name] for name in ("World", "Mqtt", "Churn")), *stages(whole)]
    nameless = [
        name
        for model in models
        for name, part in model["properties"].items()
        if not part.get("description") and name != "shape"
    ]
    assert nameless == []


def test_each_shape_of_a_stage_has_its_own_keys(whole: dict[str, Any]) -> None:
    keys = {stage["properties"]["shape"]["const"]: set(stage["properties"]) for stage in stages(whole)}
    steady = {"shape", "rate", "connected", "for"}
    ramp = steady | {"from"}
    assert keys == {"ramp": ramp, "steady": steady, "step": ramp | {"steps"}, "spike": ramp, "soak": steady}


def test_defaults_are_written_as_people_write_them(whole: dict[str, Any]) -> None:
    properties = whole["properties"]
    assert properties["duration"]["default"] == "6h"
    assert properties["late_after"]["default"] == "0.1s"
    assert properties["speed"]["default"] == 60
    assert whole["$defs"]["Mqtt"]["properties"]["version"]["default"] == "3.1.1"
    defaults = {name: part["default"] for name, part in properties.items() if part.get("default") is not None}
    Draft202012Validator(whole | {"required": []}).validate(defaults)


@pytest.mark.parametrize(
    "line",
    [
        "seed: 1",
        "sed: 1",
        "seed: -1",
        "duration: 5m",
        "duration: 5",
        "speed: max",
        "speed: fast",
        "speed: 0",
        "rate: 5/s",
        "rate: 5",
        "rate: 5/s\nspeed: 5",
        "stages: [{shape: ramp, rate: 5/s, from: 1/s, for: 1m}, {shape: soak, connected: 1, for: 1h}]",
        "stages: [{shape: step, rate: 5/s, steps: 3, connected: 0.5, for: 1m}]",
        "stages: [{shape: soak, rate: 5/s, steps: 3, for: 1m}]",
        "stages: [{shape: soak, rate: 5/s, for: 60}]",
        "stages: [{shape: soak, rate: 5/s}]",
        "stages: [{shape: soak, for: 1m}]",
        "stages: [{shape: ramp, connected: 1, from: 1/s, for: 1m}]",
        "stages: [{shape: wave, rate: 5/s, for: 1m}]",
        "stages: [{rate: 5/s, for: 1m}]",
        "stages: []",
        "stages: [{shape: soak, rate: 5/s, for: 1m}]\nrate: 5/s",
        "stages: [{shape: soak, rate: 5/s, for: 1m}]\nspeed: 5",
        "stages: [{shape: soak, connected: 1, for: 1m}]\nrate: 5/s",
        "stages: [{shape: soak, connected: 1, for: 1m}]\nspeed: 5",
        "stages: [{shape: soak, connected: 1, for: 1m}]\nspeed: max",
        "hold: 5m",
        "drop_after: 5",
        "witness: 2",
        "mqtt: {connect_rate: 5/s, source_addresses: [127.0.0.0/28], churn: {every: 5m, away: 1s}}",
        "mqtt: {connect_rate: 5}",
        "mqtt: {source_addresses: []}",
        "mqtt: {churn: {every: 5m}}",
        "mqtt: {version: 5, qos: 2}",
        "mqtt: {version: 3.1.1}",
        "mqtt: {version: 4}",
        "mqtt: {payload: cbor}",
        "mqtt: {payload: xml}",
        "world: {households: 0}",
        "devices: []",
        "devices: [{kind: thermostat, owners: 0.2, interval: 1m, qos: 1}]",
        "devices: [{kind: thermostat, rings: 2}]",
        "devices: [{kind: doorbell, rings: 2}]",
        "devices: [{kind: doorbell}]",
        "devices: [{kind: thermometer}]",
        "devices: [{owners: 0.2}]",
    ],
)
def test_it_accepts_what_the_loader_accepts(whole: dict[str, Any], tmp_path: Path, line: str) -> None:
    text = f"name: home\n{line}\n" + ("" if line.startswith("devices") else "devices: [{kind: thermostat}]\n")
    file = tmp_path / "home.yaml"
    file.write_text(text)
    try:
        load_scenario(file)
        loads = True
    except ScenarioError:
        loads = False
    assert Draft202012Validator(whole).is_valid(read_document(text, "home.yaml").value) is loads
