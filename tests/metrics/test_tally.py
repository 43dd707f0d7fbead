from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.actions import Publish
from simulator.core.records import Delivered, Outcome
from simulator.metrics import Counts, Slowest, Tally


def message(kind: str = "wearable", event: str = "heart_rate", qos: int = 1) -> Publish:
    return Publish(0.0, "d1", "m1", kind, event, f"fleet/n0/{kind}/d1/{event}", b"{}", qos)


def acknowledged(due: float = 1.0, sent: float = 1.0, acked: float = 1.25, attempts: int = 1) -> Delivered:
    return Delivered("m1", due, sent, acked, Outcome.ACKNOWLEDGED, attempts=attempts)


def failed(outcome: Outcome, sent: float | None = None) -> Delivered:
    return Delivered("m1", 1.0, sent, None, outcome)


def test_an_acknowledged_message_leaves_its_latency_and_its_lag() -> None:
    tally = Tally()
    tally.due(message())
    tally.finished(message(), acknowledged(due=1.0, sent=1.0625, acked=1.25))
    assert tally.totals() == Counts(due=1, sent=1, acknowledged=1)
    assert (tally.publish_latency.total, tally.lag.total) == (0.25, 0.0625)


@pytest.mark.parametrize(
    ("outcome", "sent", "counts"),
    [
        (Outcome.REFUSED, 1.0, Counts(due=1, sent=1, refused=1)),
        (Outcome.LOST, 1.0, Counts(due=1, sent=1, lost=1)),
        (Outcome.DROPPED, None, Counts(due=1, dropped=1)),
    ],
)
def test_a_message_that_failed_has_no_latency(outcome: Outcome, sent: float | None, counts: Counts) -> None:
    tally = Tally()
    tally.due(message())
    tally.finished(message(), failed(outcome, sent))
    assert tally.totals() == counts
    assert tally.publish_latency.count == 0
    assert tally.lag.count == (0 if sent is None else 1)


def test_late_is_what_was_sent_too_long_after_it_was_due() -> None:
    tally = Tally(late_after=0.5)
    for sent in (1.0, 1.5, 1.75):
        tally.finished(message(), acknowledged(due=1.0, sent=sent, acked=2.0))
    assert tally.totals().late == 1


def test_duplicated_is_what_was_sent_more_than_once() -> None:
    tally = Tally()
    tally.finished(message(), acknowledged(attempts=1))
    tally.finished(message(), acknowledged(attempts=3))
    assert tally.totals().duplicated == 1


def test_only_the_generator_is_to_blame_for_being_behind() -> None:
    tally = Tally()
    tally.due(message(), behind=0.125)
    tally.due(message())
    assert (tally.behind.count, tally.behind.total, tally.lag.count) == (1, 0.125, 0)


def test_counts_by_kind_event_and_qos() -> None:
    tally = Tally()
    tally.due(message("wearable", "heart_rate", qos=0))
    tally.due(message("wearable", "steps", qos=1))
    tally.due(message("smart_speaker", "utterance", qos=1))
    tally.finished(message("wearable", "steps", qos=1), failed(Outcome.DROPPED))
    assert tally.by_kind() == {"wearable": Counts(due=2, dropped=1), "smart_speaker": Counts(due=1)}
    assert tally.by_event() == {
        ("wearable", "heart_rate"): Counts(due=1),
        ("wearable", "steps"): Counts(due=1, dropped=1),
        ("smart_speaker", "utterance"): Counts(due=1),
    }
    assert tally.by_qos() == {
        ("wearable", 0): Counts(due=1),
        ("wearable", 1): Counts(due=1, dropped=1),
        ("smart_speaker", 1): Counts(due=1),
    }


def test_an_empty_tally_counts_nothing() -> None:
    assert Tally().totals() == Counts()
    assert Tally().by_kind() == {}


events = st.lists(
    st.tuples(
        st.sampled_from(["wearable", "smart_speaker"]),
        st.integers(0, 2),
        st.sampled_from(Outcome),
        st.floats(0, 2),
    ),
    max_size=30,
)


def tally_of(fates: list[tuple[str, int, Outcome, float]]) -> Tally:
    tally = Tally()
    for kind, qos, outcome, lag in fates:
        publish = message(kind, qos=qos)
        tally.due(publish, behind=lag)
        sent = None if outcome is Outcome.DROPPED else 1.0 + lag
        acked = 5.0 if outcome is Outcome.ACKNOWLEDGED else None
        tally.finished(publish, Delivered("m", 1.0, sent, acked, outcome))
        tally.commands += 1
    return tally


@given(events)
def test_outcomes_add_up_to_the_messages_due(fates: list[tuple[str, int, Outcome, float]]) -> None:
    totals = tally_of(fates).totals()
    assert totals.finished == totals.due == len(fates)
    assert sum(totals.outcome(outcome) for outcome in Outcome) == totals.due
    assert totals.sent == totals.due - totals.dropped
    assert sum(counts.due for counts in tally_of(fates).by_kind().values()) == totals.due


@given(events, events)
def test_shards_add_up_to_the_run(
    one: list[tuple[str, int, Outcome, float]], other: list[tuple[str, int, Outcome, float]]
) -> None:
    merged = Tally.unpack(tally_of(one).pack())
    merged.merge(Tally.unpack(tally_of(other).pack()))
    whole = tally_of(one + other)
    assert merged.by_qos() == whole.by_qos()
    assert merged.commands == whole.commands
    assert merged.publish_latency.count == whole.publish_latency.count
    assert merged.lag.max == whole.lag.max
    assert merged.behind.percentile(90) == whole.behind.percentile(90)


def test_a_copy_does_not_change_with_the_original() -> None:
    tally = tally_of([("wearable", 1, Outcome.ACKNOWLEDGED, 0.0)])
    copy = tally.copy()
    tally.finished(message(), acknowledged())
    assert copy.totals() == Counts(due=1, sent=1, acknowledged=1)
    assert copy.publish_latency.count == 1


def test_the_slowest_message_since_one_looks_anew_is_an_example() -> None:
    tally = Tally()
    for number, acked in enumerate((1.5, 4.0, 2.0)):
        tally.finished(message(), Delivered(f"m{number}", 1.0, 1.0, acked, Outcome.ACKNOWLEDGED))
    assert tally.slowest == Slowest("m1", 3.0)
    tally.look_anew()
    assert tally.slowest == Slowest("m1", 3.0), "it stays until there is another"
    tally.finished(message(), Delivered("m3", 1.0, 1.0, 1.25, Outcome.ACKNOWLEDGED))
    assert tally.slowest == Slowest("m3", 0.25)


def test_of_the_examples_of_shards_the_slowest_remains() -> None:
    one, other = Tally(), Tally()
    one.finished(message(), Delivered("fast", 1.0, 1.0, 1.5, Outcome.ACKNOWLEDGED))
    other.finished(message(), Delivered("slow", 1.0, 1.0, 2.5, Outcome.ACKNOWLEDGED))
    one.merge(Tally.unpack(other.pack()))
    assert one.slowest == Slowest("slow", 1.5)
