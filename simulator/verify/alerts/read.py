"""Reads the alerts of a detector: a file, a folder of files, or what a tap recorded."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.verify.alerts import native, syslog
from simulator.verify.alerts.alert import Alert, Fields, Line, NotAnAlertError
from simulator.verify.alerts.eve import EveParser
from simulator.verify.alerts.zeek import ZeekParser, ZeekTable
from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.text import read_lines

MOST_EXAMPLES = 5
"""Broken lines of which the reason is kept."""

MOST_BROKEN = 0.1
"""Share of broken lines above which nothing may be concluded from a source."""

_ONE_OBJECT = 1 << 24
"""Bytes that a record of a tap may hold, such as one body that was posted with many alerts."""

_FIRST = ("mqtt_connect", "mqtt_publish", "conn")
"""Logs of Zeek that name the clients of connections, which notices then are about."""

_decode = msgspec.json.Decoder().decode


@dataclass
class Alerts:
    """What was found in a source.

    Attributes:
        alerts: in the order in which they stand there.
        others: lines that hold something else, such as logs of connections, by what it is.
        broken: lines that cannot be understood.
        examples: why some of them cannot.
    """

    alerts: list[Alert] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    examples: list[str] = field(default_factory=list)

    def __add__(self, other: Alerts) -> Alerts:
        return Alerts(
            [*self.alerts, *other.alerts],
            self.others + other.others,
            self.broken + other.broken,
            [*self.examples, *other.examples][:MOST_EXAMPLES],
        )

    @property
    def lines(self) -> int:
        """All that stands there."""
        return len(self.alerts) + self.others.total() + self.broken

    @property
    def distrust(self) -> Iterator[str]:
        """Why nothing may be concluded from it; nothing if it may."""
        if self.broken > MOST_BROKEN * self.lines:
            yield f"{self.broken:,} of {self.lines:,} lines are broken, such as {self.examples[0]}"


def read_alerts(path: Path, around: datetime) -> Alerts:
    """Return the alerts in a file or in the files of a folder.

    Each line is recognised by what it holds: JSON of Fleetsim's own, EVE, Zeek's JSON or tab-separated logs,
    or syslog; what a tap recorded is taken out of its rows. An empty file is a detector that was quiet.

    Args:
        path: the file or folder.
        around: some time in the run, for times that name no year.

    Raises:
        SinkError: there is nothing, or it cannot be read.
    """
    reader = _Reader(around)
    for file in _files(path):
        reader.read(file)
    return reader.found


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    if not files:
        raise SinkError(f"{path} holds no files: where did the alerts go?")
    return sorted(files, key=lambda file: not file.name.startswith(_FIRST))


class _Reader:
    def __init__(self, around: datetime) -> None:
        self.found = Alerts()
        self._around = around
        self._eve = EveParser()
        self._zeek = ZeekParser()
        self._table = ZeekTable()

    def read(self, path: Path) -> None:
        self._table = ZeekTable()
        sink = str(path)
        try:
            for number, data in read_lines(path):
                if data.isspace():
                    continue
                try:
                    self._take(Line(sink, number, data.decode().rstrip("\r\n")))
                except UnicodeDecodeError:
                    self._break(sink, number, "it is no text in UTF-8")
        except OSError as error:
            raise SinkError(f"cannot read the alerts in {path}: {error.strerror or error}") from error

    def _take(self, line: Line) -> None:
        """Take a line of a file: a row of a tap, or what a detector wrote."""
        if line.text.startswith('{"') and '"payload"' in line.text:
            fields = _json(line.text)
            if isinstance(fields, dict) and "payload" in fields and fields.keys() <= _TAPPED:
                self._unwrap(line, fields)
                return
        self._understand(line)

    def _unwrap(self, line: Line, row: Mapping[str, Any]) -> None:
        """Take a row of a tap: its payload may be one alert, a list of them, or some lines."""
        received = row.get("received")
        text = _text(row["payload"])
        if text is None or len(text) > _ONE_OBJECT:
            self._break(line.sink, line.row, "its payload is no text")
            return
        when = float(received) if isinstance(received, int | float) else None
        whole = _json(text)
        if isinstance(whole, list):
            for item in whole:
                inner = msgspec.json.encode(item).decode()
                self._understand(Line(line.sink, line.row, inner, when))
        elif isinstance(whole, dict):
            self._understand(Line(line.sink, line.row, text, when))
        else:
            for part in text.splitlines():
                if part.strip():
                    self._understand(Line(line.sink, line.row, part, when))

    def _understand(self, line: Line) -> None:
        try:
            if (alert := self._parse(line)) is not None:
                self.found.alerts.append(alert)
        except NotAnAlertError as other:
            self.found.others[str(other)] += 1
        except ValueError as error:
            self._break(line.sink, line.row, str(error))

    def _parse(self, line: Line) -> Alert | None:
        """Return the alert in a line; None for what belongs to the form of a file."""
        text = line.text
        if text.startswith("{"):
            fields = _json(text)
            if not isinstance(fields, dict):
                raise ValueError("it is no whole JSON object")
            return self._of_fields(line, fields)
        if text.startswith("<"):
            return syslog.parse(line, self._around)
        if text.startswith("#"):
            self._table.head(text)
            return None
        if self._table.begun:
            return self._zeek.parse(line, self._table.row(text))
        raise ValueError("it is neither JSON, nor syslog, nor a log of Zeek")

    def _of_fields(self, line: Line, fields: Fields) -> Alert:
        if EveParser.knows(fields):
            return self._eve.parse(line, fields)
        if ZeekParser.knows(fields):
            return self._zeek.parse(line, fields)
        return native.parse(line, fields)

    def _break(self, sink: str, row: int, why: str) -> None:
        self.found.broken += 1
        if len(self.found.examples) < MOST_EXAMPLES:
            self.found.examples.append(f"{sink}:{row}: {why}")


_TAPPED = {"received", "topic", "payload", "retained"}
"""Fields of a tap's row."""


def _text(payload: Any) -> str | None:
    """Return a payload as text, None if it is none."""
    if isinstance(payload, str):
        return payload
    try:
        return base64.b64decode(payload["base64"], validate=True).decode()
    except (TypeError, KeyError, UnicodeDecodeError, binascii.Error):
        return None


def _json(text: str) -> Any:
    """Return what a JSON text holds, None if it is none."""
    try:
        return _decode(text.encode())
    except UNREADABLE:
        return None
