"""The pulse from day to day: its resting value, its variability, its errors, and illness in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from statistics import mean, median

import pytest
from hand_driven import HandDrivenTown, events, place, working_day
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.readings import Reading
from simulator.core.seeds import Seeds
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.devices.wearable import Wearable, WearableOptions
from simulator.devices.wearable.optics import LOCKED_FOR, Optics
from simulator.devices.wearable.variability import ALARMING
from simulator.world.health import Health

WORK = place(name="office")
DAYS = 6


class Fevered(Health):
    """Has two degrees of fever from the third day on."""

    def fever(self, at: float) -> float:
        return 2.0 if at >= 3 * DAY else 0.0

    def pulse(self, at: float) -> float:
        return 8.5 * self.fever(at)

    def skin(self, at: float) -> float:
        return self.fever(at)


class Fibrillating(Health):
    """Has an irregular pulse on the third day, from midnight to noon."""

    def fibrillates(self, at: float) -> bool:
        return 2 * DAY <= at < 2.5 * DAY


def lives(health: Health | None = None, count: int = 10, rmssd: float = 40.0) -> dict[int, list[Reading]]:
    """Return the readings of some people's wearables over the same six days."""
    town = HandDrivenTown()
    for number in range(count):
        person = town.person(name=f"n0-h{number}")
        person.body = replace(person.body, rmssd=rmssd)
        person.health = health or person.health
        town.plan(person, [s for day in range(DAYS) for s in working_day(person.home, WORK, day * DAY)])
        town.start(Wearable(town.habitat(f"watch{number}"), WearableOptions(), person))
    town.env.run(DAYS * DAY)
    return {number: town.readings[f"watch{number}"] for number in range(count)}


def values(lived: dict[int, list[Reading]], event: str, field: str, first: float, end: float) -> list[float]:
    """Return what all of them reported between two times."""
    return [
        float(reading.values[field])  # type: ignore[arg-type]
        for readings in lived.values()
        for reading in events(readings, event)
        if first <= reading.at < end
    ]


@pytest.fixture(scope="module")
def healthy() -> dict[int, list[Reading]]:
    return lives()


