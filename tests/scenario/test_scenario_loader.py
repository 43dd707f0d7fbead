"""Loading a scenario: what is accepted, and every mistake at once with its line and its remedy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.core.endpoint import Protocol
from simulator.core.errors import ExitCode, ScenarioError
from simulator.scenario import Pace, load_scenario, shipped
from simulator.scenario.document import MOST_BYTES
from simulator.scenario.loader import MOST_PROBLEMS

pytestmark = pytest.mark.usefixtures("made_up_families")

UNIT = "write a duration with its unit, such as 30s, 5m, 6h or 1d"
GOOD = "name: home\ndevices:\n  - kind: thermostat\n"


def load(folder: Path, text: str, **overrides: str) -> Any:
    file = folder / "home.yaml"
    file.write_text(text, encoding="utf-8")
    return load_scenario(file, {path.replace("__", "."): value for path, value in overrides.items()})


# What is accepted


def test_three_lines_are_a_scenario(tmp_path: Path) -> None:
    scenario = load(tmp_path, GOOD)
    assert scenario.seed == 7
    assert scenario.start == datetime.fromisoformat("2026-03-02T17:00:00+10:30")
    assert scenario.duration == 6 * 3600
    assert (scenario.speed, scenario.rate) == (60.0, None)
    assert (scenario.world.households, scenario.world.shops) == (100, 1)
    assert scenario.mqtt.broker == "embedded"
    assert scenario.mqtt.version is Protocol.MQTT_311
    assert [options.kind for options in scenario.devices] == ["thermostat"]


def test_each_family_reads_its_own_options(tmp_path: Path) -> None:
    text = (
        GOOD
        + "    interval: 5m\n    qos: 2\n  - {kind: doorbell, rings: 3}\n  - {kind: thermostat, zones: 4}\n"
    )
    first, second, third = load(tmp_path, text).devices
    assert (first.interval, first.qos, first.zones) == (300.0, 2, "auto")
    assert second.rings == 3
    assert third.zones == 4


@pytest.mark.parametrize(
    ("line", "speed", "rate"),
    [
        ("speed: 360", 360.0, None),
        ("speed: max", Pace.MAX, None),
        ("rate: 5000/s", None, 5000.0),
        ("rate: 90/min", None, 1.5),
    ],
)
def test_speed_or_rate(tmp_path: Path, line: str, speed: float | Pace | None, rate: float | None) -> None:
    scenario = load(tmp_path, GOOD + line)
    assert (scenario.speed, scenario.rate) == (speed, rate)


@pytest.mark.parametrize("version", ["3.1.1", "'3.1.1'"])
def test_mqtt_versions(tmp_path: Path, version: str) -> None:
    assert load(tmp_path, GOOD + f"mqtt: {{version: {version}}}").mqtt.version is Protocol.MQTT_311
    assert load(tmp_path, GOOD + "mqtt: {version: 5}").mqtt.version is Protocol.MQTT_5


def test_a_section_whose_keys_are_commented_out_has_its_defaults(tmp_path: Path) -> None:
    scenario = load(tmp_path, GOOD + "mqtt:\n  # qos: 2\nworld:\n")
    assert scenario == load(tmp_path, GOOD)


def test_switches_may_be_written_as_people_do(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD + "mqtt: {retain: on, clean: no}").mqtt.retain is True


def test_a_resolved_scenario_can_be_read_back(tmp_path: Path) -> None:
    scenario = load(tmp_path, GOOD + "rate: 10/s\nmqtt: {version: 5}")
    assert type(scenario).model_validate(scenario.model_dump(mode="json")) == scenario
    assert type(scenario).model_validate_json(scenario.model_dump_json()) == scenario


def test_a_scenario_never_changes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path, GOOD).seed = 8


# What is refused: each line says where and what to write instead


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("sed: 3", "home.yaml:4: unknown key 'sed'; did you mean 'seed'?"),
        ("households: 3", "home.yaml:4: unknown key 'households'; it belongs in world, as world.households"),
        (
            "mqtt: {quality: 3}",
            "home.yaml:4: unknown key 'quality' in mqtt; the keys here are broker, version",
        ),
        (
            "duration: 5",
            "home.yaml:4: duration: write a duration with its unit, such as 30s, 5m, 6h or 1d, not 5",
        ),
        (
            "duration: 5.5",
            "home.yaml:4: duration must be a duration with its unit, above 0s and up to 366d, not 5.5",
        ),
        ("duration: 1:30", "home.yaml:4: duration: write a duration with its unit"),
        ("duration: 6 parsecs", "home.yaml:4: duration: write a duration with its unit"),
        ("duration: 400d", "home.yaml:4: duration must be a duration with its unit, above 0s and up to 366d"),
        ("duration: 0s", "home.yaml:4: duration must be a duration with its unit, above 0s and up to 366d"),
        ("duration: -5m", "home.yaml:4: duration: a duration cannot be negative, as '-5m' is"),
        (
            "rate: 5000",
            "home.yaml:4: rate: write a rate with its unit of time, such as 5000/s, not 5000",
        ),
        (
            "rate: 0/s",
            "home.yaml:4: rate must be a rate with its unit, above 0/s and up to 10,000,000/s, not '0/s'",
        ),
        ("speed: 0", "home.yaml:4: speed: write a number above 0 and up to 1,000,000, or max, not 0"),
        ("speed: fast", "home.yaml:4: speed: write a number above 0 and up to 1,000,000, or max, not 'fast'"),
        ("rate: 5/s\nspeed: 5", "home.yaml:5: speed: give speed or rate, not both"),
        ("seed: -1", "home.yaml:4: seed must be a whole number from 0 to 9,223,372,036,854,775,807, not -1"),
        (
            "seed: seven",
            "home.yaml:4: seed must be a whole number from 0 to 9,223,372,036,854,775,807, not 'seven'",
        ),
        ("seed: true", "home.yaml:4: seed must be a whole number from 0 to 9,223,372,036,854,775,807"),
        ("seed: .inf", "home.yaml:4: seed must be a whole number"),
        (
            "world: {households: 0}",
            "home.yaml:4: households in world must be a whole number from 1 to 1,000,000, not 0",
        ),
        (
            "world: {households: 1e9}",
            "home.yaml:4: households in world must be a whole number from 1 to 1,000,000",
        ),
        (
            "world: {households: 2.5}",
            "home.yaml:4: households in world must be a whole number from 1 to 1,000,000",
        ),
        ("world: 5", "home.yaml:4: world must be a mapping of keys to values, not 5"),
        (
            "start: 2026-03-02T17:00:00",
            "home.yaml:4: start: write a date and time with its zone, such as 2026-",
        ),
        ("start: 2026-03-02", "home.yaml:4: start: write a date and time with its zone, such as 2026-"),
        ("start: 1066-10-14T09:00:00Z", "home.yaml:4: start: write a year from 1970 to 2100, not 1066"),
        (
            "mqtt: {broker: mosquito}",
            "home.yaml:4: broker in mqtt: no broker is called 'mosquito'; did you mean 'mosq",
        ),
        (
            "mqtt: {broker: 'localhost:1883'}",
            "home.yaml:4: broker in mqtt: no broker is called 'localhost:1883'; did you mean 'mqtt://localhost:1883'?",
        ),
        (
            "mqtt: {broker: 'http://localhost'}",
            "home.yaml:4: broker in mqtt: only mqtt://, mqtts://, ws://, wss:// URLs are known; write",
        ),
        ("mqtt: {qos: 3}", "home.yaml:4: qos in mqtt must be a whole number from 0 to 2, not 3"),
        ("mqtt: {version: 4}", "home.yaml:4: version in mqtt: the MQTT versions are 3.1.1 and 5, not 4"),
        (
            "mqtt: {keep_alive: 1d}",
            "home.yaml:4: keep_alive in mqtt must be a duration with its unit, from 1s to 18h",
        ),
        (
            "mqtt: {payload: cbr}",
            "home.yaml:4: payload in mqtt: no payload format is called 'cbr'; did you mean 'cbor'?",
        ),
        ("mqtt: {retain: maybe}", "home.yaml:4: retain in mqtt must be true or false, not 'maybe'"),
        ("mqtt: {topic: 'a/{event}'}", "home.yaml:4: topic in mqtt: a topic needs {device}"),
        ("mqtt: {topic: 'a/{device}'}", "home.yaml:4: topic in mqtt: a topic needs {event}"),
        (
            "mqtt: {topic: 'a/{devise}/{event}'}",
            "home.yaml:4: topic in mqtt: no placeholder is called {devise}; did you mean '{device}'?",
        ),
        (
            "mqtt: {topic: '{device!r}/{event}'}",
            "home.yaml:4: topic in mqtt: no placeholder is called {device!r}",
        ),
        ("mqtt: {topic: '{device}/{event'}", "home.yaml:4: topic in mqtt: the braces do not match"),
        (
            "mqtt: {topic: '{device}/#/{event}'}",
            "home.yaml:4: topic in mqtt: a topic to publish on cannot hold '#'",
        ),
        (
            "mqtt: {topic: '$SYS/{device}/{event}'}",
            "home.yaml:4: topic in mqtt: a topic cannot begin with '$'",
        ),
        ("thresholds: latency", "home.yaml:4: thresholds must be a list, not 'latency'"),
        (
            "thresholds: ['lag_p99 < 1s', 'publish_latency_p9 < 1s']",
            "home.yaml:4: thresholds[1]: no metric is called 'publish_latency_p9'; did you mean",
        ),
        ("assaults: []", "home.yaml:4: unknown key 'assaults'"),
        ("description: [a]", "home.yaml:4: description must be text of 0 to 2,000 characters, not a list"),
        ("late_after: 0s", "home.yaml:4: late_after must be a duration with its unit, above 0s and up to 1h"),
    ],
)
def test_a_mistake_in_a_field(complaints: Any, line: str, complaint: str) -> None:
    (said,) = complaints(GOOD + line)
    assert said.startswith(complaint)


@pytest.mark.parametrize(
    ("device", "complaint"),
    [
        (
            "kind: thermostta",
            "home.yaml:3: devices[0]: no device kind is called 'thermostta'; did you mean 'thermostat'?",
        ),
        (
            "kind: 5",
            "home.yaml:3: devices[0]: no device kind is called 5; choose from thermostat, doorbell, broken",
        ),
        ("kind: broken", "home.yaml:3: devices[0]: device 'broken' cannot be loaded: no module named 'gpu'"),
        (
            "owners: 0.5",
            "home.yaml:3: devices[0]: a kind is missing; choose from thermostat, doorbell, broken",
        ),
        ("thermostat", "home.yaml:3: devices[0]: write a mapping with a kind; choose from thermostat"),
        (
            "kind: doorbell",
            "home.yaml:3: rings in devices[0] (doorbell) is missing; it must be a whole number of at least 1",
        ),
        (
            "{kind: thermostat, onwers: 0.3}",
            "home.yaml:3: unknown key 'onwers' in devices[0] (thermostat); did you mean 'owners'?",
        ),
        (
            "{kind: thermostat, owners: 1.5}",
            "home.yaml:3: owners in devices[0] (thermostat) must be a number from 0 to 1, not 1.5",
        ),
        (
            "{kind: thermostat, interval: 2h}",
            "home.yaml:3: interval in devices[0] (thermostat) must be a duration with its unit, from 1s",
        ),
        (
            "{kind: thermostat, nap: 0.5}",
            "home.yaml:3: nap in devices[0] (thermostat) must be a duration with its unit, above 0s, not 0.5",
        ),
        (
            "{kind: thermostat, mode: hot}",
            "home.yaml:3: mode in devices[0] (thermostat) must be heat or cool, not 'hot'",
        ),
        (
            "{kind: thermostat, zones: many}",
            "home.yaml:3: zones in devices[0] (thermostat) must be a whole number or auto, not 'many'",
        ),
        (
            "{kind: thermostat, payload: xml}",
            "home.yaml:3: payload in devices[0] (thermostat): no payload format is called 'xml'",
        ),
        (
            "{kind: thermostat, qos: 7}",
            "home.yaml:3: qos in devices[0] (thermostat) must be a whole number from 0 to 2",
        ),
    ],
)
def test_a_mistake_in_a_device(complaints: Any, device: str, complaint: str) -> None:
    (said,) = complaints(f"name: home\ndevices:\n  - {device}\n")
    assert said.startswith(complaint)


def test_all_mistakes_are_reported_in_the_order_of_the_lines(complaints: Any) -> None:
    text = """\
