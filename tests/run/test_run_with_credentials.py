"""Runs that log in: every device by itself, the witness as the witness, and no secret left anywhere."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from fleetsim_process import PATIENCE, fleetsim, read, rows, start, wait_for

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import CredentialFolder, Credentials, Listener
from simulator.broker.credentials.authority import Authority, Issued
from simulator.broker.credentials.keys import load_key
from simulator.core.credentials import Authentication
from simulator.core.endpoint import Protocol
from simulator.fleet import Fleet
from simulator.scenario import load_scenario

HOODS = ("--set", "world.households_per_neighbourhood=6", "--set", "world.shops=2")
"""Two neighbourhoods, for two workers."""

Run = Callable[..., tuple[dict[str, Any], str]]


@pytest.fixture
def credentials(evening: Path, tmp_path: Path) -> Path:
    """A folder with credentials for the fleet of the evening."""
    folder = tmp_path / "credentials"
    fleetsim("provision", evening, *HOODS, "--for", "mosquitto", "-o", folder, "--quiet")
    return folder


@pytest.fixture
def run(evening: Path, credentials: Path, tmp_path: Path) -> Run:
    """Runs the evening as fast as it goes and logs in; returns the summary and what was said."""

    def run(*arguments: str, code: int = 0) -> tuple[dict[str, Any], str]:
        folder = tmp_path / "run"
        settings = (*HOODS, "--speed", "max", "--set", f"mqtt.credentials={credentials}")
        out, err = fleetsim("run", evening, *settings, *arguments, "-o", folder, "--quiet", code=code)
        summary = folder / "summary.json"
        return (read(summary) if summary.exists() else {}), out + err

    return run


def url(broker: LocalMosquitto) -> str:
    endpoint = broker.endpoint(Protocol.MQTT_5)
    return f"mqtt://{endpoint.address}:{endpoint.port}"


@pytest.mark.parametrize(
    "how",
    [
        ("--set", "mqtt.transport=fast", "--set", "mqtt.version=3.1.1"),
        ("--set", "mqtt.transport=paho", "--set", "mqtt.version=5"),
        ("--workers", "2"),
    ],
)
def test_a_fleet_logs_in_by_password_and_the_witness_hears_all_of_it(run: Run, how: tuple[str, ...]) -> None:
    summary, _ = run("--broker", "mosquitto", "--set", "witness=1", *how)
    connections, messages = summary["connections"], summary["messages"]
    assert connections["reached"] == connections["asked"] > 20
    assert messages["acknowledged"] == messages["due"] > 500
    assert summary["witness"]["received"] == messages["due"]


def test_a_device_that_is_locked_out_is_refused_and_counted_so(
    evening: Path, credentials: Path, run: Run, tmp_path: Path
) -> None:
    device = min(Credentials.open(credentials).devices)
    fleetsim("provision", evening, *HOODS, "--for", "mosquitto", "-o", credentials, "--revoke", device)
    summary, said = run("--broker", "mosquitto")
    connections, messages = summary["connections"], summary["messages"]
    assert connections["asked"] - connections["reached"] == 1
    assert "1  not authorized" in said
    outcomes = {row["id"]: row for row in rows(tmp_path / "run" / "truth" / "delivery.jsonl")}
    senders = {row["id"]: row["device"] for row in rows(tmp_path / "run" / "truth" / "messages.jsonl")}
    dropped = {identity for identity, row in outcomes.items() if row["outcome"] == "dropped"}
    assert dropped == {identity for identity, sender in senders.items() if sender == device}
    assert len(dropped) == messages["dropped"]


def outcomes_by_device(folder: Path) -> dict[str, Counter[tuple[str, str | None]]]:
    """Return how often a device's messages ended in each way, and why."""
    senders = {row["id"]: row["device"] for row in rows(folder / "truth" / "messages.jsonl")}
    ways: dict[str, Counter[tuple[str, str | None]]] = {device: Counter() for device in senders.values()}
    for row in rows(folder / "truth" / "delivery.jsonl"):
        ways[senders[row["id"]]][row["outcome"], row["reason"]] += 1
    return ways


def test_a_fleet_with_certificates_and_three_that_are_wrong(
    evening: Path, credentials: Path, run: Run, tmp_path: Path
) -> None:
    """One has an expired certificate, one a revoked, one another's; each is refused and counted so."""
    fleet = Fleet(load_scenario(evening, {"world.households_per_neighbourhood": "6", "world.shops": "2"}))
    speakers = sorted(device for device, kind in fleet.devices.items() if kind == "smart_speaker")
    expired, revoked, thief, victim = speakers[:4]
    fleetsim("provision", evening, *HOODS, "--for", "mosquitto", "-o", credentials, "--revoke", revoked)
    files = CredentialFolder(credentials)
    now = datetime.now(UTC)
    authority = Authority.load(Issued(files.authority.read_bytes(), files.authority_key.read_bytes()), now)
    assert authority is not None
    key = load_key(files.key(expired).read_bytes())
    ended = authority.issue(expired, now=now, key=key, not_after=now - timedelta(minutes=1))
    files.certificate(expired).write_bytes(ended.certificate)
    for path in (files.certificate, files.key):
        path(thief).write_bytes(path(victim).read_bytes())

    how = ("--set", "mqtt.authentication=certificate", "--set", "mqtt.version=5", "--speed", "3600")
    summary, said = run("--broker", "mosquitto", "--set", "witness=1", *how)
    connections, messages = summary["connections"], summary["messages"]
    assert connections["asked"] - connections["reached"] == 2
    assert "certificate expired" in said
    assert "certificate revoked" in said
    ways = outcomes_by_device(tmp_path / "run")
    reason = "not authorized (0x87)"
    assert connections["denied"] == [
        {"device": thief, "reason": reason, "messages": ways[thief]["refused", reason]}
    ]
    assert f"1  let in, but {reason}" in said
    for device in (expired, revoked):
        assert {way for way, _ in ways.pop(device)} == {"dropped"}
    assert ways.pop(thief).keys() == {("refused", "not authorized (0x87)")}
    assert all(way.keys() == {("acknowledged", None)} for way in ways.values())
    assert (
        summary["witness"]["received"]
        == messages["acknowledged"]
        == sum(way.total() for way in ways.values())
    )


