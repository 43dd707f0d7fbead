"""A record of what came out of a control: one line, row or message, with its fields."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, gc=False):
    """The texts of one record.

    Attributes:
        sink: the file, or a table in it.
        row: line or row, from 1.
        names: of the fields, with dots for fields within fields.
        values: what they hold, as bytes; text in UTF-8. Numbers with a fraction are left out, as no canary
            is one.
    """

    sink: str
    row: int
    names: tuple[str, ...]
    values: tuple[bytes, ...]
