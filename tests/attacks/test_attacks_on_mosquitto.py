"""Attacks on a Mosquitto that is open to anybody, and on one that was provisioned, judged by witnesses.

Acknowledgements are no evidence: what counts is what somebody was given who should not have been, and what an
onlooker with all rights has heard.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from raided import Stream, scenario

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import BrokerKind, Credentials
from simulator.core.actions import Connect, Dial
from simulator.core.campaigns import CampaignTruth, Overheard
from simulator.core.credentials import WITNESS, Login
from simulator.core.records import MessageTruth, SessionChange, SessionMoment
from simulator.provision import ProvisionSettings, provision_fleet
from simulator.report import Summary
from simulator.runner import RunSettings, run
from simulator.scenario import Scenario
from simulator.truth import RunFolder, read_campaigns, read_messages, read_overheard, read_sessions

PATIENCE = 20.0

DURING = {"at": "500ms", "for": "3s"}

ATTACKS: tuple[dict[str, Any], ...] = (
    {"kind": "credential_brute_force", "rate": "10/s", "succeeds_after": 20},
    {"kind": "slow_dos", "devices": 40},
    {"kind": "topic_enumeration", "every": "100ms"},
    {"kind": "id_takeover", "rate": "2/s"},
    {"kind": "retained_poisoning"},
    {"kind": "will_abuse", "every": "500ms"},
    {"kind": "malformed", "rate": "20/s"},
    {"kind": "qos2_half_open", "messages": 40, "rate": "100/s"},
    {"kind": "breach", "looks_around": "200ms"},
    {"kind": "publish_flood", "rate": "300/s"},
)


class Onlooker:
    """Somebody with all rights who hears what the broker passes on."""

    def __init__(self, port: int, login: Login | None) -> None:
        self.heard: list[MQTTMessage] = []
        self._ready = threading.Event()
        self._port = port
        self._client = Client(CallbackAPIVersion.VERSION2, "onlooker")
        if login is not None:
            self._client.username_pw_set(login.username, login.password)
        self._client.on_message = lambda _client, _data, message: self.heard.append(message)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@dataclass(frozen=True)
class Raid:
    """A run, as an onlooker heard it and as the truth has it."""

    summary: Summary
    stream: Stream
    campaigns: dict[str, CampaignTruth]
    heard: list[MQTTMessage]
    remains: list[MQTTMessage]
    messages: list[MessageTruth]
    sessions: list[SessionChange]
    overheard: list[Overheard]

    def members(self, kind: str) -> set[str]:
        return {member.device for member in self.campaigns[kind].members}

    def moments(self, kind: str) -> Counter[SessionMoment]:
        """Where the sessions of an attack's members went."""
        members = self.members(kind)
        return Counter(change.state for change in self.sessions if change.device in members)

    def told(self, kind: str) -> set[str]:
        """Topics of what an attack's members were given."""
        members = self.members(kind)
        return {row.topic for row in self.overheard if row.device in members}


def raid(of: Scenario, broker: LocalMosquitto, login: Login | None, folder: Path) -> Raid:
    with Onlooker(broker.port, login) as onlooker:
        summary = run(of, RunSettings(folder))
    with Onlooker(broker.port, login) as late:
        pass
    kept = RunFolder(folder)
    return Raid(
        summary=summary,
        stream=Stream(of),
        campaigns={row.kind: row for row in read_campaigns(kept)},
        heard=onlooker.heard,
        remains=[message for message in late.heard if message.retain],
        messages=list(read_messages(kept)),
        sessions=list(read_sessions(kept)),
        overheard=list(read_overheard(kept)),
    )


def described(broker: str, **mqtt: Any) -> Scenario:
    attacks = [attack | DURING for attack in ATTACKS]
    return scenario(*attacks, duration="4s", mqtt={"broker": broker, "settle": "5s", **mqtt})


@pytest.fixture(scope="module")
def badly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raid]:
    """What came of it where anybody may do anything."""
    with LocalMosquitto() as broker:
        of = described(f"mqtt://127.0.0.1:{broker.port}")
        yield raid(of, broker, None, tmp_path_factory.mktemp("badly") / "run")


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raid]:
    """What came of it where everybody has a password, and rights for their own topics."""
    folder = tmp_path_factory.mktemp("well")
    provision_fleet(described("mosquitto"), ProvisionSettings(folder / "keys", BrokerKind.MOSQUITTO))
    credentials = Credentials.open(folder / "keys")
    with ExitStack() as stack:
        broker = stack.enter_context(LocalMosquitto(credentials=credentials))
        of = described(f"mqtt://127.0.0.1:{broker.port}", credentials=str(folder / "keys"))
        yield raid(of, broker, credentials.login(WITNESS), folder / "run")


def test_wildcards_give_everything_away_or_nothing(badly: Raid, well: Raid) -> None:
    """Mosquitto grants the subscriptions of both, so that the acknowledgements say nothing."""
    assert {topic.split("/")[0] for topic in badly.told("topic_enumeration")} >= {"fleet", "$SYS"}
    assert not well.told("topic_enumeration")


