"""The town: a grid of streets on empty land, and where its places stand.

The land is the dry bed of Lake Torrens, South Australia, where nobody lives: a position in a message is
nobody's address. Each neighbourhood is a square of the grid with a civic centre, round which its homes
stand on plots of their own. Its work places lie along the lake, near and far, for every length of commute.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
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

_WORKPLACES = 48
_NEAREST_WORK, _FURTHEST_WORK = 250.0, 65_000.0
"""Metres from the neighbourhood's centre; work places are spaced evenly on a log scale between them."""


@dataclass(frozen=True, slots=True)
class Town:
    """The places that the people of one neighbourhood know.

    Attributes:
        homes: one a household, each on a plot of its own.
        workplaces: from the nearest to the furthest.
        school: for children, with day care for the smallest.
        campus: where students learn.
        parks: from the nearest to the furthest, venues likewise.
        market: a venue out of town, where people shop who have no shop.
        shops: one plot a shop.
    """

    homes: tuple[Place, ...]
    workplaces: tuple[Place, ...]
    school: Place
    campus: Place
    parks: tuple[Place, ...]
    venues: tuple[Place, ...]
    market: Place
    shops: tuple[Place, ...]


def lay_out(neighbourhood: str, index: int, households: int, shops: int, draws: Draws) -> Town:
    """Return the map of a neighbourhood.

    Args:
        neighbourhood: its id; ids of places begin with it.
        index: its number, from 0, which fixes where it lies.
        households: how many homes.
        shops: how many shops.
        draws: scatters the work places.

    Raises:
        UsageError: more homes and shops than a neighbourhood has room for.
    """
    site = _Site(neighbourhood, index)
    blocks = iter(_blocks())
    park, school, *venues = islice(blocks, 4)
    shop_blocks = tuple(islice(blocks, shops))
    plots = tuple(islice(_plots(blocks), households))
    if len(shop_blocks) < shops or len(plots) < households:
        raise UsageError(
            f"a neighbourhood has no room for {households} households and {shops} shops: it holds at most "
            f"{(len(_blocks()) - 4 - shops) * len(_PLOTS)} households beside them; use more neighbourhoods"
        )
    return Town(
        homes=tuple(site.place(f"home{i}", PlaceKind.HOME, *plot) for i, plot in enumerate(plots)),
        workplaces=tuple(
            site.place(f"work{i}", PlaceKind.WORK, *spot) for i, spot in enumerate(_work_spots(draws))
        ),
        school=site.place("school", PlaceKind.SCHOOL, *school),
        campus=site.place("campus", PlaceKind.SCHOOL, 2450.0, -5850.0),
        parks=(
            site.place("park0", PlaceKind.PARK, *park),
            site.place("park1", PlaceKind.PARK, 650.0, 450.0),
            site.place("park2", PlaceKind.PARK, -750.0, 1250.0),
        ),
        venues=(
            *(site.place(f"venue{i}", PlaceKind.VENUE, *block) for i, block in enumerate(venues)),
            site.place("venue2", PlaceKind.VENUE, -650.0, 950.0),
            site.place("venue3", PlaceKind.VENUE, 1950.0, 2250.0),
            site.place("venue4", PlaceKind.VENUE, -1750.0, -7550.0),
        ),
        market=site.place("market", PlaceKind.VENUE, 1050.0, -3150.0),
        shops=tuple(site.place(f"shop{i}", PlaceKind.SHOP, *block) for i, block in enumerate(shop_blocks)),
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


def _work_spots(draws: Draws) -> Iterator[tuple[float, float]]:
    ratio = (_FURTHEST_WORK / _NEAREST_WORK) ** (1 / (_WORKPLACES - 1))
    for i in range(_WORKPLACES):
        distance = _NEAREST_WORK * ratio**i
        # The lake runs from north to south: the further off, the nearer to its axis.
        spread = math.pi / 2 if distance < 8000.0 else 0.2
        angle = draws.uniform(-spread, spread) + (math.pi if draws.chance(0.5) else 0.0)
        yield distance * math.sin(angle), distance * math.cos(angle)
