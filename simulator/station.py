"""A station: a device's way from its readings to messages, each with its truth beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from simulator.core import plugins
from simulator.core.actions import Command, Connect, Publish, Subscribe, Will
from simulator.core.calendar import Calendar
from simulator.core.ids import MessageIds
from simulator.core.options import DeviceOptions
from simulator.core.readings import Reading
from simulator.core.records import Expectation, MessageTruth
from simulator.core.steps import Step
from simulator.devices import Device
from simulator.faults import Ends, Line, Message
from simulator.privacy.judge import Judge, will_payload
from simulator.scenario.mqtt import Mqtt
from simulator.world import Agenda, Person, Purpose

COMMAND = "command"
"""Last topic level on which a device takes commands."""

OFFLINE = "offline"
"""Last topic level of a device's will."""

_EVENT = "\0"
"""Stands in a topic for the event; no topic holds it."""

Outbox = list[tuple[str, Step]]
"""What devices have done at the present moment, each step with its device's id."""


class Channel:
    """What the messages of one group of devices in one neighbourhood have in common.

    Args:
        agenda: gives the time.
        calendar: writes it down.
        people: everybody whom a message may be about, by id.
        outbox: takes the steps.
        mqtt: how the fleet talks.
        options: of the devices.
        neighbourhood: where they are.
    """

    __slots__ = ("agenda", "calendar", "encode", "kind", "mqtt", "outbox", "people", "qos", "retain", "topic")

    def __init__(
        self,
        agenda: Agenda,
        calendar: Calendar,
        people: Mapping[str, Person],
        outbox: Outbox,
        mqtt: Mqtt,
        options: DeviceOptions,
        neighbourhood: str,
    ) -> None:
        self.agenda = agenda
        self.calendar = calendar
        self.people = people
        self.outbox = outbox
        self.mqtt = mqtt
        self.kind = options.kind
        self.qos = mqtt.qos if options.qos is None else options.qos
        self.retain = mqtt.retain
        self.encode = plugins.load("simulator.payloads", options.payload or mqtt.payload).encode
        self.topic = partial(mqtt.topic.format, neighbourhood=neighbourhood, kind=options.kind)


class Station:
    """A device's way out: names and numbers its readings, encodes them, and keeps their truth beside.

    Args:
        channel: what it shares with others.
        device: the device's id.
        key: 64 bits of the device's own, from which the ids of its messages are made.

    Attributes:
        id: the device's id.
        device: the device itself; set once it is built.
    """

    __slots__ = ("_channel", "_ids", "_judge", "_retain", "_topic", "device", "id")

    device: Device[Any]

    def __init__(self, channel: Channel, device: str, key: int) -> None:
        self.id = device
        self._judge: Judge | None = None
        self._retain = channel.retain
        self._channel = channel
        self._ids = MessageIds(key)
        self._topic = tuple(channel.topic(device=device, event=_EVENT).split(_EVENT))

    @property
    def kind(self) -> str:
        """The device's kind."""
        return self._channel.kind

    @property
    def entry(self) -> Callable[[Reading], None]:
        """What the device hands its readings to."""
        return self._take

    @property
    def client_id(self) -> str:
        """What the device calls itself to the broker."""
        judge = self._judge
        return self.id if judge is None else judge.exposure.client_id or self.id

    def sibling(self, device: str, key: int) -> Station:
        """Return the way out of another device of the same kind and neighbourhood; nothing befalls it.

        Args:
            device: its id.
            key: from which the ids of its messages are made.
        """
        return Station(self._channel, device, key)

    def expose(self, judge: Judge) -> None:
        """Let the device bear hazards, from before it goes online; the judge knows which."""
        self._judge = judge
        if judge.exposure.retain is not None:
            self._retain = judge.exposure.retain

    def topic(self, event: str) -> str:
        """Return the topic of one kind of event of this device, as it is without any hazard."""
        return event.join(self._topic)

    def opening(self, at: float = 0.0, backoff: bool = True) -> Iterator[Step]:
        """Yield how the device goes online: its session with a will, and its command topic."""
        mqtt, device, judge = self._channel.mqtt, self.id, self._judge
        exposure = None if judge is None else judge.exposure
        will = Will(self.topic(OFFLINE), will_payload(device, OFFLINE, exposure))
        if judge is not None:
            judge.opened(will.payload)
        yield (
            Connect(
                at,
                device,
                round(mqtt.keep_alive),
                mqtt.clean,
                will,
                backoff and mqtt.backoff,
                client_id=None if exposure is None else exposure.client_id,
                properties=() if exposure is None else exposure.properties,
            ),
            None,
        )
        yield Subscribe(at, device, topic_filter=self.topic(COMMAND), qos=1), None

    def message(self, reading: Reading) -> Message:
        """Return a reading as a message of now with its truth."""
        abuse = reading.abuse
        shown = reading.at if abuse is None or abuse.shown is None else abuse.shown
        return self._message(reading, shown)

    def _take(self, reading: Reading) -> None:
        plain = reading.abuse is None  # nearly all are, and there are many
        message = self._message(reading, reading.at) if plain else self.message(reading)
        self._channel.outbox.append((self.id, message))

    def _message(self, reading: Reading, shown: float) -> Message:
        """Return a reading as a message of now with its truth.

        Args:
            reading: what was observed.
            shown: when that was, by the device's clock.
        """
        channel, device, ids = self._channel, self.id, self._ids
        sequence, identifier = ids.count, ids.take()
        at, kind, qos, retain = channel.agenda.now, channel.kind, channel.qos, self._retain
        event, person = reading.event, reading.person
        judge = self._judge
        if judge is None:
            topic = event.join(self._topic)
            hazards, spans, expect, delete_by = reading.hazards, reading.spans, Expectation.ALLOW, None
        else:
            topic = f"{event}{judge.exposure.topic_tail}".join(self._topic)
            hazards, spans, expect, delete_by = judge.judge(reading, topic, at, retain)
        payload = channel.encode(identifier, device, sequence, channel.calendar.timestamp(shown), reading)
        return (
            Publish(at, device, identifier, kind, event, topic, payload, qos, retain),
            MessageTruth(
                identifier,
                at,
                reading.at,
                device,
                kind,
                event,
                topic,
                qos,
                retain,
                len(payload),
                person,
                reading.household,
                reading.place,
                None if person is None else purposes(channel.people[person].consent),
                hazards,
                None if reading.abuse is None else reading.abuse.campaign,
                expect,
                reading.facts,
                None,
                spans,
                delete_by,
            ),
        )


class BesetStation(Station):
    """The way out of a device that faults befall: over a line, on which they act.

    Attributes:
        line: the line.
    """

    __slots__ = ("line",)

    def __init__(self, channel: Channel, device: str, key: int) -> None:
        super().__init__(channel, device, key)
        ends = Ends(self._number, self._put, self.opening, self._obey)
        self.line = Line(channel.agenda, device, ends)

    @property
    def entry(self) -> Callable[[Reading], None]:
        """What the device hands its readings to."""
        return self.line.observe

    def _number(self, reading: Reading) -> None:
        abuse = reading.abuse
        shown = reading.at if abuse is None or abuse.shown is None else abuse.shown
        self.line.send(self._message(reading, shown + self.line.clock(reading.at) - reading.at))

    def _put(self, step: Step) -> None:
        self._channel.outbox.append((self.id, step))

    def _obey(self, command: Command) -> bool:
        return self.device.obey(command)


@cache
def purposes(consent: frozenset[Purpose]) -> tuple[str, ...]:
    """Return what somebody agrees to as the truth lists it; there are few different sets."""
    return tuple(sorted(consent))
