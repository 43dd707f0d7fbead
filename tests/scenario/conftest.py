"""A made-up device family, which shows that the loader knows no family by name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Literal, Protocol

import pytest
from pydantic import Field

from simulator.core import plugins
from simulator.core.errors import RunFailedError, ScenarioError
from simulator.core.options import DeviceOptions
from simulator.core.units import Duration
from simulator.scenario import load_scenario


class Mode(StrEnum):
    HEAT = "heat"
    COOL = "cool"


class ThermostatOptions(DeviceOptions):
    kind: str = "thermostat"
    owners: float = Field(default=0.5, ge=0, le=1)
    interval: Annotated[Duration, Field(ge=1.0, le=3600.0)] = 60.0
    nap: Annotated[Duration, Field(gt=0)] | None = None
    mode: Mode = Mode.HEAT
    zones: int | Literal["auto"] = "auto"


class DoorbellOptions(DeviceOptions):
    kind: str = "doorbell"
    rings: int = Field(ge=1)


INSTALLED = {
    "simulator.devices": {"thermostat": ThermostatOptions, "doorbell": DoorbellOptions, "broken": None},
    "simulator.payloads": {"json": None, "cbor": None},
}


@pytest.fixture
def made_up_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs the made-up families in place of the real ones."""

    def load(group: str, kind: str) -> SimpleNamespace:
        options = INSTALLED[group][kind]
        if kind == "broken":
            raise RunFailedError("device 'broken' cannot be loaded: no module named 'gpu'")
        return SimpleNamespace(options=options, summary=f"A {kind}.")

    monkeypatch.setattr(plugins, "kinds", lambda group: tuple(INSTALLED.get(group, ())))
    monkeypatch.setattr(plugins, "load", load)


class Complain(Protocol):
    def __call__(self, text: str, **overrides: str) -> list[str]: ...


@pytest.fixture
def complaints(made_up_families: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Complain:
    """Returns a function that loads a scenario's text as home.yaml and returns what was wrong with it."""
    monkeypatch.chdir(tmp_path)

    def complain(text: str, **overrides: str) -> list[str]:
        Path("home.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load_scenario("home.yaml", {path.replace("__", "."): value for path, value in overrides.items()})
        return [str(problem) for problem in caught.value.problems]

    return complain
