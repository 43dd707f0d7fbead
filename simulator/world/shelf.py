"""A shelf of one item, and everything that changes its stock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.world.fridge import Fridge


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
        stock: items on it now, 0 to `capacity`.
        popularity: relative share of picks.
        fridge: the fridge that it is in, None for a shelf that is not chilled.
    """

    id: str
    item: Item
    capacity: int
    stock: int
    popularity: float
    fridge: Fridge | None = None
    observers: list[Callable[[ShelfEvent], None]] = field(default_factory=list)

    def pick(self, at: float, quantity: int, shopper: str, visit: str) -> ShelfEvent:
        """Let a shopper take up to `quantity` items; on an empty shelf the demand goes unmet."""
        taken = min(quantity, self.stock)
        change = StockChange.PICK if taken else StockChange.UNMET
        return self.change(ShelfEvent(at, change, -taken, self.stock - taken, shopper, visit))

    def lose(self, at: float, change: StockChange, quantity: int) -> ShelfEvent:
        """Take away up to `quantity` items for another reason than a sale; the shelf is not empty."""
        lost = min(quantity, self.stock)
        return self.change(ShelfEvent(at, change, -lost, self.stock - lost))

    def restock(self, at: float, quantity: int) -> ShelfEvent:
        """Add as many of `quantity` items as there is room for."""
        added = min(quantity, self.capacity - self.stock)
        return self.change(ShelfEvent(at, StockChange.RESTOCK, added, self.stock + added))

    def change(self, event: ShelfEvent) -> ShelfEvent:
        """Set the stock to what the event says, tell the observers, and return the event."""
        self.stock = event.stock
        for observer in self.observers:
            observer(event)
        return event
