"""Parquet files: their rows, by the batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.core.errors import UsageError
from simulator.verify.sinks.errors import SinkError
from simulator.verify.sinks.values import Row

SIGN = b"PAR1"
_BATCH = 4096


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises:
        UsageError: pyarrow is not installed.
        SinkError: while iterating: it is no whole Parquet file.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError(
            "reading Parquet needs pyarrow; install it with: pip install 'fleetsim[verify]'"
        ) from error
    sink = str(path)
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                names = batch.schema.names
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    yield sink, number, zip(names, row, strict=True)
    except (pa.ArrowException, OSError) as error:
        raise SinkError(f"{path} is no whole Parquet file: {error}") from error
