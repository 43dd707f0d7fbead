"""Proof of control on a real Mosquitto, which stands on loopback and passes for one beyond it."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.broker import LocalMosquitto
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import ExitCode, RunFailedError, TargetRefusedError, UsageError
from simulator.mqtt import DeliveryOptions
from simulator.proof import ProofOptions, prove_control

DEVICE = "0d5kc8v2hq1x"
OPERATOR = "operator"
PASSWORD = "of-the-operator"
FLEET = "fleet"
FLEET_PASSWORD = "of-the-fleet"
BOTH = pytest.mark.parametrize("protocol", list(Protocol))

READ = "topic read fleetsim/control/#\ntopic readwrite fleet/#\n"
"""What devices may do in a fleet whose operator can prove control."""

OPEN = "topic readwrite #\n"
"""What they may do at a broker where everybody may do everything."""


Serve = Callable[[str], Endpoint]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a Mosquitto with these rights for devices; return its endpoint as if it were beyond loopback."""
    running: list[LocalMosquitto] = []

    def start(rights: str) -> Endpoint:
        passwords, acl = tmp_path / "passwords", tmp_path / "acl"
        passwords.touch()
        for user, password in ((OPERATOR, PASSWORD), (FLEET, FLEET_PASSWORD)):
            command = ["mosquitto_passwd", "-b", passwords, user, password]
            subprocess.run(command, check=True, capture_output=True)
        acl.write_text(f"{rights}\nuser {FLEET}\n{rights}\nuser {OPERATOR}\ntopic readwrite fleetsim/#\n")
        for path in (passwords, acl):
            path.chmod(0o644)
        broker = LocalMosquitto(extra=f"password_file {passwords}\nacl_file {acl}")
        running.append(broker)
        broker.start()
        endpoint = broker.endpoint(Protocol.MQTT_5)
        return replace(endpoint, pinned=("127.0.0.1",), cleared=frozenset({"192.0.2.1"}))

    yield start
    for broker in running:
        broker.stop()


class Operator:
    """Reads what Fleetsim asks for and, if so told, runs the command that it prints."""

    def __init__(self, publishes: bool = True, retained: bool = False, message: str | None = None) -> None:
        self.publishes = publishes
        self.retained = retained
        self.message = message
        self.told: list[str] = []

    def __call__(self, line: str) -> None:
        self.told.append(line)
        if "mosquitto_pub" in line and self.publishes:
            subprocess.run(self.command(), check=True, capture_output=True, timeout=30)

    def command(self) -> list[str]:
        [line] = [line for told in self.told for line in told.splitlines() if "mosquitto_pub" in line]
        given = {"YOU": OPERATOR, "YOUR_PASSWORD": PASSWORD}
        words = [given.get(word, word) for word in shlex.split(line)]
        assert words[-2] == "-m"
        return [*words[:1], *(["-r"] if self.retained else []), *words[1:-1], self.message or words[-1]]


def prove(endpoint: Endpoint, operator: Operator, timeout: float = 10.0, topic: str = "") -> Endpoint:
    options = ProofOptions(topic, timeout) if topic else ProofOptions(timeout=timeout)
    return prove_control(endpoint, DEVICE, DeliveryOptions(), operator, options)


@BOTH
def test_an_operator_who_runs_the_printed_command_has_proven_control(
    serve: Serve, protocol: Protocol
) -> None:
    endpoint = replace(serve(READ), protocol=protocol)
    operator = Operator()
    proven = prove(endpoint, operator)
    assert (proven.address, proven.protocol) == ("127.0.0.1", protocol)
    assert "proven" in operator.told[-1]


def test_nothing_that_is_printed_holds_the_fleets_password(serve: Serve) -> None:
    operator = Operator(publishes=False)
    endpoint = replace(serve(READ), username=FLEET, password=FLEET_PASSWORD)
    with pytest.raises(TargetRefusedError, match="nobody proved") as refused:
        prove(endpoint, operator, timeout=0.5)
    assert operator.told
    assert FLEET_PASSWORD not in "\n".join([*operator.told, str(refused.value)])


