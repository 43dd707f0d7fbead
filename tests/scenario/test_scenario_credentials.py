"""Where a scenario's credentials are, how its devices use them, and that none is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.core.credentials import INDEX, Authentication
from simulator.core.errors import ScenarioError
from simulator.scenario import load_scenario
from simulator.scenario.mqtt import without_credentials

HOME = """\
name: home
devices: [{kind: smart_speaker}]
mqtt: {broker: mosquitto}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    file = tmp_path / "home.yaml"
    file.write_text(HOME)
    return file


@pytest.fixture
def folder(tmp_path: Path) -> str:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / INDEX).write_text("{}")
    return str(credentials)


def complaint(file: Path, **settings: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, {f"mqtt.{name}": value for name, value in settings.items()})
    (problem,) = caught.value.problems
    return str(problem)


def test_without_credentials_nobody_authenticates(home: Path) -> None:
    mqtt = load_scenario(home).mqtt
    assert (mqtt.credentials, mqtt.authentication) == (None, Authentication.NONE)


def test_with_credentials_and_nothing_said_it_is_by_password(home: Path, folder: str) -> None:
    mqtt = load_scenario(home, {"mqtt.credentials": folder}).mqtt
    assert (mqtt.credentials, mqtt.authentication) == (folder, Authentication.PASSWORD)


@pytest.mark.parametrize("authentication", list(Authentication))
def test_another_way_can_be_named(home: Path, folder: str, authentication: Authentication) -> None:
    scenario = load_scenario(home, {"mqtt.credentials": folder, "mqtt.authentication": authentication.value})
    assert scenario.mqtt.authentication is authentication
    again = type(scenario).model_validate(scenario.model_dump(mode="json"))
    assert again == scenario


def test_a_way_that_needs_credentials_says_so(home: Path) -> None:
    said = complaint(home, authentication="jwt")
    assert said.startswith("--set mqtt.authentication=jwt: authentication in mqtt: jwt needs credentials")
    assert "fleetsim provision" in said


def test_an_unknown_way_lists_those_there_are(home: Path, folder: str) -> None:
    said = complaint(home, credentials=folder, authentication="token")
    assert "must be none, password, certificate or jwt, not 'token'" in said


def test_a_folder_without_credentials_says_where_it_was_looked_for_and_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    said = complaint(home, credentials="nowhere")
    assert said.startswith(f"--set mqtt.credentials=nowhere: credentials in mqtt: {tmp_path / 'nowhere'} ")
    assert "make them with `fleetsim provision SCENARIO --for BROKER -o DIR`" in said
    home.write_text(HOME.replace("mosquitto}", "mosquitto, credentials: nowhere}"))
    assert complaint(home).startswith(f"{home}:3: credentials in mqtt: ")


def test_the_embedded_broker_checks_none(home: Path, folder: str) -> None:
    said = complaint(home, credentials=folder, broker="embedded")
    assert "the embedded broker checks no credentials; name another in mqtt.broker" in said


def test_a_certificate_needs_tls(home: Path, folder: str) -> None:
    choice = {"credentials": folder, "authentication": "certificate"}
    said = complaint(home, broker="mqtt://localhost:8884", **choice)
    assert "a certificate is shown in a TLS handshake; write the broker as mqtts://HOST:PORT" in said
    settings = {
        "mqtt.broker": "mqtts://localhost:8884",
        **{f"mqtt.{name}": each for name, each in choice.items()},
    }
    assert load_scenario(home, settings).mqtt.authentication is Authentication.CERTIFICATE


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mqtt://me:secret@host:1883", "mqtt://host:1883"),
        ("mqtts://me:se/cr@t?@host", "mqtts://host"),
        ("me:secret@host:1883", "host:1883"),
        ("--broker me:secret@host", "--broker host"),
        ("--set mqtt.broker=me:secret@host", "--set mqtt.broker=host"),
        ("--set mqtt.broker=mqtt://me:se cret@host", "--set mqtt.broker=mqtt://host"),
        ("--set mqtt={broker: 'me:secret@host'}", "--set mqtt={broker: 'host'}"),
        ("mail me@example.org", "mail me@example.org"),
        ("mqtt://host:1883", "mqtt://host:1883"),
    ],
)
def test_user_and_password_are_taken_out_of_what_is_shown(text: str, left: str) -> None:
    assert without_credentials(text) == left


@pytest.mark.parametrize(
    "broker",
    [
        "me:hunter2@host:1883",
        "ftp://me:hunter2@host",
        "mqtt:/me:hunter2@host",
        "mqtt://me:hunter2@" + "h" * 600,
        "[me:hunter2@host]",
    ],
)
def test_no_complaint_about_a_broker_shows_its_password(home: Path, broker: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(home, {"mqtt.broker": broker, "mqtt.qos": "7"})
    assert "hunter2" not in str(caught.value)
