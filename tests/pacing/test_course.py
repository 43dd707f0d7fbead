"""A level through stages, the area under it, and when an area is reached."""

from __future__ import annotations

import math

import pytest
from any_stages import moments, rates, seconds, shares, stages
from hypothesis import assume, given

from simulator.core.stages import Shape, Stage
from simulator.pacing import Course

chains = stages(rates)


def exactly(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=2e-6)


@given(chains, moments)
def test_area_and_moment_are_inverse_to_each_other(chain: tuple[Stage, ...], part: float) -> None:
    course = Course(chain)
    area = course.area_until(part * course.seconds)
    assume(area < course.area - 1e-6)
    assert course.area_until(course.when(area)) == exactly(area)


@given(chains, moments)
def test_a_moment_is_that_of_its_area_unless_the_level_is_0_there(
    chain: tuple[Stage, ...], part: float
) -> None:
    course = Course(chain)
    moment = part * course.seconds
    area = course.area_until(moment)
    assume(course.level(moment) >= 0.01)
    assume(area < course.area - 1e-6)
    # How well an area tells the moment depends on how fast it grows there.
    assert abs(course.when(area) - moment) * course.level(moment) <= 1e-5 + 1e-9 * course.area


@given(chains, moments, moments)
def test_the_area_never_decreases(chain: tuple[Stage, ...], one: float, other: float) -> None:
    course = Course(chain)
    early, late = sorted((one * course.seconds, other * course.seconds))
    assert 0 <= course.area_until(early) <= course.area_until(late) <= course.area


@given(chains, moments, moments)
def test_the_moment_never_comes_earlier_for_a_larger_area(
    chain: tuple[Stage, ...], one: float, other: float
) -> None:
    course = Course(chain)
    small, large = sorted((one * course.area, other * course.area))
    assert 0 <= course.when(small) <= course.when(large) <= course.seconds


@given(chains)
def test_the_area_is_the_integral_of_the_level(chain: tuple[Stage, ...]) -> None:
    course = Course(chain)
    # Half a step into each of many equal slices; what is wrong is at most a jump at each edge of a line.
    slices = 2_000
    width = course.seconds / slices
    summed = math.fsum(course.level((place + 0.5) * width) for place in range(slices)) * width
    edges = sum(stage.steps + 1 for stage in chain)
    assert course.area == pytest.approx(summed, rel=1e-6, abs=1e-6 + 2 * edges * width * course.highest)
    assert course.area_until(course.seconds) == course.area_until(course.seconds * 2) == course.area


@given(chains, chains, moments)
def test_a_chain_is_its_parts_one_after_the_other(
    first: tuple[Stage, ...], second: tuple[Stage, ...], part: float
) -> None:
    assume(second[0].start is not None)
    whole, before, after = Course(first + second), Course(first), Course(second)
    assert whole.seconds == pytest.approx(before.seconds + after.seconds)
    assert whole.area == exactly(before.area + after.area)
    moment = part * before.seconds
    assert whole.area_until(moment) == exactly(before.area_until(moment))
    moment = part * after.seconds
    assert whole.area_until(before.seconds + moment) == pytest.approx(
        before.area + after.area_until(moment), rel=1e-9, abs=1e-6 * (1 + whole.highest)
    )


@given(chains)
def test_the_area_does_not_jump_where_stages_meet(chain: tuple[Stage, ...]) -> None:
    course = Course(chain)
    for count in range(1, len(chain)):
        meeting = Course(chain[:count])
        around = 1e-9 * max(meeting.seconds, 1)
        before, after = (course.area_until(meeting.seconds + shift) for shift in (-around, around))
        assert after - before <= 4 * around * course.highest + 1e-9 * course.area


