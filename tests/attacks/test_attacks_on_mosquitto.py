"""Attacks on a Mosquitto that is open to anybody, and on one that was provisioned, judged by witnesses.

Acknowledgements are no evidence: what counts is what somebody was given who should not have been, what an
onlooker with all rights has heard, and who ended a connection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pytest
from wiretap import Line, Way
from witnessed import DOS_CLIENTS, FLOOD_RATE, SLOW_CLIENTS, SUBSCRIPTIONS, Broker, Onslaught, Siege

from simulator.core import plugins
from simulator.core.actions import Connect, Dial
from simulator.core.campaigns import Control, Role
from simulator.core.endpoint import Protocol
from simulator.core.records import SessionMoment
from simulator.mqtt.codec.packet_type import PacketType

DOCS = Path(__file__).parents[2] / "docs" / "attacks.md"

MEBIBYTE = 1 << 20
HELD_BY_OTHERS = 200
"""Subscriptions of the fleet, its onlooker and the other attackers together at most."""


class Outcome(Enum):
    """What is known to come of an attack.

    Attributes:
        FAILED: somebody witnessed what the control that it is aimed at should have kept from happening.
        HELD: nobody did.
        LET_THROUGH: it comes from those who may do what they do, so that no rule of a broker can tell: what
            finds it, or does not, is detection, which is scored against its label in the truth.
    """

    FAILED = "failed"
    HELD = "held"
    LET_THROUGH = "let through"


@dataclass(frozen=True)
class Known:
    """What comes of an attack on each broker, and who can tell.

    Attributes:
        witnessed: counts what was witnessed of it that a right broker, or a right detector, would have kept
            from happening.
    """

    open: Outcome
    provisioned: Outcome
    witnessed: Callable[[Onslaught], int]

    def on(self, broker: Broker) -> Outcome:
        return self.open if broker is Broker.OPEN else self.provisioned


def stood(line: Line) -> bool:
    """Whether a broker took a client in, and kept it until it went by itself."""
    taken_in = any(answer.code == 0 for answer in line.given(PacketType.CONNACK))
    return taken_in and line.ends[0][0] is Way.UP


def guessed(of: Onslaught) -> int:
    """Sessions with a wrong password: all but the last of those who come to the right one."""
    attempts = sorted(of.lines, key=lambda line: line.opened)
    return sum(map(stood, attempts[:-1] if of.row.phases[-1].name == "use" else attempts))


def thrown_out(of: Onslaught) -> int:
    """How often its victims were dropped."""
    dropped = [s for s in of.fray.sessions if s.device in of.victims and s.state is SessionMoment.DROPPED]
    return len(dropped)


def poisoned(of: Onslaught) -> int:
    """Topics of others on which something was left that the broker passed on."""
    left = {sent.truth.topic for sent in of.sent}
    return len(left & {message.topic for message in of.fray.heard if message.payload})


def wills(of: Onslaught) -> int:
    """Wills in the name of others that the broker has passed on."""
    left = {
        action.will.payload
        for action, _ in of.fray.stream.steps
        if isinstance(action, Connect) and action.device in of.members and action.will is not None
    }
    return sum(message.payload in left for message in of.fray.heard)


def taken_for_right(of: Onslaught) -> int:
    """What the broker did for those who never said a right CONNECT, and topics that there must not be."""
    mute = [line for line in of.lines if line.hello is None]
    done = sum(answer.type is not PacketType.CONNACK for line in mute for answer in line.down)
    return done + sum({*"+#\0"} & {*message.topic} != set() for message in of.fray.heard)


def too_long(of: Onslaught) -> int:
    """Messages above what EMQX takes, which the onlooker was given."""
    return sum(len(message.payload) >= MEBIBYTE for message in of.fray.heard)


def left_open(of: Onslaught) -> int:
    """Messages beyond the first 20 that were begun over a connection that the broker did not end."""
    return sum(max(len(line.sent(PacketType.PUBLISH)) - 20, 0) for line in of.lines if stood(line))


def subscribed(of: Onslaught) -> int:
    """Subscriptions that the broker says it has, beyond what all others together hold."""
    return max(max(of.fray.said[SUBSCRIPTIONS]) - HELD_BY_OTHERS, 0)


def piled_up(of: Onslaught) -> int:
    """Messages that the broker has for somebody who is not reading, and could not hand over."""
    given = sum(len(line.given(PacketType.PUBLISH)) for line in of.lines)
    return max(len(of.fray.heard) - given, 0) if given else 0


def told(of: Onslaught) -> int:
    """Messages that were given to it."""
    return len(of.told)


def passed_on(of: Onslaught) -> int:
    """Its messages that the onlooker was given."""
    return of.passed_on


def repeated(of: Onslaught) -> int:
    """Messages that the onlooker was given once more."""
    return sum(of.fray.ids_heard[identity] - 1 for identity in of.ids)


FAILED, HELD, LET_THROUGH = Outcome

KNOWN: Mapping[str, Known] = {
    "credential_brute_force": Known(FAILED, HELD, guessed),
    "slow_dos": Known(FAILED, HELD, lambda of: sum(map(stood, of.lines))),
    "topic_enumeration": Known(FAILED, HELD, told),
    # Mosquitto lets any user have any client id, and its rights hang on users.
    "id_takeover": Known(FAILED, FAILED, thrown_out),
    "retained_poisoning": Known(FAILED, HELD, poisoned),
    "will_abuse": Known(FAILED, HELD, wills),
    "malformed": Known(HELD, HELD, taken_for_right),
    # Neither sets max_packet_size.
    "oversize": Known(FAILED, FAILED, too_long),
    # With a queue for what is beyond max_inflight_messages, as provisioned, Mosquitto 2.0.11 ends nobody.
    "qos2_half_open": Known(HELD, FAILED, left_open),
    # Mosquitto knows no limit of subscriptions; what it delivers nothing for it keeps as well.
    "subscription_exhaustion": Known(FAILED, FAILED, subscribed),
    "slow_subscriber": Known(FAILED, HELD, piled_up),
    # Mosquitto knows no limit of rates.
    "publish_flood": Known(FAILED, FAILED, passed_on),
    "sybil": Known(FAILED, HELD, passed_on),
    # With the credentials of those whose messages they are, or from the devices themselves.
    "replay": Known(LET_THROUGH, LET_THROUGH, repeated),
    "time_shift": Known(LET_THROUGH, LET_THROUGH, passed_on),
    "false_data": Known(LET_THROUGH, LET_THROUGH, passed_on),
    "slow_drift": Known(LET_THROUGH, LET_THROUGH, passed_on),
    "exfiltration": Known(LET_THROUGH, LET_THROUGH, passed_on),
    "firmware_spoof": Known(LET_THROUGH, LET_THROUGH, passed_on),
    "wrong_voice": Known(LET_THROUGH, LET_THROUGH, passed_on),
    "botnet": Known(LET_THROUGH, LET_THROUGH, passed_on),
    # By the account of a service that may read everything.
    "breach": Known(LET_THROUGH, LET_THROUGH, told),
}

KINDS = plugins.kinds("simulator.attacks")


def test_of_every_attack_it_is_known_what_comes_of_it() -> None:
    assert {*KINDS} == {*KNOWN}


@pytest.mark.parametrize("broker", Broker, ids=lambda broker: broker.value)
@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_as_known_by_witness(kind: str, broker: Broker, request: pytest.FixtureRequest) -> None:
    siege: Siege = request.getfixturevalue("badly" if broker is Broker.OPEN else "well")
    for of in siege.all_of(kind):
        assert of.row.members
        harm = KNOWN[kind].witnessed(of)
        assert (harm == 0) is (KNOWN[kind].on(broker) is HELD), f"{harm:,} were witnessed"


@pytest.mark.parametrize("kind", [kind for kind, known in KNOWN.items() if known.open is LET_THROUGH])
def test_what_no_broker_can_tell_is_let_through_whole_with_a_label_for_detection(
    kind: str, siege: Siege
) -> None:
    for of in siege.all_of(kind):
        assert of.row.control in (Control.DETECTION, Control.SCHEMA)
        assert of.passed_on == len(of.ids)
        assert bool(of.ids) is (kind != "breach")  # which sends nothing
        assert {row.attack for row in of.fray.messages if row.device in of.members} <= {
            None,
            of.row.campaign,
        }
        if of.row.members[0].role is Role.COMPROMISED:
            assert {*of.members} <= {*of.fray.stream.devices}


def test_no_device_is_turned_by_two(badly: Siege) -> None:
    for fray in badly.frays:
        members = [member.device for row in fray.campaigns for member in row.members]
        assert len(members) == len({*members})


def test_the_page_on_attacks_tells_the_same() -> None:
    section = DOCS.read_text().partition("## On a real Mosquitto")[2].partition("\n## ")[0]
    rows = [[cell.strip(" `*") for cell in line.split("|")] for line in section.splitlines() if "|" in line]
    told = {row[1]: row[3:6] for row in rows}
    for kind, known in KNOWN.items():
        control = plugins.load("simulator.attacks", kind).control
        assert told[kind] == [control.value, known.open.value, known.provisioned.value]


# How many, and what the truth says of them


def test_wildcards_give_everything_away_or_nothing(badly: Siege, well: Siege) -> None:
    """Mosquitto grants the subscriptions of both, so that the acknowledgements say nothing."""
    topics = {row.topic for row in badly["topic_enumeration"].told}
    assert {topic.split("/")[0] for topic in topics} >= {"fleet", "$SYS"}
    for siege in (badly, well):
        (line,) = siege["topic_enumeration"].lines
        assert all(answer.grants for answer in line.given(PacketType.SUBACK))


def test_an_acknowledgement_says_in_one_version_that_it_is_done_and_in_the_other_that_it_is_not(
    well: Siege,
) -> None:
    """What is forbidden: in both nobody was given any of it."""
    for kind, version, granted in (
        ("retained_poisoning", Protocol.MQTT_311, True),
        ("sybil", Protocol.MQTT_5, False),
    ):
        of = well[kind]
        answers = [answer for line in of.lines for answer in line.given(PacketType.PUBACK)]
        assert {line.protocol for line in of.lines} == {version}
        assert {answer.grants for answer in answers} == {granted}
        assert len(answers) == len(of.ids)
        assert KNOWN[kind].witnessed(of) == 0


def test_passwords_are_guessed_where_any_will_do(badly: Siege, well: Siege) -> None:
    """An attempt that a busy machine has not answered when the next one is due has no outcome."""
    moments = badly["credential_brute_force"].moments
    assert 5 <= moments[SessionMoment.CONNECTED] <= 20
    assert not moments[SessionMoment.REFUSED]
    moments = well["credential_brute_force"].moments
    assert 5 <= moments[SessionMoment.REFUSED] <= 19
    assert moments[SessionMoment.CONNECTED] == 1  # the right one, at its known place


def test_each_attempt_has_a_connection_of_its_own_and_the_truth_knows_whose_it_is(badly: Siege) -> None:
    of = badly["credential_brute_force"]
    theirs = [change for change in of.fray.sessions if change.device in of.members]
    accepted = [change for change in theirs if change.state is SessionMoment.CONNECTED]
    assert len({change.client_id for change in accepted}) == len(accepted)
    assert len({change.source for change in accepted}) == len(accepted)
    assert all(change.source and change.source.startswith("127.0.0.1:") for change in accepted)
    connecting = [change for change in theirs if change.state is SessionMoment.CONNECTING]
    assert {(change.client_id, change.source) for change in connecting} == {(None, None)}


def test_idle_connections_pile_up_where_nobody_has_to_say_who_they_are(badly: Siege, well: Siege) -> None:
    assert badly["slow_dos"].moments[SessionMoment.CONNECTED] == SLOW_CLIENTS
    assert well["slow_dos"].moments[SessionMoment.REFUSED] == SLOW_CLIENTS


def test_who_calls_itself_as_a_device_throws_it_out(siege: Siege) -> None:
    of = siege["id_takeover"]
    assert of.fray.summary.connections.lost >= thrown_out(of)


def test_poison_reaches_devices_or_nobody(badly: Siege, well: Siege) -> None:
    topics = {sent.truth.topic for sent in badly["retained_poisoning"].sent}
    assert poisoned(badly["retained_poisoning"]) == len(topics)
    assert badly["retained_poisoning"].fray.summary.messages.commands >= len(topics)
    assert well["retained_poisoning"].fray.summary.messages.commands == 0


def test_malformed_packets_are_the_end_of_their_connections(siege: Siege) -> None:
    moments = siege["malformed"].moments
    assert moments[SessionMoment.CONNECTING] > 40
    assert moments[SessionMoment.DROPPED] > 10


def test_the_flood_arrives_as_a_whole(siege: Siege) -> None:
    many, one = siege.all_of("publish_flood")
    assert len(many.members) == DOS_CLIENTS
    assert many.passed_on == len(many.ids)
    assert one.passed_on == len(one.ids) == pytest.approx(FLOOD_RATE / 2, rel=0.02)


def test_honest_messages_arrive_all_the_same_and_are_counted_alone(siege: Siege) -> None:
    for fray in siege.frays:
        honest = [row.id for row in fray.messages if row.attack is None]
        assert len(honest) > 10
        assert all(fray.ids_heard[identity] for identity in honest)
        turned = [row.id for row in fray.messages if row.device in fray.stream.compromised and row.attack]
        assert fray.summary.messages.due == len(honest) + len(turned)
        assert fray.summary.connections.asked == len(fray.stream.devices)


def test_what_attacks_asked_for_and_got_is_counted_beside_the_fleet(badly: Siege, well: Siege) -> None:
    refused = []
    for siege in (badly, well):
        for fray in siege.frays:
            attacks, outsiders = fray.summary.attacks, fray.stream.outsiders
            assert attacks is not None
            theirs = [action for action, _ in fray.stream.steps if action.device in outsiders]
            asked = sum(isinstance(action, Connect | Dial) for action in theirs)
            assert attacks.connections.asked == asked
            assert attacks.connections.reached + attacks.connections.refused <= asked
            hostile = Counter(row.attack.rpartition("-")[0] for row in fray.messages if row.attack)
            assert {kind: counts.due for kind, counts in attacks.messages.items()} == hostile
            assert not attacks.held_back
            refused.append(attacks.connections.refused)
    assert sum(refused[2:]) > sum(refused[:2])


def test_settings_close_two_of_the_gaps_that_are_known(hardened: Siege) -> None:
    """A thief then throws out none but the device whose credentials it has."""
    oversize, takeover = hardened["oversize"], hardened["id_takeover"]
    assert KNOWN["oversize"].provisioned is KNOWN["id_takeover"].provisioned is FAILED
    assert too_long(oversize) == 0
    assert oversize.passed_on > 0
    assert thrown_out(takeover) == 0
    (thief,) = takeover.members.values()
    robbed = [s.state for s in takeover.fray.sessions if s.device == thief.user]
    assert SessionMoment.DROPPED in robbed


def test_nothing_of_it_remains(siege: Siege) -> None:
    for fray in siege.frays:
        assert not fray.remains
        assert fray.summary.clean_up is not None
        assert fray.summary.clean_up.left == 0
