"""Attacks on a real Mosquitto, as others have witnessed them and as the wire between saw them.

Two loads, of MQTT 3.1.1 and 5, each on a broker that is open to anybody and on one with what `fleetsim
provision` wrote. Nobody who takes part is asked: an onlooker with all rights hears what the broker passes on
and what it says of itself, a wire writes down what passes between clients and broker, and the truth says
whose it was.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from raided import KINDS, Sent, Stream, scenario
from wiretap import Line, Packet, Wiretap

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import BrokerKind, Credentials
from simulator.broker.ports import free_port
from simulator.core.campaigns import CampaignTruth, MemberTruth, Overheard
from simulator.core.credentials import WITNESS, Login
from simulator.core.records import MessageTruth, SessionChange, SessionMoment
from simulator.mqtt.codec.packet_type import PacketType
from simulator.provision import ProvisionSettings, provision_fleet
from simulator.report import Summary
from simulator.runner import RunSettings, run
from simulator.scenario import Scenario
from simulator.truth import RunFolder, read_campaigns, read_messages, read_overheard, read_sessions

PATIENCE = 20.0

BRIEF = {"at": "1s", "for": "3s"}
LONG = {"at": "5m", "for": "110m"}
FLOOD_RATE = 2_469
DOS_RATE, DOS_CLIENTS = 1_602, 15
SLOW_RATE, SLOW_CLIENTS = 1_463, 400

IN_REAL_TIME: tuple[dict[str, Any], ...] = (
    # Before all others, as it would keep them waiting.
    {"kind": "slow_dos", "devices": SLOW_CLIENTS, "rate": f"{SLOW_RATE}/s", "at": "0s", "for": "4s"},
    {"kind": "credential_brute_force", "rate": "7/s", "succeeds_after": 20, **BRIEF},
    {"kind": "credential_brute_force", "rate": "5/s", "vary": "user", **BRIEF},
    {"kind": "credential_brute_force", "rate": "5/s", "vary": "address", **BRIEF},
    {"kind": "topic_enumeration", "every": "100ms", **BRIEF},
    {"kind": "id_takeover", "rate": "2/s", **BRIEF},
    {"kind": "retained_poisoning", **BRIEF},
    {"kind": "will_abuse", "every": "500ms", **BRIEF},
    {"kind": "malformed", "devices": 8, "rate": "16/s", **BRIEF},
    {"kind": "oversize", "every": "250ms", "at": "1s", "for": "3400ms"},
    {"kind": "qos2_half_open", "messages": 40, "rate": "100/s", **BRIEF},
    {"kind": "subscription_exhaustion", "rate": "1000/s", **BRIEF},
    {"kind": "breach", "looks_around": "200ms", **BRIEF},
    {"kind": "botnet", "beat": "1s", "rate": "400/s", **BRIEF},
    # What the captures have, for as long as there is time: several clients, then one.
    {"kind": "publish_flood", "devices": DOS_CLIENTS, "rate": f"{DOS_RATE}/s", "at": "1500ms", "for": "1s"},
    {"kind": "publish_flood", "rate": f"{FLOOD_RATE}/s", "at": "3500ms", "for": "500ms"},
    # It reads no more after two seconds, when that flood is still to come.
    {"kind": "slow_subscriber", **BRIEF},
)

SPED_UP: tuple[dict[str, Any], ...] = (
    {"kind": "replay", "listens": "30m", "every": "1m", "devices": 3, **LONG},
    {"kind": "sybil", "devices": 12, **LONG},
    {"kind": "time_shift", "kinds": ["inventory_sensor"], "devices": 3, **LONG},
    {"kind": "false_data", "kinds": ["inventory_sensor"], "devices": 3, **LONG},
    {"kind": "slow_drift", "kinds": ["inventory_sensor"], "devices": 3, **LONG},
    {"kind": "exfiltration", "kinds": ["wearable"], "devices": 3, "bytes": 8, **LONG},
    {"kind": "exfiltration", "kinds": ["wearable"], "devices": 3, "way": "low_bits", **LONG},
    {"kind": "firmware_spoof", "kinds": ["inventory_sensor"], "devices": 6, **LONG},
    {"kind": "wrong_voice", "devices": 3, "every": "5m", **LONG},
)

BUSY: dict[str, Any] = {
    "duration": "4500ms",
    "devices": [*KINDS[:2], {"kind": "inventory_sensor", "per_shop": 20, "report_interval": "5s"}],
}
"""Of the load in real time; with sensors that report often, so that there is something honest in it."""

SIMULATED: dict[str, Any] = {"seed": 1, "duration": "2h", "speed": 2_400}
"""Of the load that is sped up; the seed is one with which no device is turned by two attacks."""

HARDENED = """\
use_username_as_clientid true
max_packet_size 262144
"""
"""Settings of Mosquitto that `fleetsim provision` leaves to whoever runs it."""

AGAINST_SETTINGS: tuple[dict[str, Any], ...] = (
    {"kind": "oversize", "every": "100ms", "at": "200ms", "for": "1700ms"},
    {"kind": "id_takeover", "rate": "4/s", "at": "200ms", "for": "1700ms"},
)

SUBSCRIPTIONS = "$SYS/broker/subscriptions/count"


class Broker(Enum):
    """How Mosquitto is configured."""

    OPEN = "open"
    PROVISIONED = "provisioned"


class Onlooker:
    """Somebody with all rights who hears what the broker passes on.

    Attributes:
        heard: messages of clients.
        said: what the broker says of itself, by topic.
    """

    def __init__(self, port: int, login: Login | None) -> None:
        self.heard: list[MQTTMessage] = []
        self.said: dict[str, list[int]] = {SUBSCRIPTIONS: []}
        self._ready = threading.Event()
        self._port = port
        self._client = Client(CallbackAPIVersion.VERSION2, "onlooker")
        if login is not None:
            self._client.username_pw_set(login.username, login.password)
        self._client.on_message = self._on_message
        topics = [("#", 1), *((topic, 0) for topic in self.said)]
        self._client.on_connect = lambda client, *_: client.subscribe(topics)
        self._client.on_subscribe = lambda *_: self._ready.set()

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.topic in self.said:
            self.said[message.topic].append(int(message.payload))
        else:
            self.heard.append(message)


@dataclass(frozen=True)
class Fray:
    """A run under attack.

    Attributes:
        stream: what everybody was to do.
        heard: what the onlooker was given while it went on.
        said: what the broker said of itself meanwhile.
        remains: retained messages that are there afterwards.
        lines: the connections that the wire saw.
    """

    summary: Summary
    stream: Stream
    campaigns: list[CampaignTruth]
    messages: list[MessageTruth]
    sessions: list[SessionChange]
    overheard: list[Overheard]
    heard: list[MQTTMessage]
    said: dict[str, list[int]]
    remains: list[MQTTMessage]
    lines: list[Line]

    @cached_property
    def ids_heard(self) -> Counter[str]:
        """How often the onlooker was given each message, by its id."""
        return Counter(identity for message in self.heard if (identity := id_in(message.payload)) is not None)

    @cached_property
    def lines_of(self) -> dict[str, list[Line]]:
        """The connections of each client, by its id in the truth."""
        told = [row for row in self.sessions if row.source is not None]
        by_source = {row.source: row.device for row in told}
        # Ports come back, if seldom; with another client id it is somebody else.
        by_both = {(row.source, row.client_id or row.device): row.device for row in told}
        # Whoever cleans up goes by one of these names, after the load and perhaps from a port that came back.
        names = {WITNESS, *(name for _, name in by_both)}
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            name = line.hello.client_id if line.hello else None
            device = by_both.get((line.source, name or ""))
            if device is None:
                device = name if name in self.stream.devices else None
            if device is None and name not in names:
                device = by_source.get(line.source)
            if device is not None:
                found.setdefault(device, []).append(line)
        return found


@dataclass(frozen=True)
class Onslaught:
    """One attack of a run."""

    fray: Fray
    row: CampaignTruth

    @cached_property
    def members(self) -> dict[str, MemberTruth]:
        """Who takes part."""
        return {member.device: member for member in self.row.members}

    @cached_property
    def lines(self) -> list[Line]:
        """The connections of those who take part."""
        return [line for member in self.members for line in self.fray.lines_of.get(member, [])]

    @cached_property
    def sent(self) -> list[Sent]:
        """The messages that are part of it."""
        return [sent for sent in self.fray.stream.attack if sent.truth.attack == self.row.campaign]

    @cached_property
    def ids(self) -> set[str]:
        """The ids of the messages that are labelled as part of it, as the run's truth has them."""
        return {row.id for row in self.fray.messages if row.attack == self.row.campaign}

    @cached_property
    def moments(self) -> Counter[SessionMoment]:
        """Where the sessions of its members went."""
        return Counter(change.state for change in self.fray.sessions if change.device in self.members)

    @cached_property
    def told(self) -> list[Overheard]:
        """What its members were given."""
        return [row for row in self.fray.overheard if row.device in self.members]

    @cached_property
    def packets(self) -> list[Packet]:
        """What its members sent over all their connections, in the order in which it passed."""
        return sorted((packet for line in self.lines for packet in line.up), key=lambda packet: packet.at)

    def published(self, line: Line) -> list[Packet]:
        """Return the messages on a connection that are part of it, in order."""
        return [each for each in line.sent(PacketType.PUBLISH) if id_in(each.payload) in self.ids]

    @property
    def victims(self) -> tuple[str, ...]:
        """The devices that it is aimed at."""
        return self.row.victims

    @property
    def passed_on(self) -> int:
        """How many of its messages the onlooker was given."""
        return sum(self.fray.ids_heard[identity] > 0 for identity in self.ids)


