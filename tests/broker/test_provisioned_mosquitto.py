"""A provisioned fleet at a real Mosquitto: who is let in, and who may do what."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from provisioned import DEVICES, FLEET, Broker, Caller, knock, provisioned, topic

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import BrokerKind, Credentials, Identity, Listener
from simulator.broker.credentials.authority import Authority, Issued
from simulator.core.credentials import CONTROL, OPERATOR, WITNESS, Authentication, Login
from simulator.core.endpoint import Protocol
from simulator.core.errors import UsageError

A, B = FLEET[:2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fleet") / "credentials"


@pytest.fixture(scope="module")
def broker(folder: Path) -> Iterator[Broker]:
    with Broker(folder) as running:
        yield running


@pytest.fixture(scope="module")
def passwords(folder: Path, broker: Broker) -> Credentials:
    return Credentials.open(folder, Authentication.PASSWORD)


@pytest.fixture(scope="module")
def certificates(folder: Path, broker: Broker) -> Credentials:
    return Credentials.open(folder, Authentication.CERTIFICATE)


@pytest.mark.parametrize("user", [*DEVICES, WITNESS, OPERATOR])
def test_everybody_logs_in_with_password_and_with_certificate(
    user: str, broker: Broker, passwords: Credentials, certificates: Credentials
) -> None:
    login, context = passwords.login(user), passwords.ssl_context(user)
    assert knock(broker.ports[Listener.TCP], user, login) == "Success"
    assert knock(broker.ports[Listener.TLS], user, login, context) == "Success"
    own = certificates.ssl_context(user)
    assert knock(broker.ports[Listener.MTLS], user, certificates.login(user), own) == "Success"


def test_a_wrong_password_and_none_are_refused(broker: Broker, passwords: Credentials) -> None:
    port = broker.ports[Listener.TCP]
    another = passwords.login(B.device)
    assert knock(port, A.device, Login(A.device, "wrong")) == "Not authorized"
    assert knock(port, A.device, Login(A.device, another.password)) == "Not authorized"
    assert knock(port, A.device, Login("nobody", another.password)) == "Not authorized"
    assert knock(port, A.device) == "Not authorized"


def test_a_password_is_no_certificate_and_a_certificate_no_password(
    broker: Broker, passwords: Credentials, certificates: Credentials
) -> None:
    plain, own = passwords.ssl_context(A.device), certificates.ssl_context(A.device)
    assert knock(broker.ports[Listener.MTLS], A.device, passwords.login(A.device), plain) == "closed"
    assert knock(broker.ports[Listener.TLS], A.device, None, own) == "Not authorized"


def test_a_broker_is_trusted_by_its_authority_and_name(folder: Path, broker: Broker, tmp_path: Path) -> None:
    foreign = tmp_path / "ca.crt"
    foreign.write_bytes(Authority.new(datetime.now(UTC)).files.certificate)
    address = ("127.0.0.1", broker.ports[Listener.TLS])
    trusted = Credentials.open(folder).ssl_context(A.device)
    for name in ("127.0.0.1", "localhost", "::1"):
        with (
            socket.create_connection(address) as plain,
            trusted.wrap_socket(plain, server_hostname=name) as secure,
        ):
            assert secure.version() == "TLSv1.3"
    for context, name in ((ssl.create_default_context(cafile=foreign), "127.0.0.1"), (trusted, "elsewhere")):
        with socket.create_connection(address) as plain, pytest.raises(ssl.SSLCertVerificationError):
            context.wrap_socket(plain, server_hostname=name)


class Forger:
    """Makes a device's connection with a certificate that is not right."""

    def __init__(self, folder: Path, broker: Broker, scratch: Path) -> None:
        self._broker = broker
        self._scratch = scratch
        self.folder = folder
        files = Issued((folder / "ca.crt").read_bytes(), (folder / "ca.key").read_bytes())
        authority = Authority.load(files, datetime.now(UTC))
        assert authority is not None
        self.authority = authority

    def knock(self, issued: Issued) -> str:
        certificate, key = self._scratch / "it.crt", self._scratch / "it.key"
        certificate.write_bytes(issued.certificate)
        key.write_bytes(issued.key)
        context = ssl.create_default_context(cafile=self.folder / "ca.crt")
        context.load_cert_chain(certificate, key)
        return knock(self._broker.ports[Listener.MTLS], A.device, context=context)


