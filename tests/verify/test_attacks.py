"""The attacks by hand: crowds so small that a reader sees who is found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.core.units import DAY, HOUR, MINUTE
from simulator.verify import Baskets, Fixes, call_records, homes_found, infer_homes, link, unicity
from simulator.verify.linkage import NOBODY

DEGREE = 111_195.0


def fixes(*rows: tuple[int, float, float, float]) -> Fixes:
    """Return fixes written as (person, seconds, metres north, metres east of the equator's origin)."""
    person, at, north, east = (np.array(column) for column in zip(*rows, strict=True))
    return Fixes(person, at.astype(float), north / DEGREE, east / DEGREE)


def chance() -> np.random.Generator:
    return np.random.default_rng(7)


class TestCells:
    def test_a_cell_is_as_wide_as_it_is_long_anywhere(self) -> None:
        for latitude in (0.0, -31.0, 64.0):
            step = np.arange(0.0, 20_000.0, 10.0)
            degree = DEGREE * math.cos(math.radians(latitude))
            rest = np.zeros_like(step)
            north = Fixes(rest.astype(int), rest, latitude + step / DEGREE, rest)
            east = Fixes(rest.astype(int), rest, rest + latitude, step / degree)
            for line in (north, east):
                assert len(np.unique(line.cells(1000.0))) == pytest.approx(20, abs=1)

    def test_columns_of_different_length_are_refused(self) -> None:
        with pytest.raises(ValueError, match="length"):
            Fixes(np.zeros(2, int), np.zeros(1), np.zeros(2), np.zeros(2))


class TestUnicity:
    def test_who_is_alone_is_singled_out_and_twins_are_not(self) -> None:
        """Persons 0 and 1 are always together, person 2 is elsewhere."""
        walk = [(p, h * HOUR, 0.0, 0.0 if p < 2 else 5000.0) for p in range(3) for h in range(6)]
        found = unicity(fixes(*walk), chance(), points=4)
        assert (found.count, found.trials) == (1, 3)

    def test_more_points_and_finer_cells_tell_more(self) -> None:
        generator = chance()
        rows = [(p, h * HOUR, *generator.uniform(0, 4000, 2)) for p in range(60) for h in range(24)]
        crowd = fixes(*rows)
        by_points = [unicity(crowd, chance(), points=k).value for k in (1, 2, 3, 4)]
        by_cells = [unicity(crowd, chance(), points=2, cell=m).value for m in (4000.0, 2000.0, 1000.0, 250.0)]
        assert by_points == sorted(by_points)
        assert by_cells == sorted(by_cells)
        assert by_points[0] < 0.1
        assert by_points[-1] > 0.9

    def test_a_place_seen_twice_in_an_hour_is_one_point(self) -> None:
        often = [(0, m * MINUTE, 0.0, 0.0) for m in range(60)]
        assert unicity(fixes(*often), chance(), points=2).trials == 0

    def test_who_has_too_few_points_is_left_out_but_still_hides_others(self) -> None:
        crowd = fixes((0, 0.0, 0.0, 0.0), (1, 0.0, 0.0, 0.0), (1, HOUR, 0.0, 0.0))
        found = unicity(crowd, chance(), points=2)
        assert (found.count, found.trials) == (1, 1)

    def test_nobody_is_nobody(self) -> None:
        none = fixes((0, 0.0, 0.0, 0.0)).of(np.zeros(1, bool))
        assert unicity(none, chance()).trials == 0
        assert len(call_records(none, chance())) == 0


class TestCallRecords:
    def test_there_are_as_many_as_asked_for_by_day_and_at_most_one_an_hour(self) -> None:
        minutes = range(0, 10 * 24 * 60, 10)
        day = fixes(*((p, m * MINUTE, 0.0, 0.0) for p in range(50) for m in minutes))
        kept = call_records(day, chance(), a_month=114.0)
        assert len(kept) / 50 == pytest.approx(114 * 10 / 30.4, rel=0.1)
        assert ((kept.hour_of_day >= 7) & (kept.hour_of_day < 23)).all()
        assert len(np.unique(np.column_stack([kept.person, kept.hours()]), axis=0)) == len(kept)


class TestHome:
    def test_home_is_where_the_nights_are_spent(self) -> None:
        """At home in three nights of four, at work by day, once elsewhere."""
        nights = [(0, day * DAY + hour * HOUR, 40.0, -60.0) for day in range(3) for hour in (1, 3, 5)]
        away = [(0, 3 * DAY + hour * HOUR, 9000.0, 0.0) for hour in (1, 3, 5)]
        work = [(0, day * DAY + hour * HOUR, 3000.0, 3000.0) for day in range(4) for hour in range(9, 17)]
        homes = infer_homes(fixes(*nights, *away, *work))
        assert homes.person.tolist() == [0]
        assert homes.latitude[0] * DEGREE == pytest.approx(40.0)
        assert homes.longitude[0] * DEGREE == pytest.approx(-60.0)

    def test_hours_count_not_fixes(self) -> None:
        """Out for one hour with a fix a minute, at home for two with one each."""
        out = [(0, minute * MINUTE, 5000.0, 0.0) for minute in range(60)]
        home = [(0, hour * HOUR, 0.0, 0.0) for hour in (3, 5)]
        assert infer_homes(fixes(*out, *home)).latitude[0] == 0.0

    def test_a_home_within_reach_is_found_and_one_beyond_is_not(self) -> None:
        homes = infer_homes(fixes((0, HOUR, 0.0, 0.0), (1, HOUR, 0.0, 0.0)))
        true_north = np.array([240.0, 260.0]) / DEGREE
        found = homes_found(homes, true_north, np.zeros(2))
        assert (found.count, found.trials) == (1, 2)

    def test_who_is_never_seen_at_night_has_no_home(self) -> None:
        assert len(infer_homes(fixes((0, 7 * HOUR, 0.0, 0.0))).person) == 0


class TestLinkage:
    """A shop at the origin; a basket filled from 10:00 to 10:30."""

    BASKET = Baskets(np.array([10.0 * HOUR]), np.array([10.5 * HOUR]), np.zeros(1), np.zeros(1))
    SHOPPER = ((1, 9.3 * HOUR, 0.0, 900.0), (1, 10.2 * HOUR, 20.0, 0.0), (1, 11 * HOUR, 0.0, 900.0))
    STAFF = tuple((2, hour * HOUR, 0.0, 10.0) for hour in (9.2, 9.5, 10.1, 10.4, 11.0, 11.3))
    PASSER_BY = ((3, 10.1 * HOUR, 0.0, 10.0), (3, 10.4 * HOUR, 0.0, 800.0))

    def test_a_basket_goes_to_who_was_there_then_and_only_then(self) -> None:
        linkage = link(fixes(*self.SHOPPER, *self.STAFF, *self.PASSER_BY), self.BASKET)
        assert linkage.person.tolist() == [1]
        assert linkage.candidates.tolist() == [3]
        assert linkage.chance == pytest.approx(1 / 3)
        assert linkage.right(np.array([1])).count == 1

    def test_nobody_near_is_nobody_linked(self) -> None:
        assert link(fixes((1, 10.2 * HOUR, 0.0, 900.0)), self.BASKET).person.tolist() == [NOBODY]
        assert link(fixes((1, 20 * HOUR, 0.0, 0.0)), self.BASKET).person.tolist() == [NOBODY]

    def test_no_baskets_no_linkage(self) -> None:
        none = Baskets(*(np.zeros(0) for _ in range(4)))
        assert math.isnan(link(fixes(*self.SHOPPER), none).chance)


class TestNegativeControl:
    def test_each_hour_keeps_its_people_and_its_positions(self) -> None:
        generator = chance()
        rows = [(int(p), *generator.uniform(0, 3 * HOUR, 3)) for p in generator.integers(0, 20, 400)]
        true = fixes(*rows)
        mixed = true.permuted_within_hours(chance())
        assert (mixed.latitude == true.latitude).all()
        assert (mixed.at == true.at).all()
        hour = true.hours()
        for each in range(3):
            before, after = true.person[hour == each], mixed.person[hour == each]
            assert set(before) == set(after)
            pairs = set(zip(before.tolist(), after.tolist(), strict=True))
            assert len(pairs) == len(set(before)), "one person of an hour stays one person"
        assert (mixed.person != true.person).any()
