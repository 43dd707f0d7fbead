"""The leak scanner: finds the canaries of a run in what came out of a control, in whatever form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from simulator.privacy import Canary
from simulator.verify.anchors import find_cores
from simulator.verify.block import Block, Columns, Senders, blocks
from simulator.verify.catalogue import Catalogue
from simulator.verify.leak import Encoding, Leak, Location
from simulator.verify.record import Record
from simulator.verify.view import View

AROUND = 64
"""Characters on each side of a core in which the rest of its canary is."""

SENDER_FIELDS = ("device", "client_id", "topic", "pseudonym")
"""Fields that tell the senders of records apart."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A core in a view.

    Attributes:
        canaries: that have it.
        first, last: numbers of the values in which it begins and ends.
        text: as it is written there.
    """

    canaries: tuple[Canary, ...]
    first: int
    last: int
    text: bytes


class Scanner:
    """Finds canaries in records.

    Args:
        catalogue: the canaries that there are.
        senders: names of fields that tell the senders of records apart, of which the first that a record
            has counts. A canary split over messages is found if its parts are in one field of messages of
            one sender and one shape that follow each other.
    """

    def __init__(self, catalogue: Catalogue, senders: tuple[str, ...] = SENDER_FIELDS) -> None:
        self._catalogue = catalogue
        self._senders = senders

    def scan(self, records: Iterable[Record]) -> Iterator[Leak]:
        """Yield all leaks in some records, block by block.

        A leak is told once for each value that it begins in and each form. The names of fields are searched
        too, each where it appears first.
        """
        senders = Senders(self._senders)
        names: set[str] = set()
        for block in blocks(records):
            yield from self._scan_names(block, names)
            yield from self._scan_rows(block)
            yield from self._scan_columns(Columns(block.shapes, senders))

    def scan_bytes(self, data: bytes, sink: str = "bytes") -> Iterator[Leak]:
        """Yield all leaks in some bytes, taken as lines of text."""
        lines = data.split(b"\n")
        return self.scan(Record(sink, row, ("",), (line,)) for row, line in enumerate(lines, 1))

    def _scan_names(self, block: Block, known: set[str]) -> Iterator[Leak]:
        """Search the names of fields that are not known yet."""
        new: list[Record] = []
        for shape, (first, *_) in block.shapes.items():
            if fresh := tuple(name for name in shape if name not in known):
                known.update(fresh)
                new.append(Record(first.sink, first.row, fresh, tuple(name.encode() for name in fresh)))
        if new:
            yield from self._scan_rows(Block(new))

    def _scan_rows(self, block: Block) -> Iterator[Leak]:
        told: set[tuple[int, str, tuple[Encoding, ...]]] = set()
        for view in _all_views(block.view):
            found = [(hit, _form(hit, block)) for hit in self._hits(view) if not _waits(hit, view)]
            for hit, form in (*found, *self._digests(view)):
                encodings = (*view.path, *form)
                key = (hit.first, hit.canaries[0].core, encodings)
                if key not in told:
                    told.add(key)
                    yield from _leaks(hit.canaries, block.location(hit.first), encodings)

    def _scan_columns(self, columns: Columns) -> Iterator[Leak]:
        for hit in self._hits(columns.view, across=True):
            if columns.is_one(hit.first, hit.last):
                yield from _leaks(hit.canaries, columns.location(hit.first), (Encoding.SPLIT_MESSAGES,))

    def _hits(self, view: View, *, across: bool = False) -> Iterator[_Hit]:
        """Yield the known cores in a view, or only those that lie across several values."""
        compact = view.compact
        cores = sorted(find_cores(compact))
        if not cores:
            return
        begins = view.positions[[start for start, _, _ in cores]]
        ends = view.positions[[end - 1 for _, end, _ in cores]]
        firsts, lasts = view.owners_at(begins), view.owners_at(ends)
        wanted = np.flatnonzero(firsts != lasts) if across else np.arange(len(cores))
        for number in wanted.tolist():
            start, end, core = cores[number]
            canaries = self._catalogue.whose(core)
            if canaries:
                near = compact[max(start - AROUND, 0) : end + AROUND].decode()
                yield _Hit(
                    _those_in(canaries, near),
                    int(firsts[number]),
                    int(lasts[number]),
                    view.data[begins[number] : ends[number] + 1],
                )

    def _digests(self, view: View) -> Iterator[tuple[_Hit, tuple[Encoding, ...]]]:
        """Yield the known digests in a view, with the algorithm of each."""
        for owner, digest in view.digests(self._catalogue.maybe_digests):
            for canaries, algorithm in self._catalogue.digested(digest):
                yield _Hit(canaries, owner, owner, digest), (algorithm,)


def _all_views(view: View) -> Iterator[View]:
    """Yield a view, and all that come of undoing encodings in it."""
    yield view
    for further in view.undone():
        yield from _all_views(further)


def _waits(hit: _Hit, view: View) -> bool:
    """Return whether a hit is better told by the view that has no zeros between its characters."""
    return b"\0" in hit.text and Encoding.UTF_16 not in view.path


def _those_in(canaries: tuple[Canary, ...], near: str) -> tuple[Canary, ...]:
    """Return those canaries of one core that a text holds wholly, or all if it holds none."""
    if len(canaries) == 1:
        return canaries
    whole = {canary.value: canary.compact in near for canary in canaries}
    return tuple(canary for canary in canaries if whole[canary.value]) or canaries


def _form(hit: _Hit, block: Block) -> tuple[Encoding, ...]:
    """Return what was done to the core of a canary, beside the encodings that are undone."""
    if hit.first != hit.last:
        same = block.record(hit.first) == block.record(hit.last)
        return (Encoding.SPLIT_FIELDS if same else Encoding.SPLIT_MESSAGES,)
    value, written = hit.canaries[0].value, hit.text.decode(errors="replace")
    if written in value:
        return ()
    return (Encoding.CASE if written.lower() in value.lower() else Encoding.SEPARATED,)


def _leaks(canaries: tuple[Canary, ...], where: Location, encodings: tuple[Encoding, ...]) -> Iterator[Leak]:
    """Yield a leak for each type that some canaries of one core are of."""
    for kind in dict.fromkeys(canary.type for canary in canaries):
        of_kind = [canary for canary in canaries if canary.type is kind]
        people = tuple(dict.fromkeys(canary.person for canary in of_kind))
        yield Leak(kind, people, where, encodings, of_kind[0].value)