name: My Home
duration: 6
seed: -1
speed: 60
speed: 70
devices:
  - kind: thermostat
    onwers: 0.3
    interval: soon
  - kind: doorbel
world:
  households: many
mqtt: {qos: 9, topic: fleet}
"""
    assert complaints(text, world__shops="-3") == [
        "home.yaml:1: name: write lower-case letters, digits and hyphens, such as my-home, not 'My Home'",
        f"home.yaml:2: duration: {UNIT}, not 6",
        "home.yaml:3: seed must be a whole number from 0 to 9,223,372,036,854,775,807, not -1",
        "home.yaml:5: the key 'speed' is given twice; the first is on line 4",
        "home.yaml:8: unknown key 'onwers' in devices[0] (thermostat); did you mean 'owners'?",
        f"home.yaml:9: interval in devices[0] (thermostat): {UNIT}, not 'soon'",
        "home.yaml:10: devices[1]: no device kind is called 'doorbel'; did you mean 'doorbell'?",
        "home.yaml:12: households in world must be a whole number from 1 to 1,000,000, not 'many'",
        "home.yaml:13: qos in mqtt must be a whole number from 0 to 2, not 9",
        "home.yaml:13: topic in mqtt: a topic needs {device}, so that no two devices or events share one",
        "--set world.shops=-3: shops in world must be a whole number from 0 to 100,000, not -3",
    ]


def test_what_is_missing(complaints: Any) -> None:
    assert complaints("seed: 1") == [
        "home.yaml: name is missing; it must be text",
        "home.yaml: devices is missing; it must be a list of at least 1 entry",
    ]
    assert complaints("name: x\ndevices: []") == [
        "home.yaml:2: devices must be a list of at least 1 entry, not an empty list"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("# nothing but a comment\n", "it is empty"),
        ("hello", "not 'hello'"),
        ("- a\n- b\n", "not a list"),
    ],
)
def test_a_scenario_is_a_mapping(complaints: Any, text: str, said: str) -> None:
    assert complaints(text) == [f"home.yaml: a scenario must be a mapping of keys to values; {said}"]


def test_a_syntax_error_does_not_hide_a_wrong_override(complaints: Any) -> None:
    first, second = complaints("name: x: y", seed="[")
    assert first.startswith("home.yaml:1: not valid YAML")
    assert second.startswith("--set seed=[: not valid YAML")


def test_more_mistakes_than_anybody_reads_are_counted(complaints: Any) -> None:
    said = complaints("\n".join(f"key{n}: 1" for n in range(MOST_PROBLEMS + 100)))
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1].endswith("more problems from here on")


def test_a_scenario_error_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "none.yaml")
    assert caught.value.exit_code is ExitCode.USAGE


# Overrides


def test_overrides_replace_make_and_reach_into_lists(tmp_path: Path) -> None:
    scenario = load(
        tmp_path,
        GOOD,
        world__households="250",
        devices__0__owners="0.25",
        mqtt__broker="mqtt://localhost:1884",
        duration="30m",
        thresholds="['lag_p99 < 1s']",
    )
    assert (scenario.world.households, scenario.world.shops) == (250, 3)
    assert scenario.devices[0].owners == 0.25
    assert scenario.mqtt.broker == "mqtt://localhost:1884"
    assert scenario.duration == 1800
    assert scenario.thresholds == ("lag_p99 < 1s",)


def test_an_override_hides_what_was_wrong_in_the_file(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD + "world: {shopz: [1, 2]}", world="{shops: 2}").world.shops == 2


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("world__households", "x", "--set world.households=x: households in world must be a whole number"),
        ("wrld__shops", "1", "--set wrld.shops=1: unknown key 'wrld'; did you mean 'world'?"),
        ("mqtt__tpic", "x", "--set mqtt.tpic=x: unknown key 'tpic' in mqtt; did you mean 'topic'?"),
        ("devices__1__owners", "1", "--set devices.1.owners=1: devices has no entry '1'; choose from 0"),
        ("devices__kind", "x", "--set devices.kind=x: devices has no entry 'kind'; choose from 0"),
        ("name__x", "1", "--set name.x=1: name holds no further keys, so not 'x' either"),
        ("world____shops", "1", "--set world..shops=1: write a path of keys, such as world.households"),
        ("seed", "'", "--set seed=': not valid YAML: a quote or bracket is never closed"),
        (
            "seed",
            "",
            "--set seed=: seed must be a whole number from 0 to 9,223,372,036,854,775,807, not nothing",
        ),
    ],
)
def test_a_mistake_in_an_override(complaints: Any, path: str, value: str, complaint: str) -> None:
    (said,) = complaints(GOOD, **{path: value})
    assert said.startswith(complaint)


def test_an_override_can_be_named_after_the_option_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "home.yaml").write_text(GOOD)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "home.yaml", {"duration": "6"}, {"duration": "--duration 6"})
    assert caught.value.problems[0].where == "--duration 6"


def test_credentials_of_a_broker_are_kept_but_never_shown(tmp_path: Path, complaints: Any) -> None:
    scenario = load(tmp_path, GOOD + "mqtt: {broker: 'mqtt://me:secret@localhost:1883'}")
    assert scenario.mqtt.broker == "mqtt://me:secret@localhost:1883"
    assert scenario.model_dump()["mqtt"]["broker"] == "mqtt://localhost:1883"
    assert scenario.model_dump(mode="json")["mqtt"]["broker"] == "mqtt://localhost:1883"
    (said,) = complaints(GOOD, mqtt__broker="amqp://me:secret@localhost")
    assert said.startswith("--set mqtt.broker=amqp://localhost: broker in mqtt: only mqtt://")


def test_a_certificate_needs_encryption_in_a_websocket_too(tmp_path: Path, complaints: Any) -> None:
    options = {"mqtt__credentials": "there", "mqtt__authentication": "certificate"}
    (said,) = complaints(GOOD, mqtt__broker="ws://localhost:8083", **options)
    assert "a certificate is shown in a TLS handshake" in said
    scenario = load(tmp_path, GOOD + "mqtt: {broker: 'wss://localhost:8084/mqtt'}")
    assert scenario.mqtt.broker == "wss://localhost:8084/mqtt"


# Finding the file


def test_a_missing_file_names_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("home.yaml").write_text(GOOD)
    *most, last = shipped()
    cases = {
        "hom.yaml": "hom.yaml: there is no such file; did you mean 'home.yaml'?",
        "quickstrat": "quickstrat: there is no such scenario; did you mean 'quickstart'?",
        "other/quick-strat.yaml": "other/quick-strat.yaml: there is no such file; did you mean 'quickstart'?",
        "zzz": f"zzz: there is no such scenario; the shipped ones are {', '.join(most)} or {last}",
    }
    for source, complaint in cases.items():
        with pytest.raises(ScenarioError) as caught:
            load_scenario(source)
        assert str(caught.value) == complaint


def test_files_that_are_no_scenario(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"name: x\ndescription: caf\xe9\n")
    (tmp_path / "huge.yaml").write_bytes(b"#" * (MOST_BYTES + 1))
    cases = {
        "folder": "folder: is a folder; name a file in it",
        "latin.yaml": "latin.yaml:2: is not text in UTF-8",
        "huge.yaml": "huge.yaml: is larger than 256 KiB; that is no scenario",
    }
    for source, complaint in cases.items():
        with pytest.raises(ScenarioError) as caught:
            load_scenario(tmp_path / source)
        assert str(caught.value) == f"{tmp_path}/{complaint}"


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(GOOD)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ScenarioError, match=r"home\.yaml: cannot be read: Permission denied"):
        load_scenario(file)


# Junk


_KEYS = st.sampled_from(
    ["name", "seed", "start", "speed", "rate", "world", "devices", "mqtt", "kind", "qos", "x"]
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["thermostat", "doorbell", "5m", "-1h", "max", "5/s", "2026-03-02T17:00:00Z", "9" * 400 + "s"]
    )
)
_JUNK = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEYS | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.dictionaries(_KEYS, _JUNK, max_size=8))
def test_junk_is_a_scenario_error_and_nothing_else(tmp_path: Path, value: dict[str, Any]) -> None:
    try:
        load(tmp_path, yaml.safe_dump(value, allow_unicode=True))
    except ScenarioError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(problem.where and problem.message and "\n" not in str(problem) for problem in problems)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(path=st.text(alphabet="devicsmqt.01 ", max_size=15), value=st.text(max_size=15))
def test_a_junk_override_is_a_scenario_error_and_nothing_else(tmp_path: Path, path: str, value: str) -> None:
    try:
        load(tmp_path, GOOD, **{path: value})
    except ScenarioError as error:
        problems = error.problems
    else:
        return
    assert problems
