"""Targets as data, and the verdicts on them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from simulator.calibration import Estimate, Finding, Part, Target, Unit, Verdict, load_targets, row, select
from simulator.calibration.calibrate import MEASURES
from simulator.calibration.crew import divide
from simulator.calibration.target import Confidence
from simulator.calibration.words import describe, format_value
from simulator.core.errors import UsageError


def target(*parts: Part, unit: Unit = Unit.NONE, left_out: str = "") -> Target:
    return Target(
        id="x",
        family="world",
        quantity="a thing",
        statistic="mean",
        parts=parts,
        unit=unit,
        confidence=Confidence.READ,
        source="Somebody 2020",
        left_out=left_out,
    )


def finding(part: Part, value: float, low: float | None = None, high: float | None = None) -> Finding:
    estimate = Estimate(value, value if low is None else low, value if high is None else high)
    return Finding(target(part), (estimate,))


class TestTheFile:
    def test_every_target_has_a_source_and_numbers(self) -> None:
        targets = load_targets()
        assert len({each.id for each in targets}) == len(targets) == 53
        for each in targets:
            assert each.source
            assert each.parts
            for part in each.parts:
                assert part.value is not None or part.least is not None or part.most is not None

    def test_every_target_is_measured_or_left_out_with_a_reason(self) -> None:
        for each in load_targets():
            assert (each.id in MEASURES) is not bool(each.left_out), each.id
        assert MEASURES.keys() <= {each.id for each in load_targets()}

    def test_parts_of_one_target_are_told_apart(self) -> None:
        for each in load_targets():
            names = [part.name for part in each.parts]
            assert len(set(names)) == len(names)
            assert len(names) == 1 or all(names)

    def test_the_whole_file_says_what_agrees_in_words(self) -> None:
        for each in load_targets():
            for part in each.parts:
                assert describe(part, each.unit_of(part))


class TestVerdicts:
    @pytest.mark.parametrize(
        ("part", "value", "verdict"),
        [
            (Part(value=65.5, tolerance=1.0), 66.5, Verdict.HELD),
            (Part(value=65.5, tolerance=1.0), 66.6, Verdict.MISSED),
            (Part(value=5.0, tolerance=0.0), 5.0, Verdict.HELD),
            (Part(least=3.0, most=7.0), 3.0, Verdict.HELD),
            (Part(least=3.0, most=7.0), 2.9, Verdict.MISSED),
            (Part(least=1.0), 1.2, Verdict.HELD),
            (Part(least=1.0), float("nan"), Verdict.MISSED),
        ],
    )
    def test_a_value_agrees_within_its_tolerance(self, part: Part, value: float, verdict: Verdict) -> None:
        assert finding(part, value).verdict is verdict

    def test_a_trend_has_to_be_beyond_chance(self) -> None:
        assert finding(Part(least=1.0), 1.3, low=1.1, high=1.5).verdict is Verdict.HELD
        unsure = finding(Part(least=1.0), 1.3, low=0.9, high=1.7)
        assert unsure.verdict is Verdict.MISSED
        assert row(unsure).reason == "1.3 is not above 1 for sure"

    def test_a_miss_says_what_would_have_agreed(self) -> None:
        missed = Finding(target(Part(value=7.0, tolerance=2.0), unit=Unit.DAYS), (Estimate(9.5, 8.0, 11.0),))
        assert row(missed).reason == "9.5 d is not 7 ± 2 d, though its interval reaches there"

    def test_every_part_has_to_agree(self) -> None:
        parts = (Part(name="day", value=1.0, tolerance=0.5), Part(name="night", value=9.0, tolerance=0.5))
        both = Finding(target(*parts), (Estimate(1, 1, 1), Estimate(9, 9, 9)))
        one = Finding(target(*parts), (Estimate(1, 1, 1), Estimate(7, 7, 7)))
        assert (both.verdict, one.verdict) == (Verdict.HELD, Verdict.MISSED)
        assert row(one).reason == "night: 7 is not 9 ± 0.5"
        assert [part.held for part in row(one).parts] == [True, False]

    def test_what_is_left_out_says_why(self) -> None:
        left = row(Finding(target(Part(value=1.0), left_out="no such thing"), reason="no such thing"))
        assert (left.verdict, left.reason, left.value) == (Verdict.LEFT_OUT, "no such thing", None)


class TestForMachines:
    def test_a_row_of_one_part(self) -> None:
        written: dict[str, Any] = json.loads(
            msgspec.json.encode(row(finding(Part(value=2.0, tolerance=1.0), 2.5)))
        )
        assert {key: written[key] for key in ("id", "target", "tolerance", "value", "low", "high")} == {
            "id": "x",
            "target": 2.0,
            "tolerance": 1.0,
            "value": 2.5,
            "low": 2.5,
            "high": 2.5,
        }
        assert written["verdict"] == "held"
        assert written["source"] == "Somebody 2020"

    def test_a_row_of_several_parts_has_lists(self) -> None:
        parts = (Part(name="a", value=1.0, tolerance=0.5), Part(name="b", least=0.0))
        written = row(Finding(target(*parts), (Estimate(1, 1, 1), Estimate(2, 1, 3))))
        assert written.target == [1.0, "above 0"]
        assert written.value == [1, 2]
        assert written.high == [1, 3]

    @pytest.mark.parametrize(
        ("value", "unit", "text"),
        [
            (23.0 + 10 / 60, Unit.CLOCK, "23:10"),
            (24.5, Unit.CLOCK, "00:30"),
            (7731.4, Unit.STEPS, "7,731 steps"),
            (0.4137, Unit.NONE, "0.41"),
            (99.38, Unit.PERCENT, "99.4%"),
            (-0.12, Unit.NONE, "\N{MINUS SIGN}0.12"),
            (float("nan"), Unit.NONE, "none"),
        ],
    )
    def test_values_in_words(self, value: float, unit: Unit, text: str) -> None:
        assert format_value(value, unit) == text


class TestSelection:
    def test_by_id_and_by_family(self) -> None:
        assert [each.id for each in select(["shrink"])] == ["shrink"]
        assert {each.family for each in select(["pill", "vehicle"])} == {"pill", "vehicle"}
        assert select() == load_targets()

    def test_what_there_is_not(self) -> None:
        with pytest.raises(UsageError, match="called 'shrnk'; did you mean 'shrink'"):
            select(["shrnk"])

    def test_what_shares_a_cohort_is_done_together(self) -> None:
        jobs = divide(select())
        assert sorted(each.id for job in jobs for each in job) == sorted(each.id for each in load_targets())
        cohorts = [
            {cohort for each in job if each.id in MEASURES for cohort in MEASURES[each.id].cohorts}
            for job in jobs
        ]
        together: set[Any] = set()
        for those in cohorts:
            assert not together & those
            together |= those
        costs = [sum(cohort.cost for cohort in those) for those in cohorts]
        assert costs == sorted(costs, reverse=True)
