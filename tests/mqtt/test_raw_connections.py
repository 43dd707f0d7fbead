"""Raw connections on a real Mosquitto: bytes as they are, within the guard and the caps of all others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from wiretap import Way, Wiretap

from simulator.attacks import frames
from simulator.broker import LocalMosquitto
from simulator.core.actions import Action, Connect, Dial, Drop, Raw
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError, TargetRefusedError
from simulator.core.limits import ON_THIS_MACHINE
from simulator.core.records import Delivered, Outcome, SessionChange, SessionMoment
from simulator.mqtt import Delivery, DeliveryOptions
from simulator.mqtt.reasons import Cause

PATIENCE = 10.0
HELLO = Connect(0.0, "rawclient", keep_alive=60, clean=True)
PING = frames.frame(frames.PINGREQ, b"")


@dataclass
class Line:
    """A delivery whose sessions and raw messages are recorded."""

    endpoint: Endpoint
    options: DeliveryOptions
    told: list[SessionChange] = field(default_factory=list)
    fared: dict[str, Delivered] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.delivery = Delivery(
            self.endpoint,
            self.options,
            clock=time.monotonic,
            on_outcome=lambda *_: None,
            on_message=lambda *_: None,
            on_session=self.told.append,
            on_raw=lambda delivered: self.fared.update({delivered.id: delivered}),
        )

    def does(self, *actions: Action) -> None:
        for action in actions:
            self.delivery.submit(action, time.monotonic())

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.told
            self.delivery.poll(0.02)

    def states(self) -> list[SessionMoment]:
        return [change.state for change in self.told]


@pytest.fixture
def line(mosquitto: LocalMosquitto) -> Iterator[Callable[..., Line]]:
    made: list[Line] = []

    def make(version: Protocol = Protocol.MQTT_311, **options: Any) -> Line:
        made.append(Line(mosquitto.endpoint(version), DeliveryOptions(detailed=True, **options)))
        return made[-1]

    yield make
    for each in made:
        each.delivery.abort()


@pytest.mark.parametrize("version", list(Protocol))
def test_a_right_connect_is_accepted_and_what_follows_is_sent_as_it_is(
    line: Callable[..., Line], version: Protocol
) -> None:
    of = line(version)
    modern = version is Protocol.MQTT_5
    publish = frames.publish("raw/topic", b"payload", 2, 7, modern)
    of.does(Dial(0.0, "rawclient", HELLO), Raw(0.0, "rawclient", publish, "m1"))
    of.until(lambda: SessionMoment.CONNECTED in of.states() and "m1" in of.fared)
    assert of.fared["m1"].outcome is Outcome.LOST  # sent, and nobody waits for an answer
    assert of.fared["m1"].reason == Cause.RAW
    assert of.told[-1].source is not None


def test_it_comes_from_the_address_that_was_asked_for(line: Callable[..., Line]) -> None:
    of = line()
    of.does(Dial(0.0, "rawclient", msgspec.structs.replace(HELLO, source="127.0.0.9", client_id="another")))
    of.until(lambda: SessionMoment.CONNECTED in of.states())
    assert of.told[-1].source is not None
    assert of.told[-1].source.startswith("127.0.0.9:")
    assert of.told[-1].client_id == "another"


def test_nonsense_ends_the_connection_and_nobody_comes_back(line: Callable[..., Line]) -> None:
    of = line()
    of.does(Dial(0.0, "rawclient", None), Raw(0.0, "rawclient", b"\x10\xff\xff\xff\xff\x7f"))
    of.until(lambda: SessionMoment.DROPPED in of.states())
    assert of.states() == [SessionMoment.CONNECTING, SessionMoment.DROPPED]
    assert of.delivery.connections.asked == 1


def test_a_protocol_that_there_is_not_is_refused(line: Callable[..., Line]) -> None:
    of = line()
    of.does(Dial(0.0, "rawclient", None), Raw(0.0, "rawclient", frames.connect(HELLO, False, level=9)))
    of.until(lambda: SessionMoment.REFUSED in of.states())
    assert of.told[-1].reason == "unsupported protocol version (0x84)"


def test_another_dial_takes_the_place_of_the_last(line: Callable[..., Line]) -> None:
    of = line()
    of.does(Dial(0.0, "rawclient", HELLO))
    of.until(lambda: SessionMoment.CONNECTED in of.states())
    of.does(Dial(0.0, "rawclient", HELLO))
    of.until(lambda: of.states().count(SessionMoment.CONNECTED) == 2)
    of.does(Drop(0.0, "rawclient"))
    assert of.told[-1].state is SessionMoment.ENDED
    assert of.told[-1].reason == Cause.DROPPED


def test_a_drop_lets_what_was_written_go_first(line: Callable[..., Line]) -> None:
    of = line()
    of.does(Dial(0.0, "rawclient", HELLO))
    of.until(lambda: SessionMoment.CONNECTED in of.states())
    of.does(Raw(0.0, "rawclient", PING, "last"), Drop(0.0, "rawclient"))
    assert of.fared["last"].sent is not None


@pytest.mark.parametrize("abrupt", [False, True])
def test_it_ends_in_order_or_with_a_reset(mosquitto: LocalMosquitto, abrupt: bool) -> None:
    with Wiretap(mosquitto.port) as wire:
        endpoint = replace(mosquitto.endpoint(Protocol.MQTT_311), port=wire.port)
        of = Line(endpoint, DeliveryOptions())
        of.does(Dial(0.0, "rawclient", HELLO, abrupt=abrupt))
        of.until(lambda: SessionMoment.CONNECTED in of.states())
        of.does(Drop(0.0, "rawclient"))
        of.until(lambda: bool(wire.lines[0].ends))
    assert wire.lines[0].ends[0] == (Way.UP, abrupt)
    of.delivery.abort()


def test_bytes_without_a_connection_are_dropped_or_a_mistake(line: Callable[..., Line]) -> None:
    of = line()
    with pytest.raises(RunFailedError, match="raw bytes need a raw connection"):
        of.does(Raw(0.0, "rawclient", PING))
    of.does(Dial(0.0, "rawclient", HELLO), Drop(0.0, "rawclient"), Raw(0.0, "rawclient", PING, "late"))
    assert of.fared["late"].outcome is Outcome.DROPPED


def test_the_caps_hold_for_raw_bytes_and_connections_too(line: Callable[..., Line]) -> None:
    of = line(limits=ON_THIS_MACHINE.changed({"payload_bytes": 100, "connections": 1}))
    of.does(Dial(0.0, "rawclient", HELLO), Raw(0.0, "rawclient", b"x" * 101, "long"))
    assert of.fared["long"].reason == Cause.PAYLOAD_CAP
    of.does(Dial(0.0, "second", HELLO))
    assert of.told[-1].reason == Cause.CONNECTION_CAP
    assert of.delivery.held_back == {Cause.PAYLOAD_CAP: 1, Cause.CONNECTION_CAP: 1}


def test_the_guard_is_asked_before_each_raw_connection() -> None:
    beyond = Endpoint("broker.example", "192.0.2.1", 1883, Protocol.MQTT_311)
    of = Line(beyond, DeliveryOptions())
    of.does(Dial(0.0, "rawclient", HELLO))
    with pytest.raises(TargetRefusedError):
        of.delivery.poll(0.0)
    of.delivery.abort()


def test_the_end_of_the_run_is_the_end_of_them(line: Callable[..., Line]) -> None:
    of = line()
    of.does(Dial(0.0, "rawclient", HELLO))
    of.until(lambda: SessionMoment.CONNECTED in of.states())
    of.delivery.finish(1.0)
    assert of.told[-1].state is SessionMoment.ENDED
