"""Judges the controls of a run by what came out of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.verify.source import Source
from simulator.verify.verification import Verification


def verify(
    run: Path,
    egress: Sequence[Source] = (),
    *,
    only: Sequence[str] = (),
    against: Path | None = None,
    heard: Path | None = None,
    write: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Score the controls of a run against its truth.

    Args:
        run: its folder.
        egress: what came out of controls; what the run's taps recorded if empty.
        only: names of the checks to make; those that each control is for if empty.
        against: folder of the same run with one person more or less, whose taps heard the same controls;
            for the audit of differential privacy.
        heard: what went into the controls, for what should have come out unchanged; the run's tap without a
            control if left out.
        write: whether to leave the result as ``verify.json`` in the run's folder.
        progress: told what is being done.

    Returns:
        The verdicts. A broken, empty or foreign output is no error: it is untrusted.

    Raises:
        UsageError: no run is there, no output is named, or no check is called so.
        RunFailedError: the truth cannot be read, or the result not be written.
    """
    raise NotImplementedError
