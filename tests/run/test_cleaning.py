"""Nothing of a run stays on a broker that outlives it, whether the run ended or was killed."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from fleetsim_process import PATIENCE, fleetsim, read, rows, start, wait_for
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import Credentials
from simulator.core.credentials import WITNESS, Login

NO_ROUTE = ["unshare", "--map-root-user", "--net"]
"""A network namespace of its own, where not even loopback is up: nothing could leave if the guard failed."""

LEAVES = ("--set", "mqtt.retain=true", "--set", "mqtt.clean=false")
VERSIONS = pytest.mark.parametrize("version", ["3.1.1", "5"])


def url(broker: LocalMosquitto) -> str:
    return f"mqtt://127.0.0.1:{broker.port}"


class Onlooker:
    """Asks a Mosquitto what it keeps, by means that know nothing of Fleetsim."""

    def __init__(self, broker: LocalMosquitto, login: Login | None = None) -> None:
        self._port = broker.port
        self._login = login or Login()

    def _client(self, name: str, *, clean: bool = True) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, name, clean_session=clean)
        if self._login.username is not None:
            client.username_pw_set(self._login.username, self._login.password)
        return client

    def retained(self) -> set[str]:
        """Return the topics of all retained messages but the broker's own."""
        topics: set[str] = set()
        asked: list[bool] = []

        def on_message(_client: Client, _data: object, message: MQTTMessage) -> None:
            if message.topic == "end":
                asked.append(True)
            elif message.retain:
                topics.add(message.topic)

        client = self._client("onlooker")
        client.on_message = on_message
        client.on_connect = lambda *_: client.subscribe("#")
        # The broker hands on what it retains before it takes the next packet.
        client.on_subscribe = lambda *_: client.publish("end")
        client.connect("127.0.0.1", self._port)
        wait_for(lambda: client.loop(0.1) == 0 and bool(asked), "the onlooker")
        client.disconnect()
        return topics

    def has_session(self, device: str) -> bool:
        """Return whether the broker keeps a session of this client."""
        present: list[bool] = []
        client = self._client(device, clean=False)
        client.on_connect = lambda _client, _data, flags, *_: present.append(flags.session_present)
        client.connect("127.0.0.1", self._port)
        wait_for(lambda: client.loop(0.1) == 0 and bool(present), "the onlooker")
        client.disconnect()
        return present[0]

    def put(self, topic: str) -> None:
        """Retain a message that is not the run's."""
        client = self._client("stranger")
        done: list[bool] = []
        client.on_connect = lambda *_: client.publish(topic, b"mine", 1, retain=True)
        client.on_publish = lambda *_: done.append(True)
        client.connect("127.0.0.1", self._port)
        wait_for(lambda: client.loop(0.1) == 0 and bool(done), "the stranger")
        client.disconnect()


def devices_in(folder: Path) -> set[str]:
    files = [*folder.glob("truth/messages.jsonl"), *folder.glob("shards/*/truth/messages.jsonl")]
    whole = (line for file in files for line in file.read_text().splitlines(keepends=True))
    return {json.loads(line)["device"] for line in whole if line.endswith("\n")}


@VERSIONS
def test_a_run_removes_its_retained_messages_and_sessions_and_nothing_else(
    version: str, mosquitto: LocalMosquitto, evening: Path, tmp_path: Path
) -> None:
    onlooker = Onlooker(mosquitto)
    others = {"other/topic", "fleet/n0/wearable/0123456789ab/pulse"}
    for topic in others:
        onlooker.put(topic)
    folder = tmp_path / "run"
    options = ("--broker", url(mosquitto), "--set", f"mqtt.version={version}", "-o", folder)
    out, _ = fleetsim("run", evening, *options, *LEAVES)
    messages = rows(folder / "truth" / "messages.jsonl")
    topics = {message["topic"] for message in messages}
    done = read(folder / "summary.json")["clean_up"]
    assert done["retained"] == len(topics)
    assert done["sessions"] == read(folder / "summary.json")["connections"]["asked"]
    assert done["left"] == 0
    assert "Cleaned up" in out
    assert onlooker.retained() == others
    assert not any(onlooker.has_session(device) for device in devices_in(folder))


@VERSIONS
@pytest.mark.parametrize("workers", ["1", "2"])
def test_clean_removes_what_a_killed_run_has_left(
    workers: str, version: str, mosquitto: LocalMosquitto, evening: Path, tmp_path: Path
) -> None:
    onlooker = Onlooker(mosquitto)
    onlooker.put("other/topic")
    folder = tmp_path / "run"
    options = ("--set", f"mqtt.version={version}", "--set", "world.households_per_neighbourhood=6")
    process = start(
        *("run", evening, "--broker", url(mosquitto), "--speed", "1500", "--workers", workers),
        *(*options, *LEAVES, "-o", folder, "--quiet"),
    )
    wait_for(lambda: len(devices_in(folder)) >= 5, "messages of five devices")
    process.kill()
    process.communicate(timeout=PATIENCE)
    devices = devices_in(folder)
    assert len(onlooker.retained()) > 1
    assert all(onlooker.has_session(device) for device in devices)
    out, _ = fleetsim("clean", folder)
    assert "removed" in out
    assert onlooker.retained() == {"other/topic"}
    assert not any(onlooker.has_session(device) for device in devices)
    out, _ = fleetsim("clean", folder)  # once more, to no harm
    assert onlooker.retained() == {"other/topic"}


