"""Builds a neighbourhood: its map, its people and their homes, its shops; and sets them in motion."""

from __future__ import annotations

from collections.abc import Sequence

import simpy

from simulator.core.ageing import Ageing
from simulator.core.calendar import Calendar
from simulator.core.seeds import Draws, Seeds
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world.body import draw_body
from simulator.world.care import Care
from simulator.world.census import INDEPENDENT, Resident, draw_residents, find_guardian
from simulator.world.childhood import Childhood
from simulator.world.commute import find_work
from simulator.world.consent import AGE_OF_CONSENT, draw_consent, draw_worry
from simulator.world.constitution import Constitution
from simulator.world.customer import OUT_OF_NAPPIES, Customer
from simulator.world.errands import TRIPS_A_WEEK
from simulator.world.friends import Friends
from simulator.world.habits import Habits, draw_drives, draw_habits
from simulator.world.haunts import Haunts
from simulator.world.household import Household
from simulator.world.illness import Infections
from simulator.world.life import Life
from simulator.world.neighbourhood import Neighbourhood
from simulator.world.pantry import LASTS, Pantry
from simulator.world.person import Activity, Occupation, Person, Spell, TravelMode
from simulator.world.pets import draw_pets
from simulator.world.place import Place
from simulator.world.routine import Routine
from simulator.world.schedule import SCHOOL_STARTS, draw_schedule
from simulator.world.shop import build_shop
from simulator.world.sun import Sun, longitude_of
from simulator.world.surroundings import Surroundings
from simulator.world.television import Television
from simulator.world.town import LATITUDE, LONGITUDE, Town, lay_out
from simulator.world.travel import choose_mode, travel
from simulator.world.voice import draw_voice
from simulator.world.weather import Weather

QUIET = 4.0
"""Local hour at which the world begins: everybody is asleep at home."""

WARM_UP = 2 * HOUR
"""Least seconds for which the world runs before the scenario starts."""

BUS_EARLY = 15 * MINUTE
"""Seconds that the school bus leaves before it has to."""


def beginning(calendar: Calendar) -> float:
    """Return the simulated second at which the world begins: the last local 04:00 at least 2 h before 0."""
    today = calendar.midnight(-WARM_UP) + QUIET * HOUR
    return today if today <= -WARM_UP else calendar.midnight(today - DAY) + QUIET * HOUR


def build_neighbourhood(
    env: simpy.Environment,
    calendar: Calendar,
    seeds: Seeds,
    index: int,
    households: int,
    shops: int,
    ageing: Ageing = Ageing.SERVICE,
) -> Neighbourhood:
    """Build a neighbourhood and start its processes; the people are asleep at home.

    Args:
        env: the SimPy environment, at the time that `beginning` gives.
        calendar: the town's clock.
        seeds: the run's random streams; all of a neighbourhood's are keyed by its ids.
        index: its number from 0; it is called ``n{index}``.
        households: how many.
        shops: how many; without one, people shop out of town.
        ageing: how fast the machines of the shops wear out.

    Raises:
        UsageError: more households and shops than a neighbourhood has room for.
    """
    name = f"n{index}"
    town = lay_out(name, index, households, shops, seeds.draws("town", name))
    weather = Weather(calendar, seeds, Sun(calendar, LATITUDE, longitude_of(calendar, LONGITUDE)), LATITUDE)
    visits = TRIPS_A_WEEK / 7 * households / max(shops, 1)
    built = tuple(
        build_shop(
            env,
            calendar,
            seeds,
            f"{name}-s{i}",
            place,
            visits_a_day=visits,
            outdoors=weather,
            ageing=ageing,
        )
        for i, place in enumerate(town.shops)
    )
    surroundings = Surroundings(env, calendar, seeds, town, built, weather)
    homes: list[Household] = []
    for i, home in enumerate(town.homes):
        homes.append(_settle(surroundings, f"{name}-h{i}", home, homes))
    return Neighbourhood(name, tuple(homes), built)


def _settle(
    surroundings: Surroundings, household_id: str, home: Place, settled: Sequence[Household]
) -> Household:
    """Return the household of a home, with the lives of its members and its television started.

    Its friends are among those who have settled before.
    """
    residents = draw_residents(surroundings.seeds.draws("residents", household_id))
    guardian = find_guardian(residents)
    has_young = any(resident.age < INDEPENDENT for resident in residents)
    minded = residents[guardian].occupation in (Occupation.AT_HOME, Occupation.RETIRED)
    household = Household(
        household_id,
        home,
        seeds=surroundings.seeds,
        voice=draw_voice(surroundings.seeds.draws("voice", household_id)),
        pets=draw_pets(surroundings.seeds.draws("pets", household_id)),
        guardian=guardian,
    )
    habits: list[Habits] = []
    for number, resident in enumerate(residents):
        carer = has_young and number == guardian
        person, own = _move_in(surroundings, household, f"{household_id}-p{number}", resident, carer, minded)
        if person.age < AGE_OF_CONSENT:
            person.consent = household.members[guardian].consent
        household.members.append(person)
        habits.append(own)
    friends = Friends(settled, surroundings.seeds.draws("friends", household_id))
    _start(surroundings, household, habits, guardian, friends)
    return household


