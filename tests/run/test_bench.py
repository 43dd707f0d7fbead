"""The benchmark command: one object with the fields of the contract, and counts that agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fleetsim_process import fleetsim

FIELDS = {
    "messages_per_second", "broker_messages_per_second", "connections", "qos", "payload_bytes",
    "transport", "workers", "seconds", "cpu_seconds", "latency_ms", "rss_bytes",
}  # fmt: skip
SHORT = ("--connections", "50", "--seconds", "3")


@pytest.mark.parametrize("transport", ["fast", "paho", "plain-paho"])
def test_one_object_with_what_was_measured(transport: str) -> None:
    out, _ = fleetsim("bench", *SHORT, "--qos", "1", "--transport", transport, "--json")
    measured = json.loads(out)
    assert measured.keys() >= FIELDS
    assert measured["latency_ms"].keys() >= {"p50", "p99", "p999", "max"}
    assert (measured["transport"], measured["qos"], measured["connections"]) == (transport, 1, 50)
    assert measured["messages"] > 0


def test_the_embedded_broker_keeps_no_count() -> None:
    out, _ = fleetsim("bench", "--broker", "embedded", *SHORT, "--json")
    assert json.loads(out)["broker_messages_per_second"] is None


def test_realistic_content_beside_static_on_two_workers(evening: Path) -> None:
    options = ("--transport", "fast", "--workers", "2", "--qos", "1", "--scenario", evening)
    small = evening.read_text().replace("world: {", "world: {households_per_neighbourhood: 6, ")
    evening.write_text(small)
    out, _ = fleetsim("bench", *SHORT, *options, "--json")
    static, realistic = map(json.loads, out.splitlines())
    assert static["content"] == "static"
    assert realistic["content"] == "evening"
    assert realistic["payload_bytes"] > 50
    assert realistic["workers"] == 2


def test_the_table_says_which_side_was_slower() -> None:
    out, _ = fleetsim("bench", *SHORT, "--qos", "0", "--transport", "fast")
    assert "static" in out
    assert any(word in out for word in ("generator:", "broker:", "both:", "neither:"))


def test_a_scenario_with_credentials_is_measured_at_a_broker_that_checks_them(
    evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "credentials"
    fleetsim("provision", evening, "--for", "mosquitto", "-o", folder)
    with evening.open("a") as file:
        file.write(f"mqtt: {{broker: mosquitto, credentials: {folder}}}\n")
    out, _ = fleetsim("bench", "--seconds", "1", "--connections", "10", "--scenario", evening, "--json")
    _, realistic = map(json.loads, out.splitlines())
    assert realistic["connections"] > 20
    assert realistic["broker_messages_per_second"] == realistic["messages_per_second"]
