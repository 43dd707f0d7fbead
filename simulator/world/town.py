"""The town: a grid of streets on empty land, and where its places stand.

The land is the dry bed of Lake Torrens, South Australia, where nobody lives: a position in a message is
nobody's address. Each neighbourhood is a square of the grid with a civic centre; its homes stand all over it
on plots of their own. Its work places lie along the lake, near and far, for every length of commute.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from simulator.core.errors import UsageError
from simulator.core.seeds import Draws
from simulator.world.place import METRES_PER_DEGREE, Place, PlaceKind

LATITUDE, LONGITUDE = -31.0, 137.85
"""Degrees; the middle of the lake bed, and of the first row of neighbourhoods."""

PITCH = 2000.0
"""Metres between the centres of neighbouring neighbourhoods."""

COLUMNS = 10
"""Neighbourhoods from west to east; further ones go on to the north and south. The lake is 30 km wide."""

BLOCK = 100.0
"""Metres from street to street."""

_PLOTS = tuple((east, north) for north in (-25.0, 25.0) for east in (-36.0, -18.0, 0.0, 18.0, 36.0))
"""Plots of a block, in metres from its middle: two rows of five, back to back."""

_REACH = 9
"""Blocks from the middle block of a neighbourhood to its edge."""

_CIVIC = 5
"""Blocks of the centre with a park, a school, a gym and two venues."""

_WORKPLACES = 48
_NEAREST_WORK, _FURTHEST_WORK = 250.0, 65_000.0
_VENUES = 24
_NEAREST_VENUE, _FURTHEST_VENUE = 500.0, 30_000.0
_PARKS = 5
_NEAREST_PARK, _FURTHEST_PARK = 700.0, 5_000.0
"""Metres from the neighbourhood's centre; places of a kind are spaced evenly on a log scale between them, so
that there are as many within a kilometre as from one to two. People who like a place the less the further it
is then make ways whose lengths follow a power law, as mobile phones find (Gonzalez 2008, Nature)."""


@dataclass(frozen=True, slots=True)
class Town:
    """The places that the people of one neighbourhood know.

    Attributes:
        homes: one a household, each on a plot of its own.
        workplaces: from the nearest to the furthest.
        school: for children, with day care for the smallest.
        campus: where students learn.
        parks: the first in the centre, the others scattered; venues likewise.
        gym: where people exercise when they would rather not be outdoors.
        market: a venue out of town, where people shop who have no shop.
        shops: one plot a shop.
    """

    homes: tuple[Place, ...]
    workplaces: tuple[Place, ...]
    school: Place
    campus: Place
    parks: tuple[Place, ...]
    venues: tuple[Place, ...]
    gym: Place
    market: Place
    shops: tuple[Place, ...]


def lay_out(neighbourhood: str, index: int, households: int, shops: int, draws: Draws) -> Town:
    """Return the map of a neighbourhood.

    Args:
        neighbourhood: its id; ids of places begin with it.
        index: its number, from 0, which fixes where it lies.
        households: how many homes.
        shops: how many shops.
        draws: scatters the work places, venues and parks.

    Raises:
        UsageError: more homes and shops than a neighbourhood has room for.
    """
    site = _Site(neighbourhood, index)
    blocks = iter(_blocks())
    park, school, gym, *venues = islice(blocks, _CIVIC)
    shop_blocks = tuple(islice(blocks, shops))
    plots = tuple(_scattered(tuple(_plots(blocks)), households))
    if len(shop_blocks) < shops or len(plots) < households:
        raise UsageError(
            f"a neighbourhood has no room for {households} households and {shops} shops: it holds at most "
            f"{(len(_blocks()) - _CIVIC - shops) * len(_PLOTS)} households beside them; "
            "use more neighbourhoods"
        )
    work = _spots(_WORKPLACES, _NEAREST_WORK, _FURTHEST_WORK, draws)
    leisure = (*venues, *_spots(_VENUES, _NEAREST_VENUE, _FURTHEST_VENUE, draws))
    green = (park, *_spots(_PARKS, _NEAREST_PARK, _FURTHEST_PARK, draws))
    return Town(
        homes=site.places("home", PlaceKind.HOME, plots),
        workplaces=site.places("work", PlaceKind.WORK, work),
        school=site.place("school", PlaceKind.SCHOOL, *school),
        campus=site.place("campus", PlaceKind.SCHOOL, 2450.0, -5850.0),
        parks=site.places("park", PlaceKind.PARK, green),
        venues=site.places("venue", PlaceKind.VENUE, leisure),
        gym=site.place("gym", PlaceKind.VENUE, *gym),
        market=site.place("market", PlaceKind.VENUE, 1050.0, -3150.0),
        shops=site.places("shop", PlaceKind.SHOP, shop_blocks),
    )


class _Site:
    """Turns metres east and north of a neighbourhood's centre into places."""

    def __init__(self, neighbourhood: str, index: int) -> None:
        row, column = divmod(index, COLUMNS)
        # Rows alternate to the north and to the south, so that a small town stays in the middle.
        row = -(row // 2) - 1 if row % 2 else row // 2
        self._id = neighbourhood
        self._east = (column - (COLUMNS - 1) / 2) * PITCH
        self._latitude = LATITUDE + row * PITCH / METRES_PER_DEGREE

    def places(self, name: str, kind: PlaceKind, spots: Iterable[tuple[float, float]]) -> tuple[Place, ...]:
        return tuple(self.place(f"{name}{number}", kind, *spot) for number, spot in enumerate(spots))

    def place(self, name: str, kind: PlaceKind, east: float, north: float) -> Place:
        latitude = self._latitude + north / METRES_PER_DEGREE
        per_degree = METRES_PER_DEGREE * math.cos(math.radians(self._latitude))
        return Place(f"{self._id}-{name}", kind, latitude, LONGITUDE + (self._east + east) / per_degree)


@cache
def _blocks() -> tuple[tuple[float, float], ...]:
    """Return the middles of a neighbourhood's blocks, from its centre outwards."""
    span = range(-_REACH, _REACH + 1)
    cells = sorted(((x, y) for x in span for y in span), key=lambda cell: (math.hypot(*cell), cell))
    return tuple((x * BLOCK, y * BLOCK) for x, y in cells)


def _plots(blocks: Iterator[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    for x, y in blocks:
        for east, north in _PLOTS:
            yield x + east, y + north


def _scattered(plots: Sequence[tuple[float, float]], households: int) -> Iterator[tuple[float, float]]:
    """Yield a plot for each household, all over the neighbourhood; a further one moves nobody.

    Steps of the golden ratio, modulo all plots, leave no part of them empty for long.
    """
    step = round(len(plots) * (math.sqrt(5.0) - 1.0) / 2.0)
    while math.gcd(step, len(plots)) > 1:
        step += 1
    for number in range(min(households, len(plots))):
        yield plots[number * step % len(plots)]


def _spots(count: int, nearest: float, furthest: float, draws: Draws) -> Iterator[tuple[float, float]]:
    ratio = (furthest / nearest) ** (1 / (count - 1))
    for i in range(count):
        distance = nearest * ratio**i
        # The lake runs from north to south: the further off, the nearer to its axis.
        spread = math.pi / 2 if distance < 8000.0 else 0.2
        angle = draws.uniform(-spread, spread) + (math.pi if draws.chance(0.5) else 0.0)
        yield distance * math.sin(angle), distance * math.cos(angle)
