"""A household's day on one time axis: who is where, pulse, steps, sleep, speaker, television, shelf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from simulator.core.units import HOUR, MINUTE
from simulator.inspect.seen import Seen, Sighting
from simulator.inspect.words import clock, describe_person, describe_spell
from simulator.report.page import svg
from simulator.report.page.chart import Chart, Scale, brief, ticks
from simulator.world import Activity, Person
from simulator.world.shelf import Shelf, ShelfEvent, StockChange

WIDTH = 1000.0
LEFT, RIGHT, TOP = 148.0, 18.0, 28.0
BAR, PLOT, STRIP, GAP = 26.0, 62.0, 34.0, 18.0
"""Heights of a lane of bars, of a plot, of a strip of events, and between lanes."""

NAMES = 112.0
"""Where the names of lanes end; the numbers of their levels stand to the right of it."""

LABEL = 7.0
"""Units that a letter of a label takes."""

BROKEN = 40 * MINUTE
"""Seconds without a reading after which a line is broken."""

STAGES = ("deep", "light", "rem", "awake")
"""Stages of sleep from below to above."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A strip of the day: its label, its height, and what is drawn in it, from its upper edge on."""

    label: str
    height: float
    drawn: Sequence[Markup]
    sub: str = ""


def draw_day(seen: Seen) -> Chart:
    """Return the day of the household that is shown."""
    across = Scale(seen.start, seen.end, LEFT, WIDTH - RIGHT)
    lanes = list(_lanes(seen, across))
    height = TOP + sum(lane.height + GAP for lane in lanes)
    at, parts = TOP, []
    for lane in lanes:
        label = svg.text(NAMES, 15.0, lane.label, anchor="end", class_="lane")
        sub = svg.text(NAMES, 29.0, lane.sub, anchor="end", class_="tick") if lane.sub else ""
        parts.append(svg.group(label, sub, *lane.drawn, transform=f"translate(0 {at:g})"))
        at += lane.height + GAP
    title = f"The day of household {seen.household.id}"
    picture = svg.figure(
        WIDTH, height, f"{title} on one time axis; the table below tells it in words",
        _hours(seen, across, height), *parts, class_="day",
    )  # fmt: skip
    return Chart(title, "", picture, ("from", "to", "who", "what"), list(_told(seen)), wide=True)


def _lanes(seen: Seen, across: Scale) -> Iterator[Lane]:
    sightings = seen.sightings
    for number, person in enumerate(seen.household.members, 1):
        yield Lane(f"Person {number}", BAR, list(_spells(seen, person, across)), describe_person(person))
        own = [sighting for sighting in sightings if sighting.person == person.id]
        if pulse := [sighting for sighting in own if sighting.event == "heart_rate"]:
            yield Lane("pulse", PLOT, list(_pulse(pulse, across)), "bpm")
        if steps := [sighting for sighting in own if sighting.event == "steps"]:
            yield Lane("steps", STRIP, list(_steps(steps, across)), "per 15 min")
        if stages := [sighting for sighting in own if sighting.event == "sleep_stage"]:
            yield Lane("sleep", STRIP, list(_stages(stages, across)), "stages")
    if speech := [sighting for sighting in sightings if sighting.event in ("utterance", "wake", "playback")]:
        yield Lane("speaker", STRIP, list(_speech(speech, across, seen.end)), "heard, played")
    if television := list(_television(seen, across)):
        yield Lane("television", BAR, television)
    if motion := [sighting for sighting in sightings if sighting.event == "motion"]:
        yield Lane("motion", BAR, [_tick(across(each.at), BAR, "motion", "motion") for each in motion])
    shelf = _busiest_shelf(seen)
    if shelf is not None:
        yield Lane("shelf", PLOT, list(_stock(seen, shelf, across)), "items")


