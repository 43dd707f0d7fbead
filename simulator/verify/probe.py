"""The probe: canaries planted in records of a control's own shape, to see that the scanner finds them."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.privacy import Canaries, CanaryType, Subject
from simulator.verify.output import Output
from simulator.verify.record import Record
from simulator.verify.scan import Scanner


def find_blind_types(
    scanner: Scanner, canaries: Canaries, subjects: Sequence[Subject], samples: Sequence[Output]
) -> tuple[list[str], list[str]]:
    """Return the types of personal data that the scanner finds in such records, and those that it does not.

    Each type of one person's data is planted behind the longest text of a record, or beside its fields.

    Args:
        scanner: to be tested.
        canaries: makes what is planted.
        subjects: everybody.
        samples: records of the control.
    """
    if not samples or not subjects:
        return [], []
    found: list[str] = []
    missed: list[str] = []
    for number, kind in enumerate(CanaryType):
        subject = subjects[number * 7919 % len(subjects)]
        canary = canaries.make(kind, subject)
        record = _planted(samples[number % len(samples)].record(), canary.value.encode())
        seen = any(leak.type is kind and subject.person in leak.people for leak in scanner.scan([record]))
        (found if seen else missed).append(str(kind))
    return found, missed


def _planted(record: Record, value: bytes) -> Record:
    if not record.values:
        return Record(record.sink, record.row, ("probe",), (value,))
    longest = max(range(len(record.values)), key=lambda place: len(record.values[place]))
    values = list(record.values)
    values[longest] += b" " + value
    return Record(record.sink, record.row, record.names, tuple(values))
