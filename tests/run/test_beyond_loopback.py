"""Runs against a broker beyond loopback, in a network that has no way out."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fleetsim_process import PATIENCE, fleetsim, read, start
from lab import ADDRESS, Lab

from simulator.fleet import Fleet
from simulator.scenario import load_scenario

FLEET = "fleet:of-the-fleet"
READ = "topic read fleetsim/control/#\ntopic readwrite fleet/#\ntopic write bench/#\n"
OPEN = "topic readwrite #\n"
ATTACKED = """\
name: attacked
seed: 5
duration: 2s
speed: 1
world: {households: 12, shops: 1}
devices: [{kind: smart_speaker, per_household: 1.0}, {kind: inventory_sensor, per_shop: 12}]
attacks:
  - {kind: malformed, at: 0s, for: 1500ms, rate: 20/s}
  - {kind: oversize, at: 0s, for: 1500ms, every: 400ms}
  - {kind: slow_dos, at: 0s, for: 1500ms, devices: 20, credentials: stolen}
  - {kind: credential_brute_force, at: 0s, for: 1500ms, rate: 10/s}
  - {kind: publish_flood, at: 0s, for: 1500ms, rate: 50/s}
  - {kind: botnet, at: 0s, for: 1500ms, devices: 5, rate: 50/s, beat: 1s}
