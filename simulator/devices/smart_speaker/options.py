"""What a scenario can say about smart speakers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.core.options import DeviceOptions
from simulator.core.units import MINUTE, Duration
from simulator.devices.base import MAXIMUM_INTERVAL, MINIMUM_INTERVAL


class SmartSpeakerOptions(DeviceOptions):
    """Options of the kind ``smart_speaker``."""

    kind: str = "smart_speaker"
    per_household: Annotated[float, Field(ge=0.0, le=10.0)] = Field(
        default=0.9, description="Expected number in a household; a fraction is a chance of one more."
    )
    report_interval: Annotated[Duration, Field(ge=MINIMUM_INTERVAL, le=MAXIMUM_INTERVAL)] = Field(
        default=15 * MINUTE, description="Time between two status reports."
    )
