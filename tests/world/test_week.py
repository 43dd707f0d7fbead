"""What must be true of everybody at every moment, over a week of 240 households."""

from __future__ import annotations

from collections import Counter
from statistics import mean

import pytest
from diary import CALENDAR, Diary, keep_diary

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.world import Activity, Occupation, Person, PlaceKind, Sex, TravelMode

ALONE_FROM = 12


def adults(week: Diary) -> list[Person]:
    return [person for person in week.people() if person.age >= 18]


def workers(week: Diary) -> list[Person]:
    return [person for person in week.people() if person.occupation is Occupation.WORKER]


def nights(week: Diary, people: list[Person]) -> list[tuple[float, float]]:
    """Return (onset hour, before midnight negative, and hours of sleep) of every whole night.

    Those who come home from a night shift sleep by day, which is no night.
    """
    found = []
    for person in people:
        for spell, end in list(week.of(person))[1:-1]:
            hour = CALENDAR.hour(spell.start)
            if spell.activity is Activity.ASLEEP and not 6 < hour < 18:
                found.append((hour - 24 if hour > 12 else hour, (end - spell.start) / HOUR))
    return found


class TestContinuity:
    def test_the_week_has_the_people_it_claims_to_have(self, week: Diary) -> None:
        assert len(week.neighbourhood.households) == 240
        assert len(week.people()) > 500
        assert len({person.id for person in week.people()}) == len(week.people())
        assert week.end - week.start == 7 * DAY

    def test_everybody_begins_asleep_at_home_at_four(self, week: Diary) -> None:
        assert CALENDAR.hour(week.start) == 4.0
        for spells in week.spells.values():
            assert spells[0].activity is Activity.ASLEEP
            assert spells[0].start == week.start

    def test_every_spell_takes_time_and_is_either_at_a_place_or_on_the_way(self, week: Diary) -> None:
        for person in week.people():
            for spell, end in week.of(person):
                assert end > spell.start
                assert (spell.place is None) != (spell.trip is None)

    def test_one_is_where_the_last_spell_left_one(self, week: Diary) -> None:
        for _, finished, begun in week.changes():
            left_at = finished.trip.destination if finished.trip else finished.place
            found_at = begun.trip.origin if begun.trip else begun.place
            assert left_at is found_at
            assert finished.position(begun.start) == pytest.approx(begun.position(begun.start), abs=1e-9)

    def test_a_trip_ends_when_and_where_it_says(self, week: Diary) -> None:
        for _, finished, begun in week.changes():
            if finished.trip:
                assert finished.trip.start == finished.start
                assert begun.start == pytest.approx(finished.trip.end, abs=1e-6)
                assert begun.trip is None

    def test_nobody_lives_more_than_a_few_dozen_changes_a_day(self, week: Diary) -> None:
        assert mean(len(spells) for spells in week.spells.values()) / 7 < 20


