"""A message on its way to the broker."""

from __future__ import annotations

import msgspec

from simulator.core.actions import Publish


class Message(msgspec.Struct, gc=False):
    """A message that has not ended yet.

    Attributes:
        due: when it had to be sent.
        sent: when its last byte was handed to the kernel for the first time, None if it never was.
        attempts: how often that was.
        packet_id: 0 at QoS 0.
        end: where its last byte is in the connection's stream.
        received: the broker has answered with PUBREC; what is left is PUBREL and PUBCOMP.
    """

    publish: Publish
    due: float
    sent: float | None = None
    attempts: int = 0
    packet_id: int = 0
    end: int = 0
    received: bool = False
