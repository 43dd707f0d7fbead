"""Sessions over TLS to a real Mosquitto with certificates of our own."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from mqtt_fakes import GOOD_END, connect, subscribe
from watched import Watched

from simulator.broker import LocalMosquitto
from simulator.broker.child import Child
from simulator.broker.credentials import BrokerKind, Credentials, Identity, Listener
from simulator.broker.credentials.provision import Wanted, provision
from simulator.broker.ports import free_port
from simulator.core.actions import Publish
from simulator.core.credentials import Authentication, CredentialSource, Login
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.records import Outcome
from simulator.mqtt import SessionState

DEVICES = tuple(f"device{number}" for number in range(5))
TOPIC = "fleet/{neighbourhood}/{kind}/{device}/{event}"

Deliver = Callable[..., Watched]
BOTH = pytest.mark.parametrize("protocol", list(Protocol))


@dataclass
class Secure:
    """A Mosquitto that speaks TLS, and the folder of credentials for it."""

    folder: Path
    ports: dict[Listener, int]

    def endpoint(self, protocol: Protocol, listener: Listener = Listener.TLS) -> Endpoint:
        return Endpoint("localhost", "127.0.0.1", self.ports[listener], protocol, tls=True)

    def credentials(self, authentication: Authentication = Authentication.PASSWORD) -> Credentials:
        return Credentials.open(self.folder, authentication)


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """One broker with TLS, for all these tests."""
    folder = tmp_path_factory.mktemp("credentials")
    ports = {listener: free_port() for listener in (Listener.TCP, Listener.TLS, Listener.MTLS)}
    fleet = [Identity(device, "wearable", "n0") for device in DEVICES]
    made = provision(folder, Wanted(fleet, TOPIC, "command", BrokerKind.MOSQUITTO, ports))
    mosquitto = ["/usr/sbin/mosquitto", "-c", str(made.configuration)]
    broker = Child("Mosquitto", mosquitto, [*ports.values()], folder)
    yield Secure(folder, ports)
    broker.stop()


def message(number: int, qos: int, device: str, payload: bytes = b"{}") -> Publish:
    topic = TOPIC.format(neighbourhood="n0", kind="wearable", device=device, event="steps")
    return Publish(0.0, device, f"m{number}", "wearable", "steps", topic, payload, qos)


class Trusting(CredentialSource):
    """Trusts one authority and says nothing of who is connecting."""

    def __init__(self, authority: Path | None) -> None:
        self._context = ssl.create_default_context(cafile=authority)

    def login(self, device: str) -> Login:
        return Login()

    def ssl_context(self, device: str) -> ssl.SSLContext:
        return self._context

    def require(self, devices: Iterable[str]) -> None:
        """Know everybody."""


@BOTH
@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize(
    ("listener", "authentication"),
    [(Listener.TLS, Authentication.PASSWORD), (Listener.MTLS, Authentication.CERTIFICATE)],
)
def test_messages_are_acknowledged_over_tls(
    secure: Secure,
    deliver: Deliver,
    protocol: Protocol,
    qos: int,
    listener: Listener,
    authentication: Authentication,
) -> None:
    watched = deliver(secure.endpoint(protocol, listener), credentials=secure.credentials(authentication))
    watched.submit(*map(connect, DEVICES))
    watched.submit(*(message(number, qos, DEVICES[number % 5]) for number in range(500)))
    watched.delivery.finish(20.0)
    assert watched.counts() == {GOOD_END[qos]: 500}
    assert watched.delivery.connections.lost == 0


def test_a_payload_larger_than_many_records_arrives_whole_and_comes_back_as_large(
    secure: Secure, deliver: Deliver
) -> None:
    payload = bytes(range(256)) * 4_000
    command = message(1, 1, DEVICES[0], payload)
    topic = command.topic.replace("steps", "command")
    watched = deliver(secure.endpoint(Protocol.MQTT_5), credentials=secure.credentials())
    operator = deliver(secure.endpoint(Protocol.MQTT_5), credentials=secure.credentials())
    watched.submit(connect(DEVICES[0]), subscribe(topic, DEVICES[0]), command)
    watched.until(lambda: "m1" in watched.outcomes)
    operator.submit(connect("fleetsim-operator"))
    operator.submit(Publish(0.0, "fleetsim-operator", "m2", "wearable", "command", topic, payload, 1))
    operator.until(lambda: "m2" in operator.outcomes)
    watched.until(lambda: bool(watched.heard))
    assert watched.heard == [(DEVICES[0], topic, payload)]
    assert watched.ids(Outcome.ACKNOWLEDGED) == {"m1"}


@pytest.mark.parametrize(
    ("host", "complaint"),
    [
        ("localhost", "the broker's certificate is not trusted: "),
        ("somewhere.else", "the broker's certificate is not trusted: Hostname mismatch"),
    ],
)
def test_a_broker_that_is_not_trusted_gets_no_connect(
    secure: Secure, deliver: Deliver, host: str, complaint: str
) -> None:
    authority = secure.credentials().authority if host != "localhost" else None
    watched = deliver(replace(secure.endpoint(Protocol.MQTT_5), host=host), credentials=Trusting(authority))
    watched.submit(connect(DEVICES[0]))
    watched.until(lambda: watched.delivery.settled)
    [report] = watched.delivery.sessions()
    assert report.state is SessionState.BACKING_OFF
    assert report.reason is not None
    assert report.reason.startswith(complaint)


def test_tls_to_a_broker_that_does_not_speak_it_fails_and_says_so(
    mosquitto: LocalMosquitto, deliver: Deliver
) -> None:
    endpoint = replace(mosquitto.endpoint(Protocol.MQTT_5), tls=True)
    watched = deliver(endpoint, connect_timeout=1.0, backoff_first=60.0)
    watched.submit(connect())
    watched.until(lambda: watched.delivery.settled)
    [report] = watched.delivery.sessions()
    assert report.state is SessionState.BACKING_OFF
    assert report.reason is not None
    assert report.reason.startswith(("TLS failed", "Connection reset"))


def test_a_device_that_is_cut_off_comes_back_with_its_messages(secure: Secure, deliver: Deliver) -> None:
    watched = deliver(secure.endpoint(Protocol.MQTT_5), credentials=secure.credentials(), backoff_first=0.1)
    watched.submit(*map(connect, DEVICES))
    watched.until(lambda: watched.delivery.settled)
    watched.submit(*(message(number, 1, DEVICES[number % 5]) for number in range(500)))
    watched.delivery.poll(0)
    watched.break_connections()
    watched.until(lambda: watched.delivery.connections.reconnected == 5)
    watched.delivery.finish(20.0)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 500}
