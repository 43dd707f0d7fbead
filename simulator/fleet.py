"""The fleet: a shard's world and devices, run as one ordered stream of actions with their truth.

Pure and deterministic: the stream depends on the scenario, the seed and the shard, and on the commands
that its devices are given, never on the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import msgspec
import simpy

from simulator.core import plugins
from simulator.core.actions import Command, Connect, Publish, Subscribe, Will
from simulator.core.calendar import Calendar
from simulator.core.ids import device_id, message_id
from simulator.core.options import DeviceOptions
from simulator.core.readings import Reading
from simulator.core.records import ConsentTruth, Expectation, FaultTruth, MessageTruth, PersonTruth
from simulator.core.seeds import Draws, Seeds
from simulator.core.shard import Shard
from simulator.core.steps import Step
from simulator.devices import Device, Family, Habitat, Placement
from simulator.faults import Affliction, Ends, Line, NetworkTrouble, Subject, Trouble
from simulator.scenario import Scenario
from simulator.world import Neighbourhood, Person, beginning, build_neighbourhood

COMMAND = "command"
"""Last topic level on which a device takes commands."""

OFFLINE = "offline"
"""Last topic level of a device's will."""

_EVENTS_BETWEEN_CHECKS = 1024


class Fleet:
    """One shard of a scenario's fleet.

    Args:
        scenario: what to simulate.
        shard: which of its neighbourhoods.

    Attributes:
        calendar: the town's clock.
        events: SimPy events processed so far.
    """

    def __init__(self, scenario: Scenario, shard: Shard | None = None) -> None:
        self.scenario = scenario
        self.calendar = Calendar(scenario.start)
        self.events = 0
        self._seeds = Seeds(scenario.seed)
        self._env = simpy.Environment(initial_time=beginning(self.calendar))
        self._outbox: list[Step] = []
        self._devices: dict[str, Device[Any]] = {}
        self._stations: dict[str, _Station] = {}
        shard = shard or Shard()
        faults, duration = scenario.faults, scenario.duration
        self._trouble = Trouble(faults, self._seeds, scenario.neighbourhoods, duration)
        self._network = NetworkTrouble(faults, duration, announces=shard.index == 0)
        self.neighbourhoods = [
            build_neighbourhood(
                self._env,
                self.calendar,
                self._seeds,
                index,
                households=scenario.households_in(index),
                shops=scenario.shops_in(index),
            )
            for index in range(scenario.neighbourhoods)
            if shard.owns(index)
        ]
        self._people = {person.id: person for hood in self.neighbourhoods for person in hood.people()}
        for index, hood in zip(
            filter(shard.owns, range(scenario.neighbourhoods)), self.neighbourhoods, strict=True
        ):
            self._equip(hood, self._afflictions(index, hood) if faults else {})

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return float(self._env.now)

    @property
    def devices(self) -> Mapping[str, str]:
        """The kind of each device, by device id."""
        return {device: station.kind for device, station in self._stations.items()}

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
                )

    def consents(self) -> Iterator[ConsentTruth]:
        """Yield what everybody in this shard agrees to at the start."""
        for person in self._people.values():
            yield ConsentTruth(person.id, 0.0, _purposes(person))

    def faults(self) -> Iterator[FaultTruth]:
        """Yield what befalls this shard's devices and the network, in order of time and device."""
        rows = [*self._network.truth(), *self._trouble.truth()]
        yield from sorted(rows, key=lambda row: (row.at, row.device or ""))

    def stream(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[Step]:
        """Yield all actions in order of simulated time, then of device id, then as the device did them.

        Args:
            stopped: asked now and then; the stream ends early when it says yes.
        """
        steps = self._steps(stopped)
        return self._network.through(steps) if self._network else steps

    def _steps(self, stopped: Callable[[], bool]) -> Iterator[Step]:
        for device in sorted(self._stations):
            yield from self._stations[device].opening()
        env, outbox, end = self._env, self._outbox, self.scenario.duration
        while env.peek() < end:
            for _ in range(_EVENTS_BETWEEN_CHECKS):
                env.step()
                self.events += 1
                upcoming = env.peek()
                if outbox and upcoming > env.now:
                    yield from self._sent()
                    upcoming = env.peek()
                if upcoming >= end:
                    break
            if stopped():
                return

    def _sent(self) -> list[Step]:
        """Return what devices have sent since the last time, in order, and forget it."""
        batch = self._outbox.copy()
        self._outbox.clear()
        if len(batch) > 1:
            batch.sort(key=_order)
        return batch

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
        except msgspec.MsgspecError:
            return False
        return self._devices[station.device].obey(command)

    @cached_property
    def _listening(self) -> dict[str, _Station]:
        return {station.topic(COMMAND): station for station in self._stations.values()}

    def _equip(self, hood: Neighbourhood, afflictions: Mapping[str, list[Affliction]]) -> None:
        for family, placement, options, group in self._placements(hood):
            self._place(family, placement, options, group, hood, afflictions)

    def _placements(self, hood: Neighbourhood) -> Iterator[tuple[Family, Placement, DeviceOptions, int]]:
        """Yield what goes where, each with its options and which group of its kind these are."""
        groups: dict[str, int] = {}
        for options in self.scenario.devices:
            group = groups[options.kind] = groups.get(options.kind, -1) + 1
            family: Family = plugins.load("simulator.devices", options.kind)
            for placement in family.placements(hood, options, partial(self._draws, options.kind, group)):
                yield family, placement, options, group

    def _afflictions(self, index: int, hood: Neighbourhood) -> Mapping[str, list[Affliction]]:
        """Return what befalls the devices of a neighbourhood, by device."""
        subjects = [
            Subject(
                device_id(self._seeds, options.kind, group, placement.entity),
                options.kind,
                _premises(placement.entity),
            )
            for _, placement, options, group in self._placements(hood)
        ]
        return self._trouble.befall(index, subjects)

    def _draws(self, kind: str, group: int, purpose: str, entity: str) -> Draws:
        return self._seeds.draws(purpose, kind, group, entity)

    def _place(
        self,
        family: Family,
        placement: Placement,
        options: DeviceOptions,
        group: int,
        hood: Neighbourhood,
        afflictions: Mapping[str, list[Affliction]],
    ) -> None:
        key = (options.kind, group, placement.entity)
        device_key = device_id(self._seeds, *key)
        befallen = afflictions.get(device_key, ())
        station = (_BesetStation if befallen else _Station)(
            fleet=self,
            device=device_key,
            key=self._seeds.digest("messages", *key),
            options=options,
            neighbourhood=hood.id,
        )
        habitat = Habitat(
            env=self._env,
            calendar=self.calendar,
            draws=lambda purpose: self._draws(options.kind, group, purpose, placement.entity),
            emit=station.entry,
        )
        device = family.build(placement, habitat, options)
        self._stations[station.device] = station
        self._devices[station.device] = device
        self._env.process(_from_start(self._env, device))
        if isinstance(station, _BesetStation):
            for affliction in befallen:
                self._env.process(affliction.run(station.line))


class _Station:
    """A device's way out: names and numbers its readings, encodes them, and keeps their truth beside."""

    __slots__ = ("_encode", "_fleet", "_key", "_names", "_qos", "_sequence", "_topics", "device", "kind")

    def __init__(
        self, fleet: Fleet, device: str, key: int, options: DeviceOptions, neighbourhood: str
    ) -> None:
        mqtt = fleet.scenario.mqtt
        self.device = device
        self.kind = options.kind
        self._fleet = fleet
        self._key = key
        self._sequence = 0
        self._qos = mqtt.qos if options.qos is None else options.qos
        self._encode = plugins.load("simulator.payloads", options.payload or mqtt.payload).encode
        self._names = {"neighbourhood": neighbourhood, "kind": options.kind, "device": device}
        self._topics: dict[str, str] = {}

    def topic(self, event: str) -> str:
        """Return the topic of one kind of event of this device."""
        topic = self._topics.get(event)
        if topic is None:
            topic = self._topics[event] = self._fleet.scenario.mqtt.topic.format(event=event, **self._names)
        return topic

    @property
    def entry(self) -> Callable[[Reading], None]:
        """What the device hands its readings to."""
        return self.send

    def opening(self, at: float = 0.0, backoff: bool = True) -> Iterator[Step]:
        """Yield how the device goes online: its session with a will, and its command topic."""
        mqtt, device = self._fleet.scenario.mqtt, self.device
        will = Will(self.topic(OFFLINE), msgspec.json.encode({"device": device, "event": OFFLINE}))
        yield Connect(at, device, round(mqtt.keep_alive), mqtt.clean, will, backoff and mqtt.backoff), None
        yield Subscribe(at, device, topic_filter=self.topic(COMMAND), qos=1), None

    def send(self, reading: Reading) -> None:
        """Turn a reading into a publish with its truth, due now."""
        fleet = self._fleet
        sequence = self._sequence
        self._sequence = sequence + 1
        at = fleet._env.now
        event = reading.event
        topic = self._topics.get(event) or self.topic(event)
        identifier = message_id(self._key, sequence)
        payload = self._encode(
            identifier, self.device, sequence, fleet.calendar.timestamp(reading.at), reading
        )
        person = reading.person
        retain = fleet.scenario.mqtt.retain
        publish = Publish(at, self.device, identifier, self.kind, event, topic, payload, self._qos, retain)
        truth = MessageTruth(
            identifier,
            at,
            reading.at,
            self.device,
            self.kind,
            event,
            topic,
            self._qos,
            retain,
            len(payload),
            person,
            reading.household,
            reading.place,
            None if person is None else _purposes(fleet._people[person]),
            reading.hazards,
            None,
            Expectation.ALLOW,
            reading.facts,
        )
        fleet._outbox.append((publish, truth))


class _BesetStation(_Station):
    """The way out of a device that faults befall: over a line, on which they act."""

    __slots__ = ("line",)

    def __init__(
        self, fleet: Fleet, device: str, key: int, options: DeviceOptions, neighbourhood: str
    ) -> None:
        super().__init__(fleet, device, key, options, neighbourhood)
        ends = Ends(self._number, fleet._outbox.append, self.opening, self._obey)
        line = self.line = Line(fleet._env, device, ends)
        encode: Callable[..., bytes] = self._encode
        timestamp = fleet.calendar.timestamp

        def encode_with_its_clock(
            identifier: str, device: str, sequence: int, _time: str, reading: Reading
        ) -> bytes:
            return encode(identifier, device, sequence, timestamp(line.clock(reading.at)), reading)

        self._encode = encode_with_its_clock

    @property
    def entry(self) -> Callable[[Reading], None]:
        """What the device hands its readings to."""
        return self.line.observe

    def _number(self, reading: Reading) -> None:
        """Make a reading a message, and send it along the line instead of at once."""
        self.send(reading)
        publish, truth = self._fleet._outbox.pop()
        assert isinstance(publish, Publish)
        assert truth is not None
        self.line.send((publish, truth))

    def _obey(self, command: Command) -> bool:
        return self._fleet._devices[self.device].obey(command)


def _premises(entity: str) -> str:
    """Return the home or shop that something is in, whose id begins its own: ``n0-h3`` of ``n0-h3-p1``."""
    return "-".join(entity.split("-", 2)[:2])


def _order(step: Step) -> tuple[float, str]:
    # Sorting is stable, so one device's messages of one moment stay as the device sent them.
    return step[0].at, step[0].device


def _purposes(person: Person) -> tuple[str, ...]:
    return tuple(sorted(person.consent))


def _from_start(env: simpy.Environment, device: Device[Any]) -> Generator[simpy.Event, Any, None]:
    if env.now < 0:
        yield env.timeout(-env.now)
    yield from device.run()
