"""``fleetsim provision``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.broker.credentials import Credentials
from simulator.fleet import Fleet
from simulator.provision import identities
from simulator.scenario import load_scenario

SCENARIO = """\
name: street
world: {households: 6, shops: 2, households_per_neighbourhood: 3}
devices:
  - {kind: wearable, owners: 0.5}
  - {kind: smart_speaker, per_household: 1.0}
  - {kind: inventory_sensor, per_shop: 3}
"""

Provision = Callable[..., Any]


@pytest.fixture
def provision(fleetsim: Any, tmp_path: Path) -> Provision:
    """Runs the command for a small scenario and the folder ``credentials``."""
    scenario = tmp_path / "street.yaml"
    scenario.write_text(SCENARIO)

    def run(*arguments: str) -> Any:
        return fleetsim("provision", str(scenario), "-o", str(tmp_path / "credentials"), *arguments)

    return run


def test_every_device_of_the_scenario_gets_credentials(provision: Provision, tmp_path: Path) -> None:
    ended = provision("--for", "mosquitto")
    assert (ended.code, ended.err) == (0, "")
    fleet = Fleet(load_scenario(tmp_path / "street.yaml"))
    credentials = Credentials.open(tmp_path / "credentials")
    assert credentials.devices == {*fleet.devices}
    configuration = tmp_path / "credentials" / "mosquitto" / "mosquitto.conf"
    count = len(fleet.devices)
    made = (
        f"{count} devices have credentials in {tmp_path / 'credentials'} ({count + 3} certificates are new)"
    )
    assert ended.out.splitlines() == [made, f"the broker's configuration is {configuration}"]
    assert configuration.exists()


def test_identities_are_those_of_the_fleet_a_neighbourhood_at_a_time(
    provision: Provision, tmp_path: Path
) -> None:
    scenario = load_scenario(tmp_path / "street.yaml")
    found = {identity.device: identity for identity in identities(scenario)}
    assert {device: identity.kind for device, identity in found.items()} == Fleet(scenario).devices
    assert {identity.neighbourhood for identity in found.values()} == {"n0", "n1"}


def test_a_second_call_adds_what_a_larger_scenario_needs(provision: Provision) -> None:
    provision("--for", "mosquitto")
    assert "(0 certificates are new)" in provision("--for", "mosquitto").out
    ended = provision("--for", "emqx", "--set", "devices.1.per_household=2")
    assert "(6 certificates are new)" in ended.out
    assert "emqx.conf" in ended.out


def test_a_device_is_locked_out(provision: Provision, tmp_path: Path) -> None:
    device = min(Fleet(load_scenario(tmp_path / "street.yaml")).devices)
    assert f"locked out: {device}\n" in provision("--for", "mosquitto", "--revoke", device).out
    assert f"locked out: {device}\n" in provision("--for", "mosquitto").out


@pytest.mark.parametrize("port", ["tls", "tls=", "tls=0", "tls=70000", "quic=14567", "=1", "tls=x"])
def test_a_port_that_is_none(provision: Provision, port: str) -> None:
    ended = provision("--for", "mosquitto", "--port", port)
    assert ended.code == 2
    assert "write one of tcp, tls, mtls, ws, wss and its port, such as tls=8883" in " ".join(
        ended.err.split()
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing option '--for'"),
        (["--for", "nanomq"], "'nanomq' is not one of 'mosquitto', 'emqx'"),
        (["--for", "mosquitto", "--revoke", "nobody"], "no device of this fleet is called 'nobody'"),
        (["--for", "mosquitto", "--set", "mqtt.topic=x/{device}{event}"], "needs a level for it"),
        (["--for", "mosquitto", "--set", "seeed=1"], "did you mean 'seed'?"),
        (["--for", "mosquitto", "--set", "mqtt.keep_alive=2h"], "grants no more than 1h"),
    ],
)
def test_what_cannot_be_provisioned(
    provision: Provision, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ended = provision(*arguments)
    assert ended.code == 2
    assert said in ended.err
    assert not (tmp_path / "credentials").exists()
