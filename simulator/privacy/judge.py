"""The judge of a device: says of each message why it is personal, and what a right control does with it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from simulator.core.purposes import Purpose
from simulator.core.readings import Hazard, Reading, Span
from simulator.core.records import Expectation
from simulator.privacy.exposure import Exposure, whole
from simulator.privacy.hazards.topic_identifier import TOPIC
from simulator.privacy.permission import Permission
from simulator.privacy.treatment import treatment

WILL = "will"
"""The field of what stands in a will."""


class Judgement(NamedTuple):
    """What is true about one message, as far as privacy goes; see `MessageTruth`."""

    hazards: tuple[Hazard, ...]
    spans: tuple[Span, ...]
    expect: Expectation
    delete_by: float | None


class Judge:
    """Judges the messages of one device.

    Args:
        exposure: see below.
        permission: what its people allow.
        purpose: what its messages are used for.

    Attributes:
        exposure: what is personal about it.
    """

    __slots__ = ("_opened", "_permission", "_purpose", "exposure")

    def __init__(self, exposure: Exposure, permission: Permission, purpose: Purpose) -> None:
        self.exposure = exposure
        self._permission = permission
        self._purpose = purpose
        self._opened: tuple[tuple[Hazard, ...], tuple[Span, ...]] | None = None

    def opened(self, will: bytes) -> None:
        """Note that a session has begun: the next message tells what is personal about that."""
        exposure = self.exposure
        spans = exposure.opening_spans
        if exposure.will_canary is not None:
            start = will.decode().index(exposure.will_canary.value)
            spans += (whole(WILL, exposure.will_canary, start),)
        if spans:
            self._opened = exposure.opening_labels, spans

    def judge(self, reading: Reading, topic: str, at: float, retained: bool) -> Judgement:
        """Judge a message.

        Args:
            reading: what it is made of.
            topic: on which it is sent.
            at: when, in simulated seconds.
            retained: whether the broker keeps it.
        """
        exposure, permission = self.exposure, self._permission
        hazards, spans = reading.hazards + exposure.labels, reading.spans + exposure.spans
        if exposure.topic_canary is not None:
            spans += (whole(TOPIC, exposure.topic_canary, topic.index(exposure.topic_canary.value)),)
        if self._opened is not None:
            labels, of_session = self._opened
            hazards, spans = hazards + labels, spans + of_session
            self._opened = None
        delete_by = permission.delete_by(at, retained)
        expect = permission.expect
        if expect is Expectation.ALLOW:
            expect = treatment(self._purpose, hazards)
            if expect is Expectation.ALLOW and delete_by is not None:
                expect = Expectation.DELETE_BY
        return Judgement(hazards, spans, expect, delete_by)


def will_payload(device: str, event: str, exposure: Exposure | None) -> bytes:
    """Return what the broker says of a device whose connection has broken."""
    return msgspec.json.encode({"device": device, "event": event, **(exposure.will if exposure else {})})
