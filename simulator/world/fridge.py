"""A fridge of the shop: its door, its faults, and the temperature inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import simpy

from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE
from simulator.world.heat import Cabinet, ExcursionCause, HeatBalance

LEFT_OPEN_CHANCE = 1 / 350
"""Share of a shopper's openings after which the door does not fall shut (assumption; one of two causes
that keep a fridge out of its band for about 1.1 % of the time: Leidner et al., Vaccine 2020)."""

LEFT_OPEN_MEDIAN = 25 * MINUTE
LEFT_OPEN_LOG_SD = 0.6
"""How long until somebody notices (assumption)."""


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

    Attributes:
        id: as given.
        observers: called with each event at the moment it happens.
        door_open: whether the door is open now.
    """

    __slots__ = (
        "_draws",
        "_env",
        "_heat",
        "_left_open",
        "_opened",
        "_shut_at",
        "_stopped",
        "id",
        "observers",
    )

    def __init__(self, env: simpy.Environment, id: str, draws: Draws) -> None:  # noqa: A002
        self.id = id
        self.observers: list[Callable[[FridgeEvent], None]] = []
        self._env = env
        self._draws = draws
        self._opened: FridgeEvent | None = None
        self._shut_at = env.now
        self._left_open = False
        self._stopped = False
        cabinet = _draw_cabinet(env.now, draws)
        self._heat = HeatBalance(cabinet, env.now, draws.uniform(cabinet.off_below, cabinet.on_above))

    @property
    def door_open(self) -> bool:
        """Whether the door is open now."""
        return self._opened is not None

    @property
    def fault(self) -> ExcursionCause | None:
        """The fault that the fridge has now; a failed compressor outweighs an open door."""
        if self._stopped:
            return ExcursionCause.COMPRESSOR_FAILURE
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
        left_open = cause is DoorCause.SHOPPER and self._draws.chance(LEFT_OPEN_CHANCE)
        if left_open:
            seconds += self._draws.lognormal(LEFT_OPEN_MEDIAN, LEFT_OPEN_LOG_SD)
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


def _draw_cabinet(at: float, draws: Draws) -> Cabinet:
    usual = Cabinet()
    lag = draws.uniform(2.5 * HOUR, 3.5 * HOUR)
    off_below = draws.uniform(2.6, 3.2)
    return Cabinet(
        ambient=draws.uniform(20.5, 23.5),
        wall_time=lag,
        cooling=usual.cooling * usual.wall_time / lag,
        off_below=off_below,
        on_above=off_below + draws.uniform(1.6, 2.0),
        first_defrost=at + draws.uniform(0.0, usual.defrost_every),
    )
