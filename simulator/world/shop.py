"""The shop: its shelves and machines, and what a shopper does in it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import simpy

from simulator.core.ageing import Ageing
from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws, Seeds
from simulator.world.assortment import assortment
from simulator.world.customer import Customer
from simulator.world.demand import UNITS_A_VISIT, Demand, usual_demand
from simulator.world.fridge import DoorCause, Fridge
from simulator.world.hours import OpeningHours
from simulator.world.indoors import Indoors, Outdoors
from simulator.world.ledger import Ledger, facing
from simulator.world.losses import Losses
from simulator.world.motor import (
    CHECKOUT,
    COMPRESSOR,
    TEST_RIG,
    Duty,
    Motor,
    MotorChange,
    MotorEvent,
    MotorModel,
    belt,
)
from simulator.world.place import Place
from simulator.world.promotion import Promotions
from simulator.world.replenishment import Replenishment
from simulator.world.shelf import Shelf

SHELVES = 160
SHELVES_PER_FRIDGE = 4
BELTS = 4
RIGS = 4
"""How a neighbourhood's shop is fitted out (assumption); test rigs only where bearings are tested, four on
a shaft as in the IMS runs."""

VISITS_A_DAY = 35.0
"""What the shop is laid out for: about 250 people, of whom 13 to 16 % shop for food on a day (USDA ERS
2019)."""

COMPRESSOR_LOAD = 0.43
"""Share of the time that a fridge's compressor runs, by its heat balance."""


@dataclass(slots=True, eq=False)
class Shop:
    """A shop. Shoppers browse it; sensors read and observe its shelves, fridges and motors.

    Attributes:
        id: such as ``n0-s0``.
        place: where it is.
        hours: when it is open.
        shelves: in the order of the aisles.
        fridges: each holds some of the chilled shelves.
        motors: the fridges' compressors, in their order, then the checkout belts and any test rigs.
    """

    id: str
    place: Place
    hours: OpeningHours
    shelves: tuple[Shelf, ...]
    fridges: tuple[Fridge, ...]
    motors: tuple[Motor, ...]
    _env: simpy.Environment = field(repr=False)
    _demand: Demand = field(repr=False)
    _losses: Losses = field(repr=False)
    _visits: int = field(default=0, repr=False)

    def is_open(self, at: float) -> bool:
        """Return whether shoppers are let in at simulated second `at`."""
        return self.hours.is_open(at)

    def browse(
        self, shopper: str, duration: float, draws: Draws, customer: Customer | None = None
    ) -> Generator[simpy.Event, Any, None]:
        """Return a visit as a SimPy sub-process of exactly `duration` seconds, for ``yield from``.

        The shopper picks a basket at moments strictly inside the visit.

        Args:
            shopper: person id.
            duration: seconds from entering to leaving.
            draws: a stream of this visit alone, so that nothing else changes what is wanted.
            customer: the household that they shop for; without one, they shop for themselves.

        Raises:
            ValueError: the duration is negative.
        """
        env = self._env
        start = env.now
        leaving = env.timeout(duration)
        visit = f"{self.id}-visit{self._visits}"
        self._visits += 1
        wishes = self._demand.basket(duration, customer or Customer(shopper), draws)
        self._losses.tempt(duration, draws)
        for wish in wishes:
            yield env.timeout(start + wish.after - env.now)
            shelf = wish.shelf
            if shelf.fridge is not None and shelf.stock:
                shelf.fridge.open_door(wish.holding, DoorCause.SHOPPER, shopper, visit)
            shelf.pick(env.now, wish.quantity, shopper, visit)
        yield leaving


