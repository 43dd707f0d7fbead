"""Deliveries on a real broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from watched import Watched

from simulator.core.endpoint import Endpoint
from simulator.mqtt import DeliveryOptions


@pytest.fixture
def deliver() -> Iterator[Callable[..., Watched]]:
    """Make deliveries, which end with the test."""
    made: list[Watched] = []

    def make(endpoint: Endpoint, **options: Any) -> Watched:
        made.append(Watched(endpoint, DeliveryOptions(**options)))
        return made[-1]

    yield make
    for watched in made:
        watched.delivery.abort()
