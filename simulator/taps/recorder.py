"""The taps at work, in a process of their own: they must not slow down the load that they watch."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing.connection import Connection
from pathlib import Path

from simulator.core.errors import FleetsimError
from simulator.plan import Plan
from simulator.scenario import TapKind, TapOptions
from simulator.taps.files import DirectoryTap, FileTap, copy_store
from simulator.taps.http_sink import HttpSink
from simulator.taps.tape import Tape
from simulator.taps.topics import TopicTaps
from simulator.truth.folder import writing

_TURN = 0.05
"""Seconds between two looks at the files, and at what the run asks for."""

RETAINED = "retained.jsonl"
"""In the folder of what a tap on topics finds at the end."""

RETAINED_SILENCE = 0.5
"""Seconds after which a broker has nothing more to say about retained messages."""

_RETAINED_PATIENCE = 10.0


class Ask(Enum):
    """What a run may ask its taps for."""

    STANDING = "standing"
    KEPT = "kept"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be tapped.

    Attributes:
        plan: the load, with the broker itself as its endpoint.
        taps: each with its paths made absolute.
        folder: takes the tapes.
        origin: the moment of the monotonic clock from which the load counts its seconds.
    """

    plan: Plan
    taps: tuple[TapOptions, ...]
    folder: Path
    origin: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How the taps stand.

    Attributes:
        rows: received by each; for a store, the files that were copied.
        silent: seconds since each received something.
        ports: where those listen that take HTTP.
        lost: connections to the broker that broke.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    silent: Mapping[str, float] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    lost: int = 0


def record(order: Order, wire: Connection) -> None:
    """Record until told to stop, or until the run is gone; the body of the taps' process."""
    # Ctrl-C reaches every process of the terminal; the run alone acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with ExitStack() as stack:
            _Recorder(order, wire, stack).run()
    except FleetsimError as error:
        _tell(wire, error)


class _Recorder:
    def __init__(self, order: Order, wire: Connection, stack: ExitStack) -> None:
        self._order = order
        self._wire = wire
        self._stack = stack
        self._stopped = False
        self._stored: dict[str, int] = {}
        self._tapes = {
            tap.name: stack.enter_context(self._tape(tap))
            for tap in order.taps
            if tap.kind is not TapKind.STORE
        }
        self._files = [reader for tap in order.taps if (reader := self._reader(tap)) is not None]
        self._ports = {tap.name: self._listen(tap) for tap in order.taps if tap.kind is TapKind.HTTP}
        self._filters = {tap.name: tap.topics for tap in order.taps if tap.topics is not None}
        self._topics: TopicTaps | None = None

    def run(self) -> None:
        """Begin, say so, and go on."""
        if self._filters:
            self._topics = TopicTaps(self._order.plan, self._filters, self._tapes)
            self._stack.callback(self._topics.close)
            if trouble := self._topics.begin(lambda: self._stopped):
                _tell(self._wire, trouble)
                return
        _tell(self._wire, self._standing())
        while not self._stopped:
            self._turn()
            self._answer()
        while self._read_files():
            pass
        for reader in self._files:
            reader.finish()
        _tell(self._wire, self._standing())

    def _turn(self) -> None:
        more = self._read_files()
        wait = 0.0 if more else _TURN
        if self._topics is not None:
            self._topics.poll(wait)
        elif wait and self._wire.poll(wait):
            pass  # it wakes for what is asked
        for tape in self._tapes.values():
            tape.flush()

    def _read_files(self) -> bool:
        return sum(reader.read() for reader in self._files) > 0

    def _answer(self) -> None:
        try:
            while self._wire.poll():
                match self._wire.recv():
                    case Ask.STANDING:
                        _tell(self._wire, self._standing())
                    case Ask.KEPT:
                        self._record_retained()
                        self._copy_stores()
                        _tell(self._wire, self._standing())
                    case Ask.STOP:
                        self._stopped = True
        except (EOFError, OSError):
            self._stopped = True

    def _record_retained(self) -> None:
        """Record what the broker still keeps of what came out: it would hand it to anybody who asks."""
        if self._topics is None:
            return
        self._topics.close()
        self._topics = None
        with ExitStack() as stack:
            kept = {
                name: stack.enter_context(Tape(self._kept(name) / RETAINED, self._clock, timed=False))
                for name in self._filters
            }
            look = TopicTaps(self._order.plan, self._filters, kept, "last look")
            stack.callback(look.close)
            look.begin(lambda: False)
            begin = since = time.monotonic()
            rows = 0
            while (now := time.monotonic()) < min(since + RETAINED_SILENCE, begin + _RETAINED_PATIENCE):
                look.poll(_TURN)
                heard = sum(tape.rows for tape in kept.values())
                if heard != rows:
                    rows, since = heard, now
        for name, tape in kept.items():
            if not tape.rows:
                (self._kept(name) / RETAINED).unlink()
                self._kept(name).rmdir()

    def _kept(self, name: str) -> Path:
        """Return the folder of what a tap finds at the end."""
        path = self._order.folder / name
        with writing(path):
            path.mkdir(exist_ok=True)
        return path

    def _copy_stores(self) -> None:
        """Copy what controls keep in files of any kind, as it is at the end."""
        for tap in self._order.taps:
            if tap.store is not None:
                self._stored[tap.name] = copy_store(Path(tap.store), self._kept(tap.name))

    def _standing(self) -> Standing:
        now = self._clock()
        return Standing(
            rows={name: tape.rows for name, tape in self._tapes.items()} | self._stored,
            silent={name: now - tape.latest for name, tape in self._tapes.items()},
            ports=self._ports,
            lost=0 if self._topics is None else self._topics.lost,
        )

    def _clock(self) -> float:
        return time.monotonic() - self._order.origin

    def _tape(self, tap: TapOptions) -> Tape:
        return Tape(self._order.folder / f"{tap.name}.jsonl", self._clock)

    def _reader(self, tap: TapOptions) -> FileTap | DirectoryTap | None:
        if tap.file is not None:
            return FileTap(Path(tap.file), self._tapes[tap.name])
        if tap.directory is not None:
            return DirectoryTap(Path(tap.directory), self._tapes[tap.name])
        return None

    def _listen(self, tap: TapOptions) -> int:
        sink = HttpSink(tap.http or 0, self._tapes[tap.name])
        self._stack.callback(sink.close)
        return sink.port


def _tell(wire: Connection, what: object) -> None:
    with suppress(OSError):  # the run is gone
        wire.send(what)