def test_each_run_has_a_nonce_and_a_topic_of_its_own(serve: Serve) -> None:
    endpoint = serve(READ)
    first, second = Operator(), Operator()
    prove(endpoint, first)
    prove(endpoint, second)
    for option in ("-t", "-m"):
        values = [each.command()[each.command().index(option) + 1] for each in (first, second)]
        assert values[0] != values[1]


def test_a_retained_nonce_proves_as_much(serve: Serve) -> None:
    assert prove(serve(READ), Operator(retained=True)).address == "127.0.0.1"


def test_a_broker_where_devices_may_write_the_topic_is_refused_before_the_operator_is_asked(
    serve: Serve,
) -> None:
    operator = Operator()
    with pytest.raises(TargetRefusedError, match="any device may publish on fleetsim/control/") as refused:
        prove(serve(OPEN), operator)
    assert refused.value.exit_code is ExitCode.TARGET_REFUSED
    assert operator.told == []


def test_without_the_operator_the_run_is_refused_in_time(serve: Serve) -> None:
    operator = Operator(publishes=False)
    with pytest.raises(TargetRefusedError, match="nobody proved within 1 s"):
        prove(serve(READ), operator, timeout=1.0)


def test_a_wrong_nonce_proves_nothing(serve: Serve) -> None:
    operator = Operator(message="0" * 32)
    with pytest.raises(TargetRefusedError, match="nobody proved"):
        prove(serve(READ), operator, timeout=1.0)
    assert operator.command()[-1] == "0" * 32


def test_a_device_that_may_not_read_the_topic_cannot_see_the_proof(serve: Serve) -> None:
    with pytest.raises(TargetRefusedError, match=r"right to read fleetsim/control/#"):
        prove(serve("topic readwrite fleet/#\n"), Operator(), timeout=1.0)


def test_the_topic_can_be_another(serve: Serve) -> None:
    endpoint = serve("topic read fleetsim/mine/#\n")
    operator = Operator()
    prove(endpoint, operator, topic="fleetsim/mine")
    assert any(word.startswith("fleetsim/mine/") for word in operator.command())


@pytest.mark.parametrize("topic", ["", "#", "a/+/b", "$SYS/x"])
def test_a_topic_that_is_none_to_publish_on_is_a_usage_error(topic: str) -> None:
    with pytest.raises(UsageError):
        ProofOptions(topic)


def test_a_broker_that_is_not_there_fails_the_run(serve: Serve) -> None:
    endpoint = replace(serve(READ), port=1)
    with pytest.raises(RunFailedError, match=r"127\.0\.0\.1: Connection refused"):
        prove(endpoint, Operator())


def test_wrong_credentials_of_the_fleet_fail_the_run_and_are_not_shown(serve: Serve) -> None:
    endpoint = replace(serve(READ), username=OPERATOR, password="hunter2")
    with pytest.raises(
        RunFailedError, match=r"did not let .* in \(127\.0\.0\.1: not authorized \(0x87\)\)"
    ) as failed:
        prove(endpoint, Operator())
    assert "hunter2" not in str(failed.value)


def test_the_address_that_answers_is_the_one_that_is_cleared(serve: Serve) -> None:
    endpoint = replace(serve(READ), pinned=("127.0.0.77", "127.0.0.1"))
    assert prove(endpoint, Operator()).address == "127.0.0.1"


def test_ctrl_c_ends_the_waiting(serve: Serve) -> None:
    operator = Operator(publishes=False)
    with pytest.raises(KeyboardInterrupt):
        prove_control(serve(READ), DEVICE, DeliveryOptions(), operator, stopped=lambda: bool(operator.told))


def test_on_this_machine_nobody_is_asked() -> None:
    operator = Operator()
    endpoint = Endpoint("localhost", "127.0.0.1", 1, Protocol.MQTT_5)
    assert prove_control(endpoint, DEVICE, DeliveryOptions(), operator) is endpoint
    assert operator.told == []
