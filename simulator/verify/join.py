"""The join of what came out with what was sent: by message, by a person's data, or by time and group."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from simulator.verify.fixes import Integers
from simulator.verify.ground import NOBODY, Ground
from simulator.verify.groups import Answers, Group, read_group
from simulator.verify.output import PAYLOAD, Output
from simulator.verify.verification import Join

IDS = ("id", "message_id", "message", "event_id", "mid")
"""Fields in which the id of a message may stand."""

MOST_UNJOINED = 0.1
"""Share of records that may remain unexplained; above it nothing may be concluded."""

LINE = "line"
_ID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{16}(?![0-9a-zA-Z])")

_BY_MESSAGE, _BY_GROUP, _UNJOINED, _BY_CANARY, _NOTHING = 0, 1, 2, 3, 4


class Joiner:
    """Traces the records of one source back.

    Args:
        ground: what is true.
        answers: what is true about groups.
        start: when the run started.
    """

    def __init__(self, ground: Ground, answers: Answers, start: datetime) -> None:
        self._ground = ground
        self._answers = answers
        self._start = start
        self._subjects = frozenset(one.subject for one in ground.everybody if one.subject)
        self._neighbourhoods = frozenset(ground.neighbourhoods.texts)
        self._messages: dict[str, array[int]] = {}
        self._how: dict[str, bytearray] = {}

    def take(self, outputs: Sequence[Output]) -> tuple[Integers, list[Group | None]]:
        """Return the number of the message that each record is, and the group it is about if it is none."""
        ids = [_id_of(output) for output in outputs]
        message = self._ground.find(ids)
        groups: list[Group | None] = [None] * len(outputs)
        for place, (output, number, known) in enumerate(zip(outputs, message.tolist(), ids, strict=True)):
            how = _BY_MESSAGE if number != NOBODY else _UNJOINED
            if output.empty:
                how = _NOTHING
            elif how == _UNJOINED and output.fields.get("subject") in self._subjects:
                how = _BY_CANARY
            # What has an id of its own that nobody knows is a message of another run.
            if how == _UNJOINED and not (known and _ID.fullmatch(known)):
                group = read_group(output, self._start)
                if group is not None and self._answers.knows(group):
                    groups[place], how = group, _BY_GROUP
                elif group is None and output.fields.get("neighbourhood") in self._neighbourhoods:
                    how = _BY_GROUP
            numbers = self._messages.setdefault(output.sink, array("i"))
            hows = self._how.setdefault(output.sink, bytearray())
            while len(numbers) < output.row:  # rows that were left out, such as empty lines
                numbers.append(NOBODY)
                hows.append(_NOTHING)
            numbers.append(number)
            hows.append(how)
        return message, groups

    def message(self, sink: str, row: int) -> int:
        """Return the number of the message that a record was found to be."""
        numbers = self._messages.get(sink)
        return numbers[row] if numbers is not None and row < len(numbers) else NOBODY

    def tell(self, sink: str, row: int) -> None:
        """Note that a record holds the data of somebody of this run."""
        hows = self._how.get(sink)
        if hows is not None and row < len(hows) and hows[row] == _UNJOINED:
            hows[row] = _BY_CANARY

    @property
    def join(self) -> Join:
        """How much of it was traced back so far."""
        by = np.zeros(_NOTHING + 1, np.int64)
        for hows in self._how.values():
            by += np.bincount(np.frombuffer(bytes(hows), np.uint8), minlength=_NOTHING + 1)
        message, group, unjoined, canary, _ = by.tolist()
        return Join(message + group + canary, unjoined, message, canary, group)


def _id_of(output: Output) -> str | None:
    found = output.first(IDS)
    if found is None and (text := output.first((LINE, PAYLOAD))) is not None:
        # A line, or a payload in a format that is not read here: an id is known by its letters.
        match = _ID.search(text.decode("latin-1") if isinstance(text, bytes) else str(text))
        return match[0] if match else None
    return found if type(found) is str else None
