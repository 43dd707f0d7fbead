"""Plain JSON: one flat object a message, the default format."""

from __future__ import annotations

import msgspec

from simulator.core.readings import Reading

RESERVED = frozenset({"id", "device", "seq", "time", "event"})
"""Fields of the message itself; no family uses one of these names for a value."""

_BEFORE_ID = b'{"id":"'

_encode = msgspec.json.Encoder().encode


class PlainJson:
    """``{"id": …, "device": …, "seq": …, "time": …, "event": …}`` followed by the reading's own values."""

    name = "json"
    summary = "One flat JSON object: id, device, seq, time, event and the reading's values."

    def encode(self, id: str, device: str, sequence: int, time: str, reading: Reading) -> bytes:  # noqa: A002
        """Return the payload of one message; see `simulator.payloads.Format`."""
        return _encode(
            {
                "id": id,
                "device": device,
                "seq": sequence,
                "time": time,
                "event": reading.event,
                **reading.values,
            }
        )

    def identify(self, payload: bytes) -> str | None:
        """Return the id of a message, the first field of its payload; None if it is not such a payload."""
        if not payload.startswith(_BEFORE_ID):
            return None
        end = payload.find(b'"', len(_BEFORE_ID))
        return None if end < 0 else payload[len(_BEFORE_ID) : end].decode("ascii", "replace")


FORMAT = PlainJson()