class TestActivities:
    def test_people_sleep_and_are_at_home_only_in_their_own_home(self, week: Diary) -> None:
        for person, spells in week.spells.items():
            for spell in spells:
                if spell.activity in (Activity.ASLEEP, Activity.HOME):
                    assert spell.place is person.home

    def test_a_commute_is_a_trip_between_home_and_the_work_place(self, week: Diary) -> None:
        for person, spells in week.spells.items():
            for spell in spells:
                if spell.activity is Activity.COMMUTE:
                    assert spell.trip is not None
                    assert {spell.trip.origin, spell.trip.destination} == {person.home, person.workplace}

    def test_people_work_and_learn_at_their_own_work_place(self, week: Diary) -> None:
        for person, spells in week.spells.items():
            for spell in spells:
                if spell.activity in (Activity.WORK, Activity.SCHOOL):
                    assert spell.place is person.workplace
                    works = person.occupation is Occupation.WORKER
                    assert (spell.activity is Activity.WORK) == works

    def test_exercise_is_in_parks_or_the_gym_and_shopping_in_shops(self, week: Diary) -> None:
        shops = [shop.place for shop in week.neighbourhood.shops]
        exercise: Counter[PlaceKind] = Counter()
        for spells in week.spells.values():
            for spell in spells:
                if spell.activity is Activity.EXERCISE:
                    assert spell.place is not None
                    exercise[spell.place.kind] += 1
                    assert spell.place.kind is PlaceKind.PARK or spell.place.id == "n0-gym"
                if spell.activity is Activity.SHOP:
                    assert spell.place in shops
        assert exercise[PlaceKind.PARK] > exercise[PlaceKind.VENUE] > 0, "mild days, and dark hours"

    def test_outings_lead_to_shops_parks_venues_and_friends_and_at_last_home(self, week: Diary) -> None:
        for person, spells in week.spells.items():
            duties = (person.home, person.workplace)
            for spell in spells:
                if spell.activity is Activity.OUT and spell.trip is not None:
                    ends = (spell.trip.origin, spell.trip.destination)
                    assert any(
                        end not in duties
                        and end.kind in (PlaceKind.SHOP, PlaceKind.PARK, PlaceKind.VENUE, PlaceKind.HOME)
                        for end in ends
                    )

    def test_a_car_comes_home_with_who_has_taken_it(self, week: Diary) -> None:
        for person, spells in week.spells.items():
            tour: list[TravelMode] = []
            for spell in spells:
                if spell.place is person.home:
                    assert TravelMode.CAR not in tour or tour[0] is tour[-1] is TravelMode.CAR
                    tour = []
                elif spell.trip is not None:
                    tour.append(spell.trip.mode)

    def test_nobody_walks_far_or_moves_at_an_odd_speed(self, week: Diary) -> None:
        for spells in week.spells.values():
            for trip in (spell.trip for spell in spells if spell.trip):
                metres = trip.origin.distance(trip.destination)
                speed = metres / (trip.end - trip.start)
                assert speed < 11.0
                if trip.mode is TravelMode.WALK:
                    assert metres < 2500
                    assert 1.0 < speed < 1.6
                elif metres > 5000:
                    assert speed > 3.0


class TestTelevision:
    def test_it_never_runs_for_an_empty_or_sleeping_home(self, week: Diary) -> None:
        assert week.quiet_televisions == []

    def test_it_runs_for_some_hours_a_day(self, week: Diary) -> None:
        hours = week.television_minutes / 60 / len(week.neighbourhood.households) / 7
        assert 1.5 < hours < 5.0


class TestShopping:
    def test_visits_fall_in_opening_hours(self, week: Diary) -> None:
        shops = {shop.place: shop for shop in week.neighbourhood.shops}
        visits = [
            (shops[spell.place], spell.start, end)
            for person in week.people()
            for spell, end in week.of(person)
            if spell.activity is Activity.SHOP and spell.place
        ]
        assert visits
        for shop, start, end in visits:
            assert shop.is_open(start)
            assert shop.is_open(end)

    def test_whatever_a_shopper_takes_they_take_during_their_visit(self, week: Diary) -> None:
        visits: dict[str, list[tuple[float, float]]] = {}
        for person in week.people():
            for spell, end in week.of(person):
                if spell.activity is Activity.SHOP:
                    visits.setdefault(person.id, []).append((spell.start, end))
        assert len(week.picks) > 1000
        for pick in week.picks:
            assert pick.shopper is not None
            assert any(start < pick.at < end for start, end in visits[pick.shopper])

    def test_without_a_shop_people_shop_out_of_town(self) -> None:
        diary = keep_diary(households=30, shops=0, days=3)
        places = {spell.place.id for spells in diary.spells.values() for spell in spells if spell.place}
        assert "n0-market" in places
        assert not any(s.activity is Activity.SHOP for spells in diary.spells.values() for s in spells)