def id_in(payload: bytes) -> str | None:
    """Return the message id in a device's payload, None if it has none."""
    try:
        found = json.loads(payload)
    except ValueError:  # no JSON, or not even text
        return None
    return found.get("id") if isinstance(found, dict) else None


class Siege:
    """All attacks on one broker.

    Attributes:
        frays: the runs.
    """

    def __init__(self, frays: list[Fray]) -> None:
        self.frays = frays
        rows = [Onslaught(fray, row) for fray in frays for row in fray.campaigns if not row.benign]
        self._by_label = {each.row.campaign: each for each in rows}

    def all_of(self, kind: str) -> list[Onslaught]:
        """Return the attacks of a kind, in the order in which the loads name them."""
        return [each for each in self._by_label.values() if each.row.kind == kind]

    def __getitem__(self, kind: str) -> Onslaught:
        return self.all_of(kind)[0]


def besiege(broker: Broker, folder: Path) -> Siege:
    """Run both loads on one Mosquitto."""
    in_real_time = partial(scenario, *IN_REAL_TIME, **BUSY)
    sped_up = partial(scenario, *SPED_UP, **SIMULATED)
    return Siege(
        [
            _fray(in_real_time, "3.1.1", broker, folder / "in_real_time"),
            _fray(sped_up, "5", broker, folder / "sped_up"),
        ]
    )


