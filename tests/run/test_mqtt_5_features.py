"""A run with all that it can ask of MQTT 5, seen by a client that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleetsim_process import fleetsim, read, wait_for
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Protocol

FEATURES = """\
mqtt:
  version: 5
  user_properties: {site: lab, build: "7"}
  message_expiry: 10m
  session_expiry: 5m
  will_delay: 30s
  topic_alias: on
  witness_sessions: 3
witness: 1.0
thresholds: ["delivered_ratio == 1"]
"""


@pytest.mark.parametrize("transport", ["fast", "paho"])
def test_a_stranger_sees_the_properties_and_the_shared_witness_misses_nothing(
    transport: str, evening: Path, mosquitto: LocalMosquitto, tmp_path: Path
) -> None:
    endpoint = mosquitto.endpoint(Protocol.MQTT_5)
    heard: list[MQTTMessage] = []
    stranger = Client(CallbackAPIVersion.VERSION2, "stranger", protocol=MQTTProtocolVersion.MQTTv5)
    stranger.on_message = lambda _client, _userdata, message: heard.append(message)
    stranger.connect(endpoint.address, endpoint.port)
    stranger.subscribe("fleet/#", 2)
    stranger.loop_start()
    evening.write_text(evening.read_text() + FEATURES)
    folder = tmp_path / "run"
    fleetsim(
        *("run", evening, "--broker", f"mqtt://127.0.0.1:{endpoint.port}"),
        *("--set", f"mqtt.transport={transport}", "-o", folder, "--quiet"),
    )
    summary = read(folder / "summary.json")
    due = summary["messages"]["due"]
    wait_for(lambda: len(heard) >= due, "all messages")
    stranger.disconnect()
    stranger.loop_stop()
    witness = summary["witness"]
    assert (witness["expected"], witness["received"], witness["missing"]) == (due, due, 0)
    assert witness["duplicated"] == 0, "each message comes to one of the three that share"
    assert summary["refusals"] == {}
    assert len(heard) == due
    for message in heard:
        assert message.properties is not None
        assert message.properties.UserProperty == [("site", "lab"), ("build", "7")]
        assert 0 < message.properties.MessageExpiryInterval <= 600
    assert all(message.topic.startswith("fleet/n0/") for message in heard)


def test_the_summary_counts_what_the_broker_refuses_by_its_reason(evening: Path, tmp_path: Path) -> None:
    rights = tmp_path / "rights.acl"
    rights.write_text("topic readwrite #\ntopic deny fleet/+/smart_speaker/#\n")
    with LocalMosquitto(extra=f"acl_file {rights}\n") as broker:
        url = f"mqtt://127.0.0.1:{broker.endpoint(Protocol.MQTT_5).port}"
        settings = ("mqtt.version=5", "world.households_per_neighbourhood=6", "duration=30m")
        out, _ = fleetsim(
            *("run", evening, "--broker", url, "--workers", "2", "-o", tmp_path / "run"),
            *(part for setting in settings for part in ("--set", setting)),
        )
    summary = read(tmp_path / "run" / "summary.json")
    # Mosquitto 2.0.11 also closes the connection with each refusal, so some messages end otherwise.
    refused = summary["messages"]["refused"]
    assert refused == summary["by_kind"]["smart_speaker"]["refused"] > 0
    assert summary["refusals"] == {"messages": {"not authorized (0x87)": refused}}
    assert f"{refused:,} messages: not authorized (0x87)" in " ".join(out.split())
