"""Tokens judged by a real broker: RabbitMQ with its OAuth 2.0 plugin, which takes a JWT for a password."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from provisioned import FLEET, provisioned, topic
from rabbitmq import AUDIENCE, PATIENCE, RabbitMq

sys.path.append(str(Path(__file__).parents[1] / "mqtt"))

from mqtt_fakes import connect
from watched import Watched

from simulator.broker.credentials import CredentialFolder, Credentials, Identity, Listener
from simulator.broker.ports import LOOPBACK
from simulator.core.actions import Publish
from simulator.core.credentials import Authentication
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.records import Outcome
from simulator.mqtt import DeliveryOptions, SessionReport, SessionState

A, B = FLEET[:2]

CLAIMS = {
    "aud": AUDIENCE,
    # A client has a queue of its own, and RabbitMQ writes topics with dots.
    "scope": f"{AUDIENCE}.configure:*/* {AUDIENCE}.read:*/* {AUDIENCE}.write:*/*/fleet.*.*.{{device}}.*",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet") / "credentials"
    provisioned(folder)
    return folder


@pytest.fixture(scope="module")
def endpoint(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with RabbitMq(CredentialFolder(folder), tmp_path_factory.mktemp("rabbitmq"), tokens=True) as broker:
        endpoint = Endpoint("localhost", LOOPBACK, broker.ports[Listener.TCP], Protocol.MQTT_311)
        deadline = time.monotonic() + PATIENCE
        # It listens before it has started all that judges tokens.
        while sent_by(B, endpoint, with_tokens(folder))[0].counts() != {Outcome.ACKNOWLEDGED: 1}:
            assert time.monotonic() < deadline, "no token was good enough"
        yield endpoint


def with_tokens(folder: Path, late: float = 0.0, lifetime: float = 600.0) -> Credentials:
    """Return credentials whose tokens were made `late` seconds ago."""
    return Credentials.open(
        folder,
        Authentication.JWT,
        token_lifetime=lifetime,
        token_claims=CLAIMS,
        clock=lambda: time.time() - late,
    )


def sent_by(
    identity: Identity, endpoint: Endpoint, credentials: Credentials, seconds: float = 0.0
) -> tuple[Watched, list[SessionReport]]:
    """Let a device connect, send, wait so long, and leave; return also if it was at fault before that."""
    watched = Watched(endpoint, DeliveryOptions(credentials=credentials))
    device = identity.device
    watched.submit(connect(device))
    watched.submit(Publish(0.0, device, "m1", identity.kind, "steps", topic(identity, "steps"), b"{}", 1))
    watched.until(lambda: watched.delivery.settled)
    end = time.monotonic() + seconds
    watched.until(lambda: time.monotonic() >= end)
    reports = list(watched.delivery.sessions())
    watched.delivery.finish(5.0)
    return watched, reports


def test_a_device_with_a_token_of_its_own_sends(endpoint: Endpoint, folder: Path) -> None:
    watched, _ = sent_by(A, endpoint, with_tokens(folder))
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 1}


def test_a_token_that_has_expired_and_one_of_another_fleet_are_refused(
    endpoint: Endpoint, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    provisioned(other)
    for credentials in (with_tokens(folder, late=3600.0), with_tokens(other)):
        watched, [report] = sent_by(A, endpoint, credentials)
        assert report.state is SessionState.REFUSED
        assert report.reason in ("bad user name or password (0x86)", "not authorized (0x87)")
        assert watched.counts() == {Outcome.DROPPED: 1}


def test_a_device_with_anothers_token_may_not_send_as_itself(endpoint: Endpoint, folder: Path) -> None:
    credentials = with_tokens(folder)
    credentials.admit(A.device, B.device)
    watched, _ = sent_by(A, endpoint, credentials, seconds=0.5)
    assert Outcome.ACKNOWLEDGED not in watched.counts()


def test_a_fleet_outlives_its_tokens_since_each_device_comes_back_with_a_new_one(
    endpoint: Endpoint, folder: Path
) -> None:
    watched, reports = sent_by(A, endpoint, with_tokens(folder, lifetime=3.0), seconds=4.0)
    assert watched.counts() == {Outcome.ACKNOWLEDGED: 1}
    assert reports == []
    assert watched.delivery.connections.asked > 1
    assert watched.delivery.connections.lost == 0
