"""Whom a fault can befall, and whom it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from simulator.core.seeds import Seeds
from simulator.faults.options import DeviceFaultOptions

_HASHES = 1 << 64


@dataclass(frozen=True, slots=True)
class Subject:
    """A device that a fault can befall.

    Attributes:
        device: its id.
        kind: its family.
        premises: the home or shop that it belongs to.
    """

    device: str
    kind: str
    premises: str


def chosen(
    options: DeviceFaultOptions,
    subjects: Collection[Subject],
    seeds: Seeds,
    label: str,
    *,
    count: int = 0,
    together: bool = False,
) -> Iterator[Subject]:
    """Yield whom a fault befalls of the devices of one neighbourhood.

    A share depends on each device alone: another one more or less changes nothing for it. Of a count, those
    with the lowest hashes are taken, so that one more device displaces at most one.

    Args:
        label: of the fault.
        count: how many it befalls, where the options do not give a share.
        together: it befalls all devices of a home or shop or none, and the share is one of homes and shops.
    """

    def rank(subject: Subject) -> int:
        return seeds.digest("fault", label, subject.premises if together else subject.device)

    able = [subject for subject in subjects if options.kinds is None or subject.kind in options.kinds]
    if options.devices is not None:
        yield from nsmallest(count, able, key=rank)
    elif options.share is None:
        yield from able
    else:
        limit = options.share * _HASHES
        yield from (subject for subject in able if rank(subject) < limit)
