"""The proxy's own process: passes bytes between fleet and broker as the network's condition has it."""

from __future__ import annotations

import asyncio
import json
import math
import random
import shutil
import signal
import socket
import struct
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection as Wire
from pathlib import Path
from typing import cast

from simulator.broker.ports import LOOPBACK
from simulator.broker.proxy import DONE
from simulator.core.descriptors import descriptor_room
from simulator.core.endpoint import Endpoint
from simulator.core.errors import TargetRefusedError
from simulator.core.network import NetworkCondition

HIGH_WATER = 256 * 1024
"""Bytes on their way in one direction of a connection, above which its sender has to wait."""

LOW_WATER = HIGH_WATER // 4
"""Bytes below which it goes on."""

BACKLOG = 1024

_RESET = struct.pack("ii", 1, 0)
"""Value of SO_LINGER with which a close sends a TCP reset."""

_CLOSED = b""
"""Stands among the chunks for the end of a stream."""


def serve(
    wire: Wire, endpoint: Endpoint, conditions: Mapping[str, NetworkCondition], path: str, seed: int
) -> None:
    """Pass bytes until the other end of the wire is closed; the body of the proxy's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the run decides
    descriptor_room()
    asyncio.run(Network(endpoint, conditions, seed).run(wire, path))


class Network:
    """The network as it is at the moment, with all connections that lead through it.

    Args:
        endpoint: the broker's listener.
        conditions: what can be wrong, by label.
        seed: of what is random.

    Attributes:
        blocked: nothing comes through.
    """

    def __init__(self, endpoint: Endpoint, conditions: Mapping[str, NetworkCondition], seed: int) -> None:
        self._endpoint = endpoint
        self._conditions = conditions
        self._random = random.Random(seed)
        self._active: dict[str, NetworkCondition] = {}
        self._resets: dict[str, asyncio.TimerHandle] = {}
        self._numbers = count()
        self._links: set[_Link] = set()
        self._dials: set[asyncio.Task[None]] = set()
        self._free_at = [0.0, 0.0]
        self._delay = self._jitter = 0.0
        self._rate = math.inf
        self.blocked = False

    async def run(self, wire: Wire, path: str) -> None:
        """Listen, say where, and go on until nobody is left to say it to."""
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()
        loop.add_reader(wire.fileno(), gone.set)
        listener = await loop.create_server(self._accept, LOOPBACK, 0, backlog=BACKLOG)
        switch = await asyncio.start_unix_server(self._on_switch, path)
        wire.send(listener.sockets[0].getsockname()[1])
        await gone.wait()
        listener.close()
        switch.close()
        for link in tuple(self._links):
            link.reset()
        shutil.rmtree(Path(path).parent, ignore_errors=True)  # in case whoever made it was killed

    # How it is

    def change(self, label: str, begins: bool) -> None:
        """Let a fault begin or end."""
        if begins:
            self._active[label] = self._conditions[label]
            self._reset_some(label)
        else:
            self._active.pop(label, None)
            if label in self._resets:
                self._resets.pop(label).cancel()
        conditions = self._active.values()
        self._delay = sum(condition.delay for condition in conditions)
        self._jitter = sum(condition.jitter for condition in conditions)
        self._rate = min(
            (condition.bytes_per_second or math.inf for condition in conditions), default=math.inf
        )
        blocked, self.blocked = self.blocked, any(condition.blocked for condition in conditions)
        if blocked and not self.blocked:
            for link in tuple(self._links):
                link.go_on()

    @property
    def clear(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self._active

    def passage(self, direction: int, size: int, now: float) -> float:
        """Return when so many bytes that start now are through, in one of the two directions."""
        carried = self._free_at[direction] = max(self._free_at[direction], now) + size / self._rate
        extra = self._delay + (self._random.uniform(-self._jitter, self._jitter) if self._jitter else 0.0)
        return carried + max(extra, 0.0)

    def _reset_some(self, label: str) -> None:
        condition = self._active[label]
        for link in sorted(self._links, key=lambda link: link.number):
            if condition.reset_share and self._random.random() < condition.reset_share:
                link.reset()
        if condition.reset_every is not None:
            loop = asyncio.get_running_loop()
            self._resets[label] = loop.call_later(condition.reset_every, self._reset_some, label)

    async def _on_switch(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            label, begins = json.loads(await reader.readline())
            self.change(label, begins)
            writer.write(DONE)
            await writer.drain()
        writer.close()

    # Its connections

    def _accept(self) -> _End:
        link = _Link(self, next(self._numbers))
        self._links.add(link)
        dial = asyncio.ensure_future(self._dial(link))
        self._dials.add(dial)
        dial.add_done_callback(self._dials.discard)
        return link.ends[0]

    async def _dial(self, link: _Link) -> None:
        await link.opened.wait()
        endpoint = self._endpoint
        try:
            endpoint.check(endpoint.address)
            await asyncio.get_running_loop().create_connection(
                lambda: link.ends[1], endpoint.address, endpoint.port
            )
        except (OSError, TargetRefusedError):
            link.reset()

    def forget(self, link: _Link) -> None:
        """Let go of a connection that is over at both ends."""
        self._links.discard(link)


class _Link:
    """A connection between a device and the broker."""

    def __init__(self, network: Network, number: int) -> None:
        self.number = number
        self.opened = asyncio.Event()
        self._network = network
        device, broker = _End(network, self, 0), _End(network, self, 1)
        device.other, broker.other = broker, device
        self.ends = (device, broker)
        if not network.blocked:
            self.opened.set()

    def go_on(self) -> None:
        """Let through what has waited for the network to be there again."""
        self.opened.set()
        for end in self.ends:
            end.pass_on()

    def reset(self) -> None:
        """Break the connection at both ends with a TCP reset."""
        for end in self.ends:
            end.reset()

    def ended(self) -> None:
        """Take note that one end is closed."""
        if all(end.over for end in self.ends):
            self._network.forget(self)


class _End(asyncio.Protocol):
    """One end of a connection: takes bytes from the device, or from the broker, for the other end.

    Attributes:
        other: the end that they go to.
        over: whether it is closed.
    """

    other: _End

    def __init__(self, network: Network, link: _Link, direction: int) -> None:
        self.over = False
        self._network = network
        self._link = link
        self._direction = direction
        self._transport: asyncio.Transport | None = None
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._size = 0
        self._last = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._full = False
        self._paused = False

    # What its socket tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast("asyncio.Transport", transport)
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.over:
            self.reset()
        else:
            self.other.pass_on()

    def data_received(self, data: bytes) -> None:
        """Bytes have come in."""
        other = self.other
        if self._network.clear and not self._under_way and other._transport is not None:
            other._transport.write(data)
            return
        now = asyncio.get_running_loop().time()
        self._last = max(self._last, self._network.passage(self._direction, len(data), now))
        self._under_way.append((self._last, data))
        self._size += len(data)
        self.pass_on()
        self._breathe()

    def eof_received(self) -> bool:
        """The sender is done: the other end hears of it behind the bytes that are under way."""
        self._close_other()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.over = True
        self._close_other()
        self._link.ended()

    def pause_writing(self) -> None:
        """The receiver takes no more: what comes for it has to wait."""
        self.other._full = True
        self.other._breathe()

    def resume_writing(self) -> None:
        """The receiver takes more."""
        self.other._full = False
        self.other._breathe()

    # What is done with it

    def pass_on(self) -> None:
        """Hand over what is through, and come back when more is."""
        transport, under_way = self.other._transport, self._under_way
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if transport is None or self._network.blocked:
            return
        loop = asyncio.get_running_loop()
        while under_way and under_way[0][0] <= loop.time():
            _, data = under_way.popleft()
            self._size -= len(data)
            if data is _CLOSED:
                transport.close()
            elif not transport.is_closing():
                transport.write(data)
        if under_way:
            self._alarm = loop.call_at(under_way[0][0], self.pass_on)
        self._breathe()

    def reset(self) -> None:
        """Close it so that the peer is told that something went wrong."""
        self.over = True
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._under_way.clear()
        if self._transport is not None and not self._transport.is_closing():
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
        self._link.ended()

    def _close_other(self) -> None:
        if self.other.over or (self._under_way and self._under_way[-1][1] is _CLOSED):
            return
        now = asyncio.get_running_loop().time()
        self._last = max(self._last, self._network.passage(self._direction, 0, now))
        self._under_way.append((self._last, _CLOSED))
        self.pass_on()

    def _breathe(self) -> None:
        """Have the sender wait while too much is under way, or go on."""
        if self._transport is None or self._transport.is_closing():
            return
        pause = self._full or self._size > (LOW_WATER if self._paused else HIGH_WATER)
        if pause is not self._paused:
            self._paused = pause
            (self._transport.pause_reading if pause else self._transport.resume_reading)()
