"""What a scenario can say about wearables."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.core.options import DeviceOptions
from simulator.core.units import MINUTE, Duration
from simulator.devices.base import MAXIMUM_INTERVAL, MINIMUM_INTERVAL
from simulator.devices.wearable.sampling import Sampling

Interval = Annotated[Duration, Field(ge=MINIMUM_INTERVAL, le=MAXIMUM_INTERVAL)]


class WearableOptions(DeviceOptions):
    """Options of the kind ``wearable``."""

    kind: str = "wearable"
    owners: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=0.35, description="Share of adults and teens who wear one; small children seldom do."
    )
    sampling: Sampling = Field(
        default=Sampling.WATCH,
        description="How often the pulse is taken: `watch` every 3 to 7 min and every 5 s in exercise, "
        "`band` every 5 s and every 1 s in exercise.",
    )
    sync_interval: Interval = Field(
        default=22.5 * MINUTE,
        description="Mean time between two syncs with the phone near, a third more or less.",
    )
    report_interval: Interval | None = Field(
        default=None,
        description="The same under the name that all kinds share; it wins over `sync_interval`.",
    )
