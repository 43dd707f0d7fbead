"""Writes the table: CSV, or Parquet where pyarrow is there."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from simulator.core.errors import RunFailedError, UsageError
from simulator.labels.card import write_card
from simulator.labels.rows import ATTACK, COLUMNS, LabelledRow, labelled_rows
from simulator.truth import RunFolder

_ROWS = 50_000
"""Rows of a row group."""


@dataclass
class Exported:
    """What was written.

    Attributes:
        table, card: the files.
        rows: how many.
        attacks: rows that are part of attacks, by their kind.
        look_alikes: benign rows that look like an attack.
        digest: SHA-256 of the table.
    """

    table: Path
    card: Path
    rows: int = 0
    attacks: Counter[str] = field(default_factory=Counter)
    look_alikes: int = 0
    digest: str = ""


def export_labels(run: Path, to: Path) -> Exported:
    """Write the labelled table of a run, and its data card as Markdown beside it.

    Args:
        run: folder of the run, or of the truth beside a generated stream.
        to: the table; ``.csv`` or ``.parquet``.

    Raises:
        UsageError: there is no run, the ending is not known, or Parquet needs a package that is missing.
        RunFailedError: the truth cannot be read, or a file not be written.
    """
    if to.suffix not in (".csv", ".parquet"):
        raise UsageError(f"cannot tell the format of {to}; end it in .csv or .parquet")
    folder = RunFolder.open(run)
    manifest = folder.read_manifest()
    exported = Exported(to, to.with_suffix(".md"))
    rows = _counted(labelled_rows(folder), exported)
    try:
        if to.suffix == ".csv":
            _write_csv(to, rows)
        else:
            _write_parquet(to, rows)
        with to.open("rb") as file:
            exported.digest = hashlib.file_digest(file, "sha256").hexdigest()
        write_card(exported, manifest)
    except OSError as error:
        raise RunFailedError(f"cannot write {to}: {error.strerror}; name another with -o") from error
    return exported


def _counted(rows: Iterable[LabelledRow], exported: Exported) -> Iterable[LabelledRow]:
    for row in rows:
        exported.rows += 1
        if row.label == ATTACK:
            exported.attacks[row.kind or "unknown"] += 1
        exported.look_alikes += row.looks_like is not None
        yield row


def _write_csv(path: Path, rows: Iterable[LabelledRow]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _write_parquet(path: Path, rows: Iterable[LabelledRow]) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError(
            "writing Parquet needs pyarrow; install it with: pip install 'fleetsim[parquet]'"
        ) from error
    types: dict[type, Any] = {float: pa.float64(), str: pa.string(), int: pa.int32(), bool: pa.bool_()}
    schema = pa.schema([(name, types[kind]) for name, (kind, _) in COLUMNS.items()])
    each = iter(rows)
    with pq.ParquetWriter(path, schema) as writer:
        while group := list(islice(each, _ROWS)):
            columns = dict(zip(schema.names, zip(*group, strict=True), strict=True))
            writer.write_table(pa.table(columns, schema=schema))
