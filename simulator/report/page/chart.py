"""Charts: pictures with the numbers that they show, for those who would rather read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from simulator.report.page import svg

WIDTH, HEIGHT = 360.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 12.0, 14.0, 34.0
"""Of a small chart, in its own units; about a pixel each on a phone."""

BINS = 24
"""Most bars of a histogram."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with the table that says the same.

    Attributes:
        title: what it shows.
        note: what stands below it; empty for nothing.
        picture: the SVG; empty if there is nothing to show.
        headings, rows: the table.
        wide: whether it needs more room than a phone has, and is scrolled.
        broad: the same picture for a wide window, where there is one.
        legend: signs with what they stand for.
    """

    title: str
    note: str
    picture: Markup
    headings: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]
    wide: bool = False
    broad: Markup | None = None
    legend: Sequence[tuple[str, Markup]] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps numbers from one range to another in a straight line."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value lies."""
        span = self.high - self.low or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers within a range, at most so many: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if span <= 0.0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if span / (power * factor) <= most)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def brief(value: float) -> str:
    """Return a number as it stands at an axis: ``1.5k``, ``20``, ``0.5``."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    if abs(value) >= 1e4 or (abs(value) >= 1e3 and value % 100.0 == 0.0):
        return f"{value / 1e3:g}k"
    return f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.4g}"


def histogram(
    title: str, values: Sequence[float], counts: Sequence[float] | None = None, *, unit: str, what: str
) -> Chart:
    """Return how some values are distributed.

    Args:
        title: what they are.
        values: the values.
        counts: how often each occurs; once if left out.
        unit: of the values, for the axis.
        what: what is counted, such as ``nights``.
    """
    weights = [1.0] * len(values) if counts is None else list(counts)
    if not values:
        return Chart(title, f"No {what} in this scenario.", Markup(""), (), ())
    edges = _edges(min(values), max(values))
    bars = [0.0] * (len(edges) - 1)
    step = edges[1] - edges[0]
    for value, weight in zip(values, weights, strict=True):
        bars[min(int((value - edges[0]) / step + 1e-9), len(bars) - 1)] += weight
    across = Scale(edges[0], edges[-1], LEFT, WIDTH - RIGHT)
    up = Scale(0.0, max(bars) * 1.08, HEIGHT - BOTTOM, TOP)
    drawn = [
        svg.rect(
            across(low) + 0.5,
            up(bar),
            across(low + step) - across(low) - 1.0,
            up(0.0) - up(bar),
            "bar",
            f"{brief(low)} to {brief(low + step)} {unit}: {bar:,.0f} {what}",
        )
        for low, bar in zip(edges, bars, strict=False)
        if bar
    ]
    total = sum(weights)
    middle = _median(values, weights)
    note = f"{total:,.0f} {what}, median {brief(round(middle, 2))} {unit}."
    picture = svg.figure(
        WIDTH,
        HEIGHT,
        f"{title}: histogram. {note}",
        frame(across, up, ticks(edges[0], edges[-1]), unit, brief),
        *drawn,
        svg.line((across(middle), TOP), (across(middle), HEIGHT - BOTTOM), "median"),
    )
    rows = [
        (f"{brief(low)} to {brief(low + step)}", f"{bar:,.0f}") for low, bar in zip(edges, bars, strict=False)
    ]
    return Chart(title, note, picture, (unit, what), rows)


def columns(title: str, labels: Sequence[str], values: Sequence[float], *, unit: str, of: str) -> Chart:
    """Return a column for each of some labelled values.

    Args:
        title: what they are.
        labels: one for each value; about every third is written if there are many.
        values: the values.
        unit: what the values count.
        of: what the labels are, for the head of the table.
    """
    if not any(values):
        return Chart(title, f"No {unit} in this scenario.", Markup(""), (), ())
    across = Scale(0.0, float(len(values)), LEFT, WIDTH - RIGHT)
    up = Scale(0.0, max(values) * 1.08, HEIGHT - BOTTOM, TOP)
    every = max(math.ceil(len(labels) / 8), 1)
    drawn = [
        svg.rect(
            across(number) + 1.0,
            up(value),
            across(1.0) - across(0.0) - 2.0,
            up(0.0) - up(value),
            "bar",
            f"{label}: {value:,.0f} {unit}",
        )
        for number, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    names = [
        svg.text(across(number + 0.5), HEIGHT - BOTTOM + 15.0, label, anchor="middle", class_="tick")
        for number, label in enumerate(labels)
        if number % every == 0
    ]
    highest = max(range(len(values)), key=lambda number: values[number])
    note = f"Most at {labels[highest]}: {values[highest]:,.0f} {unit}."
    picture = svg.figure(
        WIDTH, HEIGHT, f"{title}: columns. {note}", frame(across, up, (), "", brief), *drawn, *names
    )
    return Chart(
        title, note, picture, (of, unit), list(zip(labels, map("{:,.0f}".format, values), strict=True))
    )


def frame(
    across: Scale,
    up: Scale,
    marks: Sequence[float],
    unit: str,
    write: Callable[[float], str],
    levels: Sequence[tuple[float, str]] | None = None,
) -> Markup:
    """Return axes with their marks.

    Args:
        across, up: what the axes show.
        marks: values that are marked along the lower axis.
        unit: of them.
        write: how they are written.
        levels: heights with what is written there; round numbers if left out.
    """
    base, left, right = up.start, across.start, across.end
    lines = []
    if levels is None:
        levels = [(value, brief(value)) for value in ticks(up.low, up.high, 4)]
    for value, says in levels:
        lines.append(svg.line((left, up(value)), (right, up(value)), "grid"))
        lines.append(svg.text(left - 5.0, up(value) + 4.0, says, anchor="end", class_="tick"))
    for mark in marks:
        lines.append(svg.line((across(mark), base), (across(mark), base + 4.0), "axis"))
        lines.append(svg.text(across(mark), base + 16.0, write(mark), anchor="middle", class_="tick"))
    lines.append(svg.line((left, base), (right, base), "axis"))
    if unit:
        lines.append(svg.text(right, base + 30.0, unit, anchor="end", class_="tick"))
    return svg.group(*lines)


def _edges(low: float, high: float) -> list[float]:
    """Return the edges of round bars that hold all from low to high."""
    marks = ticks(low, high, BINS) if high > low else [low, low + 1.0]
    step = marks[1] - marks[0] if len(marks) > 1 else (high - low) or 1.0
    first = math.floor(low / step + 1e-9)
    last = max(math.floor(high / step + 1e-9) + 1, first + 1)
    return [number * step for number in range(first, last + 1)]


def _median(values: Sequence[float], weights: Sequence[float]) -> float:
    half, passed = sum(weights) / 2.0, 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        passed += weight
        if passed >= half:
            return value
    return math.nan
