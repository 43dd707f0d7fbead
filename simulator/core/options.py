"""Base of every options model: frozen, strict about unknown keys."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Options(BaseModel):
    """A part of a scenario. Unknown keys are errors; a validated model never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


class DeviceOptions(Options):
    """What every device kind can be told; a family's own options build on it."""

    kind: str = Field(description="Which device family; `fleetsim list devices` names them.")
    qos: Annotated[int, Field(ge=0, le=2)] | None = Field(
        default=None, description="QoS of this kind's messages; the fleet's `mqtt.qos` if left out."
    )
    payload: str | None = Field(
        default=None, description="Payload format of this kind; `fleetsim list payloads` names them."
    )
