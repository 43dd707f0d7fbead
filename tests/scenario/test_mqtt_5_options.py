"""What a scenario can ask of MQTT 5, and that it is told where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import ScenarioError
from simulator.mqtt import Features
from simulator.plan import Plan
from simulator.scenario import load_scenario

ENDPOINT = Endpoint("localhost", "127.0.0.1", 1883, Protocol.MQTT_5)
OPTIONS = {
    "session_expiry": "2m",
    "message_expiry": "90s",
    "user_properties": "{site: lab}",
    "topic_alias": "on",
    "will_delay": "1500ms",
    "witness_sessions": "2",
}
EACH = pytest.mark.parametrize("name", OPTIONS)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    file = tmp_path / "home.yaml"
    file.write_text(
        "name: home\ndevices: [{kind: smart_speaker}]\n"
        "mqtt: {broker: mosquitto, version: 5, session_expiry: 2m}\n"
    )
    return file


def settings(**changed: str) -> dict[str, str]:
    return {f"mqtt.{name}": value for name, value in changed.items()}


def complaint(file: Path, **changed: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, settings(**changed))
    return "\n".join(map(str, caught.value.problems))


def test_all_of_it_reaches_the_delivery_in_whole_seconds_and_survives_the_manifest(home: Path) -> None:
    scenario = load_scenario(home, settings(**OPTIONS))
    options = Plan(scenario, ENDPOINT, None).delivery_options
    assert options.features == Features((("site", "lab"),), 90, 120, 2, True)
    assert type(scenario).model_validate(scenario.model_dump(mode="json")) == scenario


def test_nothing_is_asked_by_default(tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text("name: home\ndevices: [{kind: smart_speaker}]\n")
    options = Plan(load_scenario(file), ENDPOINT, None).delivery_options
    assert options.features == Features()


@pytest.mark.parametrize(("clean", "kept"), [("on", 0), ("off", 3600)])
def test_only_sessions_that_do_not_start_clean_are_kept_if_nothing_is_said(
    clean: str, kept: int, tmp_path: Path
) -> None:
    file = tmp_path / "home.yaml"
    file.write_text("name: home\ndevices: [{kind: smart_speaker}]\n")
    scenario = load_scenario(file, settings(clean=clean))
    options = Plan(scenario, ENDPOINT, None).delivery_options
    assert (options.session_expiry, options.features.session_expiry) == (kept, 0)
    assert scenario.mqtt.leaves_sessions is (kept > 0)


@EACH
def test_mqtt_3_1_1_has_none_of_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text("name: home\ndevices: [{kind: smart_speaker}]\nmqtt: {broker: mosquitto}\n")
    said = complaint(file, **{name: OPTIONS[name]})
    assert f"{name} in mqtt: MQTT 3.1.1 has no such thing; set mqtt.version to 5" in said


@EACH
def test_the_embedded_broker_has_none_of_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text("name: home\ndevices: [{kind: smart_speaker}]\nmqtt: {version: 5}\n")
    said = complaint(file, **{name: OPTIONS[name]})
    assert f"{name} in mqtt: the embedded broker has no such thing" in said
    assert "such as mosquitto" in said


def test_a_will_cannot_wait_longer_than_its_session_lasts(home: Path) -> None:
    said = complaint(home, will_delay="3m")
    assert "will_delay in mqtt: a will is sent when its session ends" in said
    assert "set mqtt.session_expiry to 3m" in said.replace("3 min", "3m")
    assert load_scenario(home, settings(will_delay="2m")).mqtt.will_delay == 120.0


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ("{site: 7}", "text"),
        ("{site: ''}", "text"),
        ('{site: "a\\0"}', "can be printed"),
        ("[site]", "mapping"),
    ],
)
def test_user_properties_are_names_with_texts(home: Path, properties: str, said: str) -> None:
    assert said in complaint(home, user_properties=properties)
