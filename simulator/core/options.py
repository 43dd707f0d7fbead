"""Base of every options model: frozen, strict about unknown keys."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from simulator.core import plugins
from simulator.core.nearest import suggestion
from simulator.core.units import DAY, MINUTE, Duration

LONGEST = 366 * DAY
"""Seconds; the longest scenario."""


class Options(BaseModel):
    """A part of a scenario. Unknown keys are errors; a validated model never changes."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        serialize_by_alias=True,  # what is written must be readable again; aliases are Python's own words
    )

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_not_one(cls, value: object, info: ValidationInfo) -> object:
        # Python and pydantic count True as 1; in a scenario it is a mistake.
        if isinstance(value, bool) and info.field_name:
            types = _types(cls.model_fields[info.field_name].annotation)
            if bool not in types and types & {int, float}:
                raise PydanticCustomError("bool_for_number", "a number is needed, not true or false")
        return value


def _types(annotation: Any) -> set[Any]:
    return {annotation}.union(*map(_types, get_args(annotation))) if get_args(annotation) else {annotation}


def _known_format(name: str) -> str:
    formats = plugins.kinds("simulator.payloads")
    if name not in formats:
        raise ValueError(f"no payload format is called {name!r}; {suggestion(name, formats)}")
    return name


class _FormatNames:
    """Puts the names of the installed payload formats into the JSON Schema."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"enum": list(plugins.kinds("simulator.payloads"))}


PayloadName = Annotated[str, AfterValidator(_known_format), _FormatNames()]
"""The name of an installed payload format."""


class DeviceOptions(Options):
    """What every device kind can be told; a family's own options build on it."""

    kind: str = Field(description="Which device family; `fleetsim list devices` names them.")
    qos: Annotated[int, Field(ge=0, le=2)] | None = Field(
        default=None, description="QoS of this kind's messages; the fleet's `mqtt.qos` if left out."
    )
    payload: PayloadName | None = Field(
        default=None, description="Payload format of this kind; `fleetsim list payloads` names them."
    )


class FaultOptions(Options):
    """What every fault can be told; a fault's own options build on it. Its times are simulated."""

    kind: str = Field(description="Which fault; `fleetsim list faults` names them.")
    at: Duration = Field(default=0.0, ge=0, le=LONGEST, description="When it begins, in simulated time.")
    lasting: Duration | None = Field(
        default=None,
        alias="for",
        gt=0,
        le=LONGEST,
        description="How long it lasts; to the end of the scenario if left out.",
    )


class AttackOptions(Options):
    """What every attack can be told; an attack's own options build on it. Its times are simulated."""

    kind: str = Field(description="Which attack; `fleetsim list attacks` names them.")
    at: Duration = Field(default=0.0, ge=0, le=LONGEST, description="When it begins, in simulated time.")
    lasting: Duration = Field(
        default=10 * MINUTE,
        alias="for",
        gt=0,
        le=DAY,
        description="How long it lasts at most, in simulated time.",
    )
    devices: int = Field(
        default=1,
        ge=1,
        le=1_000,
        description="How many take part, spread evenly over the neighbourhoods.",
    )
