"""The simple case of a family: one device for some of the households, people or shops."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar

from pydantic import Field

from simulator.core.options import DeviceOptions
from simulator.core.seeds import Draws
from simulator.core.units import MINUTE, Duration
from simulator.devices.base import MAXIMUM_INTERVAL, MINIMUM_INTERVAL, Device, Habitat, Placement
from simulator.world import Household, Neighbourhood, Person, Shop


class SimpleOptions(DeviceOptions):
    """What a scenario can say about a simple family; one's own options build on it."""

    share: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=1.0, description="Share of those who could have one that do."
    )
    report_interval: Annotated[Duration, Field(ge=MINIMUM_INTERVAL, le=MAXIMUM_INTERVAL)] = Field(
        default=15 * MINUTE, description="Time between two regular reports."
    )


class _Keeper(Protocol):
    """Who or what has a device: a household, a person or a shop."""

    id: str


OptionsT = TypeVar("OptionsT", bound=SimpleOptions)
KeeperT = TypeVar("KeeperT", bound=_Keeper)


class SimpleDevice(Device[OptionsT], Generic[OptionsT, KeeperT]):
    """A device that knows who has it.

    Attributes:
        keeper: the household, person or shop; it is read, never changed.
        draws: the device's own random stream.
    """

    def __init__(self, habitat: Habitat, options: OptionsT, keeper: KeeperT) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.report_interval
        self.keeper = keeper
        self.draws = habitat.draws("device")

    @staticmethod
    @abstractmethod
    def keepers(neighbourhood: Neighbourhood) -> Iterable[_Keeper]:
        """Return who could have one in a neighbourhood."""


class HouseholdDevice(SimpleDevice[OptionsT, Household]):
    """A device in a home; what it reports is about the household."""

    @staticmethod
    def keepers(neighbourhood: Neighbourhood) -> Iterable[Household]:
        """Return the households."""
        return neighbourhood.households

    @property
    def household(self) -> Household:
        """In whose home it is."""
        return self.keeper

    def about(self) -> dict[str, str | None]:
        """Return the household and its home."""
        return {"household": self.keeper.id, "place": self.keeper.home.id}


class PersonalDevice(SimpleDevice[OptionsT, Person]):
    """A device that somebody has on them; what it reports is theirs."""

    @staticmethod
    def keepers(neighbourhood: Neighbourhood) -> Iterable[Person]:
        """Return the people."""
        return neighbourhood.people()

    @property
    def person(self) -> Person:
        """Whose it is."""
        return self.keeper

    def about(self) -> dict[str, str | None]:
        """Return the person and their household."""
        return {"person": self.keeper.id, "household": self.keeper.household}


class ShopDevice(SimpleDevice[OptionsT, Shop]):
    """A device in a shop; what it reports is nobody's."""

    @staticmethod
    def keepers(neighbourhood: Neighbourhood) -> Iterable[Shop]:
        """Return the shops."""
        return neighbourhood.shops

    @property
    def shop(self) -> Shop:
        """Where it is."""
        return self.keeper

    def about(self) -> dict[str, str | None]:
        """Return the shop's place."""
        return {"place": self.keeper.place.id}


@dataclass(frozen=True, slots=True)
class SimpleFamily:
    """A family of simple devices, to be named by an entry point of the group ``simulator.devices``.

    Attributes:
        kind: what a scenario calls it; also the entry point's name.
        summary: what it senses, in one line.
        device: the class of its devices.
        options: what a scenario can say about them.
    """

    kind: str
    summary: str
    device: type[SimpleDevice[Any, Any]]
    options: type[SimpleOptions] = SimpleOptions

    def placements(
        self, neighbourhood: Neighbourhood, options: SimpleOptions, draws: Callable[[str, str], Draws]
    ) -> Iterator[Placement]:
        """Yield each that has one."""
        for keeper in self.device.keepers(neighbourhood):
            if draws("ownership", keeper.id).chance(options.share):
                yield Placement(keeper.id, keeper)

    def build(self, placement: Placement, habitat: Habitat, options: SimpleOptions) -> SimpleDevice[Any, Any]:
        """Return the device of one of them."""
        return self.device(habitat, options, placement.thing)
