"""The days of everybody old enough to be on their own: duties, and what they do with the time between."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.core.units import HOUR, MINUTE
from simulator.world.care import Care
from simulator.world.census import ADULT
from simulator.world.habits import Habits
from simulator.world.hazard import Hazard
from simulator.world.life import SETTLE, Life, Obligation, Process
from simulator.world.pantry import Pantry
from simulator.world.person import Activity, Occupation, Person, Trip
from simulator.world.place import Place
from simulator.world.surroundings import Surroundings
from simulator.world.travel import choose_mode, travel

GOING_OUT = Hazard(
    weekday={0: 0.0, 7: 0.02, 9: 0.07, 12: 0.09, 17: 0.08, 18: 0.13, 21: 0.05, 22: 0.015, 23: 0.0},
    weekend={0: 0.0, 8: 0.04, 9: 0.10, 12: 0.13, 18: 0.15, 21: 0.07, 22: 0.03, 23: 0.0},
)
"""Outings an hour of free time at home, of a person of mean sociability (assumption)."""

SHOPPING = Hazard(
    weekday={
        0: 0.0,
        8: 0.015,
        9: 0.02,
        10: 0.035,
        11: 0.09,
        13: 0.042,
        15: 0.09,
        16: 0.035,
        17: 0.02,
        20: 0.0,
    },
    weekend={0: 0.0, 8: 0.02, 10: 0.05, 15: 0.04, 17: 0.02, 20: 0.0},
)
"""Shopping trips an hour of free time at home, of an adult whose pantry is empty. Peaks on weekdays from
11 to 13 and from 15 to 16 (USDA ERS 2019); the level gives 1.69 trips a week and household (FMI 2011)."""

STAY_LOG_SD = 0.5
SHOPPING_MEDIAN_WEEKEND = 41 * MINUTE / math.exp(STAY_LOG_SD**2 / 2)
SHOPPING_MEDIAN_WEEKDAY = 34 * MINUTE / math.exp(STAY_LOG_SD**2 / 2)
"""Seconds in the shop; the means are 41 and 34 minutes (Time Use Institute)."""

OUTING_MEDIAN = 70 * MINUTE
EXERCISE_MEDIAN = 40 * MINUTE
SHORTEST_STAY = 8 * MINUTE
"""Seconds at a place (assumptions)."""

NEARBY = 300.0
"""Metres within which distance hardly matters to where people go (assumption)."""

LATE = 1.5 * HOUR
"""Seconds past bed time that an adult's evening out may last (assumption)."""


@dataclass(frozen=True, slots=True)
class _Outing:
    """A way there, and when to leave again."""

    there: Trip
    leaves: float


