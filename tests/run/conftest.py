"""What the tests of whole runs share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.broker import LocalMosquitto

SCENARIO = """\
name: evening
seed: 5
duration: 2h
speed: 3600
world: {households: 12, shops: 1}
devices:
  - {kind: wearable, owners: 0.5}
  - {kind: smart_speaker, per_household: 1.0}
  - {kind: inventory_sensor, per_shop: 12}
"""


@pytest.fixture
def evening(tmp_path: Path) -> Path:
    """A scenario of two hours and some thousand messages, which takes two seconds."""
    path = tmp_path / "evening.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
def mosquitto() -> Iterator[LocalMosquitto]:
    """A real Mosquitto on a free loopback port."""
    with LocalMosquitto() as broker:
        yield broker