@pytest.fixture
def forger(folder: Path, broker: Broker, tmp_path: Path) -> Forger:
    return Forger(folder, broker, tmp_path)


def test_certificates_are_refused_before_and_after_their_time(forger: Forger) -> None:
    now, hour = datetime.now(UTC), timedelta(hours=1)
    issue = forger.authority.issue
    assert forger.knock(issue(A.device, now=now)) == "Success"
    assert forger.knock(issue(A.device, now=now, not_after=now - hour)) == "closed"
    assert forger.knock(issue(A.device, now=now, not_before=now + hour)) == "closed"


def test_certificates_of_another_authority_and_of_a_server_are_refused(forger: Forger) -> None:
    now = datetime.now(UTC)
    assert forger.knock(Authority.new(now).issue(A.device, now=now)) == "closed"
    assert forger.knock(forger.authority.issue(A.device, now=now, hosts=("localhost",))) == "closed"


def test_a_revoked_device_is_locked_out_and_all_others_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    with Broker(folder, revoke=[A.device]) as broker:
        passwords = Credentials.open(folder, Authentication.PASSWORD)
        certificates = Credentials.open(folder, Authentication.CERTIFICATE)
        answers = {
            device: (
                knock(broker.ports[Listener.TCP], device, passwords.login(device)),
                knock(broker.ports[Listener.MTLS], device, context=certificates.ssl_context(device)),
            )
            for device in DEVICES
        }
    assert answers.pop(A.device) == ("Not authorized", "closed")
    assert set(answers.values()) == {("Success", "Success")}


