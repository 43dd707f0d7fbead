"""An alert: what a detector says about somebody, at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec


class AlertFormat(StrEnum):
    """How an alert was written."""

    NATIVE = "JSON"
    SYSLOG = "syslog"
    EVE = "EVE"
    ZEEK = "Zeek"


class Endpoint(msgspec.Struct, frozen=True, gc=False):
    """One end of a connection; without a port, all connections of an address."""

    address: str
    port: int | None = None


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert.

    Attributes:
        sink, row: the file and the line in it, from 1.
        format: how it was written.
        received: when a tap heard it, seconds of the load's clock; None if no tap did.
        time: when it was raised, as the detector says, seconds since 1970; None if it does not say.
        signature: what it says is wrong.
        campaign: kind or label of the attack that it says it is.
        names: ids of devices, clients and users that it is about.
        endpoints: ends of the connections that it is about.
        text: all of it that may name somebody in passing; looked at only if nobody is named.
    """

    sink: str
    row: int
    format: AlertFormat
    received: float | None = None
    time: float | None = None
    signature: str = ""
    campaign: str | None = None
    names: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    text: str = ""

    @property
    def where(self) -> str:
        """The place of it."""
        return f"{self.sink}:{self.row}"


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line as it was found, without what a tap puts around it.

    Attributes:
        received: when a tap heard it.
    """

    sink: str
    row: int
    text: str
    received: float | None = None


class NotAnAlertError(ValueError):
    """A line that holds something else of a detector's, such as a log of connections; it is passed over."""


Fields = Mapping[str, Any]
"""What a line holds, by name; dots stand for fields within fields."""


def make_alert(line: Line, how: AlertFormat, **said: Any) -> Alert:
    """Return what a line says."""
    return Alert(sink=line.sink, row=line.row, received=line.received, format=how, **said)


def texts(fields: Fields, names: Iterable[str]) -> tuple[str, ...]:
    """Return the different texts that some fields hold, in order; a list in a field counts as its items."""
    found: dict[str, None] = {}
    for name in names:
        value = fields.get(name)
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str) and one:
                found[one] = None
    return tuple(found)


def endpoint(address: Any, port: Any = None) -> tuple[Endpoint, ...]:
    """Return the end of a connection that an address and a port name; nothing if they name none.

    The address may hold the port behind a colon.
    """
    if not isinstance(address, str) or not address:
        return ()
    host, colon, behind = address.rpartition(":")
    if port is None and colon and behind.isdecimal() and (":" not in host or host.endswith("]")):
        address, port = host, behind
    return (Endpoint(address.strip("[]"), _port(port)),)


def _port(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 6 else None


Parse = Callable[[Line, Fields], Alert]
"""Makes an alert of the fields of a line."""
