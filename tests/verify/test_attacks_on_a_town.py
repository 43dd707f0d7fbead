"""The attacks on privacy succeed on simulated people as they do on real ones.

Two crowds are simulated for all tests of this file: 5,000 people for two weeks, and 100 households whose
watches and shop are listened to for a week.
"""

from __future__ import annotations

import numpy as np
import pytest
from crowd import Watched, seldom_fixes, watched

from simulator.verify import Fixes, Proportion, call_records, homes_found, infer_homes, link, unicity

PEOPLE = 1_200
"""To look for; enough for an interval of three points."""


@pytest.fixture(scope="module")
def town() -> Fixes:
    return seldom_fixes(neighbourhoods=21, days=14)


@pytest.fixture(scope="module")
def neighbourhood() -> Watched:
    return watched(days=7)


def chance() -> np.random.Generator:
    return np.random.default_rng(5)


class TestUnicity:
    def test_four_points_single_out_as_many_as_in_a_network_s_records(self, town: Fixes) -> None:
        """De Montjoye 2013: 95 % of 1.5 million people. Of 5,000 in one town, above 80 %."""
        assert len(np.unique(town.person)) > 4_800
        found = unicity(call_records(town, chance()), chance(), people=PEOPLE)
        assert found.low > 0.8

    def test_coarser_cells_and_hours_help_little_and_slowly(self, town: Fixes) -> None:
        """De Montjoye 2013, figure 4: unicity falls slowly with the resolution of space and time."""
        records = call_records(town, chance())
        fine, coarse, coarsest = (
            unicity(records, chance(), cell=cell, hours=hours, people=PEOPLE).value
            for cell, hours in ((100.0, 1.0), (2_000.0, 2.0), (10_000.0, 12.0))
        )
        assert fine > coarse > coarsest
        assert fine > 0.95
        assert coarsest < 0.5

    def test_fewer_points_tell_less(self, town: Fixes) -> None:
        records = call_records(town, chance())
        by_points = [unicity(records, chance(), points=k, people=PEOPLE).value for k in (1, 2, 4)]
        assert by_points == sorted(by_points)
        assert by_points[0] < 0.5


class TestHome:
    def test_the_nights_tell_where_nine_of_ten_live(self, neighbourhood: Watched) -> None:
        found = homes_found(infer_homes(neighbourhood.fixes), *neighbourhood.home)
        assert found.trials > 150
        assert found.low > 0.9


class TestLinkage:
    def test_a_watch_is_linked_to_a_basket_far_above_chance(self, neighbourhood: Watched) -> None:
        linkage = link(neighbourhood.fixes, neighbourhood.baskets)
        right = linkage.right(neighbourhood.shopper)
        assert right.trials > 80
        assert right.low > 20 * linkage.chance
        assert right.low > 0.4

    def test_exchanging_people_within_the_hour_leaves_chance(self, neighbourhood: Watched) -> None:
        """The negative control: the same positions at the same times, but nobody's."""
        generator, mixes = chance(), 8
        linkages = [
            link(neighbourhood.fixes.permuted_within_hours(generator), neighbourhood.baskets)
            for _ in range(mixes)
        ]
        rights = [linkage.right(neighbourhood.shopper) for linkage in linkages]
        # One exchange alone finds one or two of so few baskets, or, now and then, four.
        right = Proportion(sum(one.count for one in rights), sum(one.trials for one in rights))
        assert right.low <= linkages[0].chance <= right.high
        assert right.high < 0.03