def test_the_certificate_and_key_of_two_devices_make_no_connection(
    folder: Path, certificates: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = certificates.key(B.device)
    monkeypatch.setattr(type(certificates.folder), "key", lambda _self, _user: key)
    with pytest.raises(UsageError, match=rf"certificate and key of {A.device} .* cannot be used together"):
        certificates.ssl_context(A.device)


@pytest.mark.parametrize("authentication", [Authentication.PASSWORD, Authentication.CERTIFICATE])
def test_each_device_publishes_to_its_own_topics_and_to_no_others(
    authentication: Authentication, folder: Path, broker: Broker, passwords: Credentials
) -> None:
    """Proven by a witness with all rights: of every device's messages to everybody's topics, these arrive."""
    credentials = Credentials.open(folder, authentication)
    certified = authentication is Authentication.CERTIFICATE
    port = broker.ports[Listener.MTLS if certified else Listener.TCP]
    marker = "the/end"
    with Caller(broker.ports[Listener.TCP], WITNESS, passwords.login(WITNESS)) as witness:
        assert witness.subscribe("#") == "Granted QoS 1"
        reasons = {}
        for sender in FLEET:
            context = credentials.ssl_context(sender.device) if certified else None
            with Caller(port, sender.device, credentials.login(sender.device), context) as caller:
                for owner in FLEET:
                    reasons[sender, owner] = caller.publish(topic(owner, f"of-{sender.device}"))
        assert witness.publish(marker) == "Success"
        witness.wait_for(marker)
        arrived = [each for each in witness.heard if each != marker]
    assert sorted(arrived) == sorted(topic(sender, f"of-{sender.device}") for sender in FLEET)
    assert all((reason == "Success") == (sender is owner) for (sender, owner), reason in reasons.items())
    assert {reason for (sender, owner), reason in reasons.items() if sender is not owner} == {
        "Not authorized"
    }


def test_a_device_with_anothers_certificate_is_that_other_and_has_no_rights_of_its_own(
    broker: Broker, passwords: Credentials, certificates: Credentials
) -> None:
    """Mosquitto does not compare the client id with the certificate, so the rights hang on the latter."""
    stolen = certificates.ssl_context(B.device)
    with (
        Caller(broker.ports[Listener.TCP], WITNESS, passwords.login(WITNESS)) as witness,
        Caller(broker.ports[Listener.MTLS], A.device, context=stolen) as thief,
    ):
        witness.subscribe("#")
        assert thief.publish(topic(A, "steps")) == "Not authorized"
        assert thief.publish(topic(B, "steps")) == "Success"
        witness.wait_for(topic(B, "steps"))
        assert topic(A, "steps") not in witness.heard


def test_a_device_with_anothers_client_id_has_its_own_rights_alone(
    broker: Broker, passwords: Credentials
) -> None:
    with Caller(broker.ports[Listener.TCP], B.device, passwords.login(A.device)) as impostor:
        assert impostor.publish(topic(B, "steps")) == "Not authorized"
        assert impostor.publish(topic(A, "steps")) == "Success"


def test_a_device_hears_its_own_commands_and_the_proof_of_control_and_nothing_else(
    broker: Broker, passwords: Credentials
) -> None:
    port = broker.ports[Listener.TCP]
    proof = f"{CONTROL}/4f2a"
    with (
        Caller(port, A.device, passwords.login(A.device)) as device,
        Caller(port, B.device, passwords.login(B.device)) as other,
        Caller(port, OPERATOR, passwords.login(OPERATOR)) as operator,
    ):
        device.subscribe("#")
        other.publish(topic(B, "steps"))
        for each in (A, B):
            assert (
                operator.publish(topic(each, "command"), json.dumps({"name": "mute"}).encode()) == "Success"
            )
        assert other.publish(proof) == "Not authorized"
        assert operator.publish(proof) == "Success"
        device.wait_for(topic(A, "command"), proof)
        assert sorted(device.heard) == sorted([topic(A, "command"), proof])


def test_the_operator_does_not_speak_for_a_device(broker: Broker, passwords: Credentials) -> None:
    with Caller(broker.ports[Listener.TCP], OPERATOR, passwords.login(OPERATOR)) as operator:
        assert operator.publish(topic(A, "steps")) == "Not authorized"


@pytest.mark.parametrize("protocol", list(Protocol))
def test_a_local_mosquitto_with_credentials_lets_in_this_fleet_alone(
    protocol: Protocol, folder: Path, passwords: Credentials, certificates: Credentials
) -> None:
    with LocalMosquitto(credentials=certificates) as local:
        ports = {listener: local.endpoint(protocol, listener).port for listener in local.ports}
        assert local.endpoint(protocol) == local.endpoint(protocol, Listener.MTLS)
        assert local.endpoint(protocol).tls
        assert not local.endpoint(protocol, Listener.TCP).tls
        context, login = certificates.ssl_context(A.device), passwords.login(A.device)
        assert knock(ports[Listener.MTLS], A.device, context=context) == "Success"
        assert knock(ports[Listener.TLS], A.device, login, passwords.ssl_context(A.device)) == "Success"
        assert knock(ports[Listener.TCP], A.device, login) == "Success"
        assert knock(ports[Listener.TCP], A.device) == "Not authorized"


def test_a_local_mosquitto_needs_credentials_of_its_own_kind(tmp_path: Path) -> None:
    provisioned(tmp_path / "emqx", broker=BrokerKind.EMQX)
    with pytest.raises(UsageError, match=r"was provisioned for another broker; .* --for mosquitto"):
        LocalMosquitto(credentials=Credentials.open(tmp_path / "emqx"))


TEMPLATES = ["{event}/{device}", "site/{kind}-{device}/{event}", "{neighbourhood}.{device}/x/{event}"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_other_topic_templates_keep_devices_apart_as_well(template: str, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    with Broker(folder, topic=template) as broker:
        credentials = Credentials.open(folder)
        port = broker.ports[Listener.TCP]
        with Caller(port, A.device, credentials.login(A.device)) as device:
            answers = {each.device: device.publish(topic(each, "steps", template)) for each in FLEET}
            elsewhere = Identity(A.device, "oven", "n9")
            moved = device.publish(topic(elsewhere, "steps", template))
    assert answers.pop(A.device) == "Success"
    assert set(answers.values()) == {"Not authorized"}
    # Where a device has a list of its own, even its neighbourhood and kind are fixed.
    assert moved == ("Success" if "/{device}" in template else "Not authorized")
