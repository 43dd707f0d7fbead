"""The fleet: a shard's world and devices, run as one ordered stream of actions with their truth.

Pure and deterministic: the stream depends on the scenario, the seed and the shard, and on the commands
that its devices are given, never on the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from itertools import zip_longest
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
import simpy

from simulator.attacks import Ground, Member, Raids, Target, look_alikes
from simulator.core import plugins
from simulator.core.actions import Command
from simulator.core.calendar import Calendar
from simulator.core.campaigns import CampaignTruth, Role
from simulator.core.decoding import UNREADABLE
from simulator.core.endpoint import Protocol
from simulator.core.ids import device_id
from simulator.core.options import DeviceOptions
from simulator.core.process import collector_paused
from simulator.core.records import (
    CanaryTruth,
    ConsentTruth,
    FaultTruth,
    MessageTruth,
    PersonTruth,
    RequestTruth,
)
from simulator.core.seeds import Draws, Seeds
from simulator.core.shard import Shard
from simulator.core.steps import Step
from simulator.devices import Family, Habitat, Placement
from simulator.faults import Affliction, NetworkTrouble, Subject, Trouble
from simulator.neighbourhood_privacy import NeighbourhoodPrivacy, subject_reference
from simulator.privacy import Canaries, CanaryType, Mode, run_key
from simulator.privacy.particulars import SpokenCanaries, subject_of
from simulator.privacy.token import digest, token
from simulator.registrar import Registrar
from simulator.scenario import Scenario
from simulator.station import COMMAND, BesetStation, Channel, Outbox, Station, purposes
from simulator.world import Agenda, Neighbourhood, Person, beginning, build_neighbourhood

__all__ = ["COMMAND", "Fleet"]

_MOMENTS_BETWEEN_CHECKS = 1024

_by_device = itemgetter(0)
_by_id = attrgetter("id")

_CANARY_TYPES = frozenset(map(str, CanaryType))


class Fleet:
    """One shard of a scenario's fleet.

    Args:
        scenario: what to simulate.
        shard: which of its neighbourhoods.

    Attributes:
        calendar: the town's clock.
        events: SimPy events processed so far.
    """

    @collector_paused()
    def __init__(self, scenario: Scenario, shard: Shard | None = None) -> None:
        self.scenario = scenario
        self.calendar = Calendar(scenario.start, scenario.zone)
        self.events = 0
        self._seeds = Seeds(scenario.seed)
        mode = Mode.RECOGNISABLE if scenario.privacy is None else scenario.privacy.canaries
        self._canaries = Canaries(run_key(scenario.seed), mode)
        self._agenda = Agenda(beginning(self.calendar))
        self._outbox: Outbox = []
        self._stations: dict[str, Station] = {}
        shard = shard or Shard()
        faults, duration = scenario.faults, scenario.duration
        self._trouble = Trouble(faults, self._seeds, scenario.neighbourhoods, duration)
        self._network = NetworkTrouble(faults, duration, announces=shard.index == 0)
        self._raids = Raids(scenario.attacks, scenario.neighbourhoods, duration)
        self._raiders: list[Member[Any]] = []
        self.neighbourhoods = [
            build_neighbourhood(
                self._agenda,
                self.calendar,
                self._seeds,
                index,
                households=scenario.households_in(index),
                shops=scenario.shops_in(index),
                ageing=scenario.world.ageing,
            )
            for index in range(scenario.neighbourhoods)
            if shard.owns(index)
        ]
        self._people = {person.id: person for hood in self.neighbourhoods for person in hood.people()}
        self._privacy = [self._privacy_of(hood) for hood in self.neighbourhoods if scenario.privacy]
        self._registrars = {each.registrar.id: each.registrar for each in self._privacy}
        self._planted: set[tuple[str, str, int]] = set()
        owned = filter(shard.owns, range(scenario.neighbourhoods))
        for index, hood, privacy in zip_longest(owned, self.neighbourhoods, self._privacy):
            before = len(self._stations)
            self._equip(hood, self._afflictions(index, hood) if faults else {}, privacy)
            if self._raids:
                self._raid(index, list(self._stations.values())[before:])
        self._agenda.timeout(-self._agenda.now).callbacks.append(self._switch_on)

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return self._agenda.now

    @property
    def devices(self) -> Mapping[str, str]:
        """The kind of each device, and of each other client of the fleet, by its id."""
        return {client.id: client.kind for client in self._clients()}

    @property
    def client_ids(self) -> Mapping[str, str]:
        """What devices call themselves that do not go by their ids, by device id."""
        stations = self._stations.items()
        return {device: of.client_id for device, of in stations if of.client_id != device}

    @property
    def outsiders(self) -> Mapping[str, str]:
        """The attack of each client that is none of the fleet's, by its id."""
        return self._raids.outsiders

    @property
    def compromised(self) -> Mapping[str, str]:
        """The attack of each device that is turned, by its id."""
        return self._raids.compromised

    def people(self) -> Iterator[PersonTruth]:
        """Yield the truth about everybody in this shard."""
        for hood in self.neighbourhoods:
            for person in hood.people():
                yield PersonTruth(
                    person=person.id,
                    household=person.household,
                    neighbourhood=hood.id,
                    age=person.age,
                    sex=person.sex,
                    occupation=person.occupation,
                    chronotype=round(person.chronotype, 2),
                    home=(person.home.latitude, person.home.longitude),
                    workplace=person.workplace.id if person.workplace else None,
                    relation=person.relation,
                    voice=person.voice,
                    subject=subject_reference(self._seeds, person.id),
                    born=self.scenario.start.year - person.age,
                )

    def consents(self) -> Iterator[ConsentTruth]:
        """Yield what everybody in this shard agrees to, person by person, from the start to the end."""
        if self._privacy:
            for privacy in self._privacy:
                yield from privacy.register.consents()
        else:
            for person in self._people.values():
                yield ConsentTruth(person.id, 0.0, purposes(person.consent))

    def requests(self) -> Iterator[RequestTruth]:
        """Yield what everybody in this shard asks for, person by person."""
        for privacy in self._privacy:
            yield from privacy.register.requests()

    def planted(self, about: MessageTruth) -> Iterator[CanaryTruth]:
        """Yield the canaries that a message is the first of all to hold; call it once a message."""
        for span in about.spans:
            person = self._people.get(span.person or "")
            key = (span.person or "", span.type, span.number)
            if person is None or not span.exact or span.type not in _CANARY_TYPES or key in self._planted:
                continue
            self._planted.add(key)
            subject = subject_of(person, self.scenario.start.year)
            canary = self._canaries.make(CanaryType(span.type), subject, span.number)
            yield CanaryTruth(
                canary.person,
                canary.type.value,
                canary.number,
                canary.value,
                canary.core,
                about.id,
                about.at,
                about.device,
            )

    def faults(self) -> Iterator[FaultTruth]:
        """Yield what befalls this shard's devices and the network, in order of time and device."""
        rows = [*self._network.truth(), *self._trouble.truth()]
        yield from sorted(rows, key=lambda row: (row.at, row.device or ""))

    def campaigns(self) -> Iterator[CampaignTruth]:
        """Yield the attacks, with their members in this shard, and if there are any, what looks like one."""
        if self.scenario.attacks:
            yield from self._raids.truth()
            yield from look_alikes(self.faults(), self.scenario.duration)

    def stream(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[Step]:
        """Yield all actions in order of simulated time, then of device id, then as the device did them.

        Args:
            stopped: asked now and then; the stream ends early when it says yes.
        """
        steps = self._steps(stopped)
        if self._raids.records:
            steps = self._raids.through(steps)
        return self._network.through(steps) if self._network else steps

    def _steps(self, stopped: Callable[[], bool]) -> Iterator[Step]:
        for client in sorted(self._clients(), key=_by_id):
            yield from client.opening()
        outbox = self._outbox
        for number, events in enumerate(self._agenda.moments(self.scenario.duration)):
            self.events += events
            while outbox:
                if len(outbox) == 1:
                    yield outbox.pop()[1]
                else:
                    yield from self._sent()
            if number % _MOMENTS_BETWEEN_CHECKS == 0 and stopped():
                return

    def _sent(self) -> Iterator[Step]:
        """Yield what devices have done at this moment, in order, and forget it."""
        # Sorting is stable, so what one device did stays as it did it.
        batch = sorted(self._outbox, key=_by_device)
        self._outbox.clear()
        for _, step in batch:
            yield step

    def command(self, topic: str, payload: bytes) -> bool:
        """Give a device the command that arrived on a topic, at the present simulated time.

        Returns:
            False if no such device listens, or the device does not know what it was told.
        """
        station = self._listening.get(topic)
        if station is None:
            return False
        try:
            command = msgspec.json.decode(payload, type=Command)
        except UNREADABLE:
            return False
        return station.device.obey(command)

    def _clients(self) -> Iterator[Station | Registrar]:
        yield from self._stations.values()
        yield from self._registrars.values()

    @cached_property
    def _listening(self) -> dict[str, Station]:
        return {station.topic(COMMAND): station for station in self._stations.values()}

    def _privacy_of(self, hood: Neighbourhood) -> NeighbourhoodPrivacy:
        scenario = self.scenario
        assert scenario.privacy is not None
        return NeighbourhoodPrivacy(
            self._agenda,
            self.calendar,
            self._outbox,
            scenario,
            scenario.privacy,
            self._seeds,
            self._canaries,
            hood,
        )

    def _equip(
        self,
        hood: Neighbourhood,
        afflictions: Mapping[str, list[Affliction]],
        privacy: NeighbourhoodPrivacy | None,
    ) -> None:
        for family, options, group, placements in self._groups(hood):
            channel = Channel(
                self._agenda,
                self.calendar,
                self._people,
                self._outbox,
                self.scenario.mqtt,
                options,
                hood.id,
            )
            for placement in placements:
                self._place(family, placement, channel, options, group, afflictions, privacy)

    def _raid(self, index: int, stations: list[Station]) -> None:
        """Let a neighbourhood's share of the attacks be there."""
        of = {station.id: station for station in stations}

        def put(client: str, step: Step) -> None:
            self._outbox.append((client, step))

        ground = Ground(
            env=self._agenda,
            seeds=self._seeds,
            targets=tuple(Target(of[device]) for device in sorted(of)),
            put=put,
            disguise=lambda target, device, key: of[target.id].sibling(device, key),
            token=lambda name: token(digest(run_key(self.scenario.seed), "exfiltrated", name)),
            modern=self.scenario.mqtt.version is Protocol.MQTT_5,
        )

        def clock() -> float:
            return self._agenda.now

        members = self._raids.muster(index, ground)
        for target in ground.targets if members else ():
            device = of[target.id].device
            target.base = device.send
            of_kind = ground.heard[target.station.kind]
            device.send = target.overheard(device.send, clock, of_kind)
        for member in members:
            if member.role is Role.COMPROMISED:
                device = of[member.id].device
                member.onward, device.send = device.send, member.take
        self._raiders += members

    def _groups(
        self, hood: Neighbourhood
    ) -> Iterator[tuple[Family, DeviceOptions, int, Iterator[Placement]]]:
        """Yield each group of devices, which of its kind it is, and where they go."""
        groups: dict[str, int] = {}
        for options in self.scenario.devices:
            group = groups[options.kind] = groups.get(options.kind, -1) + 1
            family: Family = plugins.load("simulator.devices", options.kind)
            draws = partial(self._draws, options.kind, group)
            placements = family.placements(hood, options, draws)
            without = self.scenario.world.without
            yield family, options, group, (one for one in placements if one.entity != without)

    def _afflictions(self, index: int, hood: Neighbourhood) -> Mapping[str, list[Affliction]]:
        """Return what befalls the devices of a neighbourhood, by device."""
        subjects = [
            Subject(
                device_id(self._seeds, options.kind, group, placement.entity),
                options.kind,
                _premises(placement.entity),
            )
            for _, options, group, placements in self._groups(hood)
            for placement in placements
        ]
        return self._trouble.befall(index, subjects)

    def _particulars(self, person: Person) -> SpokenCanaries:
        return SpokenCanaries(self._canaries, subject_of(person, self.scenario.start.year), person.age)

    def _draws(self, kind: str, group: int, purpose: str, entity: str) -> Draws:
        return self._seeds.draws(purpose, kind, group, entity)

    def _place(
        self,
        family: Family,
        placement: Placement,
        channel: Channel,
        options: DeviceOptions,
        group: int,
        afflictions: Mapping[str, list[Affliction]],
        privacy: NeighbourhoodPrivacy | None,
    ) -> None:
        key = (options.kind, group, placement.entity)
        device = device_id(self._seeds, *key)
        befallen = afflictions.get(device, ())
        station = (BesetStation if befallen else Station)(
            channel, device, self._seeds.digest("messages", *key)
        )
        habitat = Habitat(
            particulars=self._particulars,
            candour=None if self.scenario.privacy is None else self.scenario.privacy.hazards.transcript_pii,
            env=self._agenda,
            calendar=self.calendar,
            draws=lambda purpose: self._draws(options.kind, group, purpose, placement.entity),
            emit=station.entry,
        )
        station.device = family.build(placement, habitat, options)
        if privacy is not None:
            privacy.expose(station, station.device, *key)
        self._stations[device] = station
        if isinstance(station, BesetStation):
            for affliction in befallen:
                self._agenda.process(affliction.run(station.line))

    def _switch_on(self, _: simpy.Event) -> None:
        for station in self._stations.values():
            self._agenda.process(station.device.run())
        for registrar in self._registrars.values():
            self._agenda.process(registrar.run())
        for member in self._raiders:
            self._agenda.process(self._raids.run(member))


def _premises(entity: str) -> str:
    """Return the home or shop that something is in, whose id begins its own: ``n0-h3`` of ``n0-h3-p1``."""
    return "-".join(entity.split("-", 2)[:2])
