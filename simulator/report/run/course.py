"""A run over time: charts that share one axis, with its faults and attacks behind them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from simulator.core.units import HOUR, MINUTE, format_duration
from simulator.report.page import svg
from simulator.report.page.chart import Chart, Scale, brief, frame, ticks
from simulator.report.run.occurrence import Occurrence
from simulator.report.run.result import Result
from simulator.report.timeline import Stretch
from simulator.report.verification.words import spaced

NARROW, BROAD = 360.0, 1120.0
"""Widths of a chart for a phone and for a wide window, about a pixel a unit each."""

HEIGHT = 170.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 12.0, 10.0, 36.0
LANE = 30.0
"""Height of a fault or an attack: its name, and a bar below that."""

LOGARITHMIC = 20.0
"""How often the least goes into the greatest value before each step of an axis is a decade."""

IN_DECADES = ("Publish latency", "End to end latency", "Lag")
"""Charts whose values may differ so much."""

MOST_LANES = 16
"""Faults and attacks that are drawn; the table has them all."""

Value = Callable[[Stretch], float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart.

    Attributes:
        name: what it shows.
        value: of a stretch.
        stretches: of the run, or of an earlier one.
        at_end: whether the value is that at the end of a stretch, and not of all of it.
    """

    name: str
    value: Value
    stretches: Sequence[Stretch]
    at_end: bool = False

    @property
    def points(self) -> list[tuple[float, float | None]]:
        """When there was how much; what is of all of a stretch in the middle of it."""
        early = 0.0 if self.at_end else 0.5
        return [(each.at - each.seconds * early, self.value(each)) for each in self.stretches]

    @property
    def values(self) -> list[float]:
        """All that was measured."""
        return [value for _, value in self.points if value is not None]


def draw_course(result: Result, earlier: Result | None = None) -> list[Chart]:
    """Return how a run went, chart by chart; none if it has no timeline."""
    if not result.stretches:
        return []
    return [
        *_happened(result),
        *(
            _chart(result, title, unit, [line for line in lines if line.values])
            for title, unit, lines in _panels(result, earlier)
            if any(any(line.values) for line in lines)
        ),
    ]


def _panels(result: Result, earlier: Result | None) -> Iterator[tuple[str, str, list[Line]]]:
    stretches = result.stretches

    def line(name: str, value: Value, at_end: bool = False) -> Line:
        return Line(name, value, stretches, at_end)

    def before(name: str, value: Value) -> list[Line]:
        return [] if earlier is None or not earlier.stretches else [Line(name, value, earlier.stretches)]

    delivered = _rate_of("delivered")
    yield (
        "Messages a second",
        "messages/s",
        [line("came due", _rate_of("due")), line("delivered", delivered),
         *before("delivered in the earlier run", delivered)],
    )  # fmt: skip
    wrong = {"refused": "refused", "dropped": "dropped", "lost": "lost", "late": "sent late"}
    troubled = {name: says for name, says in wrong.items() if any(getattr(each, name) for each in stretches)}
    yield (
        "What went wrong", "messages/s",
        [line(says, _rate_of(name)) for name, says in troubled.items()],
    )  # fmt: skip
    for title, name in (("Publish latency", "publish"), ("End to end latency", "end_to_end"), ("Lag", "lag")):
        p99 = _percentile(name, "p99")
        yield (
            title,
            "ms",
            [line("p50", _percentile(name, "p50")), line("p99", p99), line("max", _percentile(name, "max")),
             *before("p99 in the earlier run", p99)],
        )  # fmt: skip
    states = dict.fromkeys(state for each in stretches for state, count in each.connections.items() if count)
    # What one looks for is the first line.
    in_order = sorted(states, key=lambda state: state != "connected")
    yield "Connections", "connections", [line(spaced(state), _state(state), True) for state in in_order]
    yield (
        "Messages that wait",
        "messages",
        [
            line("to be sent", lambda each: each.queue, True),
            line("for an answer", lambda each: each.in_flight, True),
        ],
    )
    kinds = dict.fromkeys(kind for each in stretches for kind in each.kinds)
    yield (
        "Delivered by device family", "messages/s",
        [line(spaced(kind), _kind(kind)) for kind in kinds],
    )  # fmt: skip


