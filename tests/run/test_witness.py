"""The run's own subscriber: latency from the due time, and what went missing, twice or astray."""

from __future__ import annotations

import pytest

from simulator.core.actions import Publish
from simulator.core.records import Delivered, Outcome
from simulator.core.topics import topic_filter
from simulator.metrics import Witnessed
from simulator.witness import Witness, topic_filters

TEMPLATE = "fleet/{neighbourhood}/{kind}/{device}/{event}"


def publish(identifier: str, device: str = "watch") -> Publish:
    return Publish(0.0, device, identifier, "wearable", "pulse", "topic", b"", 1)


class Watch:
    """A witness that identifies a message by its whole payload, and the latencies it has recorded."""

    def __init__(self, share: float = 1.0) -> None:
        self.latencies: list[float] = []
        self.witness = Witness(share, lambda payload: payload.decode() or None, self.latencies.append)

    def expect(self, *ids: str, device: str = "watch", due: float = 0.0) -> None:
        for identifier in ids:
            self.witness.expect(publish(identifier, device), due)

    def receive(self, *ids: str, now: float = 1.0) -> None:
        for identifier in ids:
            self.witness.receive(identifier.encode(), now)

    def end(self, identifier: str, outcome: Outcome) -> Outcome | None:
        """Return what the witness makes of an outcome."""
        judged = self.witness.judge(publish(identifier), Delivered(identifier, 0.0, 0.0, None, outcome))
        return None if judged is None else judged.outcome

    @property
    def seen(self) -> Witnessed:
        return self.witness.witnessed()


def test_latency_counts_from_the_due_time() -> None:
    watch = Watch()
    watch.expect("a", due=2.0)
    watch.receive("a", now=2.5)
    assert watch.latencies == [0.5]
    assert watch.seen == Witnessed(expected=1, received=1)


def test_what_does_not_arrive_is_missing() -> None:
    watch = Watch()
    watch.expect("a", "b", "c")
    watch.receive("a", "c")
    assert watch.seen == Witnessed(expected=3, received=2, missing=1)


def test_what_failed_on_its_way_to_the_broker_is_not_missed() -> None:
    watch = Watch()
    watch.expect("a", "b")
    for identifier, outcome in (("a", Outcome.DROPPED), ("b", Outcome.ACKNOWLEDGED)):
        assert watch.end(identifier, outcome) is outcome
    assert watch.seen == Witnessed(expected=2, missing=1)


def test_what_had_no_answer_and_was_seen_is_received() -> None:
    watch = Watch()
    watch.expect("a")
    watch.receive("a")
    assert watch.end("a", Outcome.LOST) is Outcome.RECEIVED


def test_what_had_no_answer_is_lost_only_when_nothing_more_can_come() -> None:
    watch = Watch()
    watch.expect("late", "never")
    assert watch.end("late", Outcome.LOST) is watch.end("never", Outcome.LOST) is None
    [(late, received)] = watch.witness.receive(b"late", 1.0)
    assert (late.id, received.outcome) == ("late", Outcome.RECEIVED)
    [(never, lost)] = watch.witness.give_up()
    assert (never.id, lost.outcome) == ("never", Outcome.LOST)
    assert watch.seen == Witnessed(expected=2, received=1)


def test_of_a_device_that_it_does_not_watch_it_knows_nothing() -> None:
    assert Watch(share=0.0).end("a", Outcome.LOST) is Outcome.LOST


def test_a_second_copy_is_a_duplicate_and_a_stranger_is_nothing() -> None:
    watch = Watch()
    watch.expect("a")
    watch.receive("a", "a", "stranger", "")
    assert watch.seen == Witnessed(expected=1, received=1, duplicated=1)


@pytest.mark.parametrize("received_between", [True, False])
def test_a_message_that_is_sent_twice_is_expected_once(received_between: bool) -> None:
    watch = Watch()
    watch.expect("a")
    if received_between:
        watch.receive("a")
    watch.expect("a")
    watch.receive(*("a" for _ in range(1 if received_between else 2)))
    assert watch.seen == Witnessed(expected=1, received=1, duplicated=1)


def test_order_is_each_devices_own() -> None:
    watch = Watch()
    watch.expect("a1", "a2", "a3", device="a")
    watch.expect("b1", device="b")
    watch.receive("a1", "a3", "b1", "a2")
    assert watch.seen == Witnessed(expected=4, received=4, reordered=1)


def test_a_sample_is_of_devices_and_depends_on_their_ids_alone() -> None:
    devices = [f"device{number}" for number in range(1000)]
    some = Watch(0.25).witness
    watched = list(filter(some.watches, devices))
    assert 200 < len(watched) < 300
    assert watched == [device for device in devices if Watch(0.25).witness.watches(device)]
    assert set(watched) <= set(filter(Watch(0.5).witness.watches, devices))
    unwatched = next(device for device in devices if device not in watched)
    watch = Watch(0.25)
    watch.expect("a", device=unwatched)
    assert watch.seen == Witnessed()


@pytest.mark.parametrize(
    ("template", "known", "found"),
    [
        (TEMPLATE, {"device": "w7"}, "fleet/+/+/w7/+"),
        (TEMPLATE, {"neighbourhood": "n3"}, "fleet/n3/+/+/+"),
        ("{device}-{event}/x", {"device": "w7"}, "+/x"),
        ("plain/{device}/{event}", {}, "plain/+/+"),
    ],
)
def test_a_filter_names_what_is_known_and_leaves_the_rest_open(
    template: str, known: dict[str, str], found: str
) -> None:
    assert topic_filter(template, known) == found


def test_all_devices_are_watched_by_neighbourhood_and_some_by_name() -> None:
    everything = topic_filters(TEMPLATE, Watch(1.0).witness, 1.0, ["n0", "n2"], ["a", "b"])
    assert list(everything) == ["fleet/n0/+/+/+", "fleet/n2/+/+/+"]
    some = Watch(0.5).witness
    devices = [f"device{number}" for number in range(20)]
    named = list(topic_filters(TEMPLATE, some, 0.5, ["n0"], devices))
    assert named == [f"fleet/+/+/{device}/+" for device in devices if some.watches(device)]