def build_shop(
    env: simpy.Environment,
    calendar: Calendar,
    seeds: Seeds,
    shop_id: str,
    place: Place,
    *,
    shelves: int = SHELVES,
    visits_a_day: float = VISITS_A_DAY,
    outdoors: Outdoors | None = None,
    ageing: Ageing = Ageing.SERVICE,
) -> Shop:
    """Return a shop as it would be on any day, with its staff, losses and machines at work.

    Args:
        env: the world's environment.
        calendar: the town's clock.
        seeds: the run's streams.
        shop_id: such as ``n0-s0``; the ids of its parts begin with it.
        place: where it is.
        shelves: how many, each of one item.
        visits_a_day: what it is laid out for. Staff learn what really is in demand, so that another number
            of shoppers changes how full the shelves are for some days only.
        outdoors: the weather, some of which gets in; without any, it is always equally warm inside.
        ageing: how fast its machines wear out.

    Raises:
        ValueError: more shelves than there are goods.
    """
    hours = OpeningHours(calendar)
    units_a_day = visits_a_day * UNITS_A_VISIT
    indoors = Indoors(outdoors)
    stocked = _lay_out(env, seeds, shop_id, shelves, units_a_day, indoors)
    fridges = tuple(dict.fromkeys(shelf.fridge for shelf in stocked if shelf.fridge is not None))
    motors = _fit(env, seeds, shop_id, hours, fridges, indoors, ageing)
    promotions = Promotions(calendar, seeds, shop_id, stocked)
    ledger = Ledger(seeds, shop_id, stocked, units_a_day * usual_demand(stocked), promotions)
    rounds = seeds.draws("rounds", shop_id)
    replenishment = Replenishment(env, hours, stocked, ledger, promotions, rounds)
    losses = Losses(env, hours, seeds, shop_id, stocked, ledger)
    env.process(replenishment.run())
    env.process(losses.run())
    for fridge in fridges:
        env.process(fridge.run())
    for motor in motors:
        env.process(motor.run())
    demand = Demand(seeds, stocked, promotions)
    return Shop(shop_id, place, hours, stocked, fridges, motors, env, demand, losses)


def _lay_out(
    env: simpy.Environment, seeds: Seeds, shop_id: str, count: int, units_a_day: float, indoors: Indoors
) -> tuple[Shelf, ...]:
    """Return the shelves, full, with a fridge for every few chilled ones in a row."""
    shelves: list[Shelf] = []
    chilled = 0
    fridge: Fridge | None = None
    for number, good in enumerate(assortment(count, seeds.draws("assortment", shop_id))):
        if good.item.chilled and chilled % SHELVES_PER_FRIDGE == 0:
            fridge_id = f"{shop_id}-fridge{chilled // SHELVES_PER_FRIDGE}"
            fridge = Fridge(env, fridge_id, seeds.draws("fridge", fridge_id), indoors)
        chilled += good.item.chilled
        capacity = facing(good.item, units_a_day * good.popularity)
        shelves.append(
            Shelf(
                id=f"{shop_id}-shelf{number}",
                item=good.item,
                capacity=capacity,
                stock=capacity,
                popularity=good.popularity,
                fridge=fridge if good.item.chilled else None,
            )
        )
    return tuple(shelves)


def _fit(
    env: simpy.Environment,
    seeds: Seeds,
    shop_id: str,
    hours: OpeningHours,
    fridges: tuple[Fridge, ...],
    indoors: Indoors,
    ageing: Ageing,
) -> tuple[Motor, ...]:
    """Return the motors: a compressor for each fridge, which stands still with it, belts, and test rigs."""
    motors: list[Motor] = []

    def fit(duty: Duty, model: MotorModel) -> None:
        if ageing is Ageing.ACCELERATED:
            model = replace(model, load=TEST_RIG.load)
        motor_id = f"{shop_id}-motor{len(motors)}"
        motors.append(Motor(env, motor_id, duty, seeds.draws("motor", motor_id), model, indoors))

    for fridge in fridges:
        fit(Duty(COMPRESSOR_LOAD, fridge.compressing), COMPRESSOR)
    for _ in range(BELTS):
        fit(belt(hours, seeds.draws("belt", f"{shop_id}-motor{len(motors)}")), CHECKOUT)
    for _ in range(RIGS if ageing is Ageing.ACCELERATED else 0):
        fit(Duty(1.0, _always), TEST_RIG)
    for motor, fridge in zip(motors, fridges, strict=False):
        motor.observers.append(_Coupling(fridge).notice)
    return tuple(motors)


def _always(_: float) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Coupling:
    """A fridge loses its cooling while its compressor's motor is broken."""

    fridge: Fridge

    def notice(self, event: MotorEvent) -> None:
        if event.change is MotorChange.FAILED:
            self.fridge.stop_compressor()
        else:
            self.fridge.restart_compressor()