class Routine(Life):
    """The life of an adult or an older child.

    Duties come first. In the free time between, outings and shopping happen by hazards of the hour of the
    week, and exercise at the hour that the person likes, so far as there is time to be back before the next
    obligation and, for a carer, the young children can come along.

    Args:
        surroundings: what the people of the neighbourhood share.
        person: whose life it is.
        habits: what they do again and again.
        pantry: the household's.
        care: the young children that they look after, if any.
    """

    __slots__ = ("_care", "_exercise_at", "_pantry")

    def __init__(
        self,
        surroundings: Surroundings,
        person: Person,
        habits: Habits,
        pantry: Pantry,
        care: Care | None = None,
    ) -> None:
        super().__init__(surroundings, person, habits)
        self._pantry = pantry
        self._care = care
        self._exercise_at = math.inf

    def _obligation(self, midnight: float) -> Obligation | None:
        schedule, work = self._habits.schedule, self._person.workplace
        if schedule is None or work is None:
            return None
        usual = self._surroundings.calendar.weekday(midnight + 12 * HOUR) in schedule.days
        if not self._draws.chance(schedule.attendance if usual else schedule.overtime):
            return None
        start = midnight + self._draws.normal(schedule.start, 0.15) * HOUR
        finish = start + max(self._draws.normal(schedule.hours, 0.4), 1.0) * HOUR
        commute = travel(self._person.home, work, self._habits.commute, start)
        departure = start - (commute.end - commute.start)
        bus = self._care.bus_leaves(midnight) if self._care else None
        return Obligation(departure if bus is None else max(departure, bus + MINUTE), finish)

    def _alarm(self, midnight: float, obligation: Obligation | None) -> float | None:
        alarm = super()._alarm(midnight, obligation)
        bus = self._care.bus_leaves(midnight) if self._care else None
        if bus is None:
            return alarm
        # Somebody has to get the children up.
        return min(bus - self._habits.preparation * HOUR, math.inf if alarm is None else alarm)

    def _day(self, midnight: float, obligation: Obligation | None, bedtime: float) -> Process:
        wants = self._draws.chance(self._habits.exercise)
        hour = self._draws.normal(self._habits.exercise_hour, 0.5)
        self._exercise_at = midnight + hour * HOUR if wants else math.inf
        if obligation is not None:
            yield from self._free_time(obligation.departure, obligation.departure - SETTLE)
            yield from self._attend(obligation)
        late = LATE if self._person.age >= ADULT else 0.0
        yield from self._free_time(max(bedtime, self._env.now + SETTLE), bedtime + late)

    def _attend(self, obligation: Obligation) -> Process:
        home, work, mode = self._person.home, self._person.workplace, self._habits.commute
        assert work is not None
        yield self._go(Activity.COMMUTE, travel(home, work, mode, self._env.now))
        works = self._person.occupation is Occupation.WORKER
        self._begin(Activity.WORK if works else Activity.SCHOOL, work)
        yield self._until(max(obligation.finish, self._env.now + SETTLE))
        yield self._go(Activity.COMMUTE, travel(work, home, mode, self._env.now))
        self._begin(Activity.HOME, home)

    def _free_time(self, until: float, latest: float) -> Process:
        """Spend time at home and out until `until`, back from any outing by `latest`."""
        calendar, draws, town = self._surroundings.calendar, self._draws, self._surroundings.town
        can_shop = self._person.age >= ADULT
        ready = self._env.now + SETTLE
        while True:
            until = max(until, ready)
            going_out = GOING_OUT.next(calendar, ready, self._habits.sociability, draws)
            shopping = SHOPPING.next(calendar, ready, 1.0, draws) if can_shop else math.inf
            exercise = max(self._exercise_at, ready)
            ready = min(going_out, shopping, exercise)
            if ready >= until:
                yield self._until(until)
                return
            yield self._until(ready)
            if ready == exercise:
                self._exercise_at = math.inf
                yield from self._go_out(Activity.EXERCISE, town.parks, EXERCISE_MEDIAN, latest)
            elif ready == going_out:
                yield from self._go_out(Activity.OUT, town.venues + town.parks, OUTING_MEDIAN, latest)
            elif draws.chance(self._pantry.need(ready)):
                yield from self._shop(latest)
            if self._env.now > ready:
                ready = self._env.now + SETTLE

    def _go_out(self, activity: Activity, places: Sequence[Place], median: float, latest: float) -> Process:
        outing = self._plan(self._pick(places), self._draws.lognormal(median, STAY_LOG_SD), latest)
        if outing is not None:
            yield from self._make(outing, activity)

    def _shop(self, latest: float) -> Process:
        env, seeds, town = self._env, self._surroundings.seeds, self._surroundings.town
        weekend = self._surroundings.calendar.is_weekend(env.now)
        median = SHOPPING_MEDIAN_WEEKEND if weekend else SHOPPING_MEDIAN_WEEKDAY
        shops = {shop.place: shop for shop in self._surroundings.shops}
        place = self._pick(tuple(shops)) if shops else town.market
        outing = self._plan(place, self._draws.lognormal(median, STAY_LOG_SD), latest)
        if outing is None:
            return
        shop = shops.get(place)
        if shop is None:
            self._pantry.restock(env.now)
            yield from self._make(outing, Activity.OUT)
        elif shop.is_open(outing.there.end) and shop.is_open(outing.leaves):
            self._pantry.restock(env.now)
            basket = seeds.draws("basket", self._person.household, self._pantry.trips)
            visit = shop.browse(self._person.id, outing.leaves - outing.there.end, basket)
            yield from self._make(outing, Activity.SHOP, visit)

    def _plan(self, place: Place, stay: float, latest: float) -> _Outing | None:
        """Return an outing from now on that ends by `latest`, None if there is no time for it."""
        now, home = self._env.now, self._person.home
        if self._care is not None:
            latest = min(latest, self._care.latest_return(now))
        mode = choose_mode(home.distance(place), self._habits.drives, self._draws)
        there = travel(home, place, mode, now)
        stay = min(stay, latest - now - 2.0 * (there.end - now))
        return _Outing(there, there.end + stay) if stay >= SHORTEST_STAY else None

    def _make(self, outing: _Outing, activity: Activity, visit: Process | None = None) -> Process:
        """Go there, stay for a visit to a shop or until it is time to leave, and come back."""
        place, home, mode = outing.there.destination, self._person.home, outing.there.mode
        yield self._go(Activity.OUT, outing.there)
        self._begin(activity, place)
        if visit is None:
            yield self._until(outing.leaves)
        else:
            yield from visit
        yield self._go(Activity.OUT, travel(place, home, mode, self._env.now))
        self._begin(Activity.HOME, home)

    def _pick(self, places: Sequence[Place]) -> Place:
        """Return one of the places, the nearer the likelier."""
        home = self._person.home
        return self._draws.choice(places, [1.0 / (NEARBY + home.distance(place)) for place in places])
