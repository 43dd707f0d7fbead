"""The heat balance of a fridge: air temperature between the moments when something changes.

A lumped model with one thermal mass: heat comes through the walls, faster through an open door, and from the
heater that melts the frost; a compressor under a thermostat with hysteresis takes it away (the usual
first-order model of refrigerators in demand-side studies, e.g. Mortensen & Haggerty, IEEE Trans. Power
Systems 3(3), 1988). Between two changes the temperature is one exponential, so it is exact at any moment and
nothing polls it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from simulator.core.units import HOUR, MINUTE
from simulator.world.indoors import Indoors

LOWEST = 2.0
HIGHEST = 8.0
"""The band of a cold chain in °C (WHO and CDC vaccine storage guidance; chilled food likewise)."""


class ExcursionCause(StrEnum):
    """What drove the temperature out of its band."""

    COMPRESSOR_FAILURE = "compressor_failure"
    DOOR_LEFT_OPEN = "door_left_open"
    DOOR_OPENINGS = "door_openings"
    DEFROST = "defrost"
    STUCK_THERMOSTAT = "stuck_thermostat"


@dataclass(frozen=True, slots=True)
class Meter:
    """What a fridge has used since it was switched on.

    Attributes:
        joules: electric energy.
        compressor_seconds: how long the compressor ran.
        defrost_seconds: how long it defrosted.
    """

    joules: float = 0.0
    compressor_seconds: float = 0.0
    defrost_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What stays the same about a fridge. Temperatures in °C.

    The defaults are engineering assumptions: cycles of about half an hour at a duty below one half, 1 °C
    lost in seven minutes of compressor time, 0.15 °C gained in ten seconds of an open door, and some 3 kWh a
    day, as display fridges of 400 litres use.

    Attributes:
        ambient: how much warmer than the shop's air it is around the fridge.
        wall_time: time constant of warming up with the door shut, seconds.
        door_time: time constant that an open door adds, seconds.
        cooling: what the compressor takes away, °C a second.
        on_above: the thermostat starts the compressor here.
        off_below: and stops it here.
        defrost_every: seconds from one defrost to the next; the compressor rests meanwhile.
        defrost_for: seconds of one defrost.
        first_defrost: simulated seconds; any one of them, past or to come.
        defrost_play: seconds by which a defrost is late at most; the timer is none too exact.
        defrost_heat: what the heater adds meanwhile, °C a second.
        heat_capacity: joules for 1 °C.
        efficiency: joules of heat that the compressor moves for each joule that it uses.
        idle: watts of fans, light and controller, all the time.
    """

    ambient: float = 0.0
    wall_time: float = 3.0 * HOUR
    door_time: float = 20.0 * MINUTE
    cooling: float = 42.0 / (3.0 * HOUR)
    on_above: float = 5.0
    off_below: float = 3.0
    defrost_every: float = 8.0 * HOUR
    defrost_for: float = 15.0 * MINUTE
    first_defrost: float = 0.0
    defrost_play: float = 0.0
    defrost_heat: float = 0.0
    heat_capacity: float = 86e3
    efficiency: float = 2.0
    idle: float = 35.0

    def defrosts_at(self, turn: int) -> float:
        """Return the simulated second at which a defrost begins, by its number from `first_defrost` on.

        How late it is follows a Weyl sequence, so that it keeps no step with the thermostat.
        """
        return self.first_defrost + turn * self.defrost_every + turn * _GOLDEN % 1.0 * self.defrost_play


