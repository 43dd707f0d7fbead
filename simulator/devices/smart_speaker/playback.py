"""What a smart speaker plays."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import simpy

from simulator.core.seeds import Draws
from simulator.core.units import MINUTE
from simulator.devices.smart_speaker.intent import Intent

LENGTH = {Intent.MUSIC: (35 * MINUTE, 0.8), Intent.NEWS: (4 * MINUTE, 0.4)}
"""Median (seconds) and log-SD of how long it plays, by what was asked for (assumption)."""


class Ending(StrEnum):
    """Why playback stopped."""

    OVER = "over"
    TOLD = "told"
    NOBODY_AWAKE = "nobody_awake"


class Playback:
    """Plays one thing at a time, until it is over or stopped.

    Args:
        env: the SimPy environment.
        draws: the speaker's stream.
        report: called as (content, ending): with None when it starts, with why when it stops.

    Attributes:
        content: what plays now, or None.
    """

    __slots__ = ("_draws", "_end", "_env", "_report", "content")

    def __init__(
        self, env: simpy.Environment, draws: Draws, report: Callable[[Intent, Ending | None], None]
    ) -> None:
        self._env = env
        self._draws = draws
        self._report = report
        self._end: simpy.Event | None = None
        self.content: Intent | None = None

    def start(self, content: Intent) -> None:
        """Play something instead of whatever plays now."""
        self.content = content
        self._end = self._env.timeout(self._draws.lognormal(*LENGTH[content]))
        self._end.callbacks.append(self._over)
        self._report(content, None)

    def stop(self, ending: Ending) -> None:
        """Stop, if something plays."""
        if self.content is not None:
            content, self.content = self.content, None
            self._end = None
            self._report(content, ending)

    def _over(self, event: simpy.Event) -> None:
        # A later start leaves this event behind.
        if event is self._end:
            self.stop(Ending.OVER)