def _hours(seen: Seen, across: Scale, height: float) -> Markup:
    calendar = seen.chronicle.calendar
    step = HOUR if seen.end - seen.start <= 13 * HOUR else 2 * HOUR
    drawn = []
    at = calendar.next(seen.start - 1.0, float(int(calendar.hour(seen.start))))
    if at >= seen.start + 23 * HOUR:
        at -= 24 * HOUR
    while at <= seen.end + 1.0:
        if at >= seen.start - 1.0:
            drawn.append(svg.line((across(at), TOP - 8.0), (across(at), height), "grid"))
            drawn.append(svg.text(across(at), 14.0, clock(calendar, at), anchor="middle", class_="tick"))
        at += step
    return svg.group(*drawn)


def _spells(seen: Seen, person: Person, across: Scale) -> Iterator[Markup]:
    for lived in seen.chronicle.lived(person.id, seen.start):
        start, end = max(lived.start, seen.start), min(lived.end, seen.end)
        if start >= end:
            continue
        left, width = across(start), across(end) - across(start)
        activity = lived.spell.activity
        says = f"{clock(seen.chronicle.calendar, start)} to {clock(seen.chronicle.calendar, end)}: "
        kind = "trip" if lived.spell.trip is not None and activity is Activity.OUT else activity.value
        yield svg.rect(left, 0.0, width, BAR, f"spell {kind}", says + describe_spell(lived.spell))
        if width > LABEL * len(activity.value) + 6.0:
            yield svg.text(left + width / 2.0, BAR / 2.0 + 4.5, activity.value, anchor="middle", class_="on")


def _pulse(readings: list[Sighting], across: Scale) -> Iterator[Markup]:
    beats = [reading.values["bpm"] for reading in readings]
    low, high = min(*beats, 50), max(*beats, 100)
    up = Scale(low, high, PLOT, 0.0)
    yield from _levels(up, ticks(low, high, 4), across)
    runs: list[list[svg.Point]] = [[]]
    last = readings[0].at
    for reading, bpm in zip(readings, beats, strict=True):
        if reading.at - last > BROKEN:
            runs.append([])
        runs[-1].append((across(reading.at), up(bpm)))
        last = reading.at
    yield svg.path([run for run in runs if run], "pulse")


def _steps(counts: list[Sighting], across: Scale) -> Iterator[Markup]:
    most = max(*(count.values["count"] for count in counts), 1)
    up = Scale(0.0, most, STRIP, 0.0)
    yield from _levels(up, [0.0, float(most)], across)
    for count in counts:
        start = max(count.at - count.values["seconds"], across.low)
        steps = count.values["count"]
        width = across(count.at) - across(start)
        yield svg.rect(across(start), up(steps), width, STRIP - up(steps), "steps", f"{steps} steps")


def _stages(stages: list[Sighting], across: Scale) -> Iterator[Markup]:
    height = STRIP / len(STAGES)
    for number, sighting in enumerate(stages):
        stage = sighting.values["stage"]
        following = stages[number + 1].at if number + 1 < len(stages) else across.high
        if stage not in STAGES or following - sighting.at > 4 * HOUR:
            continue
        level = STAGES.index(stage)
        width = across(following) - across(sighting.at)
        yield svg.rect(
            across(sighting.at), STRIP - (level + 1) * height, width, height, f"stage {stage}", stage
        )


def _speech(sightings: list[Sighting], across: Scale, end: float) -> Iterator[Markup]:
    playing: dict[str, Sighting] = {}
    for sighting in sightings:
        left = across(sighting.at)
        if sighting.event == "utterance":
            meant = sighting.facts.get("cause") == "command"
            says = f"{sighting.values.get('transcript', '')} ({sighting.values.get('intent', '')})"
            yield _tick(left, STRIP / 2.0, "command" if meant else "false", says)
        elif sighting.event == "playback" and sighting.values.get("state") == "start":
            playing[sighting.device] = sighting
        elif sighting.event == "playback" and (begun := playing.pop(sighting.device, None)):
            yield _played(begun, left, across)
    for begun in playing.values():
        yield _played(begun, across(end), across)


