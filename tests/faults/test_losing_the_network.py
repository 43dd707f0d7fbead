"""Coverage, half-open connections and slow consumers: the socket stands, and what it carries waits."""

from __future__ import annotations

from troubled import HOUR, ids, stream

from simulator.core.actions import Freeze, Subscribe, Thaw

LOSS = {"kind": "coverage_loss", "at": "1h", "share": 0.5, "for": "40m"}
BACK = HOUR + 2400


def test_out_of_coverage_nothing_passes_and_nobody_says_goodbye() -> None:
    lost = stream(LOSS)
    assert len(lost.befallen) > 15
    for device in lost.befallen:
        assert lost.did(device)[2:] == [Freeze(HOUR, device), Thaw(BACK, device)]
        assert not [m for m in lost.sent(device) if HOUR <= m.publish.at < BACK]


def test_all_that_was_stored_comes_in_one_burst_with_its_own_event_times() -> None:
    lost, calm = stream(LOSS), stream()
    befallen = tuple(lost.befallen)
    assert sorted(ids(lost.sent(*befallen))) == sorted(ids(calm.sent(*befallen)))
    undisturbed = {message.publish.id: message for message in calm.sent(*befallen)}
    burst = [message for message in lost.sent(*befallen) if message.truth.fault]
    assert len(burst) > 50
    for message in burst:
        before = undisturbed[message.publish.id]
        assert message.truth.fault == "coverage_loss-0"
        assert HOUR <= before.publish.at < BACK
        assert message.publish.at == message.truth.at == BACK
        assert message.publish.payload == before.publish.payload
        assert message.truth.observed == before.truth.observed


def test_what_was_stored_is_sent_in_the_order_in_which_it_was_observed() -> None:
    lost = stream(LOSS)
    for device in lost.befallen:
        numbers = [message.payload["seq"] for message in lost.sent(device)]
        assert numbers == list(range(len(numbers)))


def test_on_a_half_open_connection_the_device_goes_on_as_if_nothing_were_wrong() -> None:
    half_open, calm = stream({"kind": "half_open", "at": "1h", "share": 0.5}), stream()
    befallen = tuple(half_open.befallen)
    for device in befallen:
        assert half_open.did(device)[2:] == [Freeze(HOUR, device), Thaw(HOUR + 600, device)]
    assert [m.publish for m in half_open.sent(*befallen)] == [m.publish for m in calm.sent(*befallen)]
    for message in half_open.sent(*befallen):
        meanwhile = HOUR <= message.publish.at < HOUR + 600
        assert message.truth.fault == ("half_open-0" if meanwhile else None)


def test_a_slow_consumer_reads_nothing_and_goes_on_sending() -> None:
    slow = stream(
        {"kind": "slow_consumer", "at": "1h", "for": "30m", "devices": 4, "subscribe": "fleet/n0/#"}
    )
    for device in slow.befallen:
        assert slow.did(device)[2:] == [
            Subscribe(HOUR, device, "fleet/n0/#", 1),
            Freeze(HOUR, device, writing=True),
            Thaw(HOUR + 1800, device),
        ]
        for message in slow.sent(device):
            meanwhile = HOUR <= message.publish.at < HOUR + 1800
            assert message.truth.fault == ("slow_consumer-0" if meanwhile else None)
