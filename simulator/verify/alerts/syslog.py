"""Syslog, in the form of RFC 5424 and in the older one that RFC 3164 describes.

What is said stands in structured data, in a JSON object or as ``name=value`` in the text; else the text alone
says it, and whom it is about is known by an id in it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.verify.alerts import native
from simulator.verify.alerts.alert import Alert, AlertFormat, Line, make_alert
from simulator.verify.output import moment

PRIORITY = re.compile(r"<(\d{1,3})>")
_MOST = 191
"""The greatest priority: facility 23, severity 7 (RFC 5424, section 6.2.1)."""

_NEW = re.compile(
    r"1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) (?P<process>\S+) (?P<id>\S+) (?P<rest>[-\[].*)", re.S
)
_OLD = re.compile(
    r"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?P<host>\S+) "
    r"(?P<app>[^\s:\[]+)(?:\[[^\]]*\])?: ?(?P<rest>.*)",
    re.S,
)
_ELEMENT = re.compile(r'\[[^\s\]="]+(?P<params>(?: [^\s\]="]+="(?:[^"\\\]]|\\.)*")*)\]')
_PARAM = re.compile(r' ([^\s\]="]+)="((?:[^"\\\]]|\\.)*)"')
_PAIR = re.compile(r'([A-Za-z_][\w.]*)=("(?:[^"\\]|\\.)*"|[^\s,;]+)')
_ESCAPED = re.compile(r"\\(.)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse(line: Line, around: datetime) -> Alert:
    """Return the alert that a line holds.

    Args:
        line: what was written; one line is one message.
        around: some time in the run: the older form names neither year nor zone, which is taken as UTC.

    Raises:
        ValueError: it is no syslog.
    """
    priority = PRIORITY.match(line.text)
    if priority is None or int(priority[1]) > _MOST:
        raise ValueError("it does not begin with a priority")
    head = line.text[priority.end() :]
    if (new := _NEW.fullmatch(head)) is not None:
        fields, text = _structured(new["rest"])
        time = moment(new["time"])
        name = new["id"] if new["id"] != "-" else new["app"]
    elif (old := _OLD.fullmatch(head)) is not None:
        fields, text = {}, old["rest"]
        time = _without_year(old["time"], around)
        name = old["app"]
    else:
        raise ValueError("its head is neither that of RFC 5424 nor that of RFC 3164")
    text = text.removeprefix("\ufeff").strip()
    fields |= _from_text(text)
    inner = Line(line.sink, line.row, text, line.received)
    try:
        alert = native.parse(inner, fields, AlertFormat.SYSLOG)
    except ValueError:
        alert = make_alert(inner, AlertFormat.SYSLOG, text=text)
    return msgspec.structs.replace(
        alert,
        time=time if alert.time is None else alert.time,
        signature=alert.signature or text or name,
    )


def _structured(rest: str) -> tuple[dict[str, Any], str]:
    """Return the parameters of structured data, and the text behind it."""
    if rest.startswith("-"):
        return {}, rest[1:]
    fields: dict[str, Any] = {}
    end = 0
    while (element := _ELEMENT.match(rest, end)) is not None:
        end = element.end()
        fields |= {name: _ESCAPED.sub(r"\1", value) for name, value in _PARAM.findall(element["params"])}
    if end == 0 or (end < len(rest) and rest[end] != " "):
        raise ValueError("its structured data is broken")
    return fields, rest[end:]


def _from_text(text: str) -> dict[str, Any]:
    """Return the fields that a text holds as a JSON object, which ``@cee:`` may announce, or as pairs."""
    inside = text.removeprefix("@cee:").lstrip()
    if inside.startswith("{"):
        try:
            return dict(msgspec.json.decode(inside.encode(), type=dict[str, Any]))
        except UNREADABLE:
            return {}
    return {
        name: _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value
        for name, value in _PAIR.findall(text)
    }


def _without_year(text: str, around: datetime) -> float | None:
    """Return the moment of the year before, of, or after a time that is nearest to it."""
    month, day, clock = text.split()
    if month not in _MONTHS:
        return None
    hour, minute, second = map(int, clock.split(":"))
    near = around.astimezone(UTC)
    found = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            first = datetime(year, _MONTHS.index(month) + 1, int(day), tzinfo=UTC)
        except ValueError:
            continue  # a 29th of February
        found.append(first + timedelta(hours=hour, minutes=minute, seconds=second))
    return min(found, key=lambda time: abs(time - near)).timestamp() if found else None
