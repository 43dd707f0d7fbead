"""A map of the town: homes, shops, work places, and the tracks of one household's day."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from simulator.inspect.seen import Seen
from simulator.report.page import svg
from simulator.report.page.chart import Chart, Scale, brief, ticks
from simulator.world import Place, PlaceKind, Spell
from simulator.world.place import METRES_PER_DEGREE

SIDE = 420.0
MARGIN = 14.0

NEAREST, NEAR = 350.0, 1300.0
"""Metres from the home to the edge of the map of its neighbourhood, at least and at most."""

MOST_HOMES = 3000
"""Homes drawn; more would be a carpet."""

_RADII = {PlaceKind.SHOP: 6.0, PlaceKind.HOME: 2.0}


def draw_maps(seen: Seen) -> tuple[Chart, Chart]:
    """Return the neighbourhood of the household that is shown, and the region as far as its people went."""
    home = seen.household.home
    furthest = max(
        (
            home.distance(place)
            for spells in _tracks(seen)
            for spell in spells
            for place in (spell.place, spell.trip.destination if spell.trip else None)
            if place is not None
        ),
        default=0.0,
    )
    around = [home.distance(household.home) for household in seen.chronicle.households.values()]
    around += [home.distance(shop.place) for shop in seen.chronicle.shops]
    near = max((metres for metres in around if metres <= NEAR / 1.1), default=0.0) * 1.1
    near = max(near, NEAREST)
    return (
        _draw(seen, near, "The neighbourhood"),
        _draw(seen, max(furthest * 1.08, near * 1.5), "As far as they went"),
    )


def _draw(seen: Seen, reach: float, title: str) -> Chart:
    home = seen.household.home
    east = Scale(-reach, reach, MARGIN, SIDE - MARGIN)
    north = Scale(-reach, reach, SIDE - MARGIN, MARGIN)

    def at(latitude: float, longitude: float) -> svg.Point:
        narrow = METRES_PER_DEGREE * math.cos(math.radians(home.latitude))
        return east((longitude - home.longitude) * narrow), north(
            (latitude - home.latitude) * METRES_PER_DEGREE
        )

    homes = [household.home for household in seen.chronicle.households.values()][:MOST_HOMES]
    inside = [place for place in homes if home.distance(place) <= reach * math.sqrt(2.0)]
    others = {place.id: place for place in _others(seen) if home.distance(place) <= reach * math.sqrt(2.0)}
    tracks = [_corners(spells, at) for spells in _tracks(seen)]
    fixes = [
        at(sighting.values["latitude"], sighting.values["longitude"])
        for sighting in seen.sightings
        if sighting.event == "position"
    ]
    scale = ticks(0.0, reach, 2)[-1]
    bar = east(-reach + scale) - east(-reach)
    picture = svg.figure(
        SIDE,
        SIDE,
        f"{title}: map with {len(inside):,} homes and {len(others)} other places; north is up",
        svg.rect(0.5, 0.5, SIDE - 1.0, SIDE - 1.0, "land"),
        svg.path([[at(place.latitude, place.longitude)] for place in inside], "homes"),
        *(
            svg.path([track], f"track who{number % 4}")
            for number, track in enumerate(tracks)
            if len(track) > 1
        ),
        svg.path([[fix] for fix in fixes], "fixes"),
        *(
            svg.circle(
                at(place.latitude, place.longitude),
                _RADII.get(place.kind, 4.0),
                f"place {place.kind.value}",
                f"{place.kind.value} {place.id}",
            )
            for place in others.values()
        ),
        svg.circle(at(home.latitude, home.longitude), 6.0, "place own", f"the home {home.id}"),
        svg.line((MARGIN, SIDE - 10.0), (MARGIN + bar, SIDE - 10.0), "axis"),
        svg.text(MARGIN + bar + 6.0, SIDE - 6.0, f"{brief(scale / 1000.0)} km", class_="tick"),
        class_="map",
    )
    rows = [
        (place.kind.value, place.id, f"{home.distance(place) / 1000.0:.2f} km")
        for place in sorted(others.values(), key=home.distance)
    ]
    positions = f", {len(fixes):,} positions sent by wearables" if fixes else ""
    note = f"{len(inside):,} homes{positions}; {reach / 1000.0:.1f} km from the home to each edge."
    return Chart(title, note, picture, ("kind", "place", "from the home"), rows)


def _others(seen: Seen) -> Iterator[Place]:
    """Yield the places other than homes that somebody works at, shops in, or was seen at on this day."""
    for shop in seen.chronicle.shops:
        yield shop.place
    for person in seen.chronicle.people.values():
        if person.workplace is not None:
            yield person.workplace
    for spells in _tracks(seen):
        for spell in spells:
            if spell.place is not None and spell.place.kind is not PlaceKind.HOME:
                yield spell.place


def _tracks(seen: Seen) -> Iterator[list[Spell]]:
    """Yield what each member of the household did on the day that is shown."""
    for person in seen.household.members:
        yield [lived.spell for lived in seen.chronicle.lived(person.id, seen.start) if lived.start < seen.end]


def _corners(spells: Sequence[Spell], at: Callable[[float, float], svg.Point]) -> list[svg.Point]:
    corners: list[svg.Point] = []
    for spell in spells:
        trip = spell.trip
        places = (trip.origin, trip.destination) if trip is not None else (spell.place,)
        for place in places:
            if place is not None:
                point = at(place.latitude, place.longitude)
                if not corners or corners[-1] != point:
                    corners.append(point)
    return corners


def legend() -> list[tuple[str, Markup]]:
    """Return the signs of the map with what they stand for."""
    signs = {
        "fix": "positions that wearables sent",
        "own": "the home",
        "home": "homes",
        "shop": "shops",
        "work": "work places",
        "school": "schools",
        "park": "parks",
        "venue": "venues",
    }
    return [
        (
            says,
            svg.tag(
                "svg", svg.circle((8.0, 8.0), 5.0, f"place {kind}"), viewBox="0 0 16 16", aria_hidden="true"
            ),
        )
        for kind, says in signs.items()
    ]