def _rate_of(name: str) -> Value:
    return lambda each: each.rate(getattr(each, name))


def _percentile(spread: str, name: str) -> Value:
    return lambda each: getattr(getattr(each, spread), name)


def _state(state: str) -> Value:
    return lambda each: each.connections.get(state, 0)


def _kind(kind: str) -> Value:
    return lambda each: each.rate(each.kinds.get(kind, 0))


def _chart(result: Result, title: str, unit: str, lines: list[Line]) -> Chart:
    most = [f"{line.name} {brief(_round(max(line.values)))}" for line in lines if line.values]
    note = f"At most, in {unit}: {', '.join(most)}."
    own = [line for line in lines if line.stretches is result.stretches]
    return Chart(
        title=f"{title}, ms" if unit == "ms" else title,
        note=note,
        picture=_picture(result, title, note, lines, NARROW),
        broad=_picture(result, title, note, lines, BROAD),
        headings=("from second", "to", "clock", *(line.name for line in own)),
        rows=list(_rows(result, own)),
        legend=[(line.name, _sample(number)) for number, line in enumerate(lines)],
    )


def _rows(result: Result, lines: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    columns = [[value for _, value in line.points] for line in lines]
    for number, each in enumerate(result.stretches):
        values = (column[number] for column in columns)
        written = ("-" if value is None else brief(_round(value)) for value in values)
        yield f"{each.start:.1f}", f"{each.at:.1f}", result.clock(each.simulated), *written


def _picture(result: Result, title: str, note: str, lines: Sequence[Line], width: float) -> Markup:
    axis, base = Axis.of(result.seconds, width), HEIGHT - BOTTOM
    values = [value for line in lines for value in line.values]
    low, high = min((value for value in values if value > 0), default=0.0), max(values)
    logarithmic = title in IN_DECADES and low > 0 and high / low > LOGARITHMIC
    if logarithmic:
        bottom, top = math.floor(math.log10(low)), math.ceil(math.log10(high))
        up = Scale(bottom, top, base, TOP)
        levels = [(float(power), brief(10.0**power)) for power in range(bottom, top + 1)]
    else:
        up = Scale(0.0, high * 1.05, base, TOP)
        levels = None

    def at(value: float) -> float:
        return up(math.log10(max(value, 10.0**up.low))) if logarithmic else up(value)

    return svg.figure(
        width,
        HEIGHT,
        f"{title} over time. {note} The table below has the numbers.",
        *(bar for each in result.occurrences for bar in _bars(each, axis, TOP, base - TOP, "band")),
        axis.frame(up, levels),
        *(_clock(result, axis, base) if width >= BROAD else ()),
        # The first line is what one looks for, so it is drawn over the others.
        *(
            svg.path(_runs(line, axis, at), f"line line{number}")
            for number, line in reversed(list(enumerate(lines)))
        ),
    )


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis of time that all charts of a width share.

    Attributes:
        across: where a second of the load's clock lies.
        marks: seconds that are marked.
        size, unit: of the unit in which they are written: its seconds, and its sign.
    """

    across: Scale
    marks: Sequence[float]
    size: float
    unit: str

    @classmethod
    def of(cls, seconds: float, width: float) -> Axis:
        """Return the axis of a run that lasted so long."""
        size, unit = (1.0, "s") if seconds <= 3 * MINUTE else (MINUTE, "min")
        if seconds > 3 * HOUR:
            size, unit = HOUR, "h"
        marks = [mark * size for mark in ticks(0.0, seconds / size, 5 if width < BROAD else 10)]
        return cls(Scale(0.0, seconds, LEFT, width - RIGHT), marks, size, unit)

    def frame(self, up: Scale, levels: Sequence[tuple[float, str]] | None) -> Markup:
        """Return both axes."""
        return frame(self.across, up, self.marks, self.unit, lambda at: brief(at / self.size), levels)


def _clock(result: Result, axis: Axis, base: float) -> Iterator[Markup]:
    """Yield the simulated clock below the marks."""
    for mark, moment in zip(axis.marks, result.simulated(axis.marks), strict=True):
        if axis.across(mark) < axis.across.end - 40.0:
            yield svg.text(
                axis.across(mark), base + 30.0, result.clock(moment), anchor="middle", class_="tick"
            )


def _runs(line: Line, axis: Axis, up: Callable[[float], float]) -> list[list[svg.Point]]:
    """Return what of a line hangs together: it is broken where nothing was measured."""
    runs: list[list[svg.Point]] = [[]]
    for at, value in line.points:
        if value is None:
            runs.append([])
        elif at <= axis.across.high:
            runs[-1].append((axis.across(at), up(value)))
    return [run for run in runs if run]


def _bars(each: Occurrence, axis: Axis, top: float, height: float, class_: str) -> Iterator[Markup]:
    for start, end in each.spells:
        left, right = axis.across(start), axis.across(end)
        says = f"{each.label} from {format_duration(start)} to {format_duration(end)}"
        yield svg.rect(left, top, max(right - left, 2.0), height, f"{class_} {_kind_of(each)}", says)


def _kind_of(each: Occurrence) -> str:
    return "attack" if each.is_attack else "fault"


def _happened(result: Result) -> Iterator[Chart]:
    if not result.occurrences:
        return
    title = "Faults and attacks"
    shown = result.occurrences[:MOST_LANES]
    rest = len(result.occurrences) - len(shown)
    note = f"The table has {rest} more." if rest else ""
    yield Chart(
        title=title,
        note=note,
        picture=_lanes(result, shown, title, NARROW),
        broad=_lanes(result, shown, title, BROAD),
        headings=("what", "kind", "from second", "to", "clock", "whom"),
        rows=[
            (
                f"{_kind_of(each)} {each.label}",
                spaced(each.kind),
                f"{each.spells[0][0]:.1f}",
                f"{each.spells[-1][1]:.1f}",
                result.clock(each.simulated[0]),
                each.about,
            )
            for each in result.occurrences
        ],
        legend=[("fault", _swatch("fault")), ("attack", _swatch("attack"))],
    )


def _lanes(result: Result, occurrences: Sequence[Occurrence], title: str, width: float) -> Markup:
    axis, base = Axis.of(result.seconds, width), TOP + LANE * len(occurrences)
    drawn: list[Markup] = []
    for number, each in enumerate(occurrences):
        top = TOP + LANE * number
        start, end = axis.across(each.spells[0][0]), axis.across(each.spells[-1][1])
        # What begins late has its name end where it ends, so that it stays within the picture.
        at, anchor = (start, "start") if start < width / 2.0 else (end, "end")
        drawn.append(svg.text(at, top + 12.0, spaced(each.label), anchor=anchor))
        drawn += _bars(each, axis, top + 16.0, 9.0, "happened")
    names = ", ".join(each.label for each in occurrences)
    return svg.figure(
        width,
        base + BOTTOM,
        f"{title} on the time axis of the charts below: {names}.",
        axis.frame(Scale(0.0, 1.0, base, TOP), ()),
        *(_clock(result, axis, base) if width >= BROAD else ()),
        *drawn,
    )


def _sample(number: int) -> Markup:
    """Return a piece of a line as it is drawn, for the legend."""
    drawn = svg.line((0.0, 8.0), (28.0, 8.0), f"line line{number}")
    return svg.tag("svg", drawn, class_="sample", viewBox="0 0 28 16", aria_hidden="true")


def _swatch(kind: str) -> Markup:
    drawn = svg.rect(0.0, 4.0, 28.0, 9.0, f"happened {kind}")
    return svg.tag("svg", drawn, class_="sample", viewBox="0 0 28 16", aria_hidden="true")


def _round(value: float) -> float:
    """Return a number with three figures, or all in front of the point."""
    if value == 0 or abs(value) >= 1000:
        return float(round(value))
    return round(value, 2 - math.floor(math.log10(abs(value))))
