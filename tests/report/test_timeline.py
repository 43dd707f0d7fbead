"""The timeline of a run: small, whole rows, and nothing in it is lost when stretches become longer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from summaries import count

from simulator.core.records import Outcome
from simulator.metrics import Histogram, Snapshot, Tally
from simulator.report import Stretch, Timeline, read_timeline
from simulator.report.timeline import MOST_STRETCHES
from simulator.truth import RunFolder


def folder_at(path: Path) -> RunFolder:
    return RunFolder.create(path)


def course(folder: RunFolder, seconds: int, every: float = 0.5) -> list[Stretch]:
    """Let a run go on for some seconds, one message a report; return what was kept."""
    tally = Tally()
    with Timeline(folder) as timeline:
        for number in range(1, int(seconds / every) + 1):
            count(tally, Outcome.ACKNOWLEDGED if number % 10 else Outcome.LOST, latency=number / 1000)
            timeline.note(number * every, Snapshot(tally=tally, simulated_seconds=number * every * 60))
        timeline.finish(seconds + 0.25, Snapshot(tally=tally, simulated_seconds=seconds * 60))
    return read_timeline(folder)


def test_each_second_of_a_short_run_is_a_row(tmp_path: Path) -> None:
    stretches = course(folder_at(tmp_path), 5)
    assert [(each.at, each.due) for each in stretches] == [(1, 2), (2, 2), (3, 2), (4, 2), (5, 2), (5.25, 0)]
    first, *_ = stretches
    assert (first.start, first.simulated, first.rate(first.due)) == (0.0, 60.0, 2.0)
    assert first.publish.max == pytest.approx(2.0, rel=0.01)
    assert first.end_to_end.max is None


@pytest.mark.parametrize("seconds", [MOST_STRETCHES, 1_000, 1_237])
def test_a_long_run_has_longer_stretches_and_as_many_messages(tmp_path: Path, seconds: int) -> None:
    stretches = course(folder_at(tmp_path), seconds)
    assert MOST_STRETCHES / 2 <= len(stretches) <= MOST_STRETCHES
    assert sum(each.due for each in stretches) == seconds * 2
    assert sum(each.delivered + each.lost for each in stretches) == seconds * 2
    assert all(each.kinds.get("wearable", 0) == each.delivered for each in stretches)
    for former, later in pairwise(stretches):
        assert later.start == pytest.approx(former.at, abs=0.002)
    assert stretches[-1].at == seconds + 0.25


def test_percentiles_of_a_long_stretch_are_those_of_all_its_messages(tmp_path: Path) -> None:
    stretches = course(folder_at(tmp_path), MOST_STRETCHES + 1)
    first = stretches[0]
    assert first.seconds == 2.0
    assert first.due == 4
    assert (first.publish.p50, first.publish.max) == (pytest.approx(2, rel=0.01), pytest.approx(4, rel=0.01))


def test_what_a_killed_run_leaves_is_read_but_for_half_a_row(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    whole = course(folder, 5)
    folder.timeline.write_bytes(folder.timeline.read_bytes()[:-7])
    assert read_timeline(folder) == whole[:-1]


def test_rows_are_there_while_the_run_goes_on(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    with Timeline(folder) as timeline:
        for second in range(1, 4):
            timeline.note(float(second), Snapshot(connections={"connected": second}))
            assert [each.connections["connected"] for each in read_timeline(folder)][-1] == second


def test_an_end_within_a_millisecond_of_a_report_has_a_row_of_its_own(tmp_path: Path) -> None:
    folder, tally = folder_at(tmp_path), Tally()
    with Timeline(folder) as timeline:
        timeline.note(1.0002, Snapshot(tally=tally))
        count(tally, Outcome.ACKNOWLEDGED)
        timeline.finish(1.0004, Snapshot(tally=tally))
    assert [(each.at, each.due) for each in read_timeline(folder)] == [(1.0, 0), (1.001, 1)]


def test_a_run_without_a_timeline_has_no_stretches(tmp_path: Path) -> None:
    assert read_timeline(folder_at(tmp_path)) == []


def test_counts_that_are_put_right_later_make_no_negative_stretch(tmp_path: Path) -> None:
    many, few = Tally(), Tally()
    count(many, Outcome.ACKNOWLEDGED, 10)
    count(few, Outcome.LOST, 8)
    folder = folder_at(tmp_path)
    with Timeline(folder) as timeline:
        timeline.note(1.0, Snapshot(tally=many))
        timeline.finish(2.0, Snapshot(tally=few))
    _, last = read_timeline(folder)
    assert (last.due, last.delivered, last.lost, last.kinds) == (0, 0, 8, {})


@given(st.lists(st.floats(1e-6, 900)), st.lists(st.floats(1e-6, 600), min_size=1))
def test_durations_since_a_moment_are_those_recorded_after_it(
    before: list[float], after: list[float]
) -> None:
    histogram, alone = Histogram(), Histogram()
    for seconds in before:
        histogram.record(seconds)
    earlier = Histogram()
    earlier.merge(histogram)
    for seconds in after:
        histogram.record(seconds)
        alone.record(seconds)
    new = histogram.since(earlier)
    assert new.count == len(after)
    assert new.percentile(50) == pytest.approx(alone.percentile(50), rel=0.011)
    assert new.max == pytest.approx(max(after), rel=0.011)
