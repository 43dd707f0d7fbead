"""The verdicts on a drill: those on the runs against each of its brokers, under the names of these."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from simulator.core.verdicts import Verdict
from simulator.truth import Manifest, RunFolder
from simulator.verify.detection.check import BROKER
from simulator.verify.verification import (
    FILE,
    CheckResult,
    Join,
    SourceResult,
    Verification,
    encode_verification,
    overall,
)

ResultT = TypeVar("ResultT", CheckResult, SourceResult)


def verify_drill(
    folder: RunFolder,
    manifest: Manifest,
    verify: Callable[[Path], Verification],
    *,
    write: bool = True,
) -> Verification:
    """Return the verdicts on each broker of a drill.

    Args:
        folder: of the drill; the run against each broker is in a folder of the broker's name.
        manifest: of the drill.
        verify: scores one of the runs.
        write: whether to leave the result in the drill's folder.

    Raises:
        UsageError, RunFailedError: as scoring a run does, or the result cannot be written.
    """
    began = time.monotonic()
    distrust: list[str] = []
    sources: list[SourceResult] = []
    checks: list[CheckResult] = []
    for name in manifest.brokers:
        run = folder.path / name
        if not RunFolder(run).manifest.is_file():
            distrust.append(f"there was no run against the broker {name}")
            continue
        found = verify(run)
        distrust += [f"{name}: {reason}" for reason in found.distrust]
        sources += _named(found.sources, name)
        checks += _named(found.checks, name)
    verdicts = [one.verdict for one in checks] + [Verdict.UNTRUSTED] * bool(distrust)
    verification = Verification(
        status=overall(verdicts) or Verdict.UNTRUSTED,
        run=str(folder.path),
        scenario=str(manifest.scenario.get("name", "")),
        join=sum((one.join for one in sources), Join()),
        distrust=tuple(distrust),
        sources=tuple(sources),
        checks=tuple(checks),
        seconds=round(time.monotonic() - began, 3),
    )
    if write:
        folder.write(folder.path / FILE, encode_verification(verification))
    return verification


def _named(results: Sequence[ResultT], broker: str) -> Iterator[ResultT]:
    """Yield results with the broker's name, and with it before that of any other control."""
    for one in results:
        control = broker if one.control == BROKER else f"{broker}/{one.control}"
        yield msgspec.structs.replace(one, control=control)