def test_ctrl_c_leaves_nothing_either(mosquitto: LocalMosquitto, evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    broker = ("--broker", url(mosquitto), "--speed", "600")
    process = start("run", evening, *broker, *LEAVES, "-o", folder, "--quiet")
    wait_for(lambda: bool(devices_in(folder)), "the first messages")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    onlooker = Onlooker(mosquitto)
    assert onlooker.retained() == set()
    assert not any(onlooker.has_session(device) for device in devices_in(folder))
    assert read(folder / "summary.json")["clean_up"]["retained"] > 0


def test_clean_finds_retained_messages_whose_truth_was_never_written(
    mosquitto: LocalMosquitto, evening: Path, tmp_path: Path
) -> None:
    onlooker = Onlooker(mosquitto)
    folder = tmp_path / "run"
    fleetsim("run", evening, "--broker", url(mosquitto), *LEAVES, "-o", folder, "--quiet")
    lost = {message["topic"] for message in rows(folder / "truth" / "messages.jsonl")}
    (folder / "truth" / "messages.jsonl").write_text("")
    for topic in lost:
        onlooker.put(topic)
    fleetsim("clean", folder)
    assert onlooker.retained() == set()


@pytest.mark.parametrize("truth", ["kept", "lost"])
def test_devices_with_rights_to_their_own_topics_alone_remove_their_own(
    truth: str, evening: Path, tmp_path: Path
) -> None:
    folder, secrets = tmp_path / "run", tmp_path / "credentials"
    fleetsim("provision", evening, "--for", "mosquitto", "-o", secrets, "--quiet")
    credentials = Credentials.open(secrets)
    login = ("--set", f"mqtt.credentials={secrets}")
    with LocalMosquitto(credentials=credentials) as broker:
        onlooker = Onlooker(broker, credentials.login(WITNESS))
        process = start(
            *("run", evening, "--broker", url(broker), "--speed", "1500"),
            *(*login, *LEAVES, "-o", folder, "--quiet"),
        )
        wait_for(lambda: len(devices_in(folder)) >= 5, "messages of five devices")
        process.kill()
        process.communicate(timeout=PATIENCE)
        devices = devices_in(folder)
        assert len(onlooker.retained()) >= 5
        if truth == "lost":
            (folder / "truth" / "messages.jsonl").write_text("")
        fleetsim("clean", folder)
        assert onlooker.retained() == set()
        assert not any(onlooker.has_session(device) for device in devices)


def test_what_cannot_be_removed_is_said(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    acl = tmp_path / "acl"
    acl.write_text("topic readwrite #\n")
    acl.chmod(0o644)
    with LocalMosquitto() as broker:
        process = start("run", evening, "--broker", url(broker), *LEAVES, "-o", folder, "--quiet")
        wait_for(lambda: bool(devices_in(folder)), "the first messages")
        process.kill()
        process.communicate(timeout=PATIENCE)
    acl.write_text("topic read #\n")
    with LocalMosquitto(extra=f"acl_file {acl}") as broker:
        options = ("--broker", url(broker))
        manifest = read(folder / "manifest.json")
        manifest["scenario"]["mqtt"]["version"] = 5  # a 3.1.1 broker does not say that it denies a publish
        (folder / "manifest.json").write_text(json.dumps(manifest))
        _, errors = fleetsim("clean", folder, *options, code=1)
    assert "could not be removed: not authorized (0x87)" in errors


def test_a_run_that_leaves_nothing_needs_no_cleaning(
    mosquitto: LocalMosquitto, evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    fleetsim("run", evening, "--broker", url(mosquitto), "--speed", "max", "-o", folder, "--quiet")
    assert read(folder / "summary.json")["clean_up"] is None
    mosquitto.kill()  # nobody is asked
    out, _ = fleetsim("clean", folder)
    assert "left nothing" in out


def test_a_broker_of_the_runs_own_is_gone_with_all_that_it_kept(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fleetsim("run", evening, "--speed", "max", "--broker", "mosquitto", *LEAVES, "-o", folder, "--quiet")
    out, _ = fleetsim("clean", folder)
    assert "broker of its own" in out


@pytest.mark.parametrize("broker", ["mqtt://test.mosquitto.org", "mqtt://192.0.2.1", "mqtt://5.196.78.28"])
def test_cleaning_keeps_to_the_target_guard(broker: str, evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fleetsim("run", evening, "--speed", "max", *LEAVES, "-o", folder, "--quiet")
    manifest = read(folder / "manifest.json")
    manifest["scenario"]["mqtt"]["broker"] = broker
    (folder / "manifest.json").write_text(json.dumps(manifest))
    _, errors = fleetsim("clean", folder, code=5, under=NO_ROUTE)
    assert broker.removeprefix("mqtt://") in errors


def test_a_folder_without_a_run_is_a_usage_error(tmp_path: Path) -> None:
    _, errors = fleetsim("clean", tmp_path, code=2)
    assert "is not the folder of a run" in errors


def test_a_manifest_of_another_version_is_no_crash(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fleetsim("run", evening, "--speed", "max", "-o", folder, "--quiet")
    manifest = read(folder / "manifest.json")
    manifest["scenario"]["mqtt"]["telepathy"] = True
    (folder / "manifest.json").write_text(json.dumps(manifest))
    _, errors = fleetsim("clean", folder, code=2)
    assert "Traceback" not in errors
    assert "cannot be read" in errors
