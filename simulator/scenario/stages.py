"""What a scenario says about the stages of its load: a model for each shape."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, SerializeAsAny, ValidationInfo, field_validator, model_validator
from pydantic.config import JsonDict

from simulator.core.options import Options
from simulator.core.stages import Shape, Stage
from simulator.core.units import DAY, Duration, Rate
from simulator.scenario.kinds import ByKey

MOST_RATE = 10_000_000
"""Messages a second."""

_NOTHING: Any = object()

_ABOUT_SOMETHING: JsonDict = {"anyOf": [{"required": ["rate"]}, {"required": ["connected"]}]}


class StageOptions(Options):
    """What every stage says: how long it takes, and a rate, a share of the fleet connected, or both."""

    model_config = ConfigDict(json_schema_extra=_ABOUT_SOMETHING)

    shape: Shape = Field(description="How the load changes: ramp, steady, step, spike or soak.")
    rate: Rate | None = Field(
        default=None,
        ge=0,
        le=MOST_RATE,
        description="Messages a second that the stage is about; the rate stays as it was if left out.",
    )
    connected: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Share of the fleet connected that the stage is about; stays as it was if left out.",
    )
    seconds: Duration = Field(alias="for", gt=0, le=30 * DAY, description="How long it takes, in real time.")

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.rate is None and self.connected is None:
            raise ValueError("give a rate, such as 5000/s, or connected, a share of the fleet such as 0.5")
        return self

    def rates(self) -> Stage:
        """Return the course of the rate."""
        return Stage(self.shape, self.seconds, self.rate)

    def connections(self) -> Stage:
        """Return the course of the share of the fleet that is connected."""
        return Stage(self.shape, self.seconds, self.connected)


class SteadyOptions(StageOptions):
    """The same all the time."""

    shape: Literal[Shape.STEADY]


class SoakOptions(StageOptions):
    """The same for a long time, to find what leaks."""

    shape: Literal[Shape.SOAK]


class _MovingOptions(StageOptions):
    """What stages say that go from one rate to another."""

    model_config = ConfigDict(json_schema_extra={**_ABOUT_SOMETHING, "dependentRequired": {"from": ["rate"]}})

    start: Rate | None = Field(
        default=None,
        alias="from",
        ge=0,
        le=MOST_RATE,
        description="Messages a second at its start; what the stage before ended with if left out.",
    )

    @field_validator("start")
    @classmethod
    def _goes_with_rate(cls, start: float | None, info: ValidationInfo) -> float | None:
        if start is not None and info.data.get("rate", _NOTHING) is None:
            raise ValueError("this is a rate to start from, so the stage needs a rate to go to")
        return start

    def rates(self) -> Stage:
        """Return the course of the rate."""
        return replace(super().rates(), start=self.start)


class RampOptions(_MovingOptions):
    """In a straight line to the rate or share."""

    shape: Literal[Shape.RAMP]


class SpikeOptions(_MovingOptions):
    """In a straight line to the rate or share in the first half, and back in the second."""

    shape: Literal[Shape.SPIKE]


class StepOptions(_MovingOptions):
    """To the rate or share in equal steps of equal length."""

    shape: Literal[Shape.STEP]
    steps: int = Field(default=5, ge=1, le=1000, description="How many steps; the last is the rate or share.")

    def rates(self) -> Stage:
        """Return the course of the rate."""
        return replace(super().rates(), steps=self.steps)

    def connections(self) -> Stage:
        """Return the course of the share of the fleet that is connected."""
        return replace(super().connections(), steps=self.steps)


_MODELS: dict[str, type[StageOptions]] = {
    Shape.RAMP.value: RampOptions,
    Shape.STEADY.value: SteadyOptions,
    Shape.STEP.value: StepOptions,
    Shape.SPIKE.value: SpikeOptions,
    Shape.SOAK.value: SoakOptions,
}


class ByShape(ByKey):
    """Marks a field whose `shape` says which keys a stage has."""

    key: ClassVar[str] = "shape"
    noun = "stage shape"

    def names(self) -> tuple[str, ...]:
        """Return the shapes."""
        return tuple(_MODELS)

    def options(self, name: object) -> type[Options] | None:
        """Return the model of a shape, or None if there is no such shape."""
        return _MODELS.get(name) if isinstance(name, str) else None


StageEntry = Annotated[SerializeAsAny[StageOptions], ByShape()]
"""One stage, with the keys of its shape."""
