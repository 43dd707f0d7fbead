"""Brokers that a test starts, and fleets that find their way to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import Fleetsim, UsageError
from simulator.broker.child import listening

STREET = {
    "name": "street",
    "duration": "10m",
    "world": {"households": 3, "shops": 0},
    "devices": [{"kind": "smart_speaker", "per_household": 1.0}],
}


@pytest.fixture
def fleets(tmp_path: Path) -> Iterator[Fleetsim]:
    with Fleetsim(tmp_path / "runs", seed=5) as made:
        yield made


@pytest.mark.parametrize("version", ["3.1.1", 5])
def test_a_fleet_goes_to_the_broker_that_the_test_has_started(fleets: Fleetsim, version: object) -> None:
    broker = fleets.broker()
    assert fleets.broker() is broker
    run = fleets.run(STREET, speed="max", changes={"mqtt.version": version})
    assert run.passed
    port = broker.port_mqtt5 if version == 5 else broker.port
    assert run.summary.broker == f"broker at {broker.host}:{port}"
    assert run.summary.seed == 5
    assert broker.url == f"mqtt://127.0.0.1:{broker.port}"


def test_without_one_a_run_brings_its_own_and_each_has_a_folder(fleets: Fleetsim, tmp_path: Path) -> None:
    runs = [fleets.run(STREET, speed="max", seed=seed) for seed in (1, 1)]
    assert [run.folder for run in runs] == [tmp_path / "runs" / name for name in ("street-1", "street-2")]
    assert fleets.runs == runs
    first, second = ([row.id for row in run.messages] for run in runs)
    assert first == second
    assert "embedded broker" in runs[0].summary.broker


def test_of_several_brokers_a_run_says_which(fleets: Fleetsim) -> None:
    embedded, mosquitto = fleets.broker("embedded"), fleets.broker("mosquitto")
    with pytest.raises(UsageError, match="several brokers run; say broker='embedded' or broker='mosquitto'"):
        fleets.run(STREET)
    for named in ("mosquitto", mosquitto):
        run = fleets.run(STREET, broker=named, speed="max")
        assert run.summary.broker == f"broker at 127.0.0.1:{mosquitto.port}"
    fleets.close()
    assert not any(listening(broker.port) for broker in (embedded, mosquitto))


def test_a_broker_that_there_is_not_is_told(fleets: Fleetsim) -> None:
    with pytest.raises(UsageError, match="no broker is called 'mosquito'; did you mean 'mosquitto'"):
        fleets.broker("mosquito")  # type: ignore[arg-type]