class TestYoungChildren:
    """They are at school, on the school bus, or with an adult of the household."""

    def test_at_home_an_adult_is_there(self, week: Diary) -> None:
        for child, adult_times in self._children(week):
            for spell, end in week.of(child):
                if spell.place is child.home:
                    assert _covered(spell.start, end, adult_times), (child.id, spell)

    def test_out_an_adult_has_taken_them_along(self, week: Diary) -> None:
        for household in week.neighbourhood.households:
            grown = [week.spells[person] for person in household.members if person.age >= 18]
            outings = {(s.start, s.place, s.trip) for spells in grown for s in spells}
            for child in household.members:
                if child.age < ALONE_FROM:
                    for spell in week.spells[child]:
                        assert spell.activity not in (Activity.SHOP, Activity.WORK, Activity.EXERCISE)
                        if spell.activity is Activity.OUT:
                            assert (spell.start, spell.place, spell.trip) in outings

    def test_they_take_the_bus_to_school_on_weekdays_only(self, week: Diary) -> None:
        rides = 0
        for child, _ in self._children(week):
            for spell in week.spells[child]:
                if spell.trip is not None and spell.activity is Activity.COMMUTE:
                    rides += 1
                    assert spell.trip.mode is TravelMode.BUS
                    assert not CALENDAR.is_weekend(spell.start)
        assert rides > 100

    def test_they_come_along_now_and_then(self, week: Diary) -> None:
        children = [child for child, _ in self._children(week)]
        assert any(spell.activity is Activity.OUT for child in children for spell in week.spells[child])

    def _children(self, week: Diary) -> list[tuple[Person, list[tuple[float, float]]]]:
        """Return each young child with the times at which an adult is at its home."""
        found = []
        for household in week.neighbourhood.households:
            times = sorted(
                (spell.start, end)
                for person in household.members
                if person.age >= 18
                for spell, end in week.of(person)
                if spell.place is household.home
            )
            found += [(child, times) for child in household.members if child.age < ALONE_FROM]
        assert len(found) > 50
        return found


def _covered(start: float, end: float, times: list[tuple[float, float]]) -> bool:
    for begin, finish in times:
        if begin <= start < finish:
            start = finish
    return start >= end


