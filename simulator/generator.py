"""Composition root of `fleetsim generate`: a shard's stream into a file, as fast as it simulates."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from simulator.core.actions import Action, Publish
from simulator.core.errors import RunFailedError, UsageError
from simulator.core.process import collector_paused, peak_rss_bytes
from simulator.core.shard import Shard
from simulator.fleet import Fleet
from simulator.scenario import Scenario
from simulator.truth import Manifest, RunFolder, TruthWriter, installed_versions

CHUNK = 1 << 20
"""Bytes gathered before they are written."""

ROWS = 50_000
"""Rows in a Parquet row group."""


@dataclass(frozen=True, slots=True)
class Generated:
    """How a generation went.

    Attributes:
        devices: devices in the shard.
        messages: messages written.
        events: SimPy events processed.
        grown: bytes by which the process grew from before the fleet was built to its largest.
        complete: False if it was stopped before the scenario's end.
    """

    devices: int
    messages: int
    events: int
    grown: int
    complete: bool

    @property
    def bytes_per_device(self) -> float:
        """Memory of the fleet, people and shops included, shared out over its devices."""
        return self.grown / max(self.devices, 1)


class Sink(Protocol):
    """Takes actions one after the other."""

    def write(self, action: Action, time: str) -> None:
        """Take an action; `time` is its RFC 3339 timestamp."""

    def close(self) -> None:
        """Write what is left."""


class _Line(msgspec.Struct):
    """A message as a broker would see it. The model's labels are not here."""

    action: str
    at: float
    time: str
    device: str
    id: str
    topic: str
    qos: int
    retain: bool
    payload: msgspec.Raw


class JsonLines:
    """Writes an action a line. A JSON payload stands as it is, any other as a base 64 string."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._buffer = bytearray()
        self._encode = msgspec.json.Encoder(enc_hook=_base64).encode

    def write(self, action: Action, time: str) -> None:
        """Take an action."""
        if isinstance(action, Publish):
            payload = action.payload
            raw = msgspec.Raw(payload if payload[:1] in b"{[" else self._encode(_base64(payload)))
            line: object = _Line(
                "publish",
                action.at,
                time,
                action.device,
                action.id,
                action.topic,
                action.qos,
                action.retain,
                raw,
            )
        else:
            line = action
        buffer = self._buffer
        buffer += self._encode(line)
        buffer += b"\n"
        if len(buffer) > CHUNK:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._file.flush()

    def _flush(self) -> None:
        self._file.write(self._buffer)
        self._buffer.clear()


class Parquet:
    """Writes one row a message; sessions and subscriptions are left to JSON lines."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            raise UsageError(
                "writing Parquet needs pyarrow; install it with: pip install 'fleetsim[parquet]'"
            ) from error
        self._pa = pa
        self._schema = pa.schema(
            [
                ("at", pa.float64()),
                ("time", pa.string()),
                ("device", pa.string()),
                ("id", pa.string()),
                ("topic", pa.string()),
                ("qos", pa.int8()),
                ("retain", pa.bool_()),
                ("payload", pa.binary()),
            ]
        )
        self._writer = pq.ParquetWriter(path, self._schema)
        self._rows: list[tuple[Any, ...]] = []

    def write(self, action: Action, time: str) -> None:
        """Take an action."""
        if isinstance(action, Publish):
            a = action
            self._rows.append((a.at, time, a.device, a.id, a.topic, a.qos, a.retain, a.payload))
            if len(self._rows) >= ROWS:
                self._flush()

    def close(self) -> None:
        """Write what is left and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            columns = dict(zip(self._schema.names, zip(*self._rows, strict=True), strict=True))
            self._writer.write_table(self._pa.table(columns, schema=self._schema))
            self._rows.clear()


@collector_paused()
def generate(
    scenario: Scenario,
    sink: Sink,
    *,
    shard: Shard | None = None,
    truth: TruthWriter | None = None,
    progress: Callable[[float, int], None] = lambda _at, _messages: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Generated:
    """Write a shard's stream to a sink, and its truth beside it.

    The same scenario, seed and shard give the same bytes; merging the lines of all shards by
    ``(at, device)`` gives the lines of the one shard 0/1.

    Args:
        progress: told the simulated seconds and the messages so far, every ten thousand messages.
        stopped: asked now and then; generation ends early, with whole lines, when it says yes.
    """
    before = peak_rss_bytes()
    fleet = Fleet(scenario, shard)
    if truth is not None:
        for person in fleet.people():
            truth.person(person)
        for consent in fleet.consents():
            truth.consent(consent)
        for request in fleet.requests():
            truth.request(request)
        for fault in fleet.faults():
            truth.fault(fault)
        for campaign in fleet.campaigns():
            truth.campaign(campaign)
    messages = 0
    timestamp = fleet.calendar.timestamp
    at, time = 0.0, timestamp(0.0)
    complete = True
    for action, about in fleet.stream(stopped):
        if action.at != at:
            at = action.at
            time = timestamp(at)
        sink.write(action, time)
        if about is not None:
            messages += 1
            if truth is not None:
                truth.message(about)
                if about.spans:
                    for canary in fleet.planted(about):
                        truth.canary(canary)
            if messages % 10_000 == 0:
                progress(action.at, messages)
                if stopped():
                    complete = False
                    break
    complete = complete and not stopped()
    grown = peak_rss_bytes() - before
    return Generated(len(fleet.devices), messages, fleet.events, grown, complete)


class TruthBeside:
    """The truth folder beside a generated file, with a manifest that says whether it is whole."""

    def __init__(self, folder: RunFolder, manifest: Manifest, writer: TruthWriter) -> None:
        self.writer = writer
        self._folder = folder
        self._manifest = manifest

    def complete(self) -> None:
        """Write what is left and say that nothing is missing."""
        self.writer.close()
        ended = datetime.now(UTC)
        self._folder.write_manifest(msgspec.structs.replace(self._manifest, ended=ended, complete=True))


def truth_beside(path: Path, scenario: Scenario, shard: Shard, stack: ExitStack) -> TruthBeside:
    """Open a folder for the truth; the stack closes it.

    Raises:
        UsageError: the folder is taken.
        RunFailedError: it cannot be written.
    """
    folder = RunFolder.create(path)
    manifest = Manifest(
        scenario=scenario.model_dump(mode="json"),
        seed=scenario.seed,
        versions=installed_versions(),
        started=datetime.now(UTC),
        shard=shard,
    )
    folder.write_manifest(manifest)
    return TruthBeside(folder, manifest, stack.enter_context(TruthWriter(folder)))


def open_sink(path: Path, stack: ExitStack) -> Sink:
    """Return the sink for a file name: ``.parquet``, ``-`` for standard output, else JSON lines.

    The stack closes what was opened.

    Raises:
        UsageError: the ending is not known, or Parquet is not installed.
        RunFailedError: the file cannot be written.
    """
    sink: Sink
    try:
        if str(path) == "-":
            sink = JsonLines(sys.stdout.buffer)
        elif path.suffix == ".jsonl":
            sink = JsonLines(stack.enter_context(path.open("wb")))
        elif path.suffix == ".parquet":
            sink = Parquet(path)
        else:
            raise UsageError(f"cannot tell the format of {path}; end it in .jsonl or .parquet, or use -")
    except OSError as error:
        raise RunFailedError(f"cannot write {path}: {error.strerror}") from error
    stack.callback(sink.close)
    return sink


def _base64(value: Any) -> str:
    return base64.b64encode(value).decode()
