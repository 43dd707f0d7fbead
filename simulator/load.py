"""One shard under load: its stream, paced and delivered, with every message's truth and outcome kept."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Protocol

from simulator.core.actions import Publish
from simulator.core.endpoint import Endpoint
from simulator.core.process import cpu_seconds, peak_rss_bytes
from simulator.core.records import ConsentTruth, Delivered, PersonTruth
from simulator.core.shard import Shard
from simulator.fleet import Fleet, Step
from simulator.metrics import Tally
from simulator.mqtt import Delivery, DeliveryOptions, require_descriptors
from simulator.pacing import MaxPacer, Pacer, RatePacer, SpeedPacer
from simulator.scenario import Scenario
from simulator.standing import Standing
from simulator.truth import NoRows, RowWriter, RunFolder, TruthWriter

TICK = 0.5
"""Seconds between two reports of a running load."""

BATCH = 64
"""Messages handed over at most between two turns of the event loop, on a schedule."""

FINISH = 10.0
"""Seconds that the end waits for the broker's last answers."""

INTERRUPTED_FINISH = 1.0
"""The same after Ctrl-C, which promises to be quick."""

CLOSED_LOOP_QUEUE = 2_000
"""Messages that wait when nothing but the machine sets the pace; the next one is taken when fewer do."""

CLOSED_LOOP_BATCH = 2_048
"""Messages handed over between two turns of a closed loop; those of one device go out in one write."""

STALLED = 60.0
"""Seconds without progress after which a closed loop gives the broker up."""


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
        """Yield what everybody agrees to at the start."""

    def stream(self, stopped: Callable[[], bool]) -> Iterator[Step]:
        """Yield the actions in order, sessions before messages."""

    def command(self, topic: str, payload: bytes) -> bool:
        """Give a device a command."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be loaded, and where its rows go.

    Attributes:
        scenario: what to simulate.
        endpoint: where the broker listens.
        folder: takes the rows of truth and delivery; None to keep none.
        shard: which part of the fleet.
        source: makes the shard's source of actions; can cross to another process.
    """

    scenario: Scenario
    endpoint: Endpoint
    folder: RunFolder | None
    shard: Shard = field(default_factory=Shard)
    source: Callable[[Scenario, Shard], Source] = Fleet

    @property
    def share(self) -> float:
        """The shard's share of all households; of a rate, it sends as much."""
        sizes = [self.scenario.households_in(index) for index in range(self.scenario.neighbourhoods)]
        return sum(sizes[self.shard.index :: self.shard.count]) / sum(sizes)


Go = Callable[[], float | None]
"""Asked once the fleet is connected: the time of the clock at which the load begins, or None for not yet."""


