"""The page: one file of HTML with all its pictures, styles and numbers, that asks for nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from simulator.calibration import Finding, Verdict, describe, format_value, reason
from simulator.core.units import DAY, HOUR, format_duration
from simulator.core.version import __version__
from simulator.inspect import town_map
from simulator.inspect.day import draw_day
from simulator.inspect.seen import Seen
from simulator.inspect.words import describe_person
from simulator.report.page import environment
from simulator.report.page.chart import Chart, columns, histogram
from simulator.world import Activity

_EPOCH = date(1970, 1, 1).toordinal()
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes:
        id: its anchor.
        title: its heading.
        intro: a sentence below it.
        charts: its pictures.
        legend: signs with what they stand for.
    """

    id: str
    title: str
    intro: str
    charts: Sequence[Chart]
    legend: Sequence[tuple[str, Markup]] = ()


def render(seen: Seen | None, findings: Sequence[Finding] | None) -> str:
    """Return the page of a scenario, of the calibration, or of both."""
    title = "Calibration" if seen is None else seen.scenario.name
    return (
        environment("simulator.inspect")
        .get_template("page.html.jinja")
        .render(
            title=title,
            version=__version__,
            description="" if seen is None else seen.scenario.description,
            facts=[] if seen is None else list(_facts(seen)),
            sections=[] if seen is None else _sections(seen),
            calibration=None if findings is None else _calibration(findings),
        )
    )


def _facts(seen: Seen) -> Iterable[tuple[str, str]]:
    scenario, chronicle = seen.scenario, seen.chronicle
    yield "Begins", scenario.start.strftime("%A %Y-%m-%d %H:%M %z")
    yield "Lasts", format_duration(scenario.duration)
    yield "Seed", str(scenario.seed)
    yield "People", f"{len(chronicle.people):,} in {len(chronicle.households):,} households"
    yield "Shops", f"{len(chronicle.shops):,}"
    kinds = list(chronicle.fleet.devices.values())
    for kind in dict.fromkeys(kinds):
        sent = seen.traffic[kind].messages
        yield _noun(kind), f"{kinds.count(kind):,} devices, {sent:,} messages"


def _sections(seen: Seen) -> list[Section]:
    members = ", ".join(describe_person(person) for person in seen.household.members)
    day = seen.chronicle.calendar.local(seen.start).strftime("%A %Y-%m-%d")
    return [
        Section("day", "The day of a household", f"Household {seen.household.id} on {day}: {members}.",
                [draw_day(seen)], _activities()),
        Section("traffic", "Traffic", "Messages by kind of device, by local hour of the day and by day.",
                list(_traffic(seen))),
        Section("distributions", "Distributions", "Of all wearers, sleepers and shoppers in the scenario.",
                list(_distributions(seen))),
        Section("map", "Map of the town", "Lines are the ways of the people of the household on this day.",
                town_map.draw_maps(seen), town_map.legend()),
    ]  # fmt: skip


def _traffic(seen: Seen) -> Iterable[Chart]:
    for kind in dict.fromkeys(seen.chronicle.fleet.devices.values()):
        traffic = seen.traffic[kind]
        hours = [float(traffic.by_hour[hour]) for hour in range(24)]
        labels = [f"{hour:02d}:00" for hour in range(24)]
        yield columns(f"{_noun(kind)}: by hour", labels, hours, unit="messages", of="hour")
        days = sorted(traffic.by_day)
        if len(days) > 1:
            span = range(days[0], days[-1] + 1)
            counts = [float(traffic.by_day[day]) for day in span]
            yield columns(
                f"{_noun(kind)}: by day", [_day(day) for day in span], counts, unit="messages", of="day"
            )


def _distributions(seen: Seen) -> Iterable[Chart]:
    calendar = seen.chronicle.calendar
    duration = seen.scenario.duration
    # A day that is cut short would pass for a lazy one.
    whole = {
        calendar.day(at + DAY / 2)
        for at in _midnights(seen)
        if at + DAY <= duration
    }  # fmt: skip
    steps = [float(count) for (_, day), count in seen.steps.items() if day in whole or not whole]
    unit = "steps" if whole else f"steps in {format_duration(duration)}"
    yield histogram("Steps a day" if whole else "Steps", steps, unit=unit, what="days of wearers")
    nights = {day for day in whole if day + 1 in whole}
    slept = [seconds / HOUR for (_, day), seconds in seen.asleep.items() if day in nights or not nights]
    yield histogram("Sleep a night", slept, unit="hours", what="nights")
    beats = sorted(seen.pulses)
    yield histogram(
        "Pulse",
        [float(bpm) for bpm in beats],
        [seen.pulses[bpm] for bpm in beats],
        unit="bpm",
        what="readings",
    )
    yield histogram("Basket size", [float(items) for items in seen.baskets], unit="items", what="visits")


def _midnights(seen: Seen) -> Iterable[float]:
    at = seen.chronicle.calendar.next(-1.0, 0.0)
    while at < seen.scenario.duration:
        yield at
        at += DAY


def _activities() -> list[tuple[str, Markup]]:
    kinds = [activity.value for activity in Activity] + ["trip"]
    return [(kind, Markup('<i class="swatch {}"></i>').format(kind)) for kind in kinds]


def _calibration(findings: Sequence[Finding]) -> dict[str, Any]:
    counts = Counter(finding.verdict for finding in findings)
    return {
        "rows": [_row(finding) for finding in findings],
        "counts": [(each.value, each.value.replace("_", " "), counts[each]) for each in Verdict],
    }


def _row(finding: Finding) -> dict[str, Any]:
    target = finding.target
    lines = []
    for number, part in enumerate(target.parts):
        unit = target.unit_of(part)
        estimate = finding.estimates[number] if finding.estimates else None
        lines.append(
            {
                "name": part.name,
                "target": describe(part, unit),
                "value": format_value(estimate.value, unit) if estimate else "-",
                "interval": f"{format_value(estimate.low, unit, bare=True)} to "
                f"{format_value(estimate.high, unit, bare=True)}"
                if estimate
                else "",
            }
        )
    return {
        "id": target.id,
        "family": target.family.replace("_", " "),
        "quantity": target.quantity,
        "statistic": target.statistic,
        "lines": lines,
        "verdict": finding.verdict.value,
        "said": finding.verdict.value.replace("_", " "),
        "reason": reason(finding),
        "source": target.source,
        "confidence": target.confidence.value,
        "note": target.note,
    }


def _noun(kind: str) -> str:
    words = kind.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}s"


def _day(day: int) -> str:
    then = date.fromordinal(_EPOCH + day)
    return f"{_WEEKDAYS[then.weekday()]} {then.day}"
