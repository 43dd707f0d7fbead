"""Logs of Zeek, as tab-separated values or as JSON (its documentation, "Log Formats and Inspection").

Rows of ``notice.log`` are alerts (script ``base/frameworks/notice``). Rows of ``mqtt_connect.log`` and
``mqtt_publish.log`` (script ``base/protocols/mqtt``) are none, but name the client of a connection, which a
notice about the same connection knows by its ``uid``.
"""

from __future__ import annotations

import codecs
from typing import Any

from simulator.verify.alerts.alert import (
    Alert,
    AlertFormat,
    Fields,
    Line,
    NotAnAlertError,
    endpoint,
    make_alert,
    texts,
)
from simulator.verify.output import moment

_CLIENTS = ("client_id", "from_client")


class ZeekParser:
    """Reads the rows of some logs of one Zeek, in any order of files; those of connections are best first."""

    def __init__(self) -> None:
        self.clients: dict[str, tuple[str, ...]] = {}

    @staticmethod
    def knows(fields: Fields) -> bool:
        """Return whether a row in JSON is one of Zeek's."""
        return "ts" in fields and ("note" in fields or "uid" in fields or "id.orig_h" in fields)

    def parse(self, line: Line, fields: Fields) -> Alert:
        """Return the alert that a row is.

        Raises:
            NotAnAlertError: it is of another log.
        """
        uid = fields.get("uid")
        clients = texts(fields, _CLIENTS)
        if clients and isinstance(uid, str):
            self.clients[uid] = clients
        note = fields.get("note")
        if not isinstance(note, str):
            raise NotAnAlertError("log")
        ends = (
            *endpoint(fields.get("id.orig_h"), fields.get("id.orig_p")),
            *endpoint(fields.get("id.resp_h"), fields.get("id.resp_p")),
        )
        return make_alert(
            line,
            AlertFormat.ZEEK,
            time=moment(fields.get("ts")),
            signature=": ".join(texts(fields, ("note", "msg"))),
            campaign=note.rpartition("::")[2],
            names=clients or (self.clients.get(uid, ()) if isinstance(uid, str) else ()),
            endpoints=ends or endpoint(fields.get("src")),
            text=" ".join(texts(fields, ("msg", "sub"))),
        )


class ZeekTable:
    """The head of a log of tab-separated values, which says what its columns are."""

    def __init__(self) -> None:
        self._separator, self._unset, self._empty, self._set = "\t", "-", "(empty)", ","
        self._columns: list[str] = []
        self._types: list[str] = []

    @property
    def begun(self) -> bool:
        """Whether the columns are known."""
        return bool(self._columns)

    def head(self, text: str) -> None:
        """Take a line that begins with ``#``."""
        if text.startswith("#separator "):
            self._separator = codecs.decode(text.removeprefix("#separator ").strip(), "unicode_escape")
            return
        name, *values = text[1:].split(self._separator)
        match name:
            case "set_separator" if values:
                self._set = values[0]
            case "empty_field" if values:
                self._empty = values[0]
            case "unset_field" if values:
                self._unset = values[0]
            case "fields":
                self._columns, self._types = values, []
            case "types":
                self._types = values

    def row(self, text: str) -> dict[str, Any]:
        """Return the fields of a row.

        Raises:
            ValueError: it has more or fewer columns than its head says.
        """
        values = text.split(self._separator)
        if len(values) != len(self._columns):
            raise ValueError(f"it has {len(values)} columns where #fields names {len(self._columns)}")
        types = self._types or [""] * len(values)
        return {
            name: self._value(value, kind)
            for name, value, kind in zip(self._columns, values, types, strict=False)
            if value not in (self._unset, self._empty)
        }

    def _value(self, text: str, kind: str) -> Any:
        if kind.startswith(("set[", "vector[")):
            return text.split(self._set)
        # Zeek writes bytes that are no plain text, and its own separator, as \xNN.
        return (
            codecs.decode(text.encode("latin-1", "backslashreplace"), "unicode_escape")
            if r"\x" in text
            else text
        )
