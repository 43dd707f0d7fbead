"""A fridge of the shop: its door, its faults, and the temperature inside."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import simpy

from simulator.core.seeds import Draws
from simulator.world.fridge_kind import MODELS, FridgeKind, draw_kind
from simulator.world.heat import ExcursionCause, HeatBalance, Meter
from simulator.world.indoors import Indoors

NOTICED_LOG_SD = 0.6
"""Spread of the times until somebody notices that a door is open, or a thermostat stuck (assumption)."""


class FridgeChange(StrEnum):
    """What happened to a fridge."""

    DOOR_OPENED = "door_opened"
    DOOR_CLOSED = "door_closed"
    FAULT_BEGAN = "fault_began"
    FAULT_ENDED = "fault_ended"


class DoorCause(StrEnum):
    """Who opened the door."""

    SHOPPER = "shopper"
    STAFF = "staff"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class FridgeEvent:
    """One thing that happened to a fridge.

    Attributes:
        at: simulated seconds.
        change: what.
        cause: who opened the door, for the door; the same when it is shut again.
        fault: which fault began or ended.
        shopper: person id, where a shopper opened the door.
        visit: id of the shopping visit, likewise.
    """

    at: float
    change: FridgeChange
    cause: DoorCause | None = None
    fault: ExcursionCause | None = None
    shopper: str | None = None
    visit: str | None = None


class Fridge:
    """A fridge. Sensors read and observe it; only the shop opens its door or lets it fail.

    Args:
        env: the world's environment.
        id: such as ``n0-s0-fridge1``.
        draws: the fridge's own stream.
        indoors: the air around it.
        kind: how it is built; drawn if it is not given.

    Attributes:
        id: as given.
        kind: how it is built.
        observers: called with each event at the moment it happens.
        door_open: whether the door is open now.
    """

    __slots__ = (
        "_draws",
        "_env",
        "_heat",
        "_left_open",
        "_model",
        "_opened",
        "_shut_at",
        "_stopped",
        "_stuck",
        "id",
        "kind",
        "observers",
    )

    def __init__(
        self,
        env: simpy.Environment,
        id: str,  # noqa: A002
        draws: Draws,
        indoors: Indoors | None = None,
        kind: FridgeKind | None = None,
    ) -> None:
        self.id = id
        self.kind = kind or draw_kind(draws)
        self.observers: list[Callable[[FridgeEvent], None]] = []
        self._env = env
        self._draws = draws
        self._opened: FridgeEvent | None = None
        self._shut_at = env.now
        self._left_open = False
        self._stopped = self._stuck = False
        self._model = MODELS[self.kind]
        cabinet = self._model.draw_cabinet(env.now, draws)
        inside = draws.uniform(cabinet.off_below, cabinet.on_above)
        self._heat = HeatBalance(cabinet, env.now, inside, indoors)

    @property
    def door_open(self) -> bool:
        """Whether the door is open now."""
        return self._opened is not None

    @property
    def fault(self) -> ExcursionCause | None:
        """The fault that the fridge has now: compressor before door before thermostat."""
        if self._stopped:
            return ExcursionCause.COMPRESSOR_FAILURE
        if self._stuck and not self._left_open:
            return ExcursionCause.STUCK_THERMOSTAT
        return ExcursionCause.DOOR_LEFT_OPEN if self._left_open else None

    def temperature(self, at: float) -> float:
        """Return the true air temperature in °C at `at`, now or since the latest change.

        Raises:
            ValueError: `at` is earlier; the past is not kept.
        """
        return self._heat.temperature(at)

    def compressing(self, at: float) -> bool:
        """Return whether the compressor runs. Raises as `temperature` does."""
        return self._heat.compressing(at)

    def meter(self, at: float) -> Meter:
        """Return the energy that it has used, and what for. Raises as `temperature` does."""
        return self._heat.meter(at)

    def excursion(self, at: float) -> ExcursionCause | None:
        """Return why the temperature is out of the band of 2 to 8 °C, None within it.

        The cause stays until the temperature is back. Raises as `temperature` does.
        """
        return self._heat.excursion(at)

    def open_door(
        self, seconds: float, cause: DoorCause, shopper: str | None = None, visit: str | None = None
    ) -> None:
        """Open the door, now, for some seconds; it stays open while anybody else holds it.

        Now and then it does not fall shut behind a shopper, and stays open until somebody notices.
        """
        now = self._env.now
        left_open = cause is DoorCause.SHOPPER and self._draws.chance(self._model.left_open)
        if left_open:
            seconds += self._draws.lognormal(self._model.noticed, NOTICED_LOG_SD)
        if self._opened is None:
            self._opened = FridgeEvent(now, FridgeChange.DOOR_OPENED, cause, None, shopper, visit)
            self._heat.set_door(now, opened=True)
            self._tell(self._opened)
        if left_open and not self._left_open:
            self._left_open = True
            self._change_fault(FridgeChange.FAULT_BEGAN, ExcursionCause.DOOR_LEFT_OPEN)
        shut = self._env.timeout(seconds)
        self._shut_at = max(self._shut_at, now + seconds)
        shut.callbacks.append(self._shut)

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Return the thermostat's troubles as a SimPy process."""
        env, draws, model = self._env, self._draws, self._model
        while True:
            yield env.timeout(draws.exponential(model.sticks_every))
            self._set_stuck(True)
            yield env.timeout(draws.lognormal(model.unstuck, NOTICED_LOG_SD))
            self._set_stuck(False)

    def stop_compressor(self) -> None:
        """Let the compressor fail, now."""
        self._stopped = True
        self._heat.set_power(self._env.now, powered=False)
        self._change_fault(FridgeChange.FAULT_BEGAN, ExcursionCause.COMPRESSOR_FAILURE)

    def restart_compressor(self) -> None:
        """Put a failed compressor right, now."""
        self._stopped = False
        self._heat.set_power(self._env.now, powered=True)
        self._change_fault(FridgeChange.FAULT_ENDED, ExcursionCause.COMPRESSOR_FAILURE)

    def _set_stuck(self, stuck: bool) -> None:
        self._stuck = stuck
        self._heat.set_stuck(self._env.now, stuck)
        change = FridgeChange.FAULT_BEGAN if stuck else FridgeChange.FAULT_ENDED
        self._change_fault(change, ExcursionCause.STUCK_THERMOSTAT)

    def _shut(self, _: simpy.Event) -> None:
        now = self._env.now
        if self._opened is None or now < self._shut_at:
            return
        opened, self._opened = self._opened, None
        self._heat.set_door(now, opened=False)
        self._tell(
            FridgeEvent(now, FridgeChange.DOOR_CLOSED, opened.cause, None, opened.shopper, opened.visit)
        )
        if self._left_open:
            self._left_open = False
            self._change_fault(FridgeChange.FAULT_ENDED, ExcursionCause.DOOR_LEFT_OPEN)

    def _change_fault(self, change: FridgeChange, fault: ExcursionCause) -> None:
        now = self._env.now
        self._heat.set_fault(now, self.fault)
        self._tell(FridgeEvent(now, change, fault=fault))

    def _tell(self, event: FridgeEvent) -> None:
        for observer in self.observers:
            observer(event)
