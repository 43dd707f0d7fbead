"""How a run is getting on: one live line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""

_BAR, _SHORTEST_BAR = 16, 8
"""Columns; nothing between, so that the bar does not change with each figure beside it."""


@dataclass(frozen=True, slots=True)
class Update:
    """A run at one moment.

    Attributes:
        elapsed: seconds since the run began.
        simulated: seconds since the scenario's start.
        duration: simulated seconds that the scenario lasts.
        clock: the simulated local time, such as ``Mon 18:24``.
        asked: connections that the fleet wants.
        connected: those of them that are open.
        sent: messages sent so far, or ended without.
        lag: seconds, of the messages sent lately.
        queue_depth: messages that are due and wait to be sent.
    """

    elapsed: float
    simulated: float
    duration: float
    clock: str
    asked: int
    connected: int
    sent: int
    lag: float
    queue_depth: int


class Progress:
    """Shows updates as they come. Use it in a ``with``: leaving it clears the live line.

    Args:
        console: where to; progress belongs on stderr.
        quiet: show nothing at all.
    """

    def __init__(self, console: Console, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._last: Update | None = None
        self._rate = 0.0
        self._next_line = EVERY
        self._live: Live | None = None
        if console.is_terminal and not console.is_dumb_terminal and not quiet:
            self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False)

    def update(self, update: Update) -> None:
        """Show how the run is getting on now."""
        if self._quiet:
            return
        self._measure(update)
        if self._live is not None:
            self._live.update(self._bar(update), refresh=True)
        elif update.elapsed >= self._next_line:
            self._next_line = update.elapsed - update.elapsed % EVERY + EVERY
            self._console.print(self._line(update), soft_wrap=True, highlight=False)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def _measure(self, update: Update) -> None:
        last = self._last
        if last is not None and update.elapsed < last.elapsed:
            last, self._next_line = None, EVERY  # another run of a drill
        if last is None:
            self._rate = update.sent / update.elapsed if update.elapsed > 0 else 0.0
        elif update.elapsed > last.elapsed:
            self._rate = (update.sent - last.sent) / (update.elapsed - last.elapsed)
        self._last = update

    def _line(self, update: Update) -> Text:
        return Text("  ".join(self._parts(update)))

    def _parts(self, update: Update) -> list[str]:
        share = min(update.simulated / update.duration, 1.0)
        return [
            update.clock,
            f"{share:4.0%}",
            f"{self._rate:,.0f} messages/s",
            f"{update.connected:,}/{update.asked:,} connected",
            f"lag {update.lag * 1000:,.0f} ms",
            f"queue {update.queue_depth:,}",
        ]

    def _bar(self, update: Update) -> RenderableType:
        """Return a bar and what there is to say, or that alone where there is no room for both."""
        line, width = self._line(update), self._console.width
        room = width - line.cell_len - 1
        if room < _SHORTEST_BAR:
            return Text("\n".join(_filled(self._parts(update), width)), no_wrap=True, overflow="ellipsis")
        row = Table.grid(padding=(0, 1))
        row.add_row(
            ProgressBar(update.duration, update.simulated, width=_BAR if room >= _BAR else _SHORTEST_BAR),
            line,
        )
        return row


def _filled(parts: list[str], width: int) -> Iterator[str]:
    """Yield lines with as many parts as go into each, none of them broken."""
    line = ""
    for part in parts:
        if line and len(line) + 2 + len(part) > width:
            yield line
            line = part
        else:
            line = f"{line}  {part}" if line else part
    yield line