def _played(begun: Sighting, right: float, across: Scale) -> Markup:
    content = str(begun.values.get("content", ""))
    left = across(begun.at)
    return svg.rect(left, STRIP / 2.0 + 3.0, right - left, STRIP / 2.0 - 3.0, "playback", f"plays {content}")


def _television(seen: Seen, across: Scale) -> Iterator[Markup]:
    on_since: float | None = None
    for at, on in [*seen.chronicle.television[seen.household.id], (seen.end, False)]:
        if on and on_since is None:
            on_since = at
        elif not on and on_since is not None:
            start, end = max(on_since, seen.start), min(at, seen.end)
            if start < end:
                yield svg.rect(across(start), 4.0, across(end) - across(start), BAR - 8.0, "television", "on")
            on_since = None


def _busiest_shelf(seen: Seen) -> Shelf | None:
    """Return the shelf from which the household took most on this day; of several the liveliest."""
    members = {person.id for person in seen.household.members}

    def taken(shelf: Shelf) -> tuple[int, int]:
        today = list(_on_the_day(seen, shelf))
        own = sum(-event.quantity for event in today if event.shopper in members)
        return own, len(today)

    shelves = list(seen.chronicle.shelves())
    busiest = max(shelves, key=taken, default=None)
    return busiest if busiest is not None and taken(busiest)[1] else None


def _on_the_day(seen: Seen, shelf: Shelf) -> Iterator[ShelfEvent]:
    for event in seen.chronicle.shelf_events[shelf.id]:
        if seen.start <= event.at < seen.end:
            yield event


def _stock(seen: Seen, shelf: Shelf, across: Scale) -> Iterator[Markup]:
    members = {person.id for person in seen.household.members}
    events = list(_on_the_day(seen, shelf))
    up = Scale(0.0, float(shelf.capacity), PLOT, 0.0)
    yield from _levels(up, [0.0, float(shelf.capacity)], across)
    at, stock = seen.start, events[0].stock - events[0].quantity
    corners = [(across(at), up(stock))]
    for event in events:
        corners += [(across(event.at), up(stock)), (across(event.at), up(event.stock))]
        stock = event.stock
    corners.append((across(seen.end), up(stock)))
    yield svg.path([corners], "stock")
    for event in events:
        if event.change is StockChange.PICK and event.shopper in members:
            says = f"{clock(seen.chronicle.calendar, event.at)}: takes {-event.quantity}"
            yield svg.circle((across(event.at), up(event.stock)), 5.0, "pick", says)
    yield svg.text(LEFT, PLOT + 13.0, f"{shelf.item.name} ({shelf.id})", class_="tick")


def _levels(up: Scale, levels: Sequence[float], across: Scale) -> Iterator[Markup]:
    for level in levels:
        yield svg.line((across.start, up(level)), (across.end, up(level)), "grid")
        yield svg.text(across.start - 4.0, up(level) + 4.0, brief(level), anchor="end", class_="level")


def _tick(at: float, height: float, kind: str, says: str) -> Markup:
    return svg.rect(at - 1.5, 0.0, 3.0, height, f"tick-{kind}", says)


def _told(seen: Seen) -> Iterator[tuple[object, ...]]:
    """Yield the day in words, in order of time."""
    calendar = seen.chronicle.calendar
    told: list[tuple[float, tuple[object, ...]]] = []
    for number, person in enumerate(seen.household.members, 1):
        for lived in seen.chronicle.lived(person.id, seen.start):
            start, end = max(lived.start, seen.start), min(lived.end, seen.end)
            if start < end:
                who, what = f"person {number}", describe_spell(lived.spell)
                told.append((start, (clock(calendar, start), clock(calendar, end), who, what)))
    for sighting in seen.sightings:
        if sighting.event == "utterance":
            says = f"hears “{sighting.values.get('transcript', '')}” ({sighting.values.get('intent', '')})"
            told.append((sighting.at, (clock(calendar, sighting.at), "", "speaker", says)))
    for _, row in sorted(told, key=lambda each: each[0]):
        yield row
