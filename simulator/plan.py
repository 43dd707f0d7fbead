"""What one load has to do: its source of actions, its pace, its sessions, and how it ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from simulator.broker import NetworkSwitch
from simulator.broker.credentials import Credentials
from simulator.core.campaigns import CampaignTruth
from simulator.core.credentials import Authentication
from simulator.core.endpoint import Endpoint
from simulator.core.limits import Limits, usual_limits
from simulator.core.records import (
    CanaryTruth,
    ConsentTruth,
    FaultTruth,
    MessageTruth,
    PersonTruth,
    RequestTruth,
)
from simulator.core.shard import Shard
from simulator.core.steps import Step
from simulator.fleet import Fleet
from simulator.mqtt import DeliveryOptions, Features
from simulator.pacing import (
    Churn,
    ConnectionPlan,
    MaxPacer,
    Pacer,
    PacerShare,
    RatePacer,
    SpeedPacer,
    Spell,
    StagesPacer,
    common,
)
from simulator.scenario import Scenario
from simulator.standing import Standing
from simulator.truth import RunFolder

CONFIRMATIONS = 500
"""Pings a second at most that ask whether QoS 0 messages have arrived, in a fleet that always talks."""

LONGEST_CONFIRMATION = 10.0
"""Seconds after which they ask all the same."""

CLOSED_LOOP_QUEUE = 2_000
"""Messages that wait when nothing but the machine sets the pace; more are taken when fewer do."""

CLOSED_LOOP_BATCH = 8_192
"""Messages handed over between two turns of a closed loop; a device's burst goes out in one write."""


class Source(Protocol):
    """Where a load's actions come from: a fleet, or something as simple as it can be."""

    @property
    def devices(self) -> Mapping[str, str]:
        """The kind of each device, by device id."""

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""

    def people(self) -> Iterator[PersonTruth]:
        """Yield the truth about everybody."""

    def consents(self) -> Iterator[ConsentTruth]:
        """Yield what everybody agrees to, from the start to the end."""

    def requests(self) -> Iterator[RequestTruth]:
        """Yield what everybody asks for about their data."""

    def planted(self, about: MessageTruth) -> Iterable[CanaryTruth]:
        """Return the canaries that a message is the first of all to hold."""

    def faults(self) -> Iterator[FaultTruth]:
        """Yield what befalls the devices, and the network."""

    @property
    def outsiders(self) -> Mapping[str, str]:
        """The attack of each client that is none of the fleet's, by its id."""

    def campaigns(self) -> Iterator[CampaignTruth]:
        """Yield the attacks, and what looks like one."""

    def stream(self, stopped: Callable[[], bool]) -> Iterator[Step]:
        """Yield the actions in order, sessions before messages."""

    def command(self, topic: str, payload: bytes) -> bool:
        """Give a device a command."""


