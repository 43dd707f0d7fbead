"""Those who take part in an attack, and what they can do."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec
import simpy

from simulator.attacks import frames
from simulator.attacks.mimicry import Heard, copied
from simulator.attacks.target import Disguise, Message, Recent, Send, Target, recent
from simulator.core.actions import Action, Claim, Connect, Dial, Disconnect, Drop, Raw, Subscribe, Will
from simulator.core.campaigns import Credential, MemberTruth, Role
from simulator.core.ids import device_id
from simulator.core.options import AttackOptions
from simulator.core.readings import Abuse, Reading, Value
from simulator.core.records import Expectation
from simulator.core.seeds import Draws, Seeds
from simulator.core.steps import Step

OptionsT = TypeVar("OptionsT", bound=AttackOptions)
Process = Generator[simpy.Event, Any, None]

JITTER = 0.2
"""Share by which the time between two acts differs at most, up or down (assumption)."""


class Cause(StrEnum):
    """How a device comes to be turned; of the ten of OWASP's IoT list, 2018, those that lead there."""

    WEAK_PASSWORD = "weak password"
    INSECURE_SERVICE = "insecure network service"
    INSECURE_UPDATE = "insecure update"
    OUTDATED_COMPONENT = "outdated component"
    PHYSICAL_ACCESS = "physical access"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the members of one neighbourhood act.

    Attributes:
        env: the SimPy environment.
        seeds: of the run.
        targets: the neighbourhood's devices, by id in order.
        put: takes a step for the stream, with the id of whose it is.
        disguise: makes the looks of a device: of a target's kind, with an id, and with 64 bits from which the
            ids of its messages are made.
        token: makes something secret that cannot be mistaken, by a name.
        modern: whether MQTT 5 is spoken.
        heard: what devices of each kind have said last.
    """

    env: simpy.Environment
    seeds: Seeds
    targets: tuple[Target, ...]
    put: Callable[[str, Step], None]
    disguise: Callable[[Target, str, int], Disguise]
    token: Callable[[str], str]
    modern: bool
    heard: defaultdict[str, Recent] = field(default_factory=lambda: defaultdict(recent))


@dataclass(slots=True)
class Member(Generic[OptionsT]):
    """Somebody who takes part.

    Attributes:
        id: whose the actions are: of a device of the fleet, or of an outsider in the same form.
        role: which of the two.
        label: of the attack.
        options: of the attack.
        at, until: when it begins and is over, in simulated seconds.
        number: which of all members it is, from 0.
        ground: where it acts.
        draws: a random stream of its own.
        looks: how it looks on the network.
        credential: what it shows.
        user: whose name it gives, None for its own or none.
        victims: devices that it is aimed at.
        muse: the device whose readings it copies; a device of the fleet copies itself.
        onward: takes what becomes of the readings of a device of the fleet; set once it is turned.
    """

    id: str
    role: Role
    label: str
    options: OptionsT
    at: float
    until: float
    number: int
    ground: Ground
    draws: Draws
    looks: Disguise
    credential: Credential
    user: str | None
    victims: tuple[Target, ...]
    muse: Target
    onward: Send | None = None
    _bends: list[Callable[[Reading], Reading | None]] = field(default_factory=list)
    _masks: dict[str, Disguise] = field(default_factory=dict)
    _packet_id: int = 0

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return float(self.ground.env.now)

    @property
    def over(self) -> bool:
        """Whether its time is up."""
        return self.now >= self.until

    @property
    def claim(self) -> Claim | None:
        """Whom it claims to be when it connects."""
        match self.credential:
            case Credential.OWN:
                return None
            case Credential.STOLEN | Credential.SERVICE:
                return Claim(self.user)
            case Credential.GUESSED:
                return Claim(self.user, self.password(0))
            case Credential.NONE:
                return Claim()

    def password(self, number: int) -> str:
        """Return a password of a list that nobody uses."""
        return device_id(self.ground.seeds, "password", self.label, self.number, number)

    def truth(self, client_id: str | None = None) -> MemberTruth:
        """Return what the truth says about it."""
        cause = self.ground.seeds.draws("cause", self.label, self.id).choice(tuple(Cause))
        turned = self.role is Role.COMPROMISED
        return MemberTruth(
            self.id, self.role, self.credential, cause if turned else None, self.user, client_id
        )

    # Time

    def wait(self, seconds: float) -> simpy.Event:
        """Return the end of a while, or of the attack if that is earlier."""
        return self.ground.env.timeout(max(min(seconds, self.until - self.now), 0.0))

    def beat(self, rate: float) -> simpy.Event:
        """Return when the next act is due of those that it does at a rate, in acts a second."""
        return self.wait((1.0 + self.draws.uniform(-JITTER, JITTER)) / rate if rate else math.inf)

    def rest(self) -> simpy.Event:
        """Return the end of the attack."""
        return self.wait(math.inf)

    # Sessions

    def act(self, action: Action) -> None:
        """Do something on the network now."""
        self.ground.put(self.id, (action, None))

    def hello(self, looks: Disguise | None = None, **changes: Any) -> Connect:
        """Return a CONNECT as devices send it, with its claim.

        Args:
            looks: whose client id and will it has; its own if left out.
            changes: to the CONNECT.
        """
        of = looks or self.looks
        connect = next(action for action, _ in of.opening(self.now) if isinstance(action, Connect))
        claimed: dict[str, Any] = {"claim": self.claim, "device": self.id, "properties": (), "clean": True}
        if looks is not None:
            claimed["client_id"] = looks.client_id
        return msgspec.structs.replace(connect, **claimed | changes)

    def enter(self, looks: Disguise | None = None, **changes: Any) -> None:
        """Go online as a device does: a session with a will, and the command topic.

        Args:
            looks: whose client id, will and command topic; its own if left out.
            changes: to the CONNECT.
        """
        self.act(self.hello(looks, **changes))
        for topic_filter, qos in _listening(looks or self.looks):
            self.subscribe(topic_filter, qos)

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """Subscribe to a topic filter."""
        self.act(Subscribe(self.now, self.id, topic_filter, qos))

    def leave(self) -> None:
        """End the session in order."""
        self.act(Disconnect(self.now, self.id))

    def drop(self) -> None:
        """Break the connection off."""
        self.act(Drop(self.now, self.id))

    def dial(self, hello: Connect | None, abrupt: bool = False) -> None:
        """Open a raw connection, with a CONNECT or without, that ends in order or with a TCP reset."""
        self.act(Dial(self.now, self.id, hello, self.claim, abrupt))

    def call(self, abrupt: bool = False) -> None:
        """Go online over a raw connection, as a device does; it ends in order or with a TCP reset."""
        self.dial(self.hello(), abrupt)
        for topic_filter, _ in _listening(self.looks):
            self.raw(frames.subscribe(topic_filter, self.packet_id(), self.ground.modern))

    def packet_id(self) -> int:
        """Return the next packet id of its raw connections; like a session's they go on when it returns."""
        self._packet_id = self._packet_id % 65_535 + 1
        return self._packet_id

    def alias(self, client_id: str) -> Disguise:
        """Return the looks of a device like it with another id."""
        return self.ground.disguise(self.muse, client_id, 0)

    def will(self, topic: str, reading: Reading) -> Will:
        """Return a will that looks like a reading."""
        publish, _ = self.looks.message(reading)
        return Will(topic, publish.payload)

    # Messages

    def copy(self, of: Target | None = None) -> Reading:
        """Return a reading like those of a device, or of its kind if it has said nothing, as if of now.

        Args:
            of: the device; the muse if left out.
        """
        of = of or self.muse
        known = of.recent or self.ground.heard[of.station.kind]
        return self.echo(self.draws.choice(known) if known else None)

    def echo(self, heard: Heard | None) -> Reading:
        """Return a reading like one that was heard, or what any device could say if it is None."""
        return copied(heard, self.now, self.draws, self.label)

    def marked(self, event: str, values: dict[str, Value], **more: Any) -> Reading:
        """Return a reading of now that is part of the attack."""
        return Reading(self.now, event, values, abuse=Abuse(self.label), **more)

    def mask(self, target: Target) -> Disguise:
        """Return the looks of another device, for what is to seem to be from it."""
        mask = self._masks.get(target.id)
        if mask is None:
            key = self.ground.seeds.digest("forged", self.label, self.id, target.id)
            mask = self._masks[target.id] = self.ground.disguise(target, target.id, key)
        return mask

    def message(
        self, reading: Reading, mask: Disguise | None = None, payload: bytes | None = None, **changes: Any
    ) -> Message:
        """Return a reading as a message of its own session.

        Args:
            reading: what it says.
            mask: from whom it seems to be; from itself if left out.
            payload: what is sent in place of the reading.
            changes: to topic, QoS and retain flag.
        """
        publish, truth = (mask or self.looks).message(reading)
        payload = publish.payload if payload is None else payload
        labels = {"device": self.id, "expect": Expectation.ANY, "attack": self.label, "size": len(payload)}
        return (
            msgspec.structs.replace(publish, device=self.id, payload=payload, **changes),
            msgspec.structs.replace(truth, **labels, **changes),
        )

    def as_victim(self, **changes: Any) -> Message:
        """Return a message as its first victim could send it, on a topic of that; changes as of `message`."""
        victim = self.victims[0]
        reading = self.copy(victim)
        return self.message(reading, self.mask(victim), topic=victim.station.topic(reading.event), **changes)

    def publish(
        self, reading: Reading, mask: Disguise | None = None, payload: bytes | None = None, **changes: Any
    ) -> None:
        """Send a reading over its own session; arguments as of `message`."""
        self.send(self.message(reading, mask, payload, **changes))

    def send(self, message: Message) -> None:
        """Send a message over its own session."""
        self.ground.put(self.id, message)

    def again(self, message: Message) -> None:
        """Send a message that somebody has sent before, as it was, over its own session."""
        publish, truth = message
        own = {"at": self.now, "device": self.id}
        labels = {"expect": Expectation.ANY, "attack": self.label}
        self.ground.put(
            self.id,
            (msgspec.structs.replace(publish, **own), msgspec.structs.replace(truth, **own, **labels)),
        )

    def raw(self, data: bytes, message: Message | None = None) -> None:
        """Send bytes over the raw connection.

        Args:
            data: the bytes.
            message: the one that they hold, if any.
        """
        if message is None:
            self.act(Raw(self.now, self.id, data))
        else:
            self.ground.put(self.id, (Raw(self.now, self.id, data, message[0].id), message[1]))

    # Of a device of the fleet

    def say(self, reading: Reading) -> None:
        """Send a reading as the device sends its own."""
        assert self.muse.base is not None
        self.muse.base(reading)

    def bend(self, change: Callable[[Reading], Reading | None]) -> None:
        """Change what the device sends from now on, until the attack is over; None suppresses a reading."""
        self._bends.append(change)

    def take(self, reading: Reading) -> None:
        """Take a reading of the device, and send what becomes of it."""
        if not self.over:
            for bend in self._bends:
                bent = bend(reading)
                if bent is None:
                    return
                reading = bent
        assert self.onward is not None
        self.onward(reading)


def _listening(looks: Disguise) -> Iterator[tuple[str, int]]:
    """Yield the filters and QoS to which somebody with these looks subscribes when it goes online."""
    for action, _ in looks.opening():
        if isinstance(action, Subscribe):
            yield action.topic_filter, action.qos
