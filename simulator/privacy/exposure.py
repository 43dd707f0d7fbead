"""Exposure: what is personal about one device and its messages, by the hazards that it bears."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import simpy

from simulator.core.readings import Hazard, Reading, Span, Value
from simulator.core.seeds import Draws
from simulator.privacy.canary import Canary
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.permission import Permission
from simulator.world.person import Person

Change = Callable[[Reading], Reading | None]
"""Changes a reading before it becomes a message, or keeps it back."""

Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True, slots=True)
class Bearer:
    """A device, as far as hazards have to do with it.

    Attributes:
        device: its id.
        kind: its kind.
        place: where it stands, None if nowhere in particular.
        owner: who has the account that it belongs to; None for a shop's.
        permission: whose it is, and what they allow.
        modern: whether its messages can carry user properties (MQTT 5).
        draws: gives a stream of the device's own for a purpose.
        home_draws: gives one that all devices of a home share.
        canary: makes a canary of a person by their id.
        writer: returns who could write a note now, None if nobody.
        env: the SimPy environment.
    """

    device: str
    kind: str
    place: str | None
    owner: Person | None
    permission: Permission
    modern: bool
    draws: Callable[[str], Draws]
    home_draws: Callable[[str], Draws]
    canary: Callable[[str, CanaryType], Canary]
    writer: Callable[[Draws], Person | None]
    env: simpy.Environment


@dataclass(slots=True)
class Exposure:
    """What hazards do to one device; each adds its own.

    Attributes:
        changes: to each of its readings, in order.
        wait: returns how many simulated seconds a reading is held back from now on; None if none is.
        topic_tail: what follows the event in its topics; ends with `topic_canary`.
        client_id: what it calls itself, if not by its id.
        properties: names and values that each of its messages carries beside the payload.
        will: further fields of its will, of which one holds `will_canary`.
        retain: whether the broker is asked to keep its messages; as the fleet's if None.
        candour: share of commands in which people tell something personal; as they talk, if None.
        labels, spans: why each of its messages is personal, and where, whatever is in it.
        opening_labels, opening_spans: the same of its session, told with the first message of it.
        processes: what else it does.
    """

    changes: list[Change] = field(default_factory=list)
    wait: Callable[[float], float] | None = None
    topic_tail: str = ""
    topic_canary: Canary | None = None
    client_id: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    will: dict[str, Value] = field(default_factory=dict)
    will_canary: Canary | None = None
    retain: bool | None = None
    candour: float | None = None
    labels: tuple[Hazard, ...] = ()
    spans: tuple[Span, ...] = ()
    opening_labels: tuple[Hazard, ...] = ()
    opening_spans: tuple[Span, ...] = ()
    processes: list[Callable[[Callable[[Reading], None]], Process]] = field(default_factory=list)

    def entry(self, env: simpy.Environment, onward: Callable[[Reading], None]) -> Callable[[Reading], None]:
        """Return what takes the device's readings and hands them on, changed and perhaps later.

        Args:
            env: gives the time.
            onward: takes what becomes of them.
        """
        changes, wait = tuple(self.changes), self.wait

        def take(reading: Reading) -> None:
            for change in changes:
                changed = change(reading)
                if changed is None:
                    return
                reading = changed
            if wait is None:
                onward(reading)
            else:
                env.timeout(wait(env.now)).callbacks.append(lambda _: onward(reading))

        return take if changes or wait is not None else onward


def with_fields(
    reading: Reading, values: Mapping[str, Value], hazard: Hazard | None = None, spans: tuple[Span, ...] = ()
) -> Reading:
    """Return a reading with further fields, and with a hazard and its spans."""
    return msgspec.structs.replace(
        reading,
        values={**reading.values, **values},
        hazards=reading.hazards if hazard is None else (*reading.hazards, hazard),
        spans=reading.spans + spans,
    )


def whole(where: str, canary: Canary, start: int = 0) -> Span:
    """Return the span of a canary that stands in a field from some character on."""
    return Span(where, start, start + len(canary.value), canary.type.value, canary.person, canary.number)