class TestResting:
    def test_it_is_reported_once_a_day(self, healthy: dict[int, list[Reading]]) -> None:
        for readings in healthy.values():
            days = Counter(int(reading.at // DAY) for reading in events(readings, "resting_heart_rate"))
            assert set(days) <= set(range(1, DAYS))
            assert set(days.values()) <= {1}
        assert len(values(healthy, "resting_heart_rate", "bpm", 0, DAYS * DAY)) > 3 * len(healthy)

    def test_it_is_what_the_body_has_at_rest(self, healthy: dict[int, list[Reading]]) -> None:
        bpm = values(healthy, "resting_heart_rate", "bpm", 0, DAYS * DAY)
        assert mean(bpm) == pytest.approx(65.0, abs=1.0)
        assert max(bpm) - min(bpm) < 9

    def test_a_fever_shows_in_pulse_and_skin(self) -> None:
        """Karjalainen and Viitasalo 1986."""
        ill = lives(Fevered())
        before, after = (
            (
                mean(values(ill, "resting_heart_rate", "bpm", first, end)),
                mean(values(ill, "heart_rate", "bpm", first, first + 6 * HOUR)),
                mean(values(ill, "skin_temperature", "celsius", first, first + 6 * HOUR)),
                mean(values(ill, "heart_rate_variability", "rmssd", first, end)),
            )
            for first, end in ((1 * DAY, 2.9 * DAY), (4 * DAY, 6 * DAY))
        )
        assert after[0] - before[0] == pytest.approx(17, abs=2)
        assert after[1] - before[1] == pytest.approx(17, abs=2)
        assert after[2] - before[2] == pytest.approx(2, abs=0.3)
        assert after[3] < 0.7 * before[3]


class TestVariability:
    def test_it_is_higher_at_night(self, healthy: dict[int, list[Reading]]) -> None:
        """By 15 to 30 % (104,431 ring users)."""
        night, day = (
            [
                value
                for d in range(DAYS)
                for value in values(
                    healthy, "heart_rate_variability", "rmssd", d * DAY + first, d * DAY + end
                )
            ]
            for first, end in ((0, 7 * HOUR), (8 * HOUR, 22 * HOUR))
        )
        assert len(day) > 40
        assert 1.12 < median(night) / median(day) < 1.33

    def test_it_is_the_bodys(self, healthy: dict[int, list[Reading]]) -> None:
        young = values(lives(rmssd=60.0, count=4), "heart_rate_variability", "rmssd", 0, DAYS * DAY)
        assert mean(young) / mean(
            values(healthy, "heart_rate_variability", "rmssd", 0, DAYS * DAY)
        ) == pytest.approx(1.5, abs=0.1)


class TestIrregularPulse:
    def test_an_alert_is_raised_once_an_episode_after_a_while_at_rest(self) -> None:
        lived = lives(Fibrillating())
        alerts = {number: events(readings, "irregular_pulse") for number, readings in lived.items()}
        assert sum(map(len, alerts.values())) >= 5
        for told in alerts.values():
            assert len(told) <= 1
            assert all(2 * DAY + ALARMING <= alert.at <= 2.5 * DAY + HOUR for alert in told)

    def test_the_pulse_is_quick_and_irregular_meanwhile(self, healthy: dict[int, list[Reading]]) -> None:
        during, usual = (
            values(lived, "heart_rate", "bpm", 2 * DAY, 2 * DAY + 6 * HOUR)
            for lived in (lives(Fibrillating()), healthy)
        )
        assert mean(during) > mean(usual) + 15
        assert max(during) - min(during) > 2 * (max(usual) - min(usual))

    def test_the_healthy_are_left_alone(self, healthy: dict[int, list[Reading]]) -> None:
        assert not any(events(readings, "irregular_pulse") for readings in healthy.values())


class TestOptics:
    def share(self, cadence: float, first: int, second: int) -> float:
        """Return the share of time in trouble at a cadence, by the bounds of the trouble."""
        optics = Optics(Seeds(1).draws("optics", "watch"))
        inside = 0.0
        for start in range(0, int(40 * DAY), int(15 * MINUTE)):
            bounds = optics.trouble(start, start + 15 * MINUTE, cadence)
            inside += max(min(bounds[second], start + 15 * MINUTE) - max(bounds[first], start), 0.0)
        return inside / (40 * DAY)

    def test_samples_are_lost_most_in_motion(self) -> None:
        assert self.share(0.0, 0, 1) == pytest.approx(0.015, abs=0.004)
        assert self.share(110.0, 0, 1) == pytest.approx(0.05, abs=0.012)

    def test_the_cadence_is_taken_for_the_pulse_in_motion_only(self) -> None:
        assert self.share(0.0, 2, 3) == 0.0
        assert self.share(110.0, 2, 3) == pytest.approx(0.07, abs=0.02)

    @given(
        seconds=st.lists(st.floats(1, 2 * HOUR), min_size=1, max_size=20), cadence=st.sampled_from([0, 120])
    )
    def test_a_trouble_begins_in_its_piece_and_ends(self, seconds: list[float], cadence: float) -> None:
        optics, start = Optics(Seeds(2).draws("optics", "watch")), 0.0
        for length in seconds:
            lost, found, locked, released = optics.trouble(start, start + length, cadence)
            assert lost >= start or lost == float("inf")
            assert found >= lost
            assert released >= locked >= start
            start += length

    def test_a_locked_sample_shows_the_steps(self) -> None:
        lived = lives(count=30)
        locked = [
            reading
            for readings in lived.values()
            for reading in events(readings, "heart_rate")
            if reading.facts and reading.facts.get("artefact") == "cadence_lock"
        ]
        assert locked
        assert all(reading.facts["activity"] != "asleep" for reading in locked if reading.facts)
        assert min(r.values["bpm"] for r in locked) >= 58  # type: ignore[type-var, operator]
        exercise = 30 * DAYS * 36 * MINUTE
        assert len(locked) < 10 * exercise / 5 / LOCKED_FOR * MINUTE


def test_skin_and_oxygen_are_those_of_a_healthy_night(healthy: dict[int, list[Reading]]) -> None:
    percent = values(healthy, "spo2", "percent", 0, DAYS * DAY)
    assert mean(percent) == pytest.approx(96, abs=1.0)
    assert min(percent) >= 85