class Load:
    """A shard's fleet on its way to a broker.

    Args:
        plan: what to load.
        rows: take the truth and the delivery.
        clock: monotonic seconds.
        stopped: asked for every message; the load ends early when it says yes.
        report: called about twice a second with the load as it stands.
        go: asked when the fleet is connected; see `Go`.
    """

    def __init__(
        self,
        plan: Plan,
        rows: RowWriter,
        *,
        clock: Callable[[], float],
        stopped: Callable[[], bool],
        report: Callable[[Standing], None],
        go: Go | None = None,
    ) -> None:
        self.scenario = scenario = plan.scenario
        self._fleet = plan.source(scenario, plan.shard)
        self._tally = Tally(late_after=scenario.late_after)
        self._pacer = pacer(scenario, plan.share)
        self._rows = rows
        self._clock = clock
        self._begin = clock()
        self._first_due = 0.0
        self._next_tick = 0.0
        self._behind = 0.0
        self._failure: str | None = None
        self._stopped = stopped
        self._report = report
        self._go = go or clock
        require_descriptors(len(self._fleet.devices))
        self._delivery = Delivery(
            plan.endpoint,
            delivery_options(scenario),
            clock=self.now,
            on_outcome=self._finished,
            on_message=self._told,
            jitter_seed=scenario.seed,
        )

    def now(self) -> float:
        """Return the seconds since the fleet began to connect."""
        return self._clock() - self._begin

    def standing(self) -> Standing:
        """Return the load at this moment."""
        delivery = self._delivery
        return Standing(
            tally=self._tally,
            connections=delivery.connections,
            transports=delivery.transports(),
            queued=delivery.queued,
            in_flight=delivery.in_flight,
            simulated=max(self._fleet.now, 0.0),
            behind=self._behind,
            cpu_seconds=cpu_seconds(),
            rss_bytes=peak_rss_bytes(),
        )

    def run(self) -> Ended:
        """Connect the fleet, send all that is due, wait for the last answers, and end cleanly."""
        for person in self._fleet.people():
            self._rows.person(person)
        for consent in self._fleet.consents():
            self._rows.consent(consent)
        # The fleet lives as long as the process: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        steps = self._fleet.stream(self._stopped)
        first = self._connect(steps)
        if first is not None:
            self._send(first, steps)
        interrupted = self._stopped()
        unconnected = tuple(self._delivery.sessions())
        self._delivery.finish(INTERRUPTED_FINISH if interrupted else FINISH)
        seconds = self.now() - self._first_due
        self._tick()
        standing = replace(self.standing(), unconnected=unconnected)
        return Ended(standing, seconds, interrupted, self._failure)

    def _connect(self, steps: Iterator[Step]) -> Step | None:
        """Open the sessions and give them the scenario's time to settle; return the first message."""
        first = None
        for step in steps:
            if isinstance(step[0], Publish):
                first = step
                break
            self._delivery.submit(step[0], due=0.0)
        patience = self.now() + self.scenario.mqtt.settle
        while not (self._delivery.settled or self.now() > patience or self._stopped()):
            self._turn()
        while (begin := self._go()) is None and not self._stopped():
            self._turn()
        self._first_due = self.now() if begin is None else begin - self._begin
        return first

    def _turn(self, longest: float = TICK / 10) -> None:
        """Turn the event loop once, waiting at most this long, and report if it is time."""
        self._delivery.poll(longest)
        if self.now() >= self._next_tick:
            self._tick()

    def _send(self, first: Step, steps: Iterator[Step]) -> None:
        everything = chain([first], steps)
        if self._pacer.open_loop:
            self._send_on_schedule(everything)
        else:
            self._send_at_will(everything)

    def _send_on_schedule(self, steps: Iterator[Step]) -> None:
        """Hand over each action when it is due, or late, but never hold back what is due after it."""
        index = untended = 0
        now = self.now()
        for action, about in steps:
            due = self._first_due + self._pacer.due(action.at, index)
            if due > now or untended >= BATCH:
                untended = 0
                now = self._wait_until(due)
            if self._stopped() or due == math.inf:
                return
            untended += 1
            if isinstance(action, Publish):
                index += 1
                self._behind = now - due
                if about is not None:
                    self._rows.message(about)
                self._tally.due(action, self._behind)
            self._delivery.submit(action, due)

    def _wait_until(self, due: float) -> float:
        """Turn the event loop at least once and until a time has come; return the time then."""
        self._turn(0.0)
        while (ahead := due - self.now()) > 0 and not self._stopped():
            self._turn(min(ahead, TICK / 10))
        return self.now()

    def _send_at_will(self, steps: Iterator[Step]) -> None:
        """Hand over actions whenever few wait to be sent; each is due when it is taken."""
        submit, due, keep = self._delivery.submit, self._tally.due, self._rows.message
        while batch := list(islice(steps, CLOSED_LOOP_BATCH)):
            now = self.now()
            for action, about in batch:
                if isinstance(action, Publish):
                    if about is not None:
                        keep(about)
                    due(action)
                submit(action, now)
            self._turn(0.0)
            self._wait_for_room()
            if self._failure or self._stopped():
                return

    def _wait_for_room(self) -> None:
        """Turn the event loop until few messages wait, or none has got through for long."""
        least, since = self._delivery.queued, self.now()
        while self._delivery.queued > CLOSED_LOOP_QUEUE and not self._stopped():
            self._turn()
            if self._delivery.queued < least:
                least, since = self._delivery.queued, self.now()
            elif self.now() - since > STALLED:
                self._failure = f"the broker took no message for {STALLED:.0f} s"
                return

    def _finished(self, publish: Publish, delivered: Delivered) -> None:
        self._tally.finished(publish, delivered)
        self._rows.delivered(delivered)

    def _told(self, _device: str, topic: str, payload: bytes) -> None:
        self._tally.received += 1
        self._fleet.command(topic, payload)

    def _tick(self) -> None:
        self._next_tick = self.now() + TICK
        self._rows.flush()
        self._report(self.standing())


@contextmanager
def open_rows(folder: RunFolder | None) -> Iterator[RowWriter]:
    """Give what takes a load's rows: the folder's truth, or nothing at all."""
    if folder is None:
        yield NoRows()
    else:
        with TruthWriter(folder) as truth:
            yield truth


def pacer(scenario: Scenario, share: float = 1.0) -> Pacer:
    """Return the pacer that a scenario asks for: how its messages are spread over time.

    Args:
        share: of a rate, what this load sends.
    """
    if scenario.rate is not None:
        return RatePacer(scenario.rate * share)
    if isinstance(scenario.speed, float):
        return SpeedPacer(scenario.speed)
    return MaxPacer()


def delivery_options(scenario: Scenario) -> DeliveryOptions:
    """Return what the delivery side needs to know of a scenario."""
    mqtt = scenario.mqtt
    # A closed loop waits instead of dropping, so one device may hold all that waits.
    queue = (
        mqtt.queue if pacer(scenario).open_loop else max(mqtt.queue, CLOSED_LOOP_QUEUE + CLOSED_LOOP_BATCH)
    )
    return DeliveryOptions(
        transport=mqtt.transport,
        window=mqtt.in_flight,
        session_queue=queue,
        connecting=mqtt.connect_window,
    )
