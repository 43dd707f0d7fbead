"""The crew: measures on several processes, each of which lives through some of the cohorts."""

from __future__ import annotations

import queue
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from simulator.calibration.calibrate import Finding, Progress, calibrate, needs
from simulator.calibration.target import Target

TURN = 0.2
"""Seconds between two looks at whether to stop, and at how far the cohorts are."""


@dataclass(slots=True)
class _Wires:
    """What connects a worker with its crew: where it tells its progress, and whether it is to stop."""

    progress: Any
    stop: Any


_wires: _Wires | None = None
"""Set once in each worker process."""


def calibrate_on(
    workers: int,
    targets: Sequence[Target],
    *,
    scale: float = 1.0,
    progress: Progress = lambda _cohort, _share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Finding]:
    """Yield what `calibrate` does, on several processes; on this one if there is only one thing to do.

    Args:
        workers: how many processes at most.
        targets, scale, progress, stopped: as for `calibrate`.
    """
    jobs = divide(targets)
    if min(workers, len(jobs)) < 2:
        yield from calibrate(targets, scale=scale, progress=progress, stopped=stopped)
        return
    context = get_context("spawn")
    told, stop = context.Queue(), context.Event()
    with ProcessPoolExecutor(workers, context, _start, (told, stop)) as pool:
        waiting: set[Future[list[Finding]]] = {pool.submit(_do, job, scale) for job in jobs}
        while waiting:
            done, waiting = wait(waiting, TURN, FIRST_COMPLETED)
            _pass_on(told, progress)
            for job in done:
                if not job.cancelled():
                    yield from job.result()
            if stopped():
                stop.set()
                for job in waiting:
                    job.cancel()


def divide(targets: Sequence[Target]) -> list[list[Target]]:
    """Return the targets in groups that share no cohort with each other, the costliest first."""
    groups: list[tuple[set[Any], list[Target]]] = []
    for target in targets:
        cohorts, members = set(needs(target)), [target]
        apart = []
        for others, those in groups:
            if others & cohorts or not (others or cohorts):
                cohorts |= others
                members = those + members
            else:
                apart.append((others, those))
        groups = [*apart, (cohorts, members)]
    groups.sort(key=lambda group: -sum(cohort.cost for cohort in group[0]))
    return [members for _, members in groups]


def _pass_on(told: Any, progress: Progress) -> None:
    while True:
        try:
            progress(*told.get_nowait())
        except queue.Empty:
            return


def _start(told: Any, stop: Any) -> None:
    global _wires  # noqa: PLW0603
    # Ctrl-C reaches the whole group of processes; the crew decides when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _wires = _Wires(told, stop)


def _do(targets: list[Target], scale: float) -> list[Finding]:
    wires = _wires
    assert wires is not None
    told: dict[str, int] = {}

    def progress(title: str, share: float) -> None:
        percent = int(100.0 * share)
        if told.get(title) != percent:
            told[title] = percent
            wires.progress.put((title, share))

    return list(calibrate(targets, scale=scale, progress=progress, stopped=wires.stop.is_set))
