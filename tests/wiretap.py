"""A wire between clients and a broker that writes down all that passes: a TCP proxy on 127.0.0.1.

It looks into nothing while it passes bytes on; what they are is read out afterwards, by the project's codec.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from types import TracebackType
from typing import Self

from simulator.core.endpoint import Protocol
from simulator.mqtt.codec import MalformedPacketError
from simulator.mqtt.codec.packet_type import PacketType
from simulator.mqtt.codec.properties import read_properties
from simulator.mqtt.codec.wire import Reader

BACKLOG = 1_024
PATIENCE = 20.0
CHUNK = 1 << 16

_RESET = struct.pack("ii", 1, 0)
"""Value of SO_LINGER with which a close sends a TCP reset."""


class Way(Enum):
    """In which direction something passes."""

    UP = "to the broker"
    DOWN = "to the client"


@dataclass(frozen=True)
class Packet:
    """An MQTT packet as it passed, or bytes that are none.

    Attributes:
        at: seconds of the wire's clock at which its last byte passed.
        type: None if the bytes are no packet.
        flags: the low half of its first byte.
        body: all behind the length.
        size: of all of it, in bytes.
        protocol: that the client spoke.
    """

    at: float
    type: PacketType | None
    flags: int
    body: bytes
    size: int
    protocol: Protocol = Protocol.MQTT_311

    @property
    def qos(self) -> int:
        """Of a PUBLISH."""
        return self.flags >> 1 & 3

    @property
    def retain(self) -> bool:
        """Of a PUBLISH."""
        return bool(self.flags & 1)

    @property
    def topic(self) -> str:
        """Of a PUBLISH."""
        return Reader(self.body).text()

    @property
    def packet_id(self) -> int:
        """Of a PUBLISH at QoS 1 or 2."""
        reader = Reader(self.body)
        reader.binary()
        return reader.uint16()

    @property
    def payload(self) -> bytes:
        """Of a PUBLISH."""
        reader = Reader(self.body)
        reader.binary()
        if self.qos:
            reader.uint16()
        if self.protocol is Protocol.MQTT_5:
            read_properties(reader, PacketType.PUBLISH)
        return reader.rest()

    @property
    def code(self) -> int:
        """Of a CONNACK."""
        return self.body[1]

    @property
    def filters(self) -> list[str]:
        """Of a SUBSCRIBE."""
        reader, found = Reader(self.body), []
        reader.uint16()
        if self.protocol is Protocol.MQTT_5:
            read_properties(reader, PacketType.SUBSCRIBE)
        while not reader.at_end:
            found.append(reader.text())
            reader.uint8()
        return found

    @property
    def grants(self) -> bool:
        """Whether a PUBACK or SUBACK says yes, be it in as few words as a PUBACK may."""
        reader = Reader(self.body)
        reader.uint16()
        if self.type is PacketType.PUBACK:
            return reader.at_end or reader.uint8() < 0x80
        if self.protocol is Protocol.MQTT_5:
            read_properties(reader, PacketType.SUBACK)
        return all(code < 0x80 for code in reader.rest())


@dataclass(frozen=True)
class Hello:
    """What a CONNECT says."""

    protocol: int
    clean: bool
    keep_alive: int
    client_id: str
    will_topic: str | None
    username: str | None

    @classmethod
    def of(cls, packet: Packet) -> Self:
        """Read a CONNECT."""
        reader = Reader(packet.body)
        reader.text()
        protocol, flags, keep_alive = reader.uint8(), reader.uint8(), reader.uint16()
        if protocol == Protocol.MQTT_5:
            read_properties(reader, PacketType.CONNECT)
        client_id, will = reader.text(), None
        if flags & 4:
            if protocol == Protocol.MQTT_5:
                read_properties(reader, PacketType.WILL)
            will = reader.text()
            reader.binary()
        username = reader.text() if flags & 0x80 else None
        return cls(protocol, bool(flags & 2), keep_alive, client_id, will, username)


@dataclass
class Line:
    """One connection.

    Attributes:
        source: address and port of the client.
        opened: seconds of the wire's clock.
        chunks: what passed, in pieces as they were read.
        ends: which side ended it, the first in front, and whether it did so by a reset.
    """

    source: str
    opened: float
    chunks: list[tuple[float, Way, bytes]] = field(default_factory=list)
    ends: list[tuple[Way, bool]] = field(default_factory=list)

    @cached_property
    def up(self) -> list[Packet]:
        """What the client sent."""
        return list(packets(self._passed(Way.UP), self.protocol))

    @cached_property
    def down(self) -> list[Packet]:
        """What the broker sent."""
        return list(packets(self._passed(Way.DOWN), self.protocol))

    @cached_property
    def protocol(self) -> Protocol:
        """That its CONNECT asked for; 3.1.1 if it is not told."""
        first = b"".join(data for _, data in self._passed(Way.UP))[:20]
        return Protocol.MQTT_5 if b"\0\4MQTT\5" in first else Protocol.MQTT_311

    def _passed(self, way: Way) -> Iterator[tuple[float, bytes]]:
        return ((at, data) for at, where, data in self.chunks if where is way)

    def sent(self, kind: PacketType) -> list[Packet]:
        """What the client sent of one type."""
        return [packet for packet in self.up if packet.type is kind]

    def given(self, kind: PacketType) -> list[Packet]:
        """What the broker sent of one type."""
        return [packet for packet in self.down if packet.type is kind]

    @cached_property
    def hello(self) -> Hello | None:
        """What its CONNECT says; None if it did not begin with one, or with a broken one."""
        if not self.up or self.up[0].type is not PacketType.CONNECT:
            return None
        try:
            return Hello.of(self.up[0])
        except MalformedPacketError:
            return None


def packets(
    chunks: Iterable[tuple[float, bytes]], protocol: Protocol = Protocol.MQTT_311
) -> Iterator[Packet]:
    """Cut one direction of a connection into packets, however the network has cut it.

    What follows a length of more than four bytes, or never comes to its end, is no packet.
    """
    held, at = b"", 0.0
    for at, data in chunks:
        held += data
        while (whole := _extent(held)) is not None and whole[1] <= len(held):
            body, stop = whole
            first = held[0]
            kind = PacketType(first >> 4) if first >> 4 else None
            yield Packet(at, kind, first & 15, held[body:stop], stop, protocol)
            held = held[stop:]
    if held:
        yield Packet(at, None, 0, held, len(held), protocol)


def _extent(data: bytes) -> tuple[int, int] | None:
    """Return where the body of a packet begins and ends, None if that is not known, or never will be."""
    length = 0
    for place, byte in enumerate(data[1:5]):
        length |= (byte & 127) << 7 * place
        if byte < 128:
            return 2 + place, 2 + place + length
    return None


class Wiretap:
    """The wire to a broker on a port of 127.0.0.1, for the time of a ``with``.

    Attributes:
        port: where clients connect.
        lines: the connections, in the order in which they were opened.
    """

    port: int

    def __init__(self, broker: int) -> None:
        self.lines: list[Line] = []
        self._broker = broker
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._ready = threading.Event()
        self._calls: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    async def _run(self) -> None:
        server = await asyncio.start_server(self._called, "127.0.0.1", 0, backlog=BACKLOG)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        host, port = writer.get_extra_info("peername")
        line = Line(f"{host}:{port}", time.monotonic())
        self.lines.append(line)
        onward = await asyncio.open_connection("127.0.0.1", self._broker)
        try:
            await asyncio.gather(
                _pass(line, Way.UP, reader, onward[1]), _pass(line, Way.DOWN, onward[0], writer)
            )
        finally:
            for end in (writer, onward[1]):
                end.transport.abort()


async def _pass(line: Line, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what one side says until it, or the other, is gone."""
    while True:
        try:
            data = await reader.read(CHUNK)
        except ConnectionError:
            line.ends.append((way, True))
            _reset(writer)
            return
        if not data:
            line.ends.append((way, False))
            with suppress(OSError):  # the other side is gone altogether
                writer.write_eof()
            return
        line.chunks.append((time.monotonic(), way, data))
        try:
            writer.write(data)
            await writer.drain()
        except ConnectionError:  # of which the other direction tells
            return


def _reset(writer: asyncio.StreamWriter) -> None:
    if not writer.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
