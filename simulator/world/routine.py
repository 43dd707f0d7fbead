"""The days of everybody old enough to be on their own: duties, and what they do with the time between."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import simpy

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.care import Care
from simulator.world.census import ADULT
from simulator.world.errands import (
    EXERCISE_MEDIAN,
    GOING_OUT,
    OUTING_MEDIAN,
    SHOPPING,
    SHOPPING_MEDIAN_WEEKDAY,
    SHOPPING_MEDIAN_WEEKEND,
    SHORTEST_STAY,
    SPONTANEOUS,
    STAY_LOG_SD,
    STAYS_IN,
    TO_FRIENDS,
    TO_PARKS,
    VISIT_MEDIAN,
)
from simulator.world.friends import Friends
from simulator.world.habits import Habits
from simulator.world.haunts import Haunts
from simulator.world.holidays import is_free
from simulator.world.household import Household
from simulator.world.life import SETTLE, Life, Obligation, Process
from simulator.world.pantry import Pantry
from simulator.world.person import Activity, Occupation, Person, Spell, Trip
from simulator.world.place import Place
from simulator.world.surroundings import Surroundings
from simulator.world.travel import choose_mode, travel

PUNCTUALITY = 0.5
"""SD in hours of what people do at their usual hour (assumption)."""

LATE = 1.5 * HOUR
"""Seconds past bed time that an adult's evening out may last before a free day (assumption)."""


@dataclass(frozen=True, slots=True)
class _Outing:
    """A way there, and when to leave again."""

    there: Trip
    leaves: float


