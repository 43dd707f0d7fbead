"""When there is evidence enough: verdicts on shares, and the intervals that they rest on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.verify import Proportion, Verdict, overall
from simulator.verify.check import at_least, at_most, trials_needed
from simulator.verify.checks.erasure import rank_bounds

HELD, FAILED, UNTRUSTED = Verdict

shares = st.integers(0, 400).flatmap(
    lambda trials: st.tuples(st.integers(0, trials), st.just(trials)).map(lambda pair: Proportion(*pair))
)
thresholds = st.floats(0.01, 0.99)


@pytest.mark.parametrize(("threshold", "trials"), [(0.95, 59), (0.9, 29), (0.99, 299), (0.999, 2995)])
def test_the_trials_without_a_miss_that_a_claim_takes(threshold: float, trials: int) -> None:
    assert trials_needed(threshold) == trials
    assert at_least(Proportion(trials, trials), threshold) is HELD
    assert at_least(Proportion(trials - 1, trials - 1), threshold) is UNTRUSTED
    assert at_most(Proportion(0, trials), 1 - threshold) is HELD
    assert at_most(Proportion(0, trials - 1), 1 - threshold) is UNTRUSTED


def test_nothing_tried_proves_nothing() -> None:
    assert at_least(Proportion(0, 0), 0.95) is UNTRUSTED
    assert at_most(Proportion(0, 0), 0.05) is UNTRUSTED


def test_a_miss_of_all_is_a_failure_long_before_a_claim_could_be_made() -> None:
    assert at_least(Proportion(0, 3), 0.95) is FAILED
    assert at_least(Proportion(2, 3), 0.95) is UNTRUSTED


@given(shares, thresholds)
def test_a_share_that_held_is_above_the_threshold_and_one_that_failed_below(
    share: Proportion, threshold: float
) -> None:
    verdict = at_least(share, threshold)
    assert verdict is not HELD or share.value >= threshold
    assert verdict is not FAILED or share.value < threshold


@given(shares, thresholds)
def test_more_successes_never_make_a_verdict_worse(share: Proportion, threshold: float) -> None:
    rank = {FAILED: 0, UNTRUSTED: 1, HELD: 2}
    better = Proportion(min(share.count + 1, share.trials), share.trials)
    assert rank[at_least(better, threshold)] >= rank[at_least(share, threshold)]


@given(shares, thresholds)
def test_at_most_is_the_mirror_of_at_least(share: Proportion, threshold: float) -> None:
    mirrored = Proportion(share.trials - share.count, share.trials)
    assert at_most(share, threshold) is at_least(mirrored, 1.0 - threshold)


@pytest.mark.parametrize("true", [0.9, 0.95, 0.99])
def test_a_control_at_the_threshold_is_seldom_taken_for_a_good_one(true: float) -> None:
    generator = np.random.default_rng(1)
    counts = generator.binomial(200, true, 400)
    held = sum(at_least(Proportion(int(count), 200), true) is HELD for count in counts)
    assert held <= 0.05 * 400 + 3 * np.sqrt(400 * 0.05 * 0.95)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=80), st.floats(0.05, 0.95))
def test_the_bounds_of_a_quantile_hold_it(values: list[float], quantile: float) -> None:
    low, high = rank_bounds(values, quantile)
    assert min(values) <= low <= high <= max(values)
    assert low <= float(np.percentile(values, quantile * 100, method="higher"))
    assert high >= float(np.percentile(values, quantile * 100, method="lower"))


def test_one_failure_outweighs_what_nobody_knows() -> None:
    assert overall([]) is None
    assert overall([HELD, HELD]) is HELD
    assert overall([HELD, UNTRUSTED]) is UNTRUSTED
    assert overall([UNTRUSTED, FAILED, HELD]) is FAILED
