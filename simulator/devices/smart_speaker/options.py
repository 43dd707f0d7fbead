"""What a scenario can say about smart speakers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.core.options import DeviceOptions
from simulator.core.units import MINUTE, Duration
from simulator.devices.base import MAXIMUM_INTERVAL, MINIMUM_INTERVAL
from simulator.devices.smart_speaker.ecosystem import Ecosystem

Interval = Annotated[Duration, Field(ge=MINIMUM_INTERVAL, le=MAXIMUM_INTERVAL)]


class SmartSpeakerOptions(DeviceOptions):
    """Options of the kind ``smart_speaker``."""

    kind: str = "smart_speaker"
    owners: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=0.35, description="Share of households that own any."
    )
    per_owner: Annotated[float, Field(ge=1.0, le=10.0)] = Field(
        default=2.6, description="Expected number in a household that owns any."
    )
    per_household: Annotated[float, Field(ge=0.0, le=10.0)] | None = Field(
        default=None,
        description="Expected number in every household, as even as can be: a fraction is a chance of one "
        "more. Wins over `owners` and `per_owner`.",
    )
    ecosystem: Ecosystem | None = Field(
        default=None,
        description="Whose assistant answers: `retail` is used on most days, `search` on fewer and then "
        "more; a mixture if left out.",
    )
    report_interval: Interval = Field(default=15 * MINUTE, description="Time between two status reports.")
    motion_interval: Interval = Field(
        default=15 * MINUTE, description="Least time between two reports of motion in the room."
    )
