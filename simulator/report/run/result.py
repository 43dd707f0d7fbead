"""Everything that a run's folder tells about how the run went, however little of it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from simulator.core.calendar import Calendar
from simulator.core.errors import RunFailedError
from simulator.report.run.occurrence import Occurrence, attacks, faults
from simulator.report.summary import Status, Summary, read_summary
from simulator.report.timeline import Stretch, read_timeline
from simulator.truth import Manifest, RunFolder, read_campaigns, read_faults
from simulator.verify import Verification, read_verification
from simulator.verify.verification import FILE

Part = TypeVar("Part")


LATEST = 1e10
"""Simulated seconds that the calendar has; a damaged file may tell of later ones."""


class World(msgspec.Struct, frozen=True):
    """How large the town is."""

    households: int = 0
    shops: int | None = None


class Asked(msgspec.Struct, frozen=True):
    """What a report tells of the scenario."""

    name: str
    start: datetime
    duration: float
    description: str = ""
    zone: str | None = None
    rate: float | None = None
    stages: list[Any] | None = None
    world: World = World()


@dataclass(frozen=True, slots=True)
class Result:
    """How a run went.

    Attributes:
        folder: of the run.
        manifest: what was run, and with what.
        asked: what its scenario asks for.
        calendar: of the town.
        summary: what came of it; None if the run was killed, is going on, or never sent anything.
        stretches: how it went from second to second; empty if that was not written.
        occurrences: faults and attacks on the load's clock.
        verification: the verdicts on its controls, None if there are none.
        troubles: why what is here may not be the whole; empty if it is.
    """

    folder: RunFolder
    manifest: Manifest
    asked: Asked
    calendar: Calendar
    summary: Summary | None
    stretches: tuple[Stretch, ...]
    occurrences: tuple[Occurrence, ...]
    verification: Verification | None
    troubles: tuple[str, ...]

    @property
    def status(self) -> str:
        """How it ended, in a word; ``incomplete`` if it did not, ``offline`` if nothing was sent."""
        if self.summary is not None:
            return self.summary.status.value
        return "offline" if self.manifest.complete and not self.stretches else "incomplete"

    @property
    def seconds(self) -> float:
        """How long the load's clock ran."""
        return self.stretches[-1].at if self.stretches else 0.0

    def simulated(self, at: Iterable[float]) -> list[float]:
        """Return where the simulated clock was at some seconds of the load's clock."""
        moments = [0.0, *(each.at for each in self.stretches)]
        simulated = [0.0, *(each.simulated for each in self.stretches)]
        return [float(value) for value in np.interp(list(at), moments, simulated)]

    def clock(self, simulated: float) -> str:
        """Return a simulated moment as the town's clock shows it, such as ``Mon 17:30``."""
        return f"{self.calendar.local(min(max(simulated, 0.0), LATEST)):%a %H:%M}"


def read_result(folder: RunFolder) -> Result:
    """Return what the folder of a run tells.

    Files that are missing or cannot be read are among the troubles, since the rest may still be of use.

    Raises:
        RunFailedError: the manifest cannot be read.
    """
    manifest = folder.read_manifest()
    try:
        asked = msgspec.convert(manifest.scenario, Asked)
        calendar = Calendar(asked.start, asked.zone)
    except (msgspec.ValidationError, ValueError, KeyError, OSError, OverflowError) as error:
        raise RunFailedError(f"{folder.manifest} is no manifest of a run: {error}") from error
    troubles: list[str] = []

    def attempt(path: Path, read: Callable[[], Part]) -> Part | None:
        """Return what is in a file; None if there is no such file, or if it cannot be read."""
        try:
            return read() if path.is_file() else None
        except RunFailedError as error:
            troubles.append(str(error))
            return None

    summary = attempt(folder.summary, lambda: read_summary(folder))
    stretches = tuple(attempt(folder.timeline, lambda: read_timeline(folder)) or ())
    clock, reached = _load_clock(stretches), stretches[-1].simulated if stretches else 0.0
    befell = attempt(folder.faults, lambda: faults(read_faults(folder), clock, reached)) or []
    befell += attempt(folder.campaigns, lambda: attacks(read_campaigns(folder), clock, reached)) or []
    verdicts = folder.path / FILE
    verification = attempt(verdicts, lambda: read_verification(verdicts))
    return Result(
        folder=folder,
        manifest=manifest,
        asked=asked,
        calendar=calendar,
        summary=summary,
        stretches=stretches,
        occurrences=tuple(befell),
        verification=verification,
        troubles=(*_incomplete(manifest, summary, stretches, folder), *troubles),
    )


def _load_clock(stretches: tuple[Stretch, ...]) -> Callable[[float], float]:
    """Return what tells when, in seconds of the load's clock, a simulated second was."""
    reached: dict[float, float] = {0.0: 0.0}
    for stretch in stretches:
        reached[stretch.simulated] = stretch.at
    moments = sorted(reached)
    seconds = [reached[moment] for moment in moments]
    return lambda simulated: float(np.interp(simulated, moments, seconds))


def _incomplete(
    manifest: Manifest, summary: Summary | None, stretches: tuple[Stretch, ...], folder: RunFolder
) -> Iterator[str]:
    if summary is None and folder.summary.is_file():
        return  # it cannot be read, which is said
    if summary is None and not manifest.complete:
        yield (
            "This run did not come to its end: it was killed, or is still going on. Below is what it had "
            "written until then, and no figure of it is final."
        )
    elif summary is None:
        yield f"There is no {folder.summary.name}: the messages were generated offline, or it was removed."
    elif summary.status is Status.INTERRUPTED:
        yield "This run was stopped before its end. The figures are of the part of it that took place."
    elif not manifest.complete and summary.failure is None:
        yield "This run was ended before all its files were written."
    if summary is not None and not stretches:
        yield "This run has no timeline, so there is nothing to show over time."