@given(chains, moments, rates)
def test_what_is_above_a_level_is_in_a_spell(chain: tuple[Stage, ...], part: float, level: float) -> None:
    course = Course(chain)
    moment = part * course.seconds
    height = course.level(moment)
    assume(abs(height - level) > 1e-6 * max(course.highest, 1))
    assert any(begin <= moment < end for begin, end in course.above(level)) is (height > level)


@given(chains, shares)
def test_spells_are_apart_and_in_order(chain: tuple[Stage, ...], level: float) -> None:
    edges = [edge for spell in Course(chain).above(level) for edge in spell]
    assert edges == sorted(set(edges))


# The shapes


def test_a_ramp_is_a_straight_line_from_where_it_starts() -> None:
    course = Course((Stage(Shape.RAMP, 10, 100.0, start=20.0),))
    assert [course.level(at) for at in (0, 2.5, 5, 10, 99)] == [20, 40, 60, 100, 100]
    assert course.area == 600


def test_a_ramp_without_a_start_goes_on_from_where_the_last_stage_ended() -> None:
    course = Course((Stage(Shape.RAMP, 10, 100.0), Stage(Shape.RAMP, 10, 40.0)))
    assert [course.level(at) for at in (0, 5, 10, 15, 20)] == [0, 50, 100, 70, 40]


@pytest.mark.parametrize("shape", [Shape.STEADY, Shape.SOAK])
@given(rate=rates, length=seconds, part=moments)
def test_steady_and_soak_stay(shape: Shape, rate: float, length: float, part: float) -> None:
    assert Course((Stage(shape, length, rate),)).level(part * length) == rate


def test_steps_are_equally_high_and_long_and_end_at_the_level() -> None:
    course = Course((Stage(Shape.STEP, 8, 100.0, start=20.0, steps=4),))
    assert [course.level(at) for at in (0, 1.9, 2, 4, 6, 7.9)] == [40, 40, 60, 80, 100, 100]
    assert course.area == 2 * (40 + 60 + 80 + 100)


def test_a_spike_goes_up_and_back() -> None:
    course = Course((Stage(Shape.STEADY, 1, 10.0), Stage(Shape.SPIKE, 4, 50.0), Stage(Shape.RAMP, 1, 0.0)))
    assert [course.level(at) for at in (1, 2, 3, 4, 5, 6)] == [10, 30, 50, 30, 10, 0]
    assert course.area == 10 + 4 * 30 + 5


def test_a_stage_that_is_about_no_level_keeps_the_one_there_was() -> None:
    course = Course((Stage(Shape.STEADY, 1, 10.0), Stage(Shape.STEP, 1, steps=3), Stage(Shape.SPIKE, 1)))
    assert [course.level(at) for at in (0.5, 1.1, 1.9, 2.5, 3)] == [10] * 5


@pytest.mark.parametrize(
    ("stage", "complaint"),
    [
        ({"seconds": 0.0}, "finite time above 0"),
        ({"seconds": math.inf}, "finite time above 0"),
        ({"level": -1.0}, "at least 0"),
        ({"level": math.nan}, "at least 0"),
        ({"start": math.inf}, "at least 0"),
        ({"steps": 0}, "at least 1 step"),
    ],
)
def test_a_stage_that_cannot_be(stage: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Stage(**{"shape": Shape.STEADY, "seconds": 1.0, "level": 1.0} | stage)  # type: ignore[arg-type]


def test_a_course_has_stages() -> None:
    with pytest.raises(ValueError, match="at least one stage"):
        Course(())


def test_a_late_moment_is_found_without_losing_digits() -> None:
    almost_flat = Course((Stage(Shape.RAMP, 3600, 1000.0 + 1e-9, start=1000.0),))
    assert almost_flat.when(1_800_000.0) == pytest.approx(1800.0, rel=1e-12)


def test_floats_of_a_day_add_up() -> None:
    course = Course((Stage(Shape.STEADY, 30, 0.1),) * 2880)
    assert course.seconds == 86_400
    assert course.area == pytest.approx(8640, abs=1e-8)
