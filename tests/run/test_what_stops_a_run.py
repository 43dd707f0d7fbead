"""What a run cannot do is said in a line or two, with the right exit code and no traceback."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from fleetsim_process import fleetsim, read

NO_ROUTE = ["unshare", "--map-root-user", "--net"]
"""A network namespace of its own, where not even loopback is up: nothing could leave if the guard failed."""

NO_PRIVILEGE = ["unshare", "--user"] if os.geteuid() == 0 else []
"""Without the right of root to write everywhere."""


def said(errors: str, *words: str) -> None:
    assert "Traceback" not in errors
    assert len(errors.splitlines()) <= 3, errors
    for word in words:
        assert word in errors


def test_a_broker_that_is_not_there(evening: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    folder = tmp_path / "run"
    _, errors = fleetsim("run", evening, "--broker", f"mqtt://127.0.0.1:{port}", "-o", folder, code=1)
    said(errors, f"127.0.0.1:{port}")
    assert not folder.exists()


def test_a_metrics_port_that_is_taken(evening: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        _, errors = fleetsim("run", evening, "--metrics-port", port, "-o", tmp_path / "run", code=1)
    said(errors, port, "in use")


def test_a_folder_that_may_not_be_written(evening: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    _, errors = fleetsim("run", evening, "-o", locked / "run", code=1, under=NO_PRIVILEGE)
    said(errors, str(locked / "run"), "Permission denied", "-o")


def test_a_folder_that_holds_another_run(evening: Path, tmp_path: Path) -> None:
    (tmp_path / "summary.json").touch()
    _, errors = fleetsim("run", evening, "-o", tmp_path, code=2)
    said(errors, str(tmp_path), "not empty")


def test_a_file_limit_that_is_too_low(evening: Path, tmp_path: Path) -> None:
    under = ["prlimit", "--nofile=80:80"]
    _, errors = fleetsim("run", evening, "-o", tmp_path / "run", "--quiet", code=1, under=under)
    said(errors, "room for 16", "ulimit", "--scale")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mqtt://test.mosquitto.org", "public broker"),
        ("mqtt://Broker.HiveMQ.com.:1883", "public broker"),
        ("mqtt://192.0.2.1", "not on this machine"),
        ("mqtt://[2001:db8::1]:1883", "not on this machine"),
        ("mqtt://[::ffff:198.51.100.7]", "not on this machine"),
        ("mqtt://0.0.0.0", "not the address of one host"),
    ],
)
def test_a_target_beyond_loopback(url: str, why: str, evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    _, errors = fleetsim("run", evening, "--broker", url, "-o", folder, code=5, under=NO_ROUTE)
    said(errors, why)
    assert not folder.exists()


def test_a_public_broker_is_refused_even_if_it_is_named_as_allowed(evening: Path, tmp_path: Path) -> None:
    target = ("--broker", "mqtt://test.mosquitto.org", "--allow-target", "test.mosquitto.org")
    _, errors = fleetsim("run", evening, *target, "-o", tmp_path / "run", code=5, under=NO_ROUTE)
    said(errors, "public")


def test_all_mistakes_of_a_scenario_at_once(tmp_path: Path) -> None:
    scenario = tmp_path / "home.yaml"
    scenario.write_text(
        "name: home\n"
        "duration: 6 hours\n"
        "sped: 60\n"
        "world: {households: -5}\n"
        "devices:\n"
        "  - {kind: wearable, onwers: 0.3}\n"
        "  - {kind: smart_speeker}\n"
        "  - {kind: inventory_sensor, per_shop: 1e12}\n"
        "mqtt: {qos: 3}\n"
    )
    _, errors = fleetsim("run", scenario, "-o", tmp_path / "run", code=2)
    assert "Traceback" not in errors
    for line, word in {
        2: "6h",
        3: "speed",
        4: "households",
        6: "owners",
        7: "smart_speaker",
        8: "per_shop",
        9: "qos",
    }.items():
        assert any(f"home.yaml:{line}:" in error and word in error for error in errors.splitlines()), line


@pytest.mark.parametrize(
    ("text", "words"),
    [("name: [", ["broken.yaml:1", "YAML"]), ("", ["broken.yaml"]), ("- a\n- b\n", ["broken.yaml"])],
)
def test_a_file_that_is_no_scenario(text: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    _, errors = fleetsim("run", tmp_path / "broken.yaml", code=2)
    said(errors, *words)


def test_a_file_that_is_not_there_and_the_name_that_was_meant() -> None:
    _, errors = fleetsim("run", "quikstart", code=2)
    said(errors, "quikstart", "quickstart")


def test_more_sensors_than_a_shop_has_room_for(evening: Path, tmp_path: Path) -> None:
    _, errors = fleetsim("run", evening, "--set", "devices.2.per_shop=999", "-o", tmp_path / "run", code=2)
    said(errors, "999", "184")


def test_a_run_that_misses_a_threshold(evening: Path, tmp_path: Path) -> None:
    thresholds = 'thresholds=["messages > 1000000"]'
    fleetsim("run", evening, "--speed", "max", "--set", thresholds, "-o", tmp_path / "run", "--quiet", code=3)
    result = read(tmp_path / "run" / "summary.json")
    assert result["status"] == "failed"
    assert result["thresholds"][0]["held"] is False


def test_a_run_with_nothing_to_send_is_not_trusted(evening: Path, tmp_path: Path) -> None:
    options = ("--set", "devices=[{kind: wearable, owners: 0}]", "--speed", "max", "-o", tmp_path / "run")
    fleetsim("run", evening, *options, "--quiet", code=4)
