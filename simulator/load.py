"""One shard under load: its stream, paced and delivered, with every message's truth and outcome kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.core.actions import Publish
from simulator.core.endpoint import Endpoint
from simulator.core.records import Delivered
from simulator.fleet import Fleet, Step
from simulator.metrics import Snapshot, Tally
from simulator.mqtt import Delivery, DeliveryOptions, SessionReport
from simulator.pacing import MaxPacer, Pacer, RatePacer, SpeedPacer
from simulator.scenario import Scenario
from simulator.truth import TruthWriter

TICK = 0.5
"""Seconds between two reports of a running load."""

BATCH = 64
"""Messages handed over at most between two turns of the event loop."""

FINISH = 10.0
"""Seconds that the end waits for the broker's last answers."""

INTERRUPTED_FINISH = 1.0
"""The same after Ctrl-C, which promises to be quick."""

CLOSED_LOOP_QUEUE = 2_000
"""Messages that wait when nothing but the machine sets the pace; the next one is taken when fewer do."""

STALLED = 60.0
"""Seconds without progress after which a closed loop gives the broker up."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a load ended.

    Attributes:
        seconds: from the first due time to the last answer.
        interrupted: whether it was stopped before the scenario's end.
        failure: why it could not go on, None if it could.
        unconnected: the sessions that were not connected when the last message was due.
    """

    seconds: float
    interrupted: bool
    failure: str | None
    unconnected: tuple[SessionReport, ...]

    @property
    def complete(self) -> bool:
        """Whether all of the scenario was run."""
        return not self.interrupted and self.failure is None


class Load:
    """A shard's fleet on its way to a broker.

    Attributes:
        tally: what was counted.
        behind: seconds between the last message's due time and the moment it was handed over.

    Args:
        fleet: the shard.
        endpoint: where its broker listens.
        truth: takes the rows of truth and delivery.
        clock: monotonic seconds.
        stopped: asked on every turn; the load ends early when it says yes.
        report: called about twice a second with the load as it stands.
    """

    def __init__(
        self,
        fleet: Fleet,
        endpoint: Endpoint,
        truth: TruthWriter,
        *,
        clock: Callable[[], float],
        stopped: Callable[[], bool],
        report: Callable[[Load], None],
    ) -> None:
        self.fleet = fleet
        self.scenario = scenario = fleet.scenario
        self.tally = Tally(late_after=scenario.late_after)
        self._pacer = pacer(scenario)
        self._truth = truth
        self._clock = clock
        self._begin = clock()
        self._first_due = 0.0
        self._next_tick = 0.0
        self.behind = 0.0
        self._failure: str | None = None
        self._stopped = stopped
        self._report = report
        self.delivery = Delivery(
            endpoint,
            delivery_options(scenario),
            clock=self.now,
            on_outcome=self._finished,
            on_message=self._told,
            jitter_seed=scenario.seed,
        )

    def now(self) -> float:
        """Return the seconds since the fleet began to connect."""
        return self._clock() - self._begin

    def snapshot(self) -> Snapshot:
        """Return the load at this moment, for metrics and progress."""
        connections = self.delivery.connections
        return Snapshot(
            tally=self.tally,
            connections={
                "connected": connections.now_connected,
                "refused": connections.refused,
                "waiting": connections.asked - connections.now_connected - connections.refused,
            },
            connections_lost=connections.lost,
            reconnects=connections.reconnected,
            queue_depth=self.delivery.queued,
            in_flight=self.delivery.in_flight,
            simulated_seconds=max(self.fleet.now, 0.0),
        )

    def run(self) -> Ended:
        """Connect the fleet, send all that is due, wait for the last answers, and end cleanly."""
        for person in self.fleet.people():
            self._truth.person(person)
        for consent in self.fleet.consents():
            self._truth.consent(consent)
        steps = self.fleet.stream(self._stopped)
        first = self._connect(steps)
        self._first_due = self.now()
        if first is not None:
            self._send(first, steps)
        stopped = self._stopped()
        unconnected = tuple(self.delivery.sessions())
        self.delivery.finish(INTERRUPTED_FINISH if stopped else FINISH)
        seconds = self.now() - self._first_due
        self._tick()
        return Ended(seconds, stopped, self._failure, unconnected)

    def _connect(self, steps: Iterator[Step]) -> Step | None:
        """Open the sessions and give them the scenario's time to settle; return the first message."""
        first = None
        for step in steps:
            if step[1] is not None:
                first = step
                break
            self.delivery.submit(step[0], due=0.0)
        patience = self.now() + self.scenario.mqtt.settle
        while not (self.delivery.settled or self.now() > patience or self._stopped()):
            self.delivery.poll(TICK / 10)
            self._tick_if_time()
        return first

    def _send(self, first: Step, steps: Iterator[Step]) -> None:
        index = 0
        unpolled = 0
        step: Step | None = first
        while step is not None:
            action, about = step
            due = self._wait(action.at, index)
            if self._failure or self._stopped():
                return
            if isinstance(action, Publish) and about is not None:
                index += 1
                self.behind = self.now() - due
                self._truth.message(about)
                self.tally.due(action, self.behind)
            self.delivery.submit(action, due)
            unpolled += 1
            if unpolled >= BATCH:
                unpolled = 0
                self.delivery.poll(0)
                self._tick_if_time()
            step = next(steps, None)

    def _wait(self, at: float, index: int) -> float:
        """Turn the event loop until an action is due; return when that was."""
        if self._pacer.open_loop:
            due = self._first_due + self._pacer.due(at, index)
            while (ahead := due - self.now()) > 0 and not self._stopped():
                self.delivery.poll(min(ahead, TICK / 10))
                self._tick_if_time()
            return due
        least, since = self.delivery.queued, self.now()
        while self.delivery.queued > CLOSED_LOOP_QUEUE and not self._stopped():
            self.delivery.poll(TICK / 10)
            self._tick_if_time()
            if self.delivery.queued < least:
                least, since = self.delivery.queued, self.now()
            elif self.now() - since > STALLED:
                self._failure = f"the broker took no message for {STALLED:.0f} s"
                break
        return self.now()

    def _finished(self, publish: Publish, delivered: Delivered) -> None:
        self.tally.finished(publish, delivered)
        self._truth.delivered(delivered)

    def _told(self, _device: str, topic: str, payload: bytes) -> None:
        self.tally.received += 1
        self.fleet.command(topic, payload)

    def _tick_if_time(self) -> None:
        if self.now() >= self._next_tick:
            self._tick()

    def _tick(self) -> None:
        self._next_tick = self.now() + TICK
        self._truth.flush()
        self._report(self)


def pacer(scenario: Scenario) -> Pacer:
    """Return the pacer that a scenario asks for: how its messages are spread over time."""
    if scenario.rate is not None:
        return RatePacer(scenario.rate)
    if isinstance(scenario.speed, float):
        return SpeedPacer(scenario.speed)
    return MaxPacer()


def delivery_options(scenario: Scenario) -> DeliveryOptions:
    """Return what the delivery side needs to know of a scenario."""
    mqtt = scenario.mqtt
    # A closed loop waits instead of dropping, so one device may hold all that waits.
    queue = mqtt.queue if pacer(scenario).open_loop else max(mqtt.queue, CLOSED_LOOP_QUEUE + BATCH)
    return DeliveryOptions(
        window=mqtt.in_flight,
        session_queue=queue,
        connecting=mqtt.connect_window,
    )
