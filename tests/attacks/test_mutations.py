"""Packets that are wrong on purpose: none leaves anything at the broker, and only what is meant is wrong."""

from __future__ import annotations

import pytest
from broker_view import CONNECT, PUBLISH, packets

from simulator.attacks.mutations import CORPUS, Means, Mutation
from simulator.core.actions import Connect as Hello
from simulator.core.actions import Will
from simulator.core.seeds import Seeds

TRIES = 300
WILL = Will("fleet/n0/wearable/k0cz0mty6n3w/offline", b'{"device":"k0cz0mty6n3w","event":"offline"}')


@pytest.mark.parametrize("modern", [False, True])
@pytest.mark.parametrize("mutation", CORPUS, ids=lambda mutation: mutation.name)
def test_nothing_of_it_stays_at_the_broker(mutation: Mutation, modern: bool) -> None:
    """No message is to be retained, no will, and no session to be kept."""
    means = Means(
        draws=Seeds(1).draws("corpus"),
        hello=Hello(0.0, "k0cz0mty6n3w", keep_alive=60, clean=True, will=WILL),
        topic="fleet/n0/wearable/k0cz0mty6n3w/heart_rate",
        command="fleet/n0/wearable/k0cz0mty6n3w/command",
        payload=b'{"id":"bd9851ff44821816","device":"k0cz0mty6n3w","seq":3}',
        qos=1,
        packet_id=2,
        modern=modern,
    )
    for _ in range(TRIES):
        for kind, first, body in packets(mutation.make(means)):
            if kind == PUBLISH:
                assert not first & 0x01
            elif kind == CONNECT and (name := body.find(b"MQTT")) >= 0:
                flags = body[name + 5]
                assert flags & 0x22 == 0x02