def _move_in(
    surroundings: Surroundings,
    household: Household,
    person_id: str,
    resident: Resident,
    carer: bool,
    minded: bool,
) -> tuple[Person, Habits]:
    """Return a person, asleep at home, and their habits."""
    draws = surroundings.seeds.draws("person", person_id)
    schedule = draw_schedule(resident, carer, draws)
    drives = draw_drives(resident.age, draws)
    workplace, commute = _find_place(resident, household.home, surroundings.town, drives, minded, draws)
    habits = draw_habits(resident, schedule, commute, drives, draws)
    person = Person(
        id=person_id,
        household=household.id,
        age=resident.age,
        sex=resident.sex,
        occupation=resident.occupation,
        chronotype=habits.sleep.chronotype,
        body=draw_body(resident.age, resident.sex, draws, habits.exercise),
        home=household.home,
        workplace=workplace,
        spell=Spell(Activity.ASLEEP, surroundings.env.now, household.home),
        worried=(worried := draw_worry(draws)),
        consent=draw_consent(draws, worried),
        relation=resident.relation,
        voice=household.voice,
    )
    return person, habits


def _start(
    surroundings: Surroundings,
    household: Household,
    habits: list[Habits],
    guardian: int,
    friends: Friends,
) -> None:
    """Start the lives of the members, and their television."""
    env, calendar = surroundings.env, surroundings.calendar
    draws = surroundings.seeds.draws("household", household.id)
    shops = Haunts(household.home, surroundings.town.shops, draws) if surroundings.shops else None
    babies = sum(person.age < OUT_OF_NAPPIES for person in household.members)
    feeds = Customer(household.id, len(household.members), babies, len(household.pets))
    pantry = Pantry(env.now - draws.uniform(0.0, LASTS), shops, feeds)
    young = [person for person in household.members if person.age < INDEPENDENT]
    care = None
    if young:
        carer = household.members[guardian]
        care = Care(env, calendar, carer, young, _bus(carer, habits[guardian], surroundings.town.school))
    ages = [person.age for person in household.members]
    infections = Infections(surroundings.seeds, calendar, household.id, ages, household.home.latitude < 0.0)
    for number, (person, own) in enumerate(zip(household.members, habits, strict=True)):
        person.health = Constitution(
            surroundings.seeds, person.id, person.age, person.sex, infections, number
        )
        life: Life
        if care is not None and person.age < INDEPENDENT:
            life = Childhood(surroundings, person, own, care)
        else:
            life = Routine(surroundings, person, own, pantry, friends, care if number == guardian else None)
        env.process(life.live(household))
    env.process(Television(env, calendar, household, draws).run())


def _find_place(
    resident: Resident, home: Place, town: Town, drives: bool, minded: bool, draws: Draws
) -> tuple[Place | None, TravelMode]:
    """Return where a person works or learns, and how they get there.

    Args:
        resident: who it is.
        home: where they live.
        town: its places.
        drives: whether they drive.
        minded: whether their guardian is at home by day; an infant then is, too.
        draws: what is left to chance.
    """
    match resident.occupation:
        case Occupation.WORKER:
            return find_work(home, town.workplaces, drives, draws)
        case Occupation.STUDENT:
            return town.campus, TravelMode.CAR if drives and draws.chance(0.5) else TravelMode.BUS
        case Occupation.PUPIL if resident.age >= INDEPENDENT:
            return town.school, choose_mode(home.distance(town.school), False, draws)
        case Occupation.PUPIL:
            return town.school, TravelMode.BUS
        case Occupation.INFANT if not minded:
            return town.school, TravelMode.BUS
    return None, TravelMode.WALK


def _bus(guardian: Person, habits: Habits, school: Place) -> float:
    """Return the local hour at which the school bus collects the children, before the guardian leaves."""
    home = guardian.home
    bus = SCHOOL_STARTS - (BUS_EARLY + travel(home, school, TravelMode.BUS, 0.0).end) / HOUR
    if habits.schedule is None or guardian.workplace is None:
        return bus
    commute = travel(home, guardian.workplace, habits.commute, 0.0).end
    return min(bus, habits.schedule.start - (BUS_EARLY + commute) / HOUR)
