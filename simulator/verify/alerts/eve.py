"""EVE, the JSON log of Suricata (its guide, version 7: section 17.1.2, "Eve JSON Format").

Events of the type ``alert`` are alerts. What else it logs about the same flow names the MQTT client: an event
of the type ``mqtt`` with a ``connect``, or an alert's own ``mqtt`` field.
"""

from __future__ import annotations

from collections.abc import Iterator
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


class EveParser:
    """Reads the events of one log."""

    def __init__(self) -> None:
        self._clients: dict[Any, tuple[str, ...]] = {}

    @staticmethod
    def knows(fields: Fields) -> bool:
        """Return whether a line is an event of EVE."""
        return isinstance(fields.get("event_type"), str) and "timestamp" in fields

    def parse(self, line: Line, fields: Fields) -> Alert:
        """Return the alert that an event is.

        Raises:
            NotAnAlertError: it is another event.
            ValueError: it says that it is an alert, and is none.
        """
        flow = fields.get("flow_id")
        clients = tuple(_clients(fields.get("mqtt")))
        if clients and flow is not None:
            self._clients[flow] = clients
        if fields["event_type"] != "alert":
            raise NotAnAlertError(fields["event_type"])
        alert = fields.get("alert")
        if not isinstance(alert, dict):
            raise ValueError("it is an alert of EVE without its field alert")
        told = alert.get("metadata")
        metadata = told if isinstance(told, dict) else {}
        return make_alert(
            line,
            AlertFormat.EVE,
            time=moment(fields["timestamp"]),
            signature=str(alert.get("signature") or alert.get("signature_id") or alert.get("category") or ""),
            # A rule can say which attack it is for: `metadata: campaign ...`, in lists as all metadata.
            campaign=next(iter(texts(metadata, ("campaign",))), None),
            names=clients or self._clients.get(flow, ()),
            endpoints=(
                *endpoint(fields.get("src_ip"), fields.get("src_port")),
                *endpoint(fields.get("dest_ip"), fields.get("dest_port")),
            ),
            text=line.text,
        )


def _clients(mqtt: Any) -> Iterator[str]:
    """Yield whom the CONNECTs in MQTT events say they are; an alert may hold a list of transactions."""
    for one in mqtt if isinstance(mqtt, list) else (mqtt,):
        connect = one.get("connect") if isinstance(one, dict) else None
        if isinstance(connect, dict):
            yield from texts(connect, ("client_id", "username"))
