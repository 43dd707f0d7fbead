"""The calibration: simulates the reference populations, and holds each target against them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from simulator.calibration import inventory_sensor, privacy, pulse, smart_speaker, wearable, world
from simulator.calibration.cohort import Cohort
from simulator.calibration.estimate import Estimate, UnmeasurableError
from simulator.calibration.measure import Measure
from simulator.calibration.target import Target, load_targets
from simulator.core.errors import UsageError
from simulator.core.nearest import suggestion

MEASURES: Mapping[str, Measure] = {
    **pulse.MEASURES,
    **wearable.MEASURES,
    **smart_speaker.MEASURES,
    **inventory_sensor.MEASURES,
    **world.MEASURES,
    **privacy.MEASURES,
}
"""The measure of each target that is not left out, by its id."""


Progress = Callable[[str, float], None]
"""Told the title of the cohort that is simulated, and the share of it that is over."""


class Verdict(StrEnum):
    """Whether a simulated population agrees with a target."""

    HELD = "held"
    MISSED = "missed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the simulated population says about one target.

    Attributes:
        target: the target.
        estimates: one for each of its parts; empty if it was left out.
        reason: why it was left out; empty otherwise.
    """

    target: Target
    estimates: tuple[Estimate, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """Held if every part agrees."""
        if not self.estimates:
            return Verdict.LEFT_OUT
        return Verdict.HELD if all(self.agreements) else Verdict.MISSED

    @property
    def agreements(self) -> tuple[bool, ...]:
        """Whether each part agrees: its value, or where only a bound was published, all of its interval."""
        return tuple(
            part.agrees(estimate.value)
            and (not part.is_trend or (part.agrees(estimate.low) and part.agrees(estimate.high)))
            for part, estimate in zip(self.target.parts, self.estimates, strict=True)
        )


def select(only: Sequence[str] = ()) -> tuple[Target, ...]:
    """Return the targets of some ids or families, all of them if none are named.

    Raises:
        UsageError: there is no such target or family.
    """
    targets = load_targets()
    names = {target.id for target in targets} | {target.family for target in targets}
    for name in only:
        if name not in names:
            raise UsageError(f"no target and no family is called {name!r}; {suggestion(name, sorted(names))}")
    return tuple(target for target in targets if not only or target.id in only or target.family in only)


def needs(target: Target) -> tuple[type[Cohort], ...]:
    """Return the cohorts that a target is measured of; none if it is left out."""
    return () if target.left_out else MEASURES[target.id].cohorts


def calibrate(
    targets: Iterable[Target],
    *,
    scale: float = 1.0,
    progress: Progress = lambda _cohort, _share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Finding]:
    """Yield a finding for each target, in an order that needs each population once.

    Args:
        targets: which.
        scale: multiplies the size of the populations; the verdicts are meant for 1.
        progress: told the title of the cohort that is simulated, and the share of it that is over.
        stopped: asked now and then; nothing more is yielded after it says yes.
    """
    waiting: list[Target] = []
    for target in targets:
        if target.left_out:
            yield Finding(target, reason=target.left_out)
        else:
            waiting.append(target)
    lived: dict[type[Cohort], Cohort] = {}
    yield from _measure_ready(waiting, lived)
    for kind in dict.fromkeys(cohort for target in waiting for cohort in needs(target)):
        cohort = lived[kind] = kind(scale)
        if not cohort.live(partial(progress, kind.title), stopped):
            return
        yield from _measure_ready(waiting, lived)
        needed = {cohort for target in waiting for cohort in needs(target)}
        lived = {kind: cohort for kind, cohort in lived.items() if kind in needed}


def _measure_ready(waiting: list[Target], lived: Mapping[type[Cohort], Cohort]) -> Iterator[Finding]:
    """Yield a finding for each target whose cohorts have all lived, and wait for it no longer."""
    for target in list(waiting):
        if lived.keys() >= set(needs(target)):
            yield _measure(target, lived)
            waiting.remove(target)


def _measure(target: Target, lived: Mapping[type[Cohort], Cohort]) -> Finding:
    measure = MEASURES[target.id]
    try:
        estimates = measure.compute(*(lived[kind] for kind in measure.cohorts))
    except UnmeasurableError as error:
        return Finding(target, reason=str(error))
    return Finding(target, tuple(estimates))
