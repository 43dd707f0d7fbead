"""When people work and learn."""

from __future__ import annotations

from datetime import date
from statistics import mean

import pytest

from simulator.core.seeds import Seeds
from simulator.world.census import Resident
from simulator.world.person import Occupation, Sex
from simulator.world.schedule import EARLY, LATE, NIGHT, Schedule, draw_schedule


def number(iso: str) -> int:
    return (date.fromisoformat(iso) - date(1970, 1, 1)).days


def drawn(occupation: Occupation, count: int = 1, *, carer: bool = False) -> list[Schedule]:
    resident = Resident(12 if occupation is Occupation.PUPIL else 40, Sex.FEMALE, occupation)
    schedules = (draw_schedule(resident, carer, Seeds(1).draws("person", i)) for i in range(count))
    return [schedule for schedule in schedules if schedule is not None]


MARCH = range(number("2026-03-09"), number("2026-03-16"))
"""Monday to Sunday; Monday is Adelaide Cup Day."""


def test_a_pupil_learns_in_term_and_not_on_holidays() -> None:
    [pupil] = drawn(Occupation.PUPIL)
    assert [pupil.usual_start(day) is not None for day in MARCH] == [False, *[True] * 4, False, False]
    assert pupil.usual_start(number("2026-07-08")) is None, "between terms"


def test_who_keeps_the_week_has_public_holidays_off_and_others_do_not() -> None:
    workers = drawn(Occupation.WORKER, 1000)
    holiday, tuesday = (
        mean(worker.usual_start(day) is not None for worker in workers) for day in (MARCH[0], MARCH[1])
    )
    assert 0.15 < holiday < 0.4
    assert tuesday > 0.85


def test_some_work_early_late_and_at_night() -> None:
    """BLS 2019: 6 % of workers in the evening and 4 % at night, with those whose rota takes turns."""
    workers = drawn(Occupation.WORKER, 3000)
    steady = [worker for worker in workers if not worker.rota]
    assert mean(bool(worker.rota) for worker in workers) == pytest.approx(0.025, abs=0.01)
    assert mean(worker.start > 20 for worker in steady) == pytest.approx(0.03, abs=0.01)
    assert mean(12 < worker.start < 20 for worker in steady) == pytest.approx(0.07, abs=0.02)


def test_nobody_who_cares_for_young_children_works_nights() -> None:
    for carer in drawn(Occupation.WORKER, 1000, carer=True):
        assert not carer.rota
        assert 8 < carer.start < carer.start + carer.hours < 20
        assert carer.overtime == 0.0


def test_a_rota_goes_forwards_and_leaves_a_night_to_sleep_between_two_shifts() -> None:
    rota = next(worker for worker in drawn(Occupation.WORKER, 1000) if worker.rota)
    starts = [rota.usual_start(day) for day in MARCH] + [rota.usual_start(MARCH[-1] + 1)]
    assert sorted(start for start in starts if start) == [EARLY, EARLY, LATE, LATE, NIGHT, NIGHT]
    for day in range(16):
        first, second = rota.usual_start(day), rota.usual_start(day + 1)
        if first is not None and second is not None:
            assert second + 24 - (first + rota.hours) >= 14
        if first == NIGHT:
            assert second in (NIGHT, None)
