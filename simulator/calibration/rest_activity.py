"""The rhythm of rest and activity, by the non-parametric measures of actigraphy.

Witting, Kwa, Eikelenboom, Mirmiran and Swaab 1990, Biological Psychiatry 27; Van Someren et al. 1999,
Chronobiology International 16. All take activity by the hour, whatever its unit: none changes with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOURS = 24

Hourly = NDArray[np.float64]
"""Activity of consecutive hours, oldest first; NaN where nothing was recorded."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive hours of the average day.

    Attributes:
        mean: activity in them, in the unit that was given.
        begins: clock hour of the first, if the record begins at midnight.
    """

    mean: float
    begins: int


def interdaily_stability(hourly: Hourly) -> float:
    """Return how much of the variance of activity the hour of the day explains, 0 to 1.

    0 is noise, 1 the same day again and again.
    """
    profile, counts = _profile(hourly)
    overall, spread = np.nanmean(hourly), np.nanvar(hourly)
    return float(((profile - overall) ** 2 * counts).sum() / counts.sum() / spread)


def intradaily_variability(hourly: Hourly) -> float:
    """Return how fragmented activity is: the mean squared change from hour to hour over the variance.

    A sine wave of a day has 0.07, noise 2.
    """
    return float(np.nanmean(np.diff(hourly) ** 2) / np.nanvar(hourly))


def least_active(hourly: Hourly, hours: int = 5) -> Window:
    """Return the least active consecutive hours of the average day: L5."""
    sums = _windows(hourly, hours)
    begins = int(np.argmin(sums))
    return Window(float(sums[begins]), begins)


def most_active(hourly: Hourly, hours: int = 10) -> Window:
    """Return the most active consecutive hours of the average day: M10."""
    sums = _windows(hourly, hours)
    begins = int(np.argmax(sums))
    return Window(float(sums[begins]), begins)


def relative_amplitude(hourly: Hourly) -> float:
    """Return how far M10 stands above L5, as a share of their sum: 0 for no rhythm, 1 for still nights."""
    most, least = most_active(hourly).mean, least_active(hourly).mean
    return (most - least) / (most + least)


def by_hour(ends: Hourly, seconds: Hourly, amounts: Hourly, days: int) -> Hourly:
    """Return amounts that were counted over some time, such as steps, spread over the hours of a record.

    An hour of which less than half was counted is NaN; the others are scaled up to whole hours.

    Args:
        ends: simulated second at which each count ended.
        seconds: over which it went.
        amounts: what was counted.
        days: length of the record, from second 0 on.
    """
    hour = np.minimum(((ends - seconds / 2.0) // 3600.0).astype(int), HOURS * days - 1)
    total = np.bincount(hour, amounts, minlength=HOURS * days)
    counted = np.bincount(hour, seconds, minlength=HOURS * days)
    seen = counted >= 1800.0
    return np.where(seen, total / np.where(seen, counted, 1.0) * 3600.0, np.nan)


def _profile(hourly: Hourly) -> tuple[Hourly, Hourly]:
    """Return the average day, hour by hour, and how many days each hour of it was recorded on."""
    padded = np.pad(hourly, (0, -len(hourly) % HOURS), constant_values=np.nan)
    days = padded.reshape(-1, HOURS)
    counts = (~np.isnan(days)).sum(axis=0).astype(float)
    return np.nansum(days, axis=0) / np.maximum(counts, 1.0), counts


def _windows(hourly: Hourly, hours: int) -> Hourly:
    """Return the mean of the average day over the hours that begin at each hour, round midnight."""
    profile, _ = _profile(hourly)
    return np.asarray(
        np.convolve(np.concatenate((profile, profile[: hours - 1])), np.ones(hours) / hours, "valid")
    )
