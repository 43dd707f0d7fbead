"""The pytest plugin: the fixture ``fleetsim``, its options, and what is shown when a test with it fails.

pytest imports this at every start, so what takes long is imported when a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.harness import Fleetsim

if TYPE_CHECKING:
    from pluggy import Result

_BROKERS = ("embedded", "mosquitto")
_KEY = pytest.StashKey[Fleetsim]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, each also as a setting of the configuration file."""
    group = parser.getgroup("fleetsim", "simulated fleets")
    group.addoption(
        "--fleetsim-seed",
        type=int,
        metavar="N",
        help="Seed of every fleet for which a test names none; that of its scenario if left out.",
    )
    group.addoption(
        "--fleetsim-broker",
        choices=_BROKERS,
        help="Broker of the tests that name none; embedded if left out.",
    )
    parser.addini("fleetsim_seed", "The same as --fleetsim-seed.")
    parser.addini("fleetsim_broker", "The same as --fleetsim-broker.")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Return the line that says which fleets the tests use, if that is not as usual."""
    told = {"seed": _seed(config), "broker": _broker(config)}
    given = [f"{name} {value}" for name, value in told.items() if value is not None]
    return f"fleetsim: {', '.join(given)}" if given else None


@pytest.fixture
def fleetsim(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fleetsim]:
    """Brokers, and fleets that run against them: ``broker()``, ``run(scenario)`` and ``generate(scenario)``.

    Brokers end with the test. Runs leave their folders in the test's `tmp_path`.
    """
    with Fleetsim(
        tmp_path / "fleetsim",
        place=request.path.parent,
        seed=_seed(request.config),
        kind=_broker(request.config),
    ) as made:
        request.node.stash[_KEY] = made
        yield made


@pytest.hookimpl(hookwrapper=True)  # which older versions of pytest know, too
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Result[pytest.TestReport], None]:
    """Add to the report of a failed test how its runs went, with evidence and folder."""
    outcome = yield
    report = outcome.get_result()
    made = item.stash.get(_KEY, None)
    if made is not None and report.failed and made.runs:
        report.sections.append(("fleetsim", made.explain()))


def _seed(config: pytest.Config) -> int | None:
    given: int | None = config.getoption("fleetsim_seed")
    written = config.getini("fleetsim_seed")
    if given is not None or not written:
        return given
    try:
        return int(written)
    except ValueError:
        raise pytest.UsageError(f"fleetsim_seed must be a whole number, not {written!r}") from None


def _broker(config: pytest.Config) -> str | None:
    named: str = config.getoption("fleetsim_broker") or config.getini("fleetsim_broker")
    if named and named not in _BROKERS:
        raise pytest.UsageError(f"fleetsim_broker must be {' or '.join(_BROKERS)}, not {named!r}")
    return named or None
