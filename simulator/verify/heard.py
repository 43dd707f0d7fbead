"""What went into the controls, as a tap before them heard it: of some messages, to spare memory."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from simulator.verify.ground import NOBODY, Ground
from simulator.verify.join import IDS
from simulator.verify.output import read_output

MOST = 50_000
"""Messages that are kept."""

_AT_ONCE = 1024


def read_heard(path: Path, ground: Ground) -> Mapping[int, Mapping[str, Any]]:
    """Return the fields of some messages by number: about `MOST` at most, half with something personal.

    Which messages are kept depends on their ids alone, and these are as good as random.

    Raises:
        SinkError, UsageError: it cannot be read.
    """
    personal = len(ground.spans)
    kept: dict[int, Mapping[str, Any]] = {}
    one_in = max(1, len(ground) // (MOST // 2))
    one_personal_in = max(1, personal // (MOST // 2))
    outputs = read_output(path)
    while taken := list(islice(outputs, _AT_ONCE)):
        ids = [output.first(IDS) for output in taken]
        for output, known, number in zip(taken, ids, ground.find(ids).tolist(), strict=True):
            if number == NOBODY:
                continue
            every = one_personal_in if number in ground.spans else one_in
            if int(known, 16) % every == 0:
                kept[number] = output.fields
    return kept