def test_messages_on_topics_without_the_right_to_them_are_refused_and_counted_so(run: Run) -> None:
    elsewhere = ("--set", "mqtt.topic=elsewhere/{device}/{event}", "--set", "mqtt.version=5")
    summary, _ = run("--broker", "mosquitto", *elsewhere)
    messages = summary["messages"]
    assert messages["refused"] == messages["due"] > 500


def test_mosquitto_checks_no_tokens_so_a_fleet_with_tokens_is_refused(run: Run) -> None:
    summary, said = run("--broker", "mosquitto", "--set", "mqtt.authentication=jwt", code=4)
    assert summary["connections"]["reached"] == 0
    assert "not authorized" in said


def test_a_fleet_that_has_grown_is_told_to_be_provisioned_before_anything_is_sent(run: Run) -> None:
    _, said = run("--broker", "mosquitto", "--scale", "2", code=2)
    assert "devices, such as" in said
    assert "have no credentials in" in said
    assert "run fleetsim provision for this scenario, with the same --scale and --set" in said


def test_credentials_for_another_broker_are_no_use_to_mosquitto(evening: Path, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    fleetsim("provision", evening, "--for", "emqx", "-o", folder)
    settings = ("--broker", "mosquitto", "--set", f"mqtt.credentials={folder}", "-o", tmp_path / "run")
    _, said = fleetsim("run", evening, *settings, code=2)
    assert (
        "was provisioned for another broker; run fleetsim provision once more, with --for mosquitto" in said
    )


@pytest.fixture
def guarded(credentials: Path) -> Iterator[LocalMosquitto]:
    """A Mosquitto that somebody else has started with what was provisioned."""
    with LocalMosquitto(credentials=Credentials.open(credentials)) as broker:
        yield broker


@pytest.mark.parametrize(
    ("authentication", "listener"),
    [(Authentication.PASSWORD, Listener.TLS), (Authentication.CERTIFICATE, Listener.MTLS)],
)
def test_a_fleet_logs_in_over_tls_at_a_broker_by_its_url(
    authentication: Authentication, listener: Listener, guarded: LocalMosquitto, run: Run
) -> None:
    port = guarded.endpoint(Protocol.MQTT_5, listener).port
    how = ("--set", f"mqtt.authentication={authentication}")
    summary, said = run("--broker", f"mqtts://localhost:{port}", *how)
    assert summary["connections"]["reached"] == summary["connections"]["asked"] > 20, said
    assert summary["messages"]["acknowledged"] == summary["messages"]["due"]


def command_lines(process: int) -> list[bytes]:
    """Return the command lines of a process and all that it has started."""
    lines, waiting = [], [process]
    while waiting:
        number = waiting.pop()
        folder = Path(f"/proc/{number}")
        lines.append((folder / "cmdline").read_bytes())
        waiting += map(int, (folder / "task" / str(number) / "children").read_text().split())
    return lines


@pytest.mark.parametrize("authentication", [Authentication.PASSWORD, Authentication.JWT])
def test_no_secret_is_in_a_runs_folder_its_output_its_metrics_or_a_process_title(
    authentication: Authentication, evening: Path, credentials: Path, guarded: LocalMosquitto, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    settings = [
        *HOODS,
        "--set",
        f"mqtt.credentials={credentials}",
        "--set",
        f"mqtt.authentication={authentication}",
    ]
    process = start(
        "run", evening, *settings, "--workers", "2", "--speed", "1800", "--broker", url(guarded), "--debug",
        "-o", folder, "--metrics-port", "0",
    )  # fmt: skip
    parts = [folder / "shards" / str(index) / "truth" / "messages.jsonl" for index in range(2)]
    wait_for(lambda: all(part.exists() and part.stat().st_size for part in parts), "the first messages")
    titles = command_lines(process.pid)
    assert process.stderr is not None
    first_line = process.stderr.readline()
    with urlopen(first_line.rpartition(" ")[2].strip()) as answer:  # "metrics at http://..."
        metrics = answer.read()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert len(titles) >= 3
    assert b"fleetsim_" in metrics
    written = b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    shown = b"\n".join([*titles, first_line.encode(), out.encode(), err.encode(), metrics, written])
    secrets = set(json.loads((credentials / "passwords.json").read_text()).values())
    for key in credentials.rglob("*.key"):
        secrets |= {line for line in key.read_text().splitlines() if not line.startswith("-")}
    assert len(secrets) > 100
    assert not [secret for secret in secrets if secret.encode() in shown]
    assert b"eyJ" not in shown, "a token begins so"
    assert str(credentials).encode() in written, "the manifest says where they are"