"""
HOSTS = {
    "broker.lab": [ADDRESS],
    "mixed.lab": ["127.0.0.1", "203.0.113.9"],
    "mixed6.lab": ["::1", "2001:db8::1"],
    "public.lab": ["5.196.78.28"],
    "two.lab": [ADDRESS, "5.196.78.28"],
}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(tmp_path, HOSTS) as lab:
        yield lab


def packets(lab: Lab) -> int:
    """Return how many packets anything in the lab has sent."""
    text = subprocess.run(
        [*lab.under, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True
    ).stdout
    [line] = [line for line in text.splitlines() if line.strip().startswith("lo:")]
    return int(line.split(":")[1].split()[9])


class LabBroker:
    """A Mosquitto at the lab's address, where devices have some rights and the operator those of control."""

    def __init__(self, lab: Lab, folder: Path, rights: str) -> None:
        passwords, acl, configuration = folder / "passwords", folder / "acl", folder / "mosquitto.conf"
        passwords.touch()
        for login in (FLEET, "operator:of-the-operator"):
            command = ["mosquitto_passwd", "-b", passwords, *login.split(":")]
            subprocess.run(command, check=True, capture_output=True)
        acl.write_text(f"user fleet\n{rights}\nuser operator\ntopic readwrite fleetsim/#\n")
        configuration.write_text(
            f"listener 1883 {ADDRESS}\nuser root\nlog_dest stderr\n"
            f"password_file {passwords}\nacl_file {acl}\nallow_anonymous false\n"
        )
        self._process = subprocess.Popen(
            [*lab.under, "mosquitto", "-c", str(configuration)], stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        assert any("running" in line for line in self._process.stderr), "no broker in the lab"

    def stop(self) -> list[str]:
        """End it; return the lines of its log."""
        self._process.terminate()
        return self._process.communicate()[1].splitlines()


class Prover:
    """A run in the lab, and the operator who reads what it asks for."""

    def __init__(self, lab: Lab, *arguments: str | Path, command: str = "run") -> None:
        self._lab = lab
        self.process = start(command, *arguments, under=lab.under)
        self.said = ""

    def asked(self) -> str:
        """Return the command that the run asks for."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if "mosquitto_pub" in line:
                return line.strip()
        raise AssertionError(f"nobody was asked for a proof:\n{self.said}")

    def prove(self) -> None:
        """Run it, as whoever has credentials for it."""
        given = {"YOU": "operator", "YOUR_PASSWORD": "of-the-operator"}
        words = [given.get(word, word) for word in shlex.split(self.asked())]
        subprocess.run([*self._lab.under, *words], check=True, capture_output=True)

    def end(self, code: int) -> None:
        out, errors = self.process.communicate(timeout=PATIENCE)
        self.said += out + errors
        assert self.process.returncode == code, self.said


@pytest.fixture
def broker(lab: Lab, tmp_path: Path) -> Iterator[LabBroker]:
    broker = LabBroker(lab, tmp_path, READ)
    yield broker
    broker.stop()


TARGET = ("--broker", f"mqtt://{FLEET}@broker.lab", "--allow-target", "broker.lab")


@pytest.mark.parametrize("options", [(), ("--quiet",), ("--workers", "2"), ("--set", "mqtt.version=5")])
def test_a_run_begins_once_control_is_proven(
    options: tuple[str, ...], lab: Lab, broker: LabBroker, evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shards = ("--set", "world.households_per_neighbourhood=6")
    run = Prover(lab, evening, *TARGET, *shards, "-o", folder, *options)
    run.prove()
    run.end(0)
    summary = read(folder / "summary.json")
    assert summary["broker"] == "broker at broker.lab:1883"
    assert summary["messages"]["acknowledged"] == summary["messages"]["due"] > 0
    written = "".join(path.read_text() for path in folder.rglob("*.json"))
    assert "of-the-fleet" not in run.said + written


def test_without_the_proof_there_is_no_run(
    lab: Lab, broker: LabBroker, evening: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    run = Prover(lab, evening, *TARGET, "--proof-timeout", "1s", "-o", folder)
    run.asked()
    run.end(5)
    assert "nobody proved within 1 s" in run.said
    assert not folder.exists()


def test_a_broker_where_devices_may_publish_anywhere_is_refused(
    lab: Lab, evening: Path, tmp_path: Path
) -> None:
    broker = LabBroker(lab, tmp_path, OPEN)
    _, errors = fleetsim("run", evening, *TARGET, "-o", tmp_path / "run", code=5, under=lab.under)
    broker.stop()
    assert "any device may publish on fleetsim/control/" in errors
    assert "mosquitto_pub" not in errors
    assert not (tmp_path / "run").exists()


def test_ctrl_c_while_waiting_for_the_proof(
    lab: Lab, broker: LabBroker, evening: Path, tmp_path: Path
) -> None:
    run = Prover(lab, evening, *TARGET, "-o", tmp_path / "run")
    run.asked()
    run.process.terminate()
    run.end(130)
    assert "Traceback" not in run.said


@pytest.mark.parametrize(
    ("host", "allowed", "why"),
    [
        ("broker.lab", False, "is not on this machine"),
        (ADDRESS, False, "is not on this machine"),
        ("mixed.lab", False, "means this machine and 203.0.113.9 at once"),
        ("mixed.lab", True, "means this machine and 203.0.113.9 at once"),
        ("mixed6.lab", True, "means this machine and 2001:db8::1 at once"),
        ("public.lab", True, "public broker"),
        ("two.lab", True, "public broker"),
        ("test.mosquitto.org", True, "public broker"),
        ("5.196.78.28", True, "public broker"),
        ("96751132", True, "public broker"),
        ("[::ffff:5.196.78.28]", True, "public broker"),
        ("[2002:5c4:4e1c::1]", True, "6to4"),
        ("[64:ff9b::5.196.78.28]", True, "NAT64"),
        ("0.0.0.0", True, "not the address of one host"),
        ("[::]", True, "not the address of one host"),
        (f"127.0.0.1@{ADDRESS}", False, "is not on this machine"),
    ],
)
def test_what_the_guard_refuses_it_refuses_before_a_packet_leaves(
    host: str, allowed: bool, why: str, lab: Lab, evening: Path, tmp_path: Path
) -> None:
    options = ("--allow-target", host) if allowed else ()
    before = packets(lab)
    _, errors = fleetsim(
        *("run", evening, "--broker", f"mqtt://{host}", *options, "-o", tmp_path / "run"),
        code=5,
        under=lab.under,
    )
    assert why in errors
    assert packets(lab) == before
    assert not (tmp_path / "run").exists()


@pytest.fixture
def attacked(tmp_path: Path) -> Path:
    """A scenario with outsiders, raw connections, thieves and turned devices from its first second on."""
    path = tmp_path / "attacked.yaml"
    path.write_text(ATTACKED)
    return path


def test_an_attack_beyond_this_machine_is_refused_before_a_packet_leaves(
    lab: Lab, attacked: Path, tmp_path: Path
) -> None:
    before = packets(lab)
    for target in ("mqtt://broker.lab", "mqtt://public.lab"):
        _, errors = fleetsim(
            "run", attacked, "--broker", target, "-o", tmp_path / "run", code=5, under=lab.under
        )
        assert "Traceback" not in errors
    assert packets(lab) == before
    assert not (tmp_path / "run").exists()


def test_an_attack_waits_for_the_proof_as_everything_does(lab: Lab, attacked: Path, tmp_path: Path) -> None:
    """Whom it connects as until then is the fleet's own device that asks for the proof."""
    broker, folder = LabBroker(lab, tmp_path, READ), tmp_path / "run"
    run = Prover(lab, attacked, *TARGET, "--proof-timeout", "500ms", "-o", folder)
    run.asked()
    run.end(5)
    assert not folder.exists()
    connected = [line for line in broker.stop() if " as " in line and "New client connected" in line]
    fleet = Fleet(load_scenario(attacked))
    assert {line.split(" as ")[1].split()[0] for line in connected} <= fleet.devices.keys()
    assert fleet.outsiders
    assert len(connected) <= 2


def test_an_attack_on_a_broker_that_was_proven_to_be_ones_own_goes_ahead(
    lab: Lab, broker: LabBroker, attacked: Path, tmp_path: Path
) -> None:
    run = Prover(lab, attacked, *TARGET, "-o", tmp_path / "run")
    run.prove()
    run.end(0)
    asked = read(tmp_path / "run" / "summary.json")["attacks"]
    assert asked["connections"]["asked"] > asked["connections"]["reached"] > 20
    assert asked["messages"].keys() == {"publish_flood", "botnet", "oversize"}


@pytest.mark.parametrize("command", ["bench", "clean"])
def test_other_commands_keep_to_the_guard_too(
    command: str, lab: Lab, broker: LabBroker, evening: Path, tmp_path: Path
) -> None:
    arguments: list[str | Path] = ["--seconds", "1"]
    if command == "clean":
        folder = tmp_path / "run"
        leaves = ("--set", "mqtt.retain=true", "--speed", "max", "--quiet")
        fleetsim("run", evening, *leaves, "-o", folder)
        arguments = [folder]
    for options, why in (((), "not on this machine"), (("--allow-target", "broker.lab"), "nobody proved")):
        _, errors = fleetsim(
            *(command, *arguments, *TARGET[:2], *options, "--proof-timeout", "1s"), code=5, under=lab.under
        )
        assert why in errors


def test_one_proof_is_enough_for_one_command(lab: Lab, broker: LabBroker) -> None:
    levels = ("--qos", "0", "--qos", "1")
    options = ("--seconds", "1", "--connections", "10", "--transport", "fast", "--json")
    run = Prover(lab, *TARGET, *levels, *options, command="bench")
    run.prove()
    run.end(0)
    assert run.said.count('"qos"') == 2
