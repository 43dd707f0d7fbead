"""What a detector, and the broker behind it, have to reach; a scenario's ``detection`` may ask for other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class DetectionLimits:
    """What is held against the measures. Seconds are those of the wall clock.

    Attributes:
        recall: least share of those who take part in attacks that have to be told of.
        false_alarms: greatest share of stretches of an honest device in which it may be told of.
        detect_within: seconds from the first packet in which 95 of 100 have to be told of that are at all; an
            alert is still one of an attack so long after its end.
        contain_within: seconds from the first packet after which 95 of 100 must get nothing done any more.
        latency: seconds by which the 95th percentile of honest messages may grow during an attack.
        loss: share of honest messages that may be lost for it.
    """

    recall: float = 0.95
    false_alarms: float = 0.001
    detect_within: float = 60.0
    contain_within: float = 300.0
    latency: float = 0.1
    loss: float = 0.001

    @classmethod
    def of(cls, scenario: Mapping[str, Any]) -> Self:
        """Return the limits that a manifest's scenario asks for."""
        asked = scenario.get("detection") or {}
        return cls(**{one.name: float(asked[one.name]) for one in fields(cls) if one.name in asked})
