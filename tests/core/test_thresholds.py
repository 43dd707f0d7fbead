from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.thresholds import METRICS, Operator, Quantity, Threshold


def test_a_latency_limit_is_held_in_seconds() -> None:
    threshold = Threshold.parse("publish_latency_p99 < 100ms")
    assert threshold == Threshold(
        "publish_latency_p99", Operator.LESS, 0.1, "ms", "publish_latency_p99 < 100ms"
    )


@pytest.mark.parametrize(("text", "limit"), [("250us", 0.00025), ("1.5 s", 1.5), ("0ms", 0.0)])
def test_latencies_take_any_of_three_units(text: str, limit: float) -> None:
    assert Threshold.parse(f"lag_max <= {text}").limit == pytest.approx(limit)


def test_spacing_does_not_matter() -> None:
    assert Threshold.parse("  delivered_ratio>=0.9999 ") == Threshold.parse("delivered_ratio >= 0.9999")


@pytest.mark.parametrize(
    ("text", "below", "at", "above"),
    [
        ("messages < 10", True, False, False),
        ("messages <= 10", True, True, False),
        ("messages > 10", False, False, True),
        ("messages >= 10", False, True, True),
        ("messages == 10", False, True, False),
    ],
)
def test_each_operator(text: str, below: bool, at: bool, above: bool) -> None:
    threshold = Threshold.parse(text)
    assert [threshold.held(value) for value in (9, 10, 11)] == [below, at, above]


def test_what_nobody_measured_is_not_held() -> None:
    assert not Threshold.parse("end_to_end_latency_p50 < 10s").held(None)
    assert not Threshold.parse("lost_ratio <= 1").held(None)


def test_a_value_can_be_read_in_the_unit_of_the_expression() -> None:
    assert Threshold.parse("lag_p50 < 5ms").in_unit(0.0034) == pytest.approx(3.4)
    assert Threshold.parse("late_ratio < 0.5").in_unit(0.25) == 0.25


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("publish_latncy_p99 < 100ms", "did you mean 'publish_latency_p99'?"),
        ("publish_latency_p95 < 100ms", "did you mean 'publish_latency_p9"),
        ("delivered >= 0.9", "did you mean 'delivered_ratio'?"),
        ("zzz < 1", "choose from publish_latency_p50"),
        ("publish_latency_p99 < 100", "us, ms or s"),
        ("publish_latency_p99 < 2h", "us, ms or s"),
        ("delivered_ratio >= 99%", "without '%'"),
        ("delivered_ratio >= 99.9", "between 0 and 1"),
        ("messages_per_second > 100/s", "without '/s'"),
        ("lag_p99 100ms", "metric, operator and limit"),
        ("lag_p99 < -1ms", "metric, operator and limit"),
        ("lag_p99 != 1ms", "metric, operator and limit"),
        ("", "metric, operator and limit"),
    ],
)
def test_a_wrong_threshold_says_what_to_write(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        Threshold.parse(text)


@given(st.sampled_from(sorted(METRICS)), st.sampled_from(list(Operator)), st.integers(0, 1))
def test_an_expression_reads_back_as_itself(metric: str, operator: Operator, limit: int) -> None:
    unit = "ms" if METRICS[metric] is Quantity.TIME else ""
    threshold = Threshold.parse(f"{metric} {operator.value} {limit}{unit}")
    assert Threshold.parse(threshold.expression) == threshold