class Routine(Life):
    """The life of an adult or an older child.

    Duties come first. In the free time between, outings and shopping happen by hazards of the hour of the
    week, and exercise and the planned shopping at the hour that the person likes, so far as there is time to
    be back before the next obligation and, for a carer, the young children can come along. The weather and
    the dark keep people from walking and from the park.

    Args:
        surroundings: what the people of the neighbourhood share.
        person: whose life it is.
        habits: what they do again and again.
        pantry: the household's.
        friends: the household's.
        care: the young children that they look after, if any.
    """

    __slots__ = ("_care", "_errand_at", "_exercise_at", "_friends", "_pantry", "_parks", "_venues")

    def __init__(
        self,
        surroundings: Surroundings,
        person: Person,
        habits: Habits,
        pantry: Pantry,
        friends: Friends,
        care: Care | None = None,
    ) -> None:
        super().__init__(surroundings, person, habits)
        self._pantry = pantry
        self._friends = friends
        self._care = care
        self._exercise_at = self._errand_at = math.inf
        self._parks: Haunts | None = None
        self._venues: Haunts | None = None

    def _obligation(self, midnight: float) -> Obligation | None:
        schedule, work = self._habits.schedule, self._person.workplace
        if schedule is None or work is None:
            return None
        usual = schedule.usual_start(self._surroundings.calendar.day(midnight + 12 * HOUR))
        if not self._draws.chance(schedule.overtime if usual is None else schedule.attendance):
            return None
        begins = schedule.start if usual is None else usual
        start = midnight + self._draws.normal(begins, 0.15) * HOUR
        finish = start + max(self._draws.normal(schedule.hours, 0.4), 1.0) * HOUR
        commute = travel(self._person.home, work, self._habits.commute, start)
        departure = start - (commute.end - commute.start)
        bus = self._care.bus_leaves(midnight) if self._care else None
        return Obligation(departure if bus is None else max(departure, bus + MINUTE), finish)

    def _stays_home(self, midnight: float) -> bool:
        nurses = self._care is not None and self._care.nurses(midnight)
        return nurses or super()._stays_home(midnight)

    def _alarm(self, midnight: float, obligation: Obligation | None) -> float | None:
        alarm = super()._alarm(midnight, obligation)
        bus = self._care.bus_leaves(midnight) if self._care else None
        if bus is None:
            return alarm
        # Somebody has to get the children up.
        return min(bus - self._habits.preparation * HOUR, math.inf if alarm is None else alarm)

    def _day(self, midnight: float, obligation: Obligation | None, bedtime: float) -> Process:
        self._plan_day(midnight)
        if obligation is not None:
            yield from self._free_time(obligation.departure, obligation.departure - SETTLE)
            yield from self._attend(obligation)
        following = self._surroundings.calendar.day(midnight + 1.5 * DAY)
        sleeps_in = self._person.age >= ADULT and is_free(following)
        latest = bedtime + LATE if sleeps_in else bedtime
        yield from self._free_time(max(bedtime, self._env.now + SETTLE), latest)

    def _plan_day(self, midnight: float) -> None:
        """Decide when to exercise and when to shop today, if at all."""
        habits, draws = self._habits, self._draws
        wants = draws.chance(habits.exercise)
        hour = draws.normal(habits.exercise_hour, PUNCTUALITY)
        self._exercise_at = midnight + hour * HOUR if wants else math.inf
        self._errand_at = math.inf
        if habits.errand is None or self._person.age < ADULT:
            return
        weekday, usual = habits.errand
        if self._surroundings.calendar.weekday(midnight + 12 * HOUR) == weekday:
            self._errand_at = midnight + draws.normal(usual, PUNCTUALITY) * HOUR

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
        calendar, draws = self._surroundings.calendar, self._draws
        can_shop = self._person.age >= ADULT
        ready = self._env.now + SETTLE
        while True:
            until = max(until, ready)
            going_out = GOING_OUT.next(calendar, ready, self._habits.sociability, draws)
            shopping = SHOPPING.next(calendar, ready, SPONTANEOUS, draws) if can_shop else math.inf
            exercise, errand = max(self._exercise_at, ready), max(self._errand_at, ready)
            ready = min(going_out, shopping, exercise, errand)
            if ready >= until:
                yield self._until(until)
                return
            yield self._until(ready)
            if ready == exercise:
                self._exercise_at = math.inf
                yield from self._exercise(latest)
            elif ready == going_out:
                yield from self._go_out(latest)
            else:
                if ready == errand:
                    self._errand_at = math.inf
                if draws.chance(self._pantry.need(ready)):
                    yield from self._shop(latest)
            if self._env.now > ready:
                ready = self._env.now + SETTLE

    def _exercise(self, latest: float) -> Process:
        """Exercise in the usual park, or at the gym if that is no pleasure now."""
        pleasant = self._draws.chance(self._surroundings.weather.comfort(self._env.now))
        place = self._park() if pleasant else self._surroundings.town.gym
        outing = self._plan(place, self._draws.lognormal(EXERCISE_MEDIAN, STAY_LOG_SD), latest)
        if outing is not None:
            yield from self._make(outing, Activity.EXERCISE)

    def _go_out(self, latest: float) -> Process:
        """Go to friends, to a park or to a venue, unless the weather is too bad for either."""
        draws = self._draws
        comfort = self._surroundings.weather.comfort(self._env.now)
        if draws.chance(STAYS_IN * (1.0 - comfort)):
            return
        host = self._friends.who_is_in(draws) if draws.chance(TO_FRIENDS) else None
        if host is not None:
            outing = self._plan(host.home, draws.lognormal(VISIT_MEDIAN, STAY_LOG_SD), latest)
            if outing is not None:
                yield from self._make(outing, Activity.OUT, self._call_at(host, outing.leaves))
            return
        place = self._park() if draws.chance(TO_PARKS * comfort) else self._venue()
        outing = self._plan(place, draws.lognormal(OUTING_MEDIAN, STAY_LOG_SD), latest)
        if outing is not None:
            yield from self._make(outing, Activity.OUT)

    def _call_at(self, host: Household, leaves: float) -> Process:
        """Be a guest until it is time to leave, or until the hosts go out or to bed."""
        goodbye = self._env.event()

        def follow(finished: Spell, begun: Spell) -> None:
            if not goodbye.triggered and not host.awake_at_home():
                goodbye.succeed()

        if not host.awake_at_home():
            # They have gone meanwhile: ring the bell, and go back.
            yield self._until(self._env.now + MINUTE)
            return
        guests = [self._person, *(self._care.company if self._care else ())]
        host.welcome(guests)
        for member in host.members:
            member.observers.append(follow)
        yield simpy.AnyOf(self._env, [self._until(leaves), goodbye])
        for member in host.members:
            member.observers.remove(follow)
        host.see_off(guests)

    def _shop(self, latest: float) -> Process:
        env, seeds, town = self._env, self._surroundings.seeds, self._surroundings.town
        weekend = self._surroundings.calendar.is_weekend(env.now)
        median = SHOPPING_MEDIAN_WEEKEND if weekend else SHOPPING_MEDIAN_WEEKDAY
        shops = {shop.place: shop for shop in self._surroundings.shops}
        place = self._pantry.choose_shop(self._draws) if shops else town.market
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
            stay = outing.leaves - outing.there.end
            visit = shop.browse(self._person.id, stay, basket, self._pantry.feeds)
            yield from self._make(outing, Activity.SHOP, visit)

    def _plan(self, place: Place, stay: float, latest: float) -> _Outing | None:
        """Return an outing from now on that ends by `latest`, None if there is no time for it."""
        now, home = self._env.now, self._person.home
        if self._person.health.stays_home(now):
            return None
        if self._care is not None:
            latest = min(latest, self._care.latest_return(now))
        comfort = self._surroundings.weather.comfort(now)
        mode = choose_mode(home.distance(place), self._habits.drives, self._draws, comfort)
        there = travel(home, place, mode, now)
        stay = min(stay, latest - now - 2.0 * (there.end - now))
        return _Outing(there, there.end + stay) if stay >= SHORTEST_STAY else None

    def _make(self, outing: _Outing, activity: Activity, stay: Process | None = None) -> Process:
        """Go there, stay until it is time to leave or for as long as `stay` takes, and come back."""
        place, home, mode = outing.there.destination, self._person.home, outing.there.mode
        yield self._go(Activity.OUT, outing.there)
        self._begin(activity, place)
        if stay is None:
            yield self._until(outing.leaves)
        else:
            yield from stay
        yield self._go(Activity.OUT, travel(place, home, mode, self._env.now))
        self._begin(Activity.HOME, home)

    def _park(self) -> Place:
        if self._parks is None:
            self._parks = self._haunts(self._surroundings.town.parks)
        return self._parks.choose(self._draws)

    def _venue(self) -> Place:
        if self._venues is None:
            self._venues = self._haunts(self._surroundings.town.venues)
        return self._venues.choose(self._draws)

    def _haunts(self, places: Sequence[Place]) -> Haunts:
        return Haunts(self._person.home, places, self._draws)
