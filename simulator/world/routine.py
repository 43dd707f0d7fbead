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
    EATS_OUT,
    ERRAND_LOG_SD,
    ERRAND_MEDIAN,
    EXERCISE_MEDIAN,
    GOES_ON,
    GOES_ON_FROM_WORK,
    GOING_OUT,
    LINGERS,
    LUNCH_MEDIAN,
    LUNCH_SD,
    NEAR_WORK,
    NOON,
    NOON_BREAK,
    OUTING_MEDIAN,
    PLACES_OPEN,
    SHOPPING,
    SHOPPING_MEDIAN_WEEKDAY,
    SHOPPING_MEDIAN_WEEKEND,
    SHOPS_ON_THE_WAY,
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
from simulator.world.naps import SHORTEST as SHORTEST_NAP
from simulator.world.naps import length as length_of_nap
from simulator.world.naps import plan_nap
from simulator.world.pantry import Pantry
from simulator.world.person import Activity, Occupation, Person, Spell, TravelMode, Trip
from simulator.world.place import Place
from simulator.world.shop import Shop
from simulator.world.surroundings import Surroundings
from simulator.world.travel import choose_mode, duration, go_on, travel

PUNCTUALITY = 0.5
"""SD in hours of what people do at their usual hour (assumption)."""

LATE = 1.5 * HOUR
"""Seconds past bed time that an adult's evening out may last before a free day (assumption)."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """What somebody sets out for: a way there, and when to leave again.

    Attributes:
        activity: what they do there.
        there: the way.
        leaves: simulated seconds.
        host: whom they call at, or where they shop.
    """

    activity: Activity
    there: Trip
    leaves: float
    host: Household | Shop | None = None


class Routine(Life):
    """The life of an adult or an older child.

    Duties come first. In the free time between, outings and shopping happen by hazards of the hour of the
    week, and exercise and the planned shopping at the hour that the person likes, so far as there is time to
    be back before the next obligation and, for a carer, the young children can come along. From one place
    people go on to another, and on the way home from work they shop, exercise and run errands. The weather
    and the dark keep people from walking and from the park.

    Args:
        surroundings: what the people of the neighbourhood share.
        person: whose life it is.
        habits: what they do again and again.
        pantry: the household's.
        friends: the household's.
        care: the young children that they look after, if any.
    """

    __slots__ = (
        "_care",
        "_errand_at",
        "_exercise_at",
        "_friends",
        "_inclination",
        "_mode",
        "_nap_at",
        "_pantry",
        "_parks",
        "_venues",
    )

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
        self._nap_at = math.inf
        self._inclination = habits.sociability
        self._mode = habits.commute
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
        woke_up = self._since
        self._plan_day(midnight, obligation)
        if obligation is not None:
            yield from self._free_time(obligation.departure, obligation.departure - SETTLE)
            yield from self._attend(obligation, bedtime)
        following = self._surroundings.calendar.day(midnight + 1.5 * DAY)
        sleeps_in = self._person.age >= ADULT and is_free(following)
        latest = bedtime + LATE if sleeps_in else bedtime
        yield from self._free_time(max(bedtime, self._env.now + SETTLE), latest)
        if self._since > woke_up:
            # Whoever has napped is not sleepy yet.
            bedtime = self._bedtime(self._surroundings.calendar.midnight(midnight + 1.5 * DAY))
            yield from self._free_time(max(bedtime, self._env.now), latest)

    def _plan_day(self, midnight: float, obligation: Obligation | None) -> None:
        """Decide when to exercise, to nap and to shop today, if at all, and how much there is to go out for.

        Some days are full of it, and on some there is nothing: with a rate that differs from day to day like
        an exponential variable, outings are as overdispersed as a geometric distribution (assumption; one day
        in six passes without a trip, National Household Travel Survey 2017).
        """
        habits, draws = self._habits, self._draws
        self._inclination = draws.exponential(habits.sociability)
        wants = draws.chance(habits.exercise)
        hour = draws.normal(habits.exercise_hour, PUNCTUALITY)
        self._exercise_at = midnight + hour * HOUR if wants else math.inf
        leaves = None if obligation is None else obligation.departure
        # Who looks after young children has no time to.
        self._nap_at = math.inf if self._care else plan_nap(habits.nap, midnight, leaves, draws)
        self._errand_at = math.inf
        if habits.errand is None or self._person.age < ADULT:
            return
        weekday, usual = habits.errand
        if self._surroundings.calendar.weekday(midnight + 12 * HOUR) == weekday:
            self._errand_at = midnight + draws.normal(usual, PUNCTUALITY) * HOUR

    def _attend(self, obligation: Obligation, latest: float) -> Process:
        home, work, mode = self._person.home, self._person.workplace, self._habits.commute
        assert work is not None
        yield self._go(Activity.COMMUTE, travel(home, work, mode, self._env.now))
        works = self._person.occupation is Occupation.WORKER
        self._begin(Activity.WORK if works else Activity.SCHOOL, work)
        self._mode = mode
        finish = max(obligation.finish, self._env.now + SETTLE)
        yield from self._take_lunch(finish)
        yield self._until(finish)
        # A carer's children wait to be brought home.
        if self._care is None and self._draws.chance(GOES_ON_FROM_WORK):
            stop = self._next_stop(latest)
            if stop is not None:
                yield from self._make(stop, latest)
                return
        yield self._go(Activity.COMMUTE, travel(work, home, mode, self._env.now))
        self._begin(Activity.HOME, home)

    def _take_lunch(self, finish: float) -> Process:
        """Go out for lunch, if the day at work is a long one and there is a place to go to."""
        begun = self._person.spell
        noon = self._surroundings.calendar.midnight(self._env.now) + NOON
        if not begun.start < noon < finish - NOON_BREAK or not self._draws.chance(EATS_OUT):
            return
        assert begun.place is not None
        nearest = min(self._surroundings.town.venues, key=begun.place.distance)
        if begun.place.distance(nearest) > NEAR_WORK:
            return
        yield self._until(self._draws.normal(noon, LUNCH_SD))
        mode = choose_mode(begun.place.distance(nearest), self._mode is TravelMode.CAR, self._draws)
        yield self._go(Activity.OUT, travel(begun.place, nearest, mode, self._env.now))
        self._begin(Activity.OUT, nearest)
        yield self._until(self._env.now + self._draws.lognormal(LUNCH_MEDIAN, STAY_LOG_SD))
        yield self._go(Activity.OUT, travel(nearest, begun.place, mode, self._env.now))
        self._begin(begun.activity, begun.place)

    def _free_time(self, until: float, latest: float) -> Process:
        """Spend time at home and out until `until`, back from any outing by `latest`."""
        calendar, draws = self._surroundings.calendar, self._draws
        can_shop = self._person.age >= ADULT
        ready = self._env.now + SETTLE
        while True:
            until = max(until, ready)
            going_out = GOING_OUT.next(calendar, ready, self._inclination, draws)
            shopping = SHOPPING.next(calendar, ready, SPONTANEOUS, draws) if can_shop else math.inf
            exercise, errand = max(self._exercise_at, ready), max(self._errand_at, ready)
            nap = max(self._nap_at, ready) if ready < self._nap_at + HOUR else math.inf
            ready = min(going_out, shopping, exercise, errand, nap)
            if ready >= until:
                yield self._until(until)
                return
            yield self._until(ready)
            back = latest if self._care is None else min(latest, self._care.latest_return(ready))
            stop: _Stop | None = None
            if ready == nap:
                self._nap_at = math.inf
                seconds = min(length_of_nap(draws), until - SETTLE - ready)
                if seconds >= SHORTEST_NAP:
                    yield from self._nap(seconds)
            elif ready == exercise:
                self._exercise_at = math.inf
                stop = self._exercise(back)
            elif ready == going_out:
                stop = self._go_out(back)
            else:
                if ready == errand:
                    self._errand_at = math.inf
                if draws.chance(self._pantry.need(ready)):
                    stop = self._shop(back)
            yield from self._make(stop, back)
            if self._env.now > ready:
                ready = self._env.now + SETTLE

    def _exercise(self, latest: float) -> _Stop | None:
        """Exercise in the usual park, or at the gym if that is no pleasure now."""
        pleasant = self._draws.chance(self._surroundings.weather.comfort(self._env.now))
        place = self._park() if pleasant else self._surroundings.town.gym
        return self._plan(
            Activity.EXERCISE, place, self._draws.lognormal(EXERCISE_MEDIAN, STAY_LOG_SD), latest
        )

    def _go_out(self, latest: float) -> _Stop | None:
        """Go to friends, to a park or to a venue, unless the weather is too bad for either."""
        draws = self._draws
        comfort = self._surroundings.weather.comfort(self._env.now)
        if draws.chance(STAYS_IN * (1.0 - comfort)):
            return None
        host = self._friends.who_is_in(draws) if draws.chance(TO_FRIENDS) else None
        if host is not None:
            return self._plan(
                Activity.OUT, host.home, draws.lognormal(VISIT_MEDIAN, STAY_LOG_SD), latest, host
            )
        place = self._park() if draws.chance(TO_PARKS * comfort) else self._venue()
        return self._plan(Activity.OUT, place, draws.lognormal(OUTING_MEDIAN, STAY_LOG_SD), latest)

    def _next_stop(self, latest: float) -> _Stop | None:
        """Return where to go before going home; None for straight home."""
        draws, now = self._draws, self._env.now
        opens, closes = PLACES_OPEN
        if not opens <= self._surroundings.calendar.hour(now) < closes:
            return None
        if self._exercise_at <= now:
            self._exercise_at = math.inf
            return self._exercise(latest)
        if self._person.age >= ADULT and draws.chance(SHOPS_ON_THE_WAY * self._pantry.need(now)):
            return self._shop(latest)
        if draws.chance(LINGERS):
            return self._go_out(latest)
        stay = draws.lognormal(ERRAND_MEDIAN, ERRAND_LOG_SD)
        return self._plan(Activity.OUT, self._venue(), stay, latest)

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

    def _shop(self, latest: float) -> _Stop | None:
        weekend = self._surroundings.calendar.is_weekend(self._env.now)
        median = SHOPPING_MEDIAN_WEEKEND if weekend else SHOPPING_MEDIAN_WEEKDAY
        shops = {shop.place: shop for shop in self._surroundings.shops}
        place = self._pantry.choose_shop(self._draws) if shops else self._surroundings.town.market
        stay = self._draws.lognormal(median, STAY_LOG_SD)
        shop = shops.get(place)
        stop = self._plan(Activity.SHOP if shop else Activity.OUT, place, stay, latest, shop)
        if stop is None or (shop and not (shop.is_open(stop.there.end) and shop.is_open(stop.leaves))):
            return None
        self._pantry.restock(self._env.now)
        return stop

    def _plan(
        self,
        activity: Activity,
        place: Place,
        stay: float,
        latest: float,
        host: Household | Shop | None = None,
    ) -> _Stop | None:
        """Return a stop to set out for now, home again by `latest`; None if there is no time for it."""
        now, home, here = self._env.now, self._person.home, self._person.spell.place
        assert here is not None
        if place is here or self._person.health.stays_home(now):
            return None
        metres = here.distance(place)
        if here is home:
            comfort = self._surroundings.weather.comfort(now)
            mode = choose_mode(metres, self._habits.drives, self._draws, comfort)
        else:
            mode = go_on(metres, self._mode)
        back = home.distance(place)
        there = travel(here, place, mode, now)
        stay = min(stay, latest - there.end - duration(back, go_on(back, mode)))
        return _Stop(activity, there, there.end + stay, host) if stay >= SHORTEST_STAY else None

    def _make(self, stop: _Stop | None, latest: float) -> Process:
        """Go there, and perhaps on to other places, and come back by `latest`."""
        home = self._person.home
        while stop is not None:
            self._mode = stop.there.mode
            yield from self._visit(stop)
            stop = self._next_stop(latest) if self._draws.chance(GOES_ON) else None
        here = self._person.spell.place
        if here is not None and here is not home:
            mode = go_on(here.distance(home), self._mode)
            yield self._go(Activity.OUT, travel(here, home, mode, self._env.now))
            self._begin(Activity.HOME, home)

    def _visit(self, stop: _Stop) -> Process:
        """Go to a stop and stay until it is time to leave, or for as long as the host lets one."""
        yield self._go(Activity.OUT, stop.there)
        self._begin(stop.activity, stop.there.destination)
        if isinstance(stop.host, Household):
            yield from self._call_at(stop.host, stop.leaves)
        elif isinstance(stop.host, Shop):
            yield from self._browse(stop.host, stop.leaves)
        else:
            yield self._until(stop.leaves)

    def _browse(self, shop: Shop, leaves: float) -> Process:
        basket = self._surroundings.seeds.draws("basket", self._person.household, self._pantry.trips)
        return shop.browse(self._person.id, leaves - self._env.now, basket, self._pantry.feeds)

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
