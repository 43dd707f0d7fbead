"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browser import Browser
from hypothesis import settings
from prometheus_server import PrometheusServer, scraping

from simulator.broker import EmbeddedBroker, LocalMosquitto

collect_ignore = ["sample_device", "sample_service"]
"""Projects of their own, whose tests run where they are installed; see tests/api/test_sample_projects.py."""

# How long an example takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

WAITING = ("calibration", "run", "controls", "dashboards", "docs", "attacks")
"""Folders of the files that take longest."""


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes share the tests: more than there are cores, for many wait for a broker."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files first that take longest, or one process is left with them at the end."""
    items.sort(key=lambda item: item.path.parent.name not in WAITING)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A real Chromium without a network; one for all pages, since it takes a while to start."""
    with Browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def mosquitto() -> Iterator[LocalMosquitto]:
    """A real Mosquitto on a free loopback port; it must be installed."""
    with LocalMosquitto() as broker:
        yield broker


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    """The embedded broker on free loopback ports."""
    with EmbeddedBroker() as broker:
        yield broker


@pytest.fixture
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], PrometheusServer]]:
    """Start a real Prometheus that scrapes a port of 127.0.0.1; it ends with the test."""
    with ExitStack() as running:

        def start(target: int) -> PrometheusServer:
            folder: Path = tmp_path_factory.mktemp("prometheus")
            return running.enter_context(PrometheusServer(folder, scraping(folder, target)))

        yield start
