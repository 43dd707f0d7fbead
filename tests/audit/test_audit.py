from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path

import pytest
from provisioned import FLEET, TOPIC, provisioned

from simulator.audit import audit, cast
from simulator.audit.silence import Silence
from simulator.audit.stage import Stage
from simulator.broker import LocalMosquitto
from simulator.broker.credentials import LONGEST_KEEP_ALIVE, Credentials, Identity
from simulator.core.campaigns import AccessAction, AccessTruth, Claimant
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import UsageError
from simulator.mqtt import DeliveryOptions


def audited(protocol: Protocol, credentials: Credentials | None) -> list[AccessTruth]:
    with LocalMosquitto(credentials=credentials) as broker:
        who = cast(iter(FLEET), TOPIC, "command")
        return list(audit([broker.endpoint(protocol)], DeliveryOptions(credentials=credentials), who))


def happened(rows: Iterable[AccessTruth]) -> set[tuple[Claimant, AccessAction]]:
    return {(row.claimant, row.action) for row in rows if row.happened and not row.allowed}


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> list[AccessTruth]:
    """What a Mosquitto lets happen that is configured as `provision` does."""
    folder = tmp_path_factory.mktemp("credentials")
    provisioned(folder)
    return audited(Protocol.MQTT_311, Credentials.open(folder))


@pytest.fixture(scope="module")
def badly() -> list[AccessTruth]:
    """What a Mosquitto lets happen that is open to anybody."""
    return audited(Protocol.MQTT_5, None)


def test_a_provisioned_mosquitto_lets_a_device_do_what_it_may_and_nothing_else(
    well: list[AccessTruth],
) -> None:
    assert {row.happened for row in well if row.allowed} == {True}
    # Nothing ties a client id to a user there, as its configuration says, so whoever has credentials of
    # its own ends the session of another by its id.
    # And Mosquitto 2.0.11 holds nobody to a keep alive who speaks MQTT 3.1.1, which has no word for it.
    assert happened(well) == {
        (Claimant.ALIAS, AccessAction.TAKE_OVER),
        (Claimant.OWN, AccessAction.KEEP_ALIVE),
    }


def test_what_a_broker_acknowledges_is_no_evidence(well: list[AccessTruth]) -> None:
    """Mosquitto answers a 3.1.1 client that its message has arrived, and throws it away."""
    denied = [row for row in well if row.action is AccessAction.PUBLISH and not row.allowed and row.tried]
    assert denied
    assert {row.acknowledged for row in denied} == {True}
    assert {row.happened for row in denied} == {False}


def test_who_is_not_let_in_tries_nothing_further(well: list[AccessTruth]) -> None:
    strangers = [row for row in well if row.claimant in (Claimant.GUESSED, Claimant.NOBODY)]
    others = [row for row in strangers if row.action not in (AccessAction.CONNECT, AccessAction.TAKE_OVER)]
    assert others
    assert not any(row.tried for row in others)


def test_an_open_mosquitto_lets_everything_happen(badly: list[AccessTruth]) -> None:
    limited = [row for row in badly if not row.happened]
    # No keep alive at all is taken for the longest over MQTT 5, and who is silent is dropped.
    assert {(row.action, row.topic) for row in limited} == {
        (AccessAction.KEEP_ALIVE, "0"),
        (AccessAction.STAY_SILENT, "1"),
    }
    assert {row.protocol for row in badly} == {5}
    assert {row.clear for row in badly} == {True}


def test_a_provisioned_mosquitto_grants_no_silence_of_hours_over_mqtt_5(tmp_path: Path) -> None:
    provisioned(tmp_path)
    options = DeliveryOptions(credentials=Credentials.open(tmp_path))
    with (
        LocalMosquitto(credentials=Credentials.open(tmp_path)) as broker,
        Stage(broker.endpoint(Protocol.MQTT_5), options, lambda: False) as stage,
    ):
        stage.device("audit", FLEET[0], keep_alive=65_535)
        stage.settle()
        assert stage.stood("audit")
        assert stage.keep_alive("audit") == LONGEST_KEEP_ALIVE


def test_who_is_silent_for_one_and_a_half_of_its_keep_alives_is_dropped(
    well: list[AccessTruth], badly: list[AccessTruth]
) -> None:
    """Every broker has to, however it is configured."""
    for rows in (well, badly):
        silent = [row for row in rows if row.action is AccessAction.STAY_SILENT]
        assert [(row.topic, row.tried, row.happened) for row in silent] == [("1", True, False)]


def test_who_stays_is_noticed() -> None:
    """At a broker that accepts everybody and looks after nobody."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        endpoint = Endpoint("127.0.0.1", "127.0.0.1", door.getsockname()[1], Protocol.MQTT_311)
        silence = Silence(endpoint, DeliveryOptions(), room=0.2)
        silence.poll()
        client, _ = door.accept()
        with client:
            client.sendall(bytes((0x20, 2, 0, 0)))
            assert silence.lasts(lambda: False) is True


def test_both_are_asked_the_same(well: list[AccessTruth], badly: list[AccessTruth]) -> None:
    def questions(rows: list[AccessTruth]) -> set[tuple[Claimant, AccessAction, str, bool]]:
        return {(row.claimant, row.action, row.topic, row.allowed) for row in rows}

    assert questions(well) == questions(badly)
    assert {action for _, action, _, _ in questions(well)} == set(AccessAction)
    assert {claimant for claimant, _, _, _ in questions(well)} == set(Claimant)


def test_the_neighbour_is_of_the_same_kind_if_there_is_one() -> None:
    who = cast(iter(FLEET), TOPIC, "command")
    assert (who.device, who.neighbour) == (FLEET[0], FLEET[1])
    other = cast(iter([FLEET[0], FLEET[2]]), TOPIC, "command")
    assert other.neighbour == FLEET[2]


def test_an_audit_needs_two_devices() -> None:
    registrar = Identity("r1", "consent", "n0")
    with pytest.raises(UsageError, match="needs two devices"):
        cast(iter([FLEET[0], registrar]), TOPIC, "command")
