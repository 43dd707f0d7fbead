"""What goes wrong with a pulse taken by light: it loses the skin, or takes the steps for the heart."""

from __future__ import annotations

import math
from typing import NamedTuple

from simulator.core.seeds import Draws
from simulator.core.units import HOUR, MINUTE

MOVING = 60.0
"""Steps a minute from which an arm swings enough to disturb the sensor (assumption)."""

LOSSES_AT_REST, LOSSES_MOVING = 1.0 / (1.5 * HOUR), 1.0 / (20 * MINUTE)
LOST_FOR = 80.0
"""How often the sensor loses the skin, times a second, and mean seconds of that: 1.5 % of the time at rest
and 5 % moving (assumptions; optical sensors err a third more in activity: Bent 2020, npj Digital
Medicine)."""

LOCKS = 1.0 / (40 * MINUTE)
LOCKED_FOR = 3 * MINUTE
"""How often the sensor takes the rhythm of the steps for that of the heart, times a second of moving, and
mean seconds of that (assumptions)."""


class Trouble(NamedTuple):
    """When within a piece of motion the sensor is in trouble; from after its end if it is not."""

    lost: float
    found: float
    locked: float
    released: float


class Optics:
    """Says when the sensor is in trouble.

    Both troubles come by chance in proportion to the time in which they can, each at most once in a piece:
    what is left until the next one is kept, so that a piece costs a subtraction.
    """

    __slots__ = ("_draws", "_found", "_released", "_until_lock", "_until_loss")

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._until_loss = draws.exponential(1.0)
        self._until_lock = draws.exponential(1.0)
        self._found = self._released = -math.inf

    def trouble(self, start: float, end: float, cadence: float) -> Trouble:
        """Return the troubles of a piece at one cadence."""
        moving = cadence >= MOVING
        lost, found = (start, self._found) if self._found > start else (math.inf, math.inf)
        rate = LOSSES_MOVING if moving else LOSSES_AT_REST
        self._until_loss -= (end - start) * rate
        if self._until_loss < 0.0:
            lost = end + self._until_loss / rate
            self._found = found = lost + self._draws.exponential(LOST_FOR)
            self._until_loss = self._draws.exponential(1.0)
        if not moving:
            return Trouble(lost, found, math.inf, math.inf)
        locked, released = (start, self._released) if self._released > start else (math.inf, math.inf)
        self._until_lock -= (end - start) * LOCKS
        if self._until_lock < 0.0:
            locked = end + self._until_lock / LOCKS
            self._released = released = locked + self._draws.exponential(LOCKED_FOR)
            self._until_lock = self._draws.exponential(1.0)
        return Trouble(lost, found, locked, released)
