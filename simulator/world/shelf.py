"""A shelf of one item, and everything that changes its stock."""

from __future__ import annotations

import math
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
    EXPIRED = "expired"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class Item:
    """A good: unit weight in grams, usual price in dollars, shelf life in days from its delivery on."""

    sku: str
    name: str
    unit_weight: float
    price: float
    chilled: bool
    pharmacy: bool
    department: str = ""
    shelf_life: float = math.inf


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
        unmet: items that the shopper wanted and did not find.
    """

    at: float
    change: StockChange
    quantity: int
    stock: int
    shopper: str | None = None
    visit: str | None = None
    unmet: int = 0


@dataclass(slots=True, eq=False)
class Shelf:
    """A shelf that holds one item. Sensors read it and observe it; only the shop changes it.

    Attributes:
        id: such as ``n0-s0-shelf12``.
        stock: items on it now, 0 to `capacity`.
        popularity: relative share of picks.
        fridge: the fridge that it is in, None for a shelf that is not chilled.
        discount: share of the usual price that a promotion takes off now.
        sold: items that shoppers have taken since the world began, as the till counts them.
        ran_out: whether it has been empty since staff last looked; they set it back.
    """

    id: str
    item: Item
    capacity: int
    stock: int
    popularity: float
    fridge: Fridge | None = None
    discount: float = 0.0
    sold: int = 0
    ran_out: bool = False
    observers: list[Callable[[ShelfEvent], None]] = field(default_factory=list)

    @property
    def price(self) -> float:
        """What an item costs now, in dollars."""
        return round(self.item.price * (1.0 - self.discount), 2)

    def pick(self, at: float, quantity: int, shopper: str, visit: str) -> ShelfEvent:
        """Let a shopper take up to `quantity` items; what is not there goes unmet."""
        taken = min(quantity, self.stock)
        change = StockChange.PICK if taken else StockChange.UNMET
        self.sold += taken
        left = self.stock - taken
        return self.change(ShelfEvent(at, change, -taken, left, shopper, visit, quantity - taken))

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
        if not event.stock:
            self.ran_out = True
        for observer in self.observers:
            observer(event)
        return event
