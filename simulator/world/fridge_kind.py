"""Kinds of fridges: how each keeps the cold, and what goes wrong with it.

Vaccines in household combinations of fridge and freezer were between 2 and 8 °C for 98.9 % of the time, in
fridges without a freezer for 99.4 %, in purpose-built ones for 99.9 % (Leidner et al., Vaccine 2020). Here
the reasons are modelled, not the shares: how warm a defrost makes it, how wide the thermostat swings, how
long a door stays open, how often the thermostat sticks. The figures that say so are assumptions, but where
a source is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.core.seeds import Draws
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.heat import Cabinet

DEFROST_PLAY = HOUR
"""Seconds by which a defrost is late at most (assumption)."""


class FridgeKind(StrEnum):
    """How a fridge is built."""

    COMBINED = "combined"
    STANDALONE = "standalone"
    PURPOSE_BUILT = "purpose_built"


@dataclass(frozen=True, slots=True)
class FridgeModel:
    """What fridges of one kind have in common. Ranges are (low, high); temperatures in °C.

    Attributes:
        share: of a shop's fridges.
        wall_time: seconds, see `Cabinet`.
        door_time: likewise.
        power: what the compressor takes away, °C an hour.
        off_below: where the thermostat stops the compressor.
        swing: how far above that it starts it again.
        defrost_every: seconds from one defrost to the next.
        defrost_for: seconds of one.
        defrost_heat: what the heater adds, °C an hour.
        left_open: chance that the door does not fall shut behind a shopper.
        noticed: median of the seconds until somebody sees it.
        sticks_every: mean of the seconds until the thermostat sticks.
        unstuck: median of the seconds until somebody frees it.
    """

    share: float
    wall_time: tuple[float, float]
    door_time: float
    power: float
    off_below: tuple[float, float]
    swing: tuple[float, float]
    defrost_every: float
    defrost_for: float
    defrost_heat: float
    left_open: float
    noticed: float
    sticks_every: float
    unstuck: float

    def draw_cabinet(self, at: float, draws: Draws) -> Cabinet:
        """Return the constants of one fridge of the kind that is there at a simulated second."""
        off_below = draws.uniform(*self.off_below)
        return Cabinet(
            ambient=draws.uniform(-0.5, 1.0),
            wall_time=draws.uniform(*self.wall_time),
            door_time=self.door_time,
            cooling=self.power / HOUR,
            off_below=off_below,
            on_above=off_below + draws.uniform(*self.swing),
            defrost_every=self.defrost_every,
            defrost_for=self.defrost_for,
            defrost_play=DEFROST_PLAY,
            defrost_heat=self.defrost_heat / HOUR,
            first_defrost=at + draws.uniform(0.0, self.defrost_every),
        )


MODELS = {
    # A heater melts the frost of the freezer's coil, and warms the fridge with it; a coarse thermostat.
    FridgeKind.COMBINED: FridgeModel(
        share=0.25,
        wall_time=(2.5 * HOUR, 3.5 * HOUR),
        door_time=20 * MINUTE,
        power=14.0,
        off_below=(2.5, 2.9),
        swing=(2.1, 2.5),
        defrost_every=8 * HOUR,
        defrost_for=20 * MINUTE,
        defrost_heat=7.2,
        left_open=1 / 300,
        noticed=25 * MINUTE,
        sticks_every=400 * DAY,
        unstuck=5 * HOUR,
    ),
    # The compressor rests, and the air melts the frost.
    FridgeKind.STANDALONE: FridgeModel(
        share=0.5,
        wall_time=(2.5 * HOUR, 3.5 * HOUR),
        door_time=20 * MINUTE,
        power=14.0,
        off_below=(2.7, 3.1),
        swing=(1.7, 2.1),
        defrost_every=8 * HOUR,
        defrost_for=40 * MINUTE,
        defrost_heat=0.0,
        left_open=1 / 250,
        noticed=40 * MINUTE,
        sticks_every=500 * DAY,
        unstuck=5 * HOUR,
    ),
    # Fans, a fine thermostat, better walls, a door that shuts by itself and an alarm that says if it did not.
    FridgeKind.PURPOSE_BUILT: FridgeModel(
        share=0.25,
        wall_time=(3.5 * HOUR, 4.5 * HOUR),
        door_time=30 * MINUTE,
        power=14.0,
        off_below=(3.8, 4.2),
        swing=(1.0, 1.4),
        defrost_every=12 * HOUR,
        defrost_for=8 * MINUTE,
        defrost_heat=0.0,
        left_open=1 / 1500,
        noticed=4 * MINUTE,
        sticks_every=2000 * DAY,
        unstuck=2 * HOUR,
    ),
}


def draw_kind(draws: Draws) -> FridgeKind:
    """Return the kind of a shop's fridge."""
    return draws.choice(tuple(MODELS), [model.share for model in MODELS.values()])