class HeatBalance:
    """The air temperature of one fridge. It remembers only the stretch since the latest change.

    Asking never changes an answer: the state moves on only at the thermostat's and the defrost timer's
    own moments, which do not depend on who asks or when.

    Args:
        cabinet: the fridge's constants.
        at: simulated seconds from which on it is known.
        temperature: the air temperature then.
        indoors: the air around it.
    """

    __slots__ = (
        "_blame",
        "_cabinet",
        "_compressing",
        "_compressor_seconds",
        "_defrost_seconds",
        "_defrosting",
        "_door_open",
        "_equilibrium",
        "_fault",
        "_indoors",
        "_powered",
        "_rate",
        "_since",
        "_start",
        "_stuck",
        "_switch",
        "_switched_on",
    )

    def __init__(
        self, cabinet: Cabinet, at: float, temperature: float, indoors: Indoors | None = None
    ) -> None:
        self._cabinet = cabinet
        self._indoors = indoors or Indoors()
        self._since = at
        self._start = temperature
        self._powered = True
        self._door_open = False
        self._compressing = False
        self._stuck = False
        self._compressor_seconds = self._defrost_seconds = 0.0
        self._switched_on = at
        self._fault: ExcursionCause | None = None
        self._blame: ExcursionCause | None = None
        self._begin()

    def temperature(self, at: float) -> float:
        """Return the air temperature in °C.

        Raises:
            ValueError: `at` is before the latest change; the past is not kept.
        """
        self._advance(at)
        return self._temperature(at)

    def compressing(self, at: float) -> bool:
        """Return whether the compressor runs. Raises as `temperature` does."""
        self._advance(at)
        return self._compressing

    def excursion(self, at: float) -> ExcursionCause | None:
        """Return why the temperature is out of its band, None within it. Raises as `temperature` does."""
        self._advance(at)
        return None if LOWEST <= self._temperature(at) <= HIGHEST else self._blame

    def meter(self, at: float) -> Meter:
        """Return what it has used since it was switched on. Raises as `temperature` does."""
        self._advance(at)
        cabinet, stretch = self._cabinet, at - self._since
        compressor = self._compressor_seconds + stretch * self._compressing
        defrost = self._defrost_seconds + stretch * self._defrosting
        joules = (
            cabinet.idle * (at - self._switched_on)
            + cabinet.heat_capacity * cabinet.cooling / cabinet.efficiency * compressor
            + cabinet.heat_capacity * cabinet.defrost_heat * defrost
        )
        return Meter(joules, compressor, defrost)

    def set_door(self, at: float, opened: bool) -> None:
        """Open or shut the door. Raises as `temperature` does."""
        self._move(at)
        self._door_open = opened
        self._begin()

    def set_power(self, at: float, powered: bool) -> None:
        """Take away or restore the compressor's power. Raises as `temperature` does."""
        self._move(at)
        self._powered = powered
        self._begin()

    def set_stuck(self, at: float, stuck: bool) -> None:
        """Let the thermostat stick, so that the compressor never rests, or free it.

        Raises as `temperature` does.
        """
        self._move(at)
        self._stuck = stuck
        self._begin()

    def set_fault(self, at: float, fault: ExcursionCause | None) -> None:
        """Say which fault to blame for an excursion from now on. Raises as `temperature` does."""
        self._move(at)
        self._fault = fault
        self._begin()

    def _move(self, at: float) -> None:
        """Make `at` the start of the present stretch."""
        self._advance(at)
        self._end(at)

    def _end(self, at: float) -> None:
        """End the present stretch."""
        self._compressor_seconds += (at - self._since) * self._compressing
        self._defrost_seconds += (at - self._since) * self._defrosting
        self._start = self._temperature(at)
        self._since = at

    def _advance(self, at: float) -> None:
        """Pass all switches of thermostat and timer up to `at`."""
        if at < self._since:
            raise ValueError(f"the temperature before {self._since} is not kept; asked for {at}")
        while self._switch <= at:
            self._end(self._switch)
            self._begin()

    def _temperature(self, at: float) -> float:
        fading = math.exp(-self._rate * (at - self._since))
        return self._equilibrium + (self._start - self._equilibrium) * fading

    def _begin(self) -> None:
        """Begin a stretch: settle the compressor, the exponential, the blame, and the next switch."""
        cabinet = self._cabinet
        timer = self._turn_timer()
        allowed = self._powered and not self._defrosting
        wanted = cabinet.off_below if self._compressing else cabinet.on_above
        self._compressing = allowed and (
            self._stuck or self._start - wanted > _TOUCH * (1 if self._compressing else -1)
        )
        self._rate = 1.0 / cabinet.wall_time + (1.0 / cabinet.door_time if self._door_open else 0.0)
        heating = cabinet.defrost_heat if self._defrosting else 0.0
        cooling = cabinet.cooling if self._compressing else 0.0
        ambient = self._indoors.temperature(self._since) + cabinet.ambient
        self._equilibrium = ambient + (heating - cooling) / self._rate
        self._blame = self._blamed()
        threshold = cabinet.off_below if self._compressing else cabinet.on_above
        thermostat = self._reaches(threshold) if allowed and not self._stuck else math.inf
        weather = self._indoors.changes(self._since) - self._since
        self._switch = self._since + max(min(timer, thermostat, weather), _TICK)

    def _turn_timer(self) -> float:
        """Settle whether it defrosts, and return the seconds until the timer next switches."""
        cabinet, now = self._cabinet, self._since
        turn = math.floor((now - cabinet.first_defrost) / cabinet.defrost_every)
        into = now - cabinet.defrosts_at(turn)
        self._defrosting = 0.0 <= into < cabinet.defrost_for
        if self._defrosting:
            return cabinet.defrost_for - into
        return (cabinet.defrosts_at(turn + 1) - now) if into > 0.0 else -into

    def _reaches(self, threshold: float) -> float:
        """Return the seconds until the present stretch comes to a temperature; infinite if never."""
        left = threshold - self._equilibrium
        gone = (self._start - self._equilibrium) / left if left else 0.0
        return math.log(gone) / self._rate if gone > 1.0 else math.inf

    def _blamed(self) -> ExcursionCause | None:
        if self._fault is not None:
            return self._fault
        if self._blame is not None and not LOWEST <= self._start <= HIGHEST:
            return self._blame
        if self._door_open:
            return ExcursionCause.DOOR_OPENINGS
        return ExcursionCause.DEFROST if self._defrosting else None


_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0

_TOUCH = 1e-9
"""°C within which a threshold counts as reached: a crossing is computed to rounding error only."""

_TICK = 1e-3
"""Seconds that a stretch lasts at least, so that rounding never makes two switches of one."""
