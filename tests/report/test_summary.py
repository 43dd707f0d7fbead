from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from summaries import CONNECTIONS, THRESHOLDS, UNREACHED, count, summary, usual

from simulator.core.actions import Publish
from simulator.core.errors import ExitCode, RunFailedError
from simulator.core.records import Outcome
from simulator.core.thresholds import METRICS
from simulator.metrics import Tally
from simulator.report import (
    Connections,
    KindMessages,
    Messages,
    Status,
    encode_summary,
    exit_code,
    metric_values,
    read_summary,
    write_summary,
)
from simulator.truth import RunFolder

HELD = ("messages >= 1", "delivered_ratio > 0.99")
MISSED = ("messages >= 1", "delivered_ratio > 0.999")


def unfinished_publish() -> Publish:
    return Publish(0.0, "d1", "m1", "wearable", "steps", "t", b"", 1)


def behind(seconds: float, lag: float = 0.0) -> Tally:
    tally = Tally()
    count(tally, Outcome.ACKNOWLEDGED, 100, behind=seconds, lag=lag, latency=lag + 0.001)
    return tally


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({}, Status.PASSED, ExitCode.OK),
        ({"thresholds": HELD}, Status.PASSED, ExitCode.OK),
        ({"thresholds": MISSED}, Status.FAILED, ExitCode.THRESHOLD_FAILED),
        ({"thresholds": ("end_to_end_latency_p50 < 1s",)}, Status.FAILED, ExitCode.THRESHOLD_FAILED),
        ({"tally": behind(2.0), "thresholds": ("messages > 999",)}, Status.UNTRUSTED, ExitCode.UNTRUSTED),
        ({"tally": Tally(), "failure": "no broker"}, Status.FAILED, ExitCode.RUN_FAILED),
        ({"failure": "no broker", "interrupted": True}, Status.INTERRUPTED, ExitCode.INTERRUPTED),
        ({"tally": Tally(), "interrupted": True}, Status.INTERRUPTED, ExitCode.INTERRUPTED),
    ],
)
def test_status_and_exit_code(changed: dict[str, Any], status: Status, code: ExitCode) -> None:
    result = summary(**changed)
    assert (result.status, exit_code(result)) == (status, code)


def test_a_run_that_sent_nothing_proves_nothing() -> None:
    assert summary(Tally()).distrust == ("no message was due",)
    dropped = Tally()
    count(dropped, Outcome.DROPPED, 3)
    assert summary(dropped).distrust == ("nothing was sent",)


def test_a_message_that_is_unaccounted_for_is_a_reason_for_distrust() -> None:
    unfinished = Tally()
    count(unfinished, Outcome.ACKNOWLEDGED, 2)
    unfinished.due(unfinished_publish())
    assert summary(unfinished).distrust == ("1 of 3 messages are unaccounted for",)


def test_a_generator_that_falls_behind_is_not_trusted() -> None:
    assert summary(behind(0.9)).status is Status.PASSED
    assert summary(behind(0.9), lag_limit=0.5).status is Status.UNTRUSTED
    assert "the generator fell behind" in summary(behind(2.0)).distrust[0]


def test_in_a_closed_loop_nothing_is_behind() -> None:
    assert summary(behind(2.0, lag=2.0), open_loop=False).status is Status.PASSED


def test_a_broker_that_was_away_is_not_the_generators_fault() -> None:
    assert summary(behind(0.001, lag=30.0)).status is Status.PASSED


def test_lag_stands_for_what_nobody_measured() -> None:
    tally = Tally()
    count(tally, Outcome.ACKNOWLEDGED, lag=30.0, latency=31.0)
    assert summary(tally).status is Status.UNTRUSTED