def test_passwords_are_guessed_where_any_will_do(badly: Raid, well: Raid) -> None:
    """An attempt that a busy machine has not answered when the next one is due has no outcome."""
    assert 10 <= badly.moments("credential_brute_force")[SessionMoment.CONNECTED] <= 20
    assert not badly.moments("credential_brute_force")[SessionMoment.REFUSED]
    moments = well.moments("credential_brute_force")
    assert 10 <= moments[SessionMoment.REFUSED] <= 19
    assert moments[SessionMoment.CONNECTED] == 1  # the right one, at its known place


def test_each_attempt_has_a_connection_of_its_own_and_the_truth_knows_whose_it_is(badly: Raid) -> None:
    members = badly.members("credential_brute_force")
    accepted = [s for s in badly.sessions if s.device in members and s.state is SessionMoment.CONNECTED]
    assert len({change.client_id for change in accepted}) == len(accepted)
    assert len({change.source for change in accepted}) == len(accepted)
    assert all(change.source and change.source.startswith("127.0.0.1:") for change in accepted)
    connecting = [s for s in badly.sessions if s.device in members and s.state is SessionMoment.CONNECTING]
    assert {(change.client_id, change.source) for change in connecting} == {(None, None)}


def test_idle_connections_pile_up_where_nobody_has_to_say_who_they_are(badly: Raid, well: Raid) -> None:
    assert badly.moments("slow_dos")[SessionMoment.CONNECTED] == 40
    assert well.moments("slow_dos")[SessionMoment.REFUSED] == 40
    assert not well.moments("slow_dos")[SessionMoment.CONNECTED]


@pytest.mark.parametrize("configured", ["badly", "well"])
def test_who_calls_itself_as_a_device_throws_it_out_of_either(
    configured: str, request: pytest.FixtureRequest
) -> None:
    """A known gap of a Mosquitto whose rights hang on user names: it lets any user have any client id."""
    of: Raid = request.getfixturevalue(configured)
    (victim,) = of.campaigns["id_takeover"].victims
    dropped = [s for s in of.sessions if s.device == victim and s.state is SessionMoment.DROPPED]
    assert dropped
    assert of.summary.connections.lost >= len(dropped)


def test_poison_reaches_devices_or_nobody(badly: Raid, well: Raid) -> None:
    members = badly.members("retained_poisoning")
    topics = {row.topic for row in badly.messages if row.device in members}
    assert topics == {row.topic for row in well.messages if row.device in members}
    assert topics <= {message.topic for message in badly.heard if message.payload}
    assert badly.summary.messages.commands >= len(topics)
    assert not topics & {message.topic for message in well.heard}
    assert well.summary.messages.commands == 0


def test_wills_speak_for_others_or_not_at_all(badly: Raid, well: Raid) -> None:
    for of, expected in ((badly, True), (well, False)):
        members = of.members("will_abuse")
        wills = {
            action.will.payload
            for action, _ in of.stream.steps
            if isinstance(action, Connect) and action.device in members and action.will is not None
        }
        assert bool(wills & {message.payload for message in of.heard}) is expected


def test_malformed_packets_are_the_end_of_their_connections(badly: Raid, well: Raid) -> None:
    for of in (badly, well):
        moments = of.moments("malformed")
        assert moments[SessionMoment.CONNECTING] > 30
        assert moments[SessionMoment.DROPPED] > moments[SessionMoment.CONNECTING] / 4


def test_the_broker_ends_who_has_more_in_flight_than_it_takes(badly: Raid) -> None:
    """Mosquitto 2 takes 20, unless told otherwise."""
    assert badly.moments("qos2_half_open")[SessionMoment.DROPPED] == 1


def test_a_service_whose_account_was_stolen_reads_everything(badly: Raid, well: Raid) -> None:
    """No access control helps there, only detection."""
    for of in (badly, well):
        assert {topic.split("/")[0] for topic in of.told("breach")} >= {"fleet"}


def test_honest_messages_arrive_all_the_same_and_are_counted_alone(badly: Raid, well: Raid) -> None:
    for of in (badly, well):
        honest = [row for row in of.messages if row.attack is None]
        assert of.summary.messages.due == len(honest)
        assert of.summary.connections.asked == len(of.stream.devices)
        flooded = [row for row in of.messages if row.attack == "publish_flood-9"]
        assert len(flooded) == pytest.approx(900, rel=0.02)


def test_what_attacks_asked_for_and_got_is_counted_beside_the_fleet(badly: Raid, well: Raid) -> None:
    for of in (badly, well):
        attacks = of.summary.attacks
        assert attacks is not None
        theirs = [action for action, _ in of.stream.steps if action.device in of.stream.outsiders]
        asked = sum(isinstance(action, Connect | Dial) for action in theirs)
        assert attacks.connections.asked == asked
        assert attacks.connections.reached + attacks.connections.refused <= asked
        hostile = Counter(row.attack.rpartition("-")[0] for row in of.messages if row.attack)
        assert {kind: counts.due for kind, counts in attacks.messages.items()} == hostile
        assert not attacks.held_back
    assert well.summary.attacks is not None
    assert badly.summary.attacks is not None
    assert well.summary.attacks.connections.refused > badly.summary.attacks.connections.refused


def test_nothing_of_it_remains(badly: Raid, well: Raid) -> None:
    for of in (badly, well):
        assert not of.remains
        assert of.summary.clean_up is not None
        assert of.summary.clean_up.left == 0
