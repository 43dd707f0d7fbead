"""The time zone of a scenario's town."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from simulator.core.options import DeviceOptions
from simulator.scenario import Scenario


def in_zone(zone: str | None) -> Scenario:
    return Scenario(name="town", devices=(DeviceOptions(kind="thermostat"),), zone=zone)


def test_a_town_may_have_a_time_zone_whose_clock_is_changed() -> None:
    assert in_zone("Australia/Adelaide").zone == "Australia/Adelaide"
    assert in_zone(None).zone is None


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Australia/Adelaid", "did you mean 'Australia/Adelaide'"),
        ("../../etc/passwd", "no zone '../../etc/passwd' is known"),
        ("Australia", "no zone 'Australia' is known"),
        ("", "no zone '' is known"),
    ],
)
def test_an_unknown_time_zone_is_refused_with_the_nearest_one(zone: str, hint: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(hint)):
        in_zone(zone)