def test_the_json_has_the_fields_that_scripts_rely_on() -> None:
    content = msgspec.json.decode(encode_summary(summary(thresholds=THRESHOLDS)))
    assert content["status"] == "failed"
    assert content["messages"] == {
        "due": 12_000,
        "sent": 11_990,
        "acknowledged": 11_984,
        "received": 0,
        "refused": 1,
        "dropped": 10,
        "lost": 5,
        "late": 1,
        "duplicated": 0,
        "commands": 12,
    }
    assert content["connections"] == {
        "asked": 40,
        "reached": 40,
        "lost": 2,
        "reconnected": 2,
        "unreached": [],
        "denied": [],
    }
    assert content["seconds"] == 60.5
    assert content["messages_per_second"] == pytest.approx(11_984 / 60.5, abs=0.001)
    assert content["latency_ms"]["publish"] == {
        "p50": pytest.approx(4, rel=0.01),
        "p90": pytest.approx(4, rel=0.01),
        "p99": pytest.approx(125, rel=0.01),
        "p999": pytest.approx(125, rel=0.01),
        "max": 125,
    }
    assert set(content["latency_ms"]["end_to_end"].values()) == {None}
    assert content["lag_ms"]["max"] == 500
    assert content["cpu_seconds"] == 12.25
    assert content["peak_rss_bytes"] == 85_000_000
    assert content["transports"] == {"paho": 40}
    assert content["by_kind"]["smart_speaker"] == {
        "due": 2_000,
        "sent": 2_000,
        "acknowledged": 1_999,
        "received": 0,
        "refused": 1,
        "dropped": 0,
        "lost": 0,
        "late": 1,
        "duplicated": 0,
        "events": {"purchase": 1, "utterance": 1_999},
    }
    assert content["thresholds"] == [
        {
            "expression": "publish_latency_p99 < 100ms",
            "value": pytest.approx(125, rel=0.01),
            "held": False,
        },
        {"expression": "delivered_ratio >= 0.9999", "value": 11_984 / 12_000, "held": False},
        {"expression": "end_to_end_latency_p50 < 1s", "value": None, "held": False},
    ]


def test_every_metric_that_a_threshold_may_name_has_a_value() -> None:
    assert metric_values(usual(), CONNECTIONS, 60.0).keys() == METRICS.keys()


def test_what_was_not_measured_has_no_value() -> None:
    values = metric_values(Tally(), Connections(0, 0, 0, 0), 0.0)
    assert {metric for metric, value in values.items() if value is not None} == {"messages"}


def test_ratios_are_shares_of_what_was_due_and_asked() -> None:
    values = metric_values(usual(), UNREACHED, 60.0)
    assert values["delivered_ratio"] == 11_984 / 12_000
    assert values["lost_ratio"] == 5 / 12_000
    assert values["dropped_ratio"] == 10 / 12_000
    assert values["refused_ratio"] == 1 / 12_000
    assert values["late_ratio"] == 1 / 12_000
    assert values["connected_ratio"] == 37 / 40


@given(st.lists(st.tuples(st.sampled_from(Outcome), st.sampled_from(["a", "b"])), max_size=20))
def test_outcomes_add_up_in_total_and_by_kind(fates: list[tuple[Outcome, str]]) -> None:
    tally = Tally()
    for outcome, kind in fates:
        count(tally, outcome, kind=kind)
    result = summary(tally)
    parts: list[Messages | KindMessages] = [result.messages, *result.by_kind.values()]
    for counts in parts:
        ends = (counts.acknowledged, counts.received, counts.refused, counts.dropped, counts.lost)
        assert sum(ends) == counts.due
    assert sum(kind.due for kind in result.by_kind.values()) == result.messages.due
    assert all(sum(kind.events.values()) == kind.due for kind in result.by_kind.values())


def test_a_summary_reads_back_from_its_file(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    written = summary(connections=UNREACHED, thresholds=THRESHOLDS)
    write_summary(folder, written)
    assert read_summary(folder) == written


def test_a_folder_without_a_summary_is_named(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with pytest.raises(RunFailedError, match=r"cannot read .*summary\.json"):
        read_summary(folder)
    folder.summary.write_text("{}")
    with pytest.raises(RunFailedError, match=r"summary\.json is no summary"):
        read_summary(folder)
