"""Aggregates: k-anonymity, l-diversity, utility and the audit of differential privacy."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from staged import START, Staged

from simulator.verify import CheckResult, Source, Verdict, verify
from simulator.verify.checks.differential_privacy import least_epsilon
from simulator.verify.checks.utility import ratio

HELD, FAILED, UNTRUSTED = Verdict

Noise = Callable[[], float]


@pytest.fixture(scope="module")
def busy() -> Staged:
    return Staged(hours=48, homes=6)


@pytest.fixture(scope="module")
def lacking() -> Staged:
    return Staged(hours=48, homes=6, without="n0-h3-p0")


@pytest.fixture(scope="module")
def town() -> Staged:
    return Staged(hours=10)


@pytest.fixture(scope="module")
def run(town: Staged, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.write(tmp_path_factory.mktemp("aggregates") / "run").path


def counted(town: Staged, least: int, noise: Noise = lambda: 0.0) -> Iterator[dict[str, Any]]:
    """What an aggregator tells of quarters of an hour, events and neighbourhoods with enough people."""
    groups: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for sent in town.messages:
        hood = str(sent.truth.household).split("-")[0]
        groups[int(sent.truth.observed // 900), sent.truth.event, hood].append(str(sent.truth.person))
    for (window, event, hood), people in sorted(groups.items()):
        if len(set(people)) >= least:
            yield {
                "window_start": (START + timedelta(seconds=window * 900)).isoformat(),
                "window_seconds": 900,
                "event": event,
                "neighbourhood": hood,
                "count": len(people) + noise(),
                "people": len(set(people)) + noise(),
            }


def out(path: Path, rows: Iterator[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def judged(run: Path, path: Path, *only: str, against: Path | None = None) -> dict[str, CheckResult]:
    found = verify(run, [Source("it", path)], only=only, against=against, write=False)
    assert not found.distrust
    assert found.join.unjoined == 0
    return {f"{one.check} {one.part}".strip(): one for one in found.checks}


class TestKAnonymity:
    def test_small_groups_that_are_held_back_are_counted(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        found = judged(run, out(tmp_path / "counts.jsonl", counted(town, 5)), "k_anonymity")
        one = found["k_anonymity aggregates"]
        assert (one.verdict, one.unit, one.threshold) == (HELD, "people", 5.0)
        assert one.value is not None
        assert one.value >= 5

    def test_one_small_group_fails_whatever_it_says_of_itself(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        rows = [{**row, "people": 99} for row in counted(town, 1)]
        one = judged(run, out(tmp_path / "counts.jsonl", iter(rows)), "k_anonymity")["k_anonymity aggregates"]
        assert one.verdict is FAILED
        assert one.value is not None
        assert one.value < 5
        assert "people are in it" in one.evidence[0].what

    def test_where_nothing_had_to_be_held_back_nothing_is_proven(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        rows = (row for row in counted(town, 5) if row["event"] == "heart_rate")
        for row in (kept := list(rows)):
            del row["event"]
        one = judged(run, out(tmp_path / "counts.jsonl", iter(kept)), "k_anonymity")["k_anonymity aggregates"]
        assert one.verdict is UNTRUSTED


class TestRows:
    """Rows about people, in CSV."""

    def table(self, path: Path, town: Staged, band: int, condition: Callable[[int], str]) -> Path:
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["neighbourhood", "age_band", "condition"])
            for number, person in enumerate(town.people):
                age = person.age // band * band
                writer.writerow([person.neighbourhood, f"{age}-{age + band - 1}", condition(number)])
        return path

    @pytest.mark.parametrize(
        ("band", "condition", "k", "diversity"),
        [
            (20, lambda number: ("none", "asthma", "gout")[number // 3 % 3], HELD, HELD),
            (20, lambda number: "asthma", HELD, FAILED),
            (5, lambda number: ("none", "asthma", "gout")[number // 3 % 3], FAILED, FAILED),
        ],
    )
    def test_rows_alike_hide_each_other_and_differ_in_what_is_sensitive(
        self,
        run: Path,
        town: Staged,
        tmp_path: Path,
        band: int,
        condition: Callable[[int], str],
        k: Verdict,
        diversity: Verdict,
    ) -> None:
        path = self.table(tmp_path / "people.csv", town, band, condition)
        found = judged(run, path, "k_anonymity", "l_diversity")
        verdicts = {name: one.verdict for name, one in found.items()}
        assert verdicts == {"k_anonymity rows": k, "l_diversity": diversity}


class TestUtility:
    def test_true_counts_keep_all_of_it(self, run: Path, town: Staged, tmp_path: Path) -> None:
        found = judged(run, out(tmp_path / "counts.jsonl", counted(town, 5)), "utility")
        assert {one.verdict for one in found.values()} == {HELD}
        assert found["utility count"].value == 1.0

    def test_a_little_noise_keeps_enough_and_much_does_not(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        for scale, verdict in ((0.3, HELD), (10.0, FAILED)):
            generator = np.random.default_rng(1)
            noisy = counted(town, 5, lambda g=generator, s=scale: float(g.laplace(0, s)))  # type: ignore[misc]
            found = judged(run, out(tmp_path / "counts.jsonl", noisy), "utility")
            assert found["utility count"].verdict is verdict

    def test_answers_that_are_missing_count(self, run: Path, town: Staged, tmp_path: Path) -> None:
        rows = [row for number, row in enumerate(counted(town, 5)) if number % 3]
        found = judged(run, out(tmp_path / "counts.jsonl", iter(rows)), "utility")
        assert found["utility count"].verdict is FAILED
        assert "are missing" in found["utility count"].reason

    @given(st.lists(st.integers(1, 1000), min_size=2, max_size=40))
    def test_the_jackknife_of_errors_in_proportion_has_no_width(self, counts: list[int]) -> None:
        value, half = ratio(np.array(counts) * 0.25, np.array(counts, float))
        assert value == pytest.approx(0.25)
        assert half == pytest.approx(0.0, abs=1e-6)


class TestDifferentialPrivacy:
    """Releases of the town, and of the town without one person."""

    def audit(
        self, busy: Staged, lacking: Staged, tmp_path: Path, scale: float, *, rare: bool = False
    ) -> CheckResult:
        taps = [{"name": "counts", "control": "it", "topics": ["x"]}]
        generator = np.random.default_rng(2)

        def noise() -> float:
            return float(generator.laplace(0.0, scale)) if scale else 0.0

        runs = []
        for name, town in (("with", busy), ("without", lacking)):
            folder = town.write(tmp_path / name, taps)
            rows = (row for row in counted(town, 1, noise) if rare or row["event"] != "utterance")
            out(folder.path / "egress" / "counts.jsonl", rows)
            runs.append(folder.path)
        found = verify(runs[0], only=["differential_privacy"], against=runs[1], write=False)
        (one,) = found.checks
        return one

    @pytest.mark.parametrize(("scale", "verdict"), [(0.0, FAILED), (0.15, FAILED), (1.0, HELD), (4.0, HELD)])
    def test_noise_of_scale_one_over_epsilon_keeps_the_promise(
        self, busy: Staged, lacking: Staged, tmp_path: Path, scale: float, verdict: Verdict
    ) -> None:
        one = self.audit(busy, lacking, tmp_path, scale)
        assert one.verdict is verdict
        assert one.unit == "epsilon"
        assert one.value is not None
        assert scale == 0.0 or one.value <= 1.0 / scale

    def test_a_group_that_is_there_with_the_person_alone_gives_them_away(
        self, busy: Staged, lacking: Staged, tmp_path: Path
    ) -> None:
        one = self.audit(busy, lacking, tmp_path, 4.0, rare=True)
        assert one.value is not None
        assert one.value > 1.0 / 4.0

    def test_the_same_run_twice_proves_nothing(self, busy: Staged, tmp_path: Path) -> None:
        one = self.audit(busy, busy, tmp_path, 1.0)
        assert one.verdict is UNTRUSTED
        assert "same messages" in one.reason

    def test_runs_that_differ_by_many_prove_nothing(self, busy: Staged, tmp_path: Path) -> None:
        one = self.audit(busy, Staged(hours=48, homes=3), tmp_path, 1.0)
        assert one.verdict is UNTRUSTED
        assert "3 people" in one.reason

    def test_without_a_neighbour_there_is_no_audit(self, run: Path, town: Staged, tmp_path: Path) -> None:
        path = out(tmp_path / "counts.jsonl", counted(town, 5))
        one = judged(run, path, "differential_privacy")["differential_privacy"]
        assert one.verdict is UNTRUSTED
        assert "--against" in one.reason

    @pytest.mark.parametrize("epsilon", [0.5, 1.0, 2.0])
    def test_the_bound_is_seldom_above_the_truth(self, epsilon: float) -> None:
        generator = np.random.default_rng(3)
        above = 0
        for _ in range(40):
            present = generator.laplace(1.0, 1.0 / epsilon, 300)
            absent = generator.laplace(0.0, 1.0 / epsilon, 300)
            least, most = least_epsilon(present[:80], absent[:80], generator)
            above += least > epsilon
            assert 0.0 <= least <= most
        assert above <= 4

    def test_the_bound_comes_near_the_truth(self) -> None:
        generator = np.random.default_rng(4)
        present, absent = generator.laplace(1.0, 0.5, 3000), generator.laplace(0.0, 0.5, 3000)
        least, _ = least_epsilon(present[:1500], absent[:1500], generator)
        assert 1.2 < least <= 2.0
