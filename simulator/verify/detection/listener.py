"""A listener: what the tap ``input`` received of all that the broker passed on, from whomever it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

from simulator.core.errors import UsageError
from simulator.verify.ground import NOBODY, Ground
from simulator.verify.join import IDS
from simulator.verify.output import read_output
from simulator.verify.sinks import SinkError

_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Listener:
    """What was received.

    Attributes:
        times: how often the messages with the id of each, by the number of the first of them.
        strange: messages whose id none of those has that clients published, such as wills, by topic.
        trouble: why what was recorded cannot be read; None if it can.
    """

    times: Mapping[int, int]
    strange: Mapping[str, int]
    trouble: str | None = None

    @classmethod
    def of(cls, path: Path, ground: Ground) -> Self:
        """Return what a tap has recorded in a file."""
        times: Counter[int] = Counter()
        strange: Counter[str] = Counter()
        try:
            outputs = read_output(path)
            while taken := list(islice(outputs, _AT_ONCE)):
                ids = [output.first(IDS) for output in taken]
                numbers = ground.find(ids).tolist()
                times.update(numbers)
                for output, identity, number in zip(taken, ids, numbers, strict=True):
                    if number == NOBODY and identity is not None:
                        strange[str(output.fields.get("topic"))] += 1
        except (SinkError, UsageError) as error:
            return cls(times, strange, f"what the tap received cannot be read: {error}")
        del times[NOBODY]
        return cls(times, strange)
