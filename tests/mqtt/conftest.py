"""Deliveries on a real broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from watched import Watched

from simulator.core.endpoint import Endpoint
from simulator.mqtt import DeliveryOptions, Transport


@pytest.fixture(params=[Transport.FAST, Transport.PAHO])
def deliver(request: pytest.FixtureRequest) -> Iterator[Callable[..., Watched]]:
    """Make deliveries over one transport, which end with the test."""
    made: list[Watched] = []

    def make(endpoint: Endpoint, **options: Any) -> Watched:
        made.append(Watched(endpoint, DeliveryOptions(transport=request.param, **options)))
        return made[-1]

    yield make
    for watched in made:
        watched.delivery.abort()
