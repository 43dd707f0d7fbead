"""What a scenario can say about every fault of devices: whom it befalls."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from simulator.core import plugins
from simulator.core.nearest import suggestion
from simulator.core.options import FaultOptions

Share = Annotated[float, Field(ge=0, le=1)]


def _known_kind(kind: str) -> str:
    kinds = plugins.kinds("simulator.devices")
    if kind not in kinds:
        raise ValueError(f"no device kind is called {kind!r}; {suggestion(kind, kinds)}")
    return kind


class DeviceFaultOptions(FaultOptions):
    """What every fault of devices can be told."""

    share: Share | None = Field(
        default=None, description="Share of the devices that it befalls; all if `devices` is left out too."
    )
    devices: int | None = Field(
        default=None,
        ge=1,
        description="How many devices it befalls, spread evenly over the neighbourhoods; instead of a share.",
    )
    kinds: tuple[Annotated[str, AfterValidator(_known_kind)], ...] | None = Field(
        default=None, min_length=1, description="Device kinds that it can befall; all if left out."
    )

    @field_validator("devices")
    @classmethod
    def _devices_or_share(cls, devices: int | None, info: ValidationInfo) -> int | None:
        if devices is not None and info.data.get("share") is not None:
            raise ValueError("give devices or share, not both")
        return devices
