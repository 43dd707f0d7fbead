"""The outputs of a control: each record as fields of any type, a tap's messages unwrapped."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.verify.record import Record
from simulator.verify.sinks import SinkError, read_rows
from simulator.verify.sinks.values import to_record

PAYLOAD = "payload"
RECEIVED = "received"
RETAINED = "retained"

_SHORTEST_DATE = 9
_MILLISECONDS = 1e11
"""Seconds after 1970 in the year 5138."""

_decode = msgspec.json.Decoder().decode


class Output(msgspec.Struct, frozen=True, gc=False):
    """One record of what came out.

    Attributes:
        sink: the file, or a table in it.
        row: line or row, from 1.
        received: when a tap heard it, seconds of the load's clock; None for what no tap heard.
        fields: what it holds, with dots for fields within others; those of a payload stand beside its topic.
        retained: whether a broker still kept it when the run was over.
    """

    sink: str
    row: int
    received: float | None
    fields: Mapping[str, Any]
    retained: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it: what removes a retained message from a topic."""
        return not self.fields.keys() - {"topic"} or self.fields.get(PAYLOAD) == ""

    @property
    def where(self) -> str:
        """The place of it."""
        return f"{self.sink}:{self.row}"

    def record(self) -> Record:
        """Return the texts of it, to be scanned."""
        return to_record(self.sink, self.row, self.fields.items())

    def first(self, names: Iterable[str]) -> Any:
        """Return the value of the first of some fields that it has, None if it has none of them."""
        fields = self.fields
        for name in names:
            if (value := fields.get(name)) is not None:
                return value
        return None


def read_output(path: Path) -> Iterator[Output]:
    """Yield the records of a file or of all files in a folder.

    Raises:
        SinkError, UsageError: while iterating, as for `simulator.verify.sinks.read_sink`.
    """
    for sink, row, items in read_rows(path):
        fields: dict[str, Any] = {}
        received, retained = None, False
        try:
            for name, value in items:
                if name == PAYLOAD:
                    _add_payload(fields, value)
                elif name == RECEIVED and (heard := number(value)) is not None:
                    received = heard
                elif name == RETAINED and isinstance(value, bool):
                    retained = value
                else:
                    _add(fields, name, value)
        except RecursionError as error:
            raise SinkError(f"{sink}:{row}: the record is nested too deeply to be read") from error
        yield Output(sink, row, received, fields, retained)


def _add_payload(fields: dict[str, Any], payload: Any) -> None:
    """Add the fields of a payload that is JSON; any other as it is."""
    if isinstance(payload, dict) and payload.keys() == {"base64"} and isinstance(payload["base64"], str):
        try:
            payload = base64.b64decode(payload["base64"], validate=True)
        except binascii.Error:
            payload = payload["base64"]
    if isinstance(payload, str | bytes) and payload[:1] in ("{", b"{", "[", b"["):
        text = payload
        try:
            payload = _decode(text)
        except UNREADABLE:
            _add(fields, PAYLOAD, text)
            return
        colons = text.count('":') if isinstance(text, str) else text.count(b'":')
        if colons > _keys(payload):
            # Of two values of one name only the last is left; the text as it is has both.
            _add(fields, PAYLOAD, text)
    if isinstance(payload, dict):
        for name, value in payload.items():
            _add(fields, name if name not in fields else f"{PAYLOAD}.{name}", value)
    else:
        _add(fields, PAYLOAD, payload)


def _add(fields: dict[str, Any], name: str, value: Any) -> None:
    if isinstance(value, dict):
        for inner, held in value.items():
            _add(fields, f"{name}.{inner}", held)
    elif isinstance(value, list | tuple):
        for number, held in enumerate(value):
            _add(fields, f"{name}.{number}", held)
    elif isinstance(value, bytes):
        try:
            fields[name] = value.decode()
        except UnicodeDecodeError:
            fields[name] = value
    elif value is not None:
        fields[name] = value


def _keys(value: Any) -> int:
    """Return how many names there are in a value of JSON, at all depths."""
    if isinstance(value, dict):
        return len(value) + sum(_keys(held) for held in value.values() if isinstance(held, dict | list))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def number(value: Any) -> float | None:
    """Return a value as a number, None if it is none that is finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: Any) -> float | None:
    """Return a time as seconds since 1970, None if it is none or has no zone.

    Numbers are seconds, or milliseconds if they would be in another age.
    """
    if isinstance(value, str) and len(value) > _SHORTEST_DATE:
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.timestamp() if value.tzinfo else None
    seconds = number(value)
    if seconds is not None and abs(seconds) >= _MILLISECONDS:
        seconds /= 1000.0
    return seconds if seconds is not None and abs(seconds) < _MILLISECONDS else None
