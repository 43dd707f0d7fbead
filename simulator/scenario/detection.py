"""What detectors, and the broker behind them, have to reach in a scenario with attacks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.core.options import Options
from simulator.core.units import DAY, Duration

Share = Annotated[float, Field(gt=0.0, lt=1.0)]


class Detection(Options):
    """Limits that `fleetsim verify` holds against what it measures. Times are those of the wall clock."""

    recall: Share = Field(
        default=0.95, description="Least share of those who take part in attacks that a detector tells of."
    )
    false_alarms: Share = Field(
        default=0.001,
        description="Greatest share of minutes of an honest device in which a detector tells of it.",
    )
    detect_within: Duration = Field(
        default=60.0,
        gt=0,
        le=DAY,
        description="Time from the first packet of an attack in which 95 of 100 have to be told of.",
    )
    contain_within: Duration = Field(
        default=300.0,
        gt=0,
        le=DAY,
        description="Time from the first packet after which 95 of 100 must get nothing done any more.",
    )
    latency: Duration = Field(
        default=0.1,
        gt=0,
        le=DAY,
        description="How much the 95th percentile of honest messages may grow during an attack.",
    )
    loss: Share = Field(
        default=0.001, description="Share of honest messages that may be lost because of an attack."
    )