@dataclass(frozen=True)
class Plan:
    """What is to be loaded, and where its rows go.

    Attributes:
        scenario: what to simulate.
        endpoint: where the broker listens.
        folder: takes the rows of truth and delivery; None to keep none.
        shard: which part of the fleet.
        source: makes the shard's source of actions; can cross to another process.
        limits: hard caps of the whole load; the usual ones for the endpoint if left out.
        network: changes the network between fleet and broker; None where nothing can be wrong with it.
        batch: messages handed over between two turns of a closed loop.
        origin: the moment of the monotonic clock from which all that takes part counts its seconds; each
            when it begins to connect if left out.
    """

    scenario: Scenario
    endpoint: Endpoint
    folder: RunFolder | None
    shard: Shard = field(default_factory=Shard)
    source: Callable[[Scenario, Shard], Source] = Fleet
    limits: Limits | None = None
    network: NetworkSwitch | None = None
    batch: int = CLOSED_LOOP_BATCH
    origin: float | None = None

    @cached_property
    def pacer(self) -> Pacer:
        """How the shard's messages are spread over time."""
        scenario = self.scenario
        if scenario.rate_stages:
            return StagesPacer(scenario.rate_stages, self._share)
        if scenario.rate is not None:
            return RatePacer(scenario.rate, self._share)
        if isinstance(scenario.speed, float):
            return SpeedPacer(scenario.speed, ends_at=math.inf if self.last is None else self.last)
        return MaxPacer()

    @property
    def last(self) -> float | None:
        """Seconds after which the load ends whatever is left of the scenario, None if it does not."""
        return self.scenario.stages_last

    @property
    def neighbourhoods(self) -> list[str]:
        """Ids of the shard's neighbourhoods."""
        every = range(self.scenario.neighbourhoods)
        return [f"n{index}" for index in every if self.shard.owns(index)]

    @property
    def delivery_options(self) -> DeliveryOptions:
        """What the delivery side needs to know."""
        mqtt = self.scenario.mqtt
        queue, session_expiry = mqtt.queue, math.ceil(mqtt.kept_for)
        if not self.pacer.open_loop:
            # A closed loop waits instead of dropping, so one device may hold all that waits.
            queue = max(queue, CLOSED_LOOP_QUEUE + self.batch)
        return DeliveryOptions(
            transport=mqtt.transport,
            window=mqtt.in_flight,
            session_queue=queue,
            connecting=mqtt.connect_window,
            connect_rate=None if mqtt.connect_rate is None else mqtt.connect_rate / self.shard.count,
            source_addresses=mqtt.sources,
            session_expiry=session_expiry,
            largest_packet=mqtt.largest_packet,
            features=Features(
                user_properties=tuple(mqtt.user_properties.items()),
                message_expiry=None if mqtt.message_expiry is None else math.ceil(mqtt.message_expiry),
                session_expiry=session_expiry if mqtt.clean else 0,
                will_delay=math.ceil(mqtt.will_delay or 0),
                topic_alias=mqtt.topic_alias,
            ),
            credentials=open_credentials(self.scenario),
            limits=(self.limits or usual_limits(self.endpoint)).share(1 / self.shard.count),
        )

    def options_of(self, devices: int) -> DeliveryOptions:
        """Return what the delivery side needs to know to carry so many devices.

        In a closed loop, whose latencies say nothing anyway, a large fleet asks less often whether its QoS 0
        messages arrived: pings must not be the load.
        """
        options = self.delivery_options
        if self.pacer.open_loop:
            return options
        within = min(devices / CONFIRMATIONS, LONGEST_CONFIRMATION)
        return replace(options, confirm_within=max(options.confirm_within, within))

    @property
    def comes_and_goes(self) -> bool:
        """Whether devices connect and leave in the course of the load, instead of staying all the time."""
        return bool(self.scenario.connection_stages) or self.scenario.mqtt.churn is not None

    def presence(self, device: str) -> Iterator[Spell]:
        """Yield when a device is connected, in seconds since the load began."""
        stages, churn = self.scenario.connection_stages, self.scenario.mqtt.churn
        spells: Iterator[Spell] = iter([ALWAYS])
        if stages:
            spells = ConnectionPlan(stages).spells(ConnectionPlan.rank(device))
        if churn is not None:
            leaving = Churn(churn.every, churn.away, churn.share, self.scenario.seed)
            spells = common(spells, leaving.spells(device))
        return spells

    @property
    def _share(self) -> PacerShare:
        """The shard's share of a rate: as large as its share of all households."""
        sizes = [self.scenario.households_in(index) for index in range(self.scenario.neighbourhoods)]
        count = self.shard.count
        return PacerShare.of(self.shard.index, [sum(sizes[index::count]) for index in range(count)])


def open_credentials(scenario: Scenario) -> Credentials | None:
    """Return the credentials that a scenario's devices log in with, if it has any.

    Raises:
        UsageError: there are none where it says.
    """
    mqtt = scenario.mqtt
    if mqtt.credentials is None:
        return None
    how = mqtt.authentication or Authentication.NONE
    return Credentials.open(
        Path(mqtt.credentials), how, token_lifetime=mqtt.token_lifetime, token_claims=mqtt.token_claims
    )


ALWAYS = Spell(0.0, math.inf)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a load ended, or several together.

    Attributes:
        standing: the figures at the end.
        seconds: from the first due time to the last answer.
        interrupted: whether it was stopped before the scenario's end.
        failure: why it could not go on, None if it could.
    """

    standing: Standing
    seconds: float
    interrupted: bool
    failure: str | None

    @property
    def complete(self) -> bool:
        """Whether all of the scenario was run."""
        return not self.interrupted and self.failure is None
