"""A shelf of one item, and everything that changes its stock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class StockChange(StrEnum):
    """Why the stock of a shelf changed, or did not."""

    PICK = "pick"
    RESTOCK = "restock"
    THEFT = "theft"
    STAFF_LOSS = "staff_loss"
    PROCESS_LOSS = "process_loss"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class Item:
    """A good: unit weight in grams, price in dollars."""

    sku: str
    name: str
    unit_weight: float
    price: float
    chilled: bool
    pharmacy: bool


@dataclass(frozen=True, slots=True)
class ShelfEvent:
    """One change of a shelf's stock.

    Attributes:
        at: simulated seconds.
        change: why.
        quantity: items added (positive) or removed (negative); 0 for demand that met an empty shelf.
        stock: items on the shelf afterwards.
        shopper: person id of the shopper, for a pick or unmet demand.
        visit: id of the shopping visit, likewise.
    """

    at: float
    change: StockChange
    quantity: int
    stock: int
    shopper: str | None = None
    visit: str | None = None


@dataclass(slots=True, eq=False)
class Shelf:
    """A shelf that holds one item. Sensors read it and observe it; only the shop changes it.

    Attributes:
        id: such as ``n0-s0-shelf12``.
        popularity: relative share of picks.
    """

    id: str
    item: Item
    capacity: int
    stock: int
    popularity: float
    observers: list[Callable[[ShelfEvent], None]] = field(default_factory=list)

    def change(self, event: ShelfEvent) -> None:
        """Set the stock to what the event says and tell the observers."""
        self.stock = event.stock
        for observer in self.observers:
            observer(event)
