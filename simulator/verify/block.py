"""A block of records that are searched together, by rows and by columns."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice

from simulator.verify.leak import Location
from simulator.verify.record import Record
from simulator.verify.view import View

BLOCK = 1 << 20
"""Bytes that are searched at a time: large enough for the search to be worth its start."""

_AT_ONCE = 256
"""Records that are taken in before anybody asks how large they are."""

_MOST_KEPT = 20_000
"""Last records of as many senders that are kept from block to block, for each shape."""

_MOST_SHAPES = 256
"""Shapes of which that is done; output with more makes up names of fields as it goes."""

Names = tuple[str, ...]
"""The shape of a record: the names of its fields."""


class Block:
    """Records one after the other.

    Args:
        records: in order.

    Attributes:
        records: the same.
        shapes: the records of each shape.
        view: their values.
    """

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.shapes: dict[Names, list[Record]] = defaultdict(list)
        for record in records:
            self.shapes[record.names].append(record)
        self.view = View.of(list(chain.from_iterable([record.values for record in records])))
        self._firsts = [0, *accumulate([len(record.values) for record in records])]

    def record(self, value: int) -> int:
        """Return the number of the record that a value belongs to."""
        return bisect_right(self._firsts, value) - 1

    def location(self, value: int) -> Location:
        """Return where a value is."""
        number = self.record(value)
        record = self.records[number]
        return Location(record.sink, record.row, record.names[value - self._firsts[number]])


class Columns:
    """The values of each field, with the records of each sender one after the other.

    Args:
        shapes: the records of each shape.
        senders: knows the last records before these.
    """

    def __init__(self, shapes: dict[Names, list[Record]], senders: Senders) -> None:
        values: list[bytes] = []
        self._columns: list[tuple[list[Record], int]] = []
        self._firsts: list[int] = []
        for names, records in shapes.items():
            rows = senders.arrange(names, records)
            for place, column in enumerate(zip(*[record.values for record in rows], strict=True)):
                # What is the same in each record is not part of something else.
                if column.count(column[0]) < len(column):
                    self._firsts.append(len(values))
                    self._columns.append((rows, place))
                    values.extend(column)
        self.view = View.of(values)

    def location(self, value: int) -> Location:
        """Return where a value is."""
        number = bisect_right(self._firsts, value) - 1
        rows, place = self._columns[number]
        record = rows[value - self._firsts[number]]
        return Location(record.sink, record.row, record.names[place])

    def is_one(self, first: int, last: int) -> bool:
        """Return whether two values are of one column."""
        return bisect_right(self._firsts, first) == bisect_right(self._firsts, last)


class Senders:
    """Tells whose record follows on whose.

    Args:
        fields: names of fields that tell senders apart; the first that a record has counts.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = fields
        self._kept: dict[Names, dict[bytes, Record]] = defaultdict(dict)

    def arrange(self, names: Names, records: list[Record]) -> list[Record]:
        """Return records of one shape by sender, each sender's after the last one of an earlier call."""
        place = next((names.index(field) for field in self._fields if field in names), None)
        if len(self._kept) > _MOST_SHAPES:
            self._kept.clear()
        kept = self._kept[names]
        senders = [b"" if place is None else record.values[place] for record in records]
        earlier = kept.keys() & set(senders)
        rows = [*(kept[sender] for sender in earlier), *records]
        of = [*earlier, *senders]
        kept.update(zip(senders, records, strict=True))
        for sender in list(islice(kept, max(len(kept) - _MOST_KEPT, 0))):
            del kept[sender]
        return [rows[number] for number in sorted(range(len(rows)), key=of.__getitem__)]


def blocks(records: Iterable[Record]) -> Iterator[Block]:
    """Yield records by the block."""
    source = iter(records)
    gathered: list[Record] = []
    size = 0
    while more := list(islice(source, _AT_ONCE)):
        gathered += more
        size += sum(map(len, chain.from_iterable([record.values for record in more])))
        if size >= BLOCK:
            yield Block(gathered)
            gathered, size = [], 0
    if gathered:
        yield Block(gathered)
