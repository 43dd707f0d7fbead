"""What a wearable has lived through since it last synced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from simulator.core.units import DAY
from simulator.devices.wearable.stretch import Stretch

CAPACITY = 7 * DAY
"""Seconds that a wearable stores unsynced; the oldest is lost beyond (Fitbit Charge HR manual)."""


class Store:
    """Keeps unsynced time rather than samples: they are made when they are sent, from the stretch alone."""

    __slots__ = ("_stretches",)

    def __init__(self) -> None:
        self._stretches: list[Stretch] = []

    def add(self, stretches: Iterable[Stretch]) -> None:
        """Append stretches that follow the ones that are stored."""
        self._stretches.extend(stretches)

    def forget(self, now: float) -> None:
        """Lose what happened more than `CAPACITY` before `now`."""
        oldest = now - CAPACITY
        stretches = self._stretches
        if stretches and stretches[0].start < oldest:
            self._stretches = [
                stretch if stretch.start >= oldest else replace(stretch, start=oldest)
                for stretch in stretches
                if stretch.end > oldest
            ]

    def take(self) -> list[Stretch]:
        """Return all that is stored, oldest first, and keep nothing."""
        stretches, self._stretches = self._stretches, []
        return stretches
