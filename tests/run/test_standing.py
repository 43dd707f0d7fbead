from __future__ import annotations

from simulator.core.records import Expectation
from simulator.metrics import Town, Truths, Underway
from simulator.mqtt import ConnectionCounts, SessionState
from simulator.standing import Standing


def shard(connected: int) -> Standing:
    truths = Truths()
    truths.expected[Expectation.DROP] = connected
    standing = Standing(
        truths=truths,
        town=Town(people=connected),
        underway=Underway({"replay": frozenset({"replay-0"})}, {}, {"radio": connected}),
        outsiders=ConnectionCounts(asked=5, reached=3, lost=2, now_connected=1),
    )
    standing.states[SessionState.CONNECTED] = connected
    return standing


def test_shards_add_up_to_what_metrics_show() -> None:
    snapshot = Standing.together([shard(2), shard(3)]).snapshot(elapsed=4.0)
    assert snapshot.elapsed == 4.0
    assert snapshot.truths.expected == {Expectation.DROP: 5}
    assert snapshot.town.people == 5
    assert snapshot.underway.campaigns == {"replay": {"replay-0"}}, "it is one attack on both"
    assert snapshot.underway.befallen == {"radio": 5}
    assert (snapshot.outsiders.connected, snapshot.outsiders.asked, snapshot.outsiders.lost) == (2, 10, 4)


def test_connections_are_shown_in_every_state_that_there_is() -> None:
    connections = shard(2).snapshot().connections
    assert connections["connected"] == 2
    assert connections.keys() == {state.value for state in SessionState}
