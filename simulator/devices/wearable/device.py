"""The wearable itself: it watches its wearer, stores what it saw, and syncs in bursts."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from simulator.core.readings import Reading
from simulator.devices.base import Device, Habitat, Process
from simulator.devices.hazards import hazards_of
from simulator.devices.wearable.battery import Battery
from simulator.devices.wearable.gait import Gait
from simulator.devices.wearable.options import WearableOptions
from simulator.devices.wearable.oxygen import Oxygen
from simulator.devices.wearable.phone import Phone
from simulator.devices.wearable.position import Position
from simulator.devices.wearable.pulse import Pulse
from simulator.devices.wearable.sampling import RHYTHMS
from simulator.devices.wearable.skin import Skin
from simulator.devices.wearable.sleep import Sleep
from simulator.devices.wearable.steps import Steps
from simulator.devices.wearable.store import Store
from simulator.devices.wearable.stretch import Stretch
from simulator.devices.wearable.variability import Variability
from simulator.world.person import Person, Spell

JITTER = (2 / 3, 4 / 3)
"""A sync comes after this part of its interval: 15 to 30 min at the default (vendor guides)."""

_event_time = attrgetter("at")


class Wearable(Device[WearableOptions]):
    """A watch or a band on one person's wrist.

    It does not wake for samples. It notes its wearer's spells as they change, wakes to sync, and then makes
    the samples of all that happened since, in order of event time.

    Attributes:
        person: the wearer.
        battery: its charge and the wearer's habits of charging.
        phone: where the wearer's phone is.
    """

    __slots__ = (
        "_draws",
        "_gait",
        "_hazards",
        "_lived",
        "_oxygen",
        "_position",
        "_pulse",
        "_recorded",
        "_skin",
        "_sleep",
        "_spells",
        "_steps",
        "_store",
        "_variability",
        "_worn",
        "battery",
        "person",
        "phone",
    )

    def __init__(self, habitat: Habitat, options: WearableOptions, person: Person) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.report_interval or options.sync_interval
        self.person = person
        rhythm = RHYTHMS[options.sampling]
        traits, draws = habitat.draws("traits"), habitat.draws("samples")
        self._draws = draws
        self._hazards = hazards_of(person)
        self._spells: list[Spell] = []
        self._lived = 0.0
        self._recorded = 0.0
        self._worn: bool | None = None
        self._store = Store()
        self.phone = Phone(person, habitat.draws("phone"))
        self.battery = Battery(person, traits.uniform(*rhythm.battery_life), traits)
        self._gait = Gait(person, habitat.calendar, traits, draws)
        self._steps = Steps(person, draws)
        self._pulse = Pulse(person, rhythm, habitat.calendar, draws)
        self._variability = Variability(person, draws)
        self._sleep = Sleep(person, draws)
        self._skin = Skin(person, traits, draws)
        self._oxygen = Oxygen(person, traits, draws)
        self._position = Position(person, draws)

    def about(self) -> dict[str, str | None]:
        """Return the wearer and the household."""
        return {"person": self.person.id, "household": self.person.household}

    def run(self) -> Process:
        """Return the wearable's life: sync, and wait for the next sync."""
        self._lived = self._recorded = self.env.now
        self.person.observers.append(self._note)
        yield self.pause(self._draws.uniform())
        while True:
            self._sync()
            yield self.pause(self._draws.uniform(*JITTER))

    def _note(self, finished: Spell, begun: Spell) -> None:
        self._spells.append(finished)
        self.phone.follow(finished, begun)

    def _sync(self) -> None:
        """Send everything that is stored, if a phone is in reach and there is power to reach it."""
        store = self._store
        for spell, start, end in self._pending():
            store.add(self.battery.live(spell, start, end))
        store.forget(self.env.now)
        if not self.phone.near or self.battery.empty:
            return
        burst: list[Reading] = []
        for stretch in store.take():
            self._record(stretch, burst)
        burst.sort(key=_event_time)
        burst.append(self._battery_reading())
        emit = self.send
        for reading in burst:
            emit(reading)

    def _pending(self) -> Iterator[tuple[Spell, float, float]]:
        """Yield the spells since the last look, each with its start and end within that time."""
        spells = [*self._spells, self.person.spell]
        self._spells.clear()
        for spell, following in zip(spells, [*spells[1:], None], strict=True):
            end = self.env.now if following is None else following.start
            if end > self._lived:
                yield spell, self._lived, end
                self._lived = end

    def _record(self, stretch: Stretch, burst: list[Reading]) -> None:
        """Make the readings of one stretch."""
        if stretch.start > self._recorded:
            self._steps.lose()
            self._sleep.take_off()
        self._recorded = stretch.end
        if not stretch.worn:
            self._steps.take_off(stretch.start, burst)
            self._sleep.take_off()
        if stretch.worn is not self._worn:
            self._worn = stretch.worn
            burst.append(self._wear_reading(stretch))
        if stretch.worn:
            pieces = self._gait.pieces(stretch)
            self._steps.record(stretch, pieces, burst)
            self._pulse.record(stretch, pieces, burst)
            self._variability.record(stretch, pieces, burst)
            self._sleep.record(stretch, burst)
            self._skin.record(stretch, burst)
            self._oxygen.record(stretch, burst)
            self._position.record(stretch, burst)

    def _wear_reading(self, stretch: Stretch) -> Reading:
        return Reading(
            stretch.start,
            "wear",
            {"worn": stretch.worn},
            self.person.id,
            self.person.household,
            stretch.place,
            self._hazards,
            stretch.facts,
        )

    def _battery_reading(self) -> Reading:
        return Reading(
            self.env.now,
            "battery",
            {"percent": round(self.battery.level), "charging": self.battery.charging},
            self.person.id,
            self.person.household,
            None,
            self._hazards,
        )
