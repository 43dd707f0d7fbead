"""Devices whose certificate a broker does not take: refused for good, with the broker's reason."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mqtt_fakes import connect
from provisioned import DEVICES, Broker
from watched import Watched

from simulator.broker.credentials import Listener
from simulator.broker.credentials.authority import Authority, Issued
from simulator.core.credentials import CredentialSource, Login
from simulator.core.endpoint import Endpoint, Protocol
from simulator.mqtt import SessionState

DEVICE = DEVICES[0]
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("fleet") / "credentials") as running:
        yield running


class Showing(CredentialSource):
    """Shows a broker one certificate, or none."""

    def __init__(self, authority: Path, issued: Issued | None, scratch: Path) -> None:
        self._context = ssl.create_default_context(cafile=authority)
        if issued is not None:
            certificate, key = scratch / "it.crt", scratch / "it.key"
            certificate.write_bytes(issued.certificate)
            key.write_bytes(issued.key)
            self._context.load_cert_chain(certificate, key)

    def login(self, device: str) -> Login:
        return Login()

    def ssl_context(self, device: str) -> ssl.SSLContext:
        return self._context

    def admit(self, client: str, user: str) -> None:
        raise NotImplementedError

    def require(self, devices: Iterable[str]) -> None:
        raise NotImplementedError


WRONG: dict[str, tuple[str, Callable[[Authority], Issued | None]]] = {
    "expired": ("certificate expired", lambda ours: ours.issue(DEVICE, now=NOW, not_after=NOW)),
    "none": ("certificate required", lambda ours: None),
    "another authority's": ("unknown ca", lambda ours: Authority.new(NOW).issue(DEVICE, now=NOW)),
    "a server's": ("unsupported certificate", lambda ours: ours.issue(DEVICE, now=NOW, hosts=["x"])),
    "not yet valid": (
        "bad certificate",
        lambda ours: ours.issue(DEVICE, now=NOW, not_before=NOW + timedelta(hours=1)),
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_certificate_that_is_not_right_is_a_refusal_for_good(
    wrong: str, broker: Broker, deliver: Callable[..., Watched], tmp_path: Path
) -> None:
    said, make = WRONG[wrong]
    files = Issued((broker.folder / "ca.crt").read_bytes(), (broker.folder / "ca.key").read_bytes())
    ours = Authority.load(files, NOW)
    assert ours is not None
    endpoint = Endpoint("localhost", "127.0.0.1", broker.ports[Listener.MTLS], Protocol.MQTT_5, tls=True)
    watched = deliver(endpoint, credentials=Showing(broker.folder / "ca.crt", make(ours), tmp_path))
    watched.submit(connect(DEVICE))
    watched.until(lambda: watched.delivery.settled)
    [report] = watched.delivery.sessions()
    assert (report.state, report.attempts) == (SessionState.REFUSED, 1)
    assert said in (report.reason or "")
    assert watched.delivery.connections.refused == 1