class TestFigures:
    """The published figures that the routines aim at; tolerances allow for one week of 240 households."""

    def test_work(self, week: Diary) -> None:
        """BLS 2012: 83 % of the employed work on a weekday, 34 % on a weekend day."""
        weekdays, weekends = (
            week.share_of_days(workers(week), Activity.WORK, weekend=weekend) for weekend in (False, True)
        )
        assert weekdays == pytest.approx(0.83, abs=0.05)
        assert weekends == pytest.approx(0.34, abs=0.06)

    def test_commute(self, week: Diary) -> None:
        """ACS 2019: 27.6 minutes one way, 12 % under 10, 10 % over 60."""
        minutes = [
            next(
                (s.trip.end - s.trip.start) / MINUTE
                for s in week.spells[p]
                if s.trip and s.trip.destination is p.workplace
            )
            for p in workers(week)
            if any(s.activity is Activity.COMMUTE for s in week.spells[p])
        ]
        assert mean(minutes) == pytest.approx(27.6, abs=3.0)
        assert mean(m < 10 for m in minutes) == pytest.approx(0.12, abs=0.05)
        assert mean(m > 60 for m in minutes) == pytest.approx(0.10, abs=0.05)

    def test_travel(self, week: Diary) -> None:
        """NHTS 2017: 3.4 trips a day; NTS 2019: 61 minutes a day, here in a town that is shorter of ways."""
        people = [p for p in week.people() if p.age >= 15]
        trips = [spell.trip for p in people for spell in week.spells[p] if spell.trip]
        assert len(trips) / len(people) / 7 == pytest.approx(3.4, abs=0.5)
        minutes = sum(trip.end - trip.start for trip in trips) / MINUTE / len(people) / 7
        assert minutes == pytest.approx(52, abs=8)

    def test_tours(self, week: Diary) -> None:
        """Three workers in ten stop on their way home (McGuckin 2005); most tours have one stop, not all."""
        stops: list[int] = []
        stopped, ways_home = 0, 0
        for person in week.people():
            since = 0
            for spell in week.spells[person]:
                if spell.place is person.home:
                    stops += [since] if since else []
                    since = 0
                elif spell.place is not None:
                    since += 1
                elif (
                    person.occupation is Occupation.WORKER
                    and spell.trip
                    and spell.trip.origin is person.workplace
                    and CALENDAR.hour(spell.start) > 15
                ):
                    ways_home += 1
                    stopped += spell.trip.destination is not person.home
        assert stopped / ways_home == pytest.approx(0.3, abs=0.08)
        assert mean(count == 1 for count in stops) == pytest.approx(0.7, abs=0.1)
        assert mean(count >= 3 for count in stops) < 0.2

    def test_some_days_pass_at_home(self, week: Diary) -> None:
        """NHTS 2017: one in six."""
        people = [p for p in week.people() if p.age >= 15]
        days = {(p, day) for p in people for day in week.days()}
        out = {(p, CALENDAR.day(spell.start)) for p in people for spell in week.spells[p] if spell.trip}
        assert 1.0 - len(days & out) / len(days) == pytest.approx(0.16, abs=0.05)

    def test_sleep(self, week: Diary) -> None:
        """All of Us 2024: from 23:10, 6.7 hours and some 40 minutes awake; women 24 minutes more than men."""
        found = nights(week, adults(week))
        assert mean(onset for onset, _ in found) == pytest.approx(-50 / 60, abs=20 / 60)
        assert mean(hours for _, hours in found) == pytest.approx(6.7 + 40 / 60, abs=0.3)
        women, men = (
            mean(h for _, h in nights(week, [p for p in adults(week) if p.sex is sex]))
            for sex in (Sex.FEMALE, Sex.MALE)
        )
        assert women - men == pytest.approx(24 / 60, abs=15 / 60)

    def test_exercise(self, week: Diary) -> None:
        """BLS 2023: 21.1 % of people on a day."""
        people = [p for p in week.people() if p.age >= 15]
        shares = [week.share_of_days(people, Activity.EXERCISE, weekend=w) for w in (False, True)]
        assert (5 * shares[0] + 2 * shares[1]) / 7 == pytest.approx(0.211, abs=0.03)

    def test_shoppers(self, week: Diary) -> None:
        """USDA ERS 2019: 13 % of people from 15 on weekdays, 16 % at weekends."""
        people = [p for p in week.people() if p.age >= 15]
        assert week.share_of_days(people, Activity.SHOP, weekend=False) == pytest.approx(0.13, abs=0.025)
        assert week.share_of_days(people, Activity.SHOP, weekend=True) == pytest.approx(0.16, abs=0.035)

    def test_shopping_trips(self, week: Diary) -> None:
        """FMI 2011: 1.69 trips a week; Time Use Institute: 41 minutes at weekends, 34 on weekdays."""
        visits = [
            (CALENDAR.is_weekend(spell.start), CALENDAR.hour(spell.start), (end - spell.start) / MINUTE)
            for person in week.people()
            for spell, end in week.of(person)
            if spell.activity is Activity.SHOP
        ]
        assert len(visits) / len(week.neighbourhood.households) == pytest.approx(1.69, abs=0.3)
        assert mean(m for weekend, _, m in visits if weekend) == pytest.approx(41, abs=6)
        assert mean(m for weekend, _, m in visits if not weekend) == pytest.approx(34, abs=6)
        hours = [int(hour) for weekend, hour, _ in visits if not weekend]
        assert min(map(hours.count, (11, 12, 15))) > max(map(hours.count, (9, 10, 13, 14, 17, 18)))


@pytest.fixture(scope="module")
def plain() -> list[str]:
    return keep_diary(households=25, shops=1, days=2, watched=False).lines()


class TestDeterminism:
    def test_one_seed_gives_one_world(self, plain: list[str]) -> None:
        assert keep_diary(households=25, shops=1, days=2, watched=False).lines() == plain

    def test_another_seed_gives_another(self, plain: list[str]) -> None:
        assert keep_diary(households=25, shops=1, days=2, watched=False, seed=2).lines() != plain

    def test_who_watches_changes_nothing(self, plain: list[str]) -> None:
        assert keep_diary(households=25, shops=1, days=2, watched=True).lines() == plain

    def test_neighbours_change_nothing(self, plain: list[str]) -> None:
        diary = keep_diary(households=25, shops=1, days=2, watched=False, neighbourhoods=2)
        assert diary.lines() == plain

    def test_another_household_changes_nobody_elses_life(self, plain: list[str]) -> None:
        more = keep_diary(households=26, shops=1, days=2, watched=False)
        assert [line for line in more.lines() if not line.startswith("n0-h25-")] == plain