def besiege_hardened(folder: Path) -> Siege:
    """Run attacks for which there is a setting on one that was provisioned and has it."""
    load = partial(scenario, *AGAINST_SETTINGS, duration="2s")
    return Siege([_fray(load, "3.1.1", Broker.PROVISIONED, folder, HARDENED)])


def _fray(
    load: Callable[..., Scenario], version: str, broker: Broker, folder: Path, settings: str = ""
) -> Fray:
    """Run a load.

    Args:
        load: makes the scenario.
        version: of MQTT.
        broker: how it is configured.
        folder: takes keys and results.
        settings: for a listener of its own, through which the fleet and its attackers come.
    """
    credentials = login = None
    mqtt: dict[str, Any] = {"settle": "5s", "version": version}
    if broker is Broker.PROVISIONED:
        provision_fleet(
            load(mqtt={"broker": "mosquitto"}), ProvisionSettings(folder / "keys", BrokerKind.MOSQUITTO)
        )
        credentials = Credentials.open(folder / "keys")
        login = credentials.login(WITNESS)
        mqtt["credentials"] = str(folder / "keys")
    entrance = free_port() if settings else None
    extra = f"listener {entrance} 127.0.0.1\n{settings}" if settings else ""
    with ExitStack() as stack:
        mosquitto = stack.enter_context(LocalMosquitto(credentials=credentials, extra=extra))
        wire = stack.enter_context(Wiretap(entrance or mosquitto.port))
        of = load(mqtt=mqtt | {"broker": f"mqtt://127.0.0.1:{wire.port}"})
        with Onlooker(mosquitto.port, login) as onlooker:
            summary = run(of, RunSettings(folder / "run"))
        with Onlooker(mosquitto.port, login) as late:
            pass
    kept = RunFolder(folder / "run")
    return Fray(
        summary=summary,
        stream=Stream(of),
        campaigns=list(read_campaigns(kept)),
        messages=list(read_messages(kept)),
        sessions=list(read_sessions(kept)),
        overheard=list(read_overheard(kept)),
        heard=onlooker.heard,
        said=onlooker.said,
        remains=[message for message in late.heard if message.retain],
        lines=wire.lines,
    )
