"""The privacy of one neighbourhood: what its people decide, and what is personal about their devices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from simulator.core.calendar import Calendar
from simulator.core.consent_topics import REGISTRAR
from simulator.core.ids import device_id
from simulator.core.seeds import Draws, Key, Seeds
from simulator.devices import Device
from simulator.privacy import Canaries, Canary, CanaryType
from simulator.privacy.decision import Change, Decision, decide
from simulator.privacy.exposure import Bearer, Exposure, Process
from simulator.privacy.hazards import expose
from simulator.privacy.judge import Judge
from simulator.privacy.particulars import subject_of
from simulator.privacy.permission import Permission
from simulator.registrar import Register, Registrar
from simulator.scenario import Scenario
from simulator.scenario.privacy import ConsentRates, Privacy
from simulator.station import Outbox, Station
from simulator.world import Agenda, Household, Neighbourhood, Person
from simulator.world.consent import AGE_OF_CONSENT


def subject_reference(seeds: Seeds, person: str) -> str:
    """Return the opaque reference under which a person's consent is published."""
    return f"{seeds.digest('subject', person):016x}"


class NeighbourhoodPrivacy:
    """Lets the people of a neighbourhood decide, and its devices bear hazards.

    Args:
        agenda: gives the time.
        calendar: writes it down.
        outbox: takes the steps of the registrar.
        scenario: what is simulated.
        privacy: its section on privacy.
        seeds: the run's; all streams are keyed by ids of the neighbourhood's.
        canaries: the run's.
        hood: the neighbourhood.

    Attributes:
        register: what its people decide.
        registrar: the client that publishes that.
    """

    def __init__(
        self,
        agenda: Agenda,
        calendar: Calendar,
        outbox: Outbox,
        scenario: Scenario,
        privacy: Privacy,
        seeds: Seeds,
        canaries: Canaries,
        hood: Neighbourhood,
    ) -> None:
        self._agenda = agenda
        self._privacy = privacy
        self._modern = scenario.mqtt.carries_properties
        self._year = scenario.start.year
        self._seeds = seeds
        self._canaries = canaries
        self._rates: Mapping[str, float | None] = privacy.hazards.model_dump()
        self._homes = {household.id: household for household in hood.households}
        self._shops = {shop.place.id: shop for shop in hood.shops}
        self._residents = tuple(hood.people())
        self._people = {person.id: person for person in self._residents}
        self.register = Register(
            neighbourhood=hood.id,
            people=self._residents,
            agreed={person.id: person.consent for person in self._residents},
            subjects={person.id: subject_reference(seeds, person.id) for person in self._residents},
            decisions=self._decisions(privacy.consent, scenario.duration),
            grace=privacy.consent.grace,
            answer_within=privacy.consent.answer_within,
        )
        self.registrar = Registrar(
            agenda,
            calendar,
            outbox,
            scenario.mqtt,
            self.register,
            device_id(seeds, REGISTRAR, hood.id),
            seeds.digest("messages", REGISTRAR, hood.id),
        )

    def expose(self, station: Station, device: Device[Any], *key: Key) -> None:
        """Let a device bear hazards; what it emits goes through them from now on.

        Args:
            station: its way out.
            device: the device.
            key: of its random streams.
        """
        about = device.about()
        person, home = about.get("person"), self._homes.get(about.get("household") or "")
        people: tuple[Person, ...] = ()
        owner = None
        if person is not None:
            people = (self._people[person],)
            owner = people[0]
        elif home is not None:
            people = tuple(home.members)
            owner = home.members[home.guardian]
        permission = Permission(people, self._privacy.purpose)
        self.registrar.attend(station.id, permission)
        bearer = Bearer(
            device=station.id,
            kind=station.kind,
            place=about.get("place"),
            owner=owner,
            permission=permission,
            modern=self._modern,
            draws=partial(self._draws, "device", *key),
            home_draws=partial(self._draws, "home", *((home.id,) if home else key)),
            canary=self._canary,
            writer=partial(self._writer, owner if person else None, home, about.get("place")),
            env=self._agenda,
        )
        exposure = expose(bearer, self._rates)
        station.expose(Judge(exposure, permission, self._privacy.purpose))
        device.send = exposure.entry(self._agenda, station.entry)
        self._begin(exposure, device)

    def _begin(self, exposure: Exposure, device: Device[Any]) -> None:
        """Have begin at the start what a device does beside measuring."""
        for process in exposure.processes:
            self._agenda.process(self._from_the_start(process(device.send)))

    def _from_the_start(self, process: Process) -> Process:
        yield self._agenda.timeout(-self._agenda.now)
        yield from process

    def _decisions(self, rates: ConsentRates, duration: float) -> tuple[Decision, ...]:
        """Return all that people will decide, in order of time and then of people."""
        a_day = {
            Change.WITHDRAW: rates.withdraw_per_day,
            Change.GIVE: rates.give_per_day,
            Change.PARTIAL: rates.partial_per_day,
            Change.ERASE: rates.erase_per_day,
            Change.ACCESS: rates.access_per_day,
        }
        decisions: list[Decision] = []
        for home in self._homes.values():
            for person in home.members:
                decider = home.members[home.guardian] if person.age < AGE_OF_CONSENT else person
                draws = self._seeds.draws("decisions", person.id)
                decisions += decide(person, decider, a_day, duration, draws)
        return tuple(sorted(decisions, key=lambda decision: decision.at))

    def _draws(self, scope: str, *key_and_purpose: Key) -> Draws:
        *key, purpose = key_and_purpose
        return self._seeds.draws(f"hazard {purpose}", scope, *key)

    def _canary(self, person: str, kind: CanaryType) -> Canary:
        return self._canaries.make(kind, subject_of(self._people[person], self._year))

    def _writer(
        self, wearer: Person | None, home: Household | None, place: str | None, draws: Draws
    ) -> Person | None:
        """Return who could write a note now, or in a shop about whom; None if nobody."""
        if wearer is not None:
            return None if wearer.asleep else wearer
        if home is not None:
            there = [person for person in home.awake_at_home() if person.age >= AGE_OF_CONSENT]
            return draws.choice(there) if there else None
        shop = self._shops.get(place or "")
        return draws.choice(self._residents) if shop and shop.is_open(self._agenda.now) else None
