"""One shard under load: its stream, paced and delivered, with every message's truth and outcome kept."""

from __future__ import annotations

import gc
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, islice

from simulator.core import plugins
from simulator.core.actions import Action, Connect, NetworkChange, Publish, Subscribe
from simulator.core.credentials import WITNESS
from simulator.core.process import collector_paused, cpu_seconds, peak_rss_bytes
from simulator.core.records import Delivered, Outcome
from simulator.core.steps import Step
from simulator.intrusion import Intrusion, shared
from simulator.ledger import Ledger
from simulator.metrics import Register, Tally, Truths, Windows, Witnessed
from simulator.mqtt import ConnectionCounts, Delivery, require_descriptors
from simulator.pacing import comings
from simulator.plan import CLOSED_LOOP_QUEUE, Ended, Plan
from simulator.standing import Standing
from simulator.truth import RowWriter
from simulator.witness import Witness, topic_filters, witness_ids

TICK = 0.5
"""Seconds between two reports of a running load."""

FLUSH = 0.02
"""Seconds between two moments at which the figures are put into their histograms: little at a time."""

LONGEST_PAUSE = 0.05
"""Seconds that a turn waits at most when nothing happens."""

GRAIN = 0.0002
"""Seconds that a turn waits at least for what is not due yet: turns would otherwise outnumber messages."""

BATCH = 64
"""Messages handed over at most between two turns of the event loop, on a schedule."""

FINISH = 10.0
"""Seconds that the end waits for the broker's last answers."""

QUICK_FINISH = 1.0
"""The same after Ctrl-C, which promises to be quick, and when the broker has had more than that already."""

SILENCE = 2.0
"""Seconds without a message after which the witness expects no more."""

TOO_LATE = "handed over too late"

ATTENTION = 0.005
"""Seconds after which the outsiders of an attack are looked after at the latest, while there are any."""

STALLED = 60.0
"""Seconds without progress after which a closed loop gives the broker up."""


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
        self._cpu_before = cpu_seconds()
        scenario = plan.scenario
        self._plan = plan
        self._fleet = plan.source(scenario, plan.shard)
        self._tally = Tally(late_after=scenario.late_after)
        self._truths = Truths()
        self._windows = Windows()
        self._register = Register(self._fleet.devices.values())
        self._pacer = plan.pacer
        self._rows = rows
        self._clock = clock
        self._begin = clock() if plan.origin is None else plan.origin
        self._first_due = 0.0
        self._next_tick = 0.0
        self._next_flush = 0.0
        self._behind = 0.0
        self._failure: str | None = None
        self._stopped = stopped
        self._report = report
        self._go = go or clock
        self._drop_after = scenario.drop_after or math.inf
        self._witness = _witness(plan, self._tally) if scenario.witness else None
        self._ledger = Ledger(self._tally, rows, self._witness, self._fleet.planted, self._truths)
        self._comings: Iterator[tuple[float, Action]] = iter(())
        self._next_coming: tuple[float, Action] | None = None
        outsiders = self._fleet.outsiders
        require_descriptors(len(self._fleet.devices) + len(outsiders))
        self._witness_ids = witness_ids(scenario.seed, str(plan.shard), scenario.mqtt.witness_sessions)
        options = plan.options_of(len(self._fleet.devices))
        if options.credentials is not None:
            options.credentials.require(self._fleet.devices)
            for witness_id in self._witness_ids:
                options.credentials.admit(witness_id, WITNESS)
        self._intrusion: Intrusion | None = None
        if outsiders:
            needed = len(self._fleet.devices) + len(self._witness_ids)
            options, theirs = shared(options, needed, plan.endpoint.protocol)
            self._intrusion = Intrusion(outsiders, plan, theirs, rows, self.now, self._truths)
        self._delivery = Delivery(
            plan.endpoint,
            options,
            clock=self.now,
            on_outcome=self._ledger.ended,
            on_message=self._told,
            jitter_seed=scenario.seed,
            on_session=rows.session,
        )

    def now(self) -> float:
        """Return the seconds since the plan's origin, or since the fleet began to connect."""
        return self._clock() - self._begin

    def standing(self) -> Standing:
        """Return the load at this moment."""
        delivery = self._delivery
        simulated = max(self._fleet.now, 0.0)
        return Standing(
            tally=self._tally,
            truths=self._truths,
            town=self._register.at(simulated),
            underway=self._windows.at(simulated),
            connections=delivery.connections,
            states=delivery.states,
            outsiders=self._intrusion.connections if self._intrusion else ConnectionCounts(),
            kept_out=self._intrusion.held_back if self._intrusion else Counter(),
            transports=delivery.transports(),
            queued=delivery.queued,
            in_flight=delivery.in_flight,
            simulated=simulated,
            behind=self._behind,
            cpu_seconds=cpu_seconds() - self._cpu_before,
            rss_bytes=peak_rss_bytes(),
            held_back=delivery.held_back,
            refusals=delivery.refusals,
            witnessed=self._witness.witnessed() if self._witness else Witnessed(),
        )

    @collector_paused()
    def run(self) -> Ended:
        """Connect the fleet, send all that is due, wait for the last answers, and end cleanly."""
        self._write_down_what_is_known()
        gc.collect()  # the last time until the load is over
        steps = self._fleet.stream(self._stopped)
        first = self._connect(steps)
        if first is not None:
            self._send(first, steps)
        self._hold()
        over = self.now()
        back = self._await_the_stranded()
        interrupted = self._stopped()
        at_fault = tuple(self._delivery.sessions())
        deadline = self.now() + (FINISH if back and not interrupted else QUICK_FINISH)
        if not interrupted:
            deadline = max(deadline, over + FINISH)
        if self._intrusion is not None:
            self._intrusion.finish(QUICK_FINISH)
        self._await_the_witness(deadline)
        self._delivery.finish(max(deadline - self.now(), 0.0))
        self._ledger.close()
        seconds = self.now() - self._first_due
        self._tick()
        standing = replace(self.standing(), at_fault=at_fault)
        return Ended(standing, seconds, interrupted, self._failure)

    def _write_down_what_is_known(self) -> None:
        """Write down what is true before anything happens, and keep what the metrics show of it."""
        for person in self._fleet.people():
            self._rows.person(person)
            self._register.person(person)
        for consent in self._fleet.consents():
            self._rows.consent(consent)
            self._register.take(consent)
        for request in self._fleet.requests():
            self._rows.request(request)
            self._register.take(request)
        for fault in self._fleet.faults():
            self._rows.fault(fault)
            self._windows.fault(fault)
        for campaign in self._fleet.campaigns():
            self._rows.campaign(campaign)
            self._windows.campaign(campaign)

    def _connect(self, steps: Iterator[Step]) -> Step | None:
        """Open the sessions and give them the scenario's time to settle; return the first step after it."""
        sessions: list[Action] = []
        first = None
        for step in steps:
            action = step[0]
            if isinstance(action, NetworkChange):
                self._change_network(action)
            elif isinstance(action, Connect | Subscribe) and not self._is_outside(action):
                sessions.append(action)
            else:
                first = step
                break
        if self._witness is not None:
            self._subscribe_the_witness(self._witness)
        if self._plan.comes_and_goes:
            self._comings = comings(self._plan.presence, sessions)
            self._come_and_go(0.0)
        else:
            for action in sessions:
                self._delivery.submit(action, due=0.0)
        patience = self.now() + self._plan.scenario.mqtt.settle
        while not (self._delivery.settled or self.now() > patience or self._stopped()):
            self._turn()
        while (begin := self._go()) is None and not self._stopped():
            self._turn()
        self._first_due = self.now() if begin is None else begin - self._begin
        return first

    def _subscribe_the_witness(self, witness: Witness) -> None:
        plan = self._plan
        template, share = plan.scenario.mqtt.topic, plan.scenario.witness
        first, *others = self._witness_ids
        group = f"$share/{first}/" if others else ""  # the broker gives each message to one of the group
        filters = list(topic_filters(template, witness, share, plan.neighbourhoods, self._fleet.devices))
        largest = plan.delivery_options.limits.packet_bytes
        for witness_id in self._witness_ids:
            connect = Connect(0.0, witness_id, keep_alive=60, clean=True, largest_packet=largest)
            self._delivery.submit(connect, due=0.0)
            for topic in filters:
                self._delivery.submit(Subscribe(0.0, witness_id, group + topic, qos=2), due=0.0)

    def _come_and_go(self, elapsed: float) -> None:
        """Have those devices connect or leave whose time has come."""
        while True:
            coming = self._next_coming or next(self._comings, None)
            self._next_coming = coming
            if coming is None or coming[0] > elapsed:
                return
            self._next_coming = None
            self._delivery.submit(coming[1], due=self._first_due + coming[0])

    def _hold(self) -> None:
        """Keep the connections open as long as the scenario asks for, and the stages last."""
        until = self.now() + self._plan.scenario.hold
        if self._plan.last is not None:
            until = max(until, self._first_due + self._plan.last)
        while self.now() < until and not self._stopped():
            self._turn()

    def _await_the_stranded(self) -> bool:
        """Give devices that back off the time to return with what they have, as far as the broker is there.

        A broker that is away for good shows by nobody being connected and attempts that fail.

        Returns:
            Whether all have returned.
        """
        begin, failed = self.now(), self._delivery.failed_attempts
        while self._delivery.stranded and not self._stopped():
            waited = self.now() - begin
            there = self._delivery.connections.now_connected or self._delivery.failed_attempts == failed
            if waited > self._plan.scenario.mqtt.grace or (waited > FINISH and not there):
                return False
            self._turn()
        return True

    def _await_the_witness(self, deadline: float) -> None:
        """Give the broker time to bring what it still has for the witness."""
        witness = self._witness
        waiting, since = -1, self.now()
        while witness is not None and witness.waiting and self.now() < deadline:
            if witness.waiting != waiting:
                waiting, since = witness.waiting, self.now()
            elif self.now() - since > SILENCE:
                return
            self._turn()

    def _turn(self, longest: float = LONGEST_PAUSE) -> None:
        """Turn the event loop once, waiting at most this long, and report if it is time."""
        if self._intrusion is not None:
            self._intrusion.poll()
            longest = min(longest, ATTENTION)
        self._delivery.poll(longest)
        now = self.now()
        if self._next_coming is not None:
            self._come_and_go(now - self._first_due)
        if now >= self._next_flush:
            self._next_flush = now + FLUSH
            self._tally.flush()
        if now >= self._next_tick:
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
            if due == math.inf:
                return  # the stages are over
            if due > now or untended >= BATCH:
                untended = 0
                now = self._wait_until(due)
            if self._stopped():
                return
            untended += 1
            if self._intrusion is not None and action.device in self._intrusion:
                self._intrusion.submit(action, about, due)
                continue
            if isinstance(action, Publish):
                index += 1
                self._behind = now - due
                self._ledger.due(action, about, due, self._behind)
                if self._behind > self._drop_after:
                    self._ledger.ended(
                        action, Delivered(action.id, due, None, None, Outcome.DROPPED, TOO_LATE, 0)
                    )
                    continue
            elif isinstance(action, NetworkChange):
                self._change_network(action)
                continue
            self._delivery.submit(action, due)

    def _is_outside(self, action: Action) -> bool:
        return self._intrusion is not None and action.device in self._intrusion

    def _change_network(self, change: NetworkChange) -> None:
        if self._plan.network is not None:
            self._plan.network.change(change)

    def _wait_until(self, due: float) -> float:
        """Turn the event loop at least once and until a time has come; return the time then."""
        self._turn(_pause(due - self.now()))
        while (ahead := due - self.now()) > 0 and not self._stopped():
            self._turn(_pause(ahead))
        return self.now()

    def _send_at_will(self, steps: Iterator[Step]) -> None:
        """Hand over actions whenever few wait to be sent; each is due when it is taken."""
        submit = self._delivery.submit
        while batch := list(islice(steps, self._plan.batch)):
            now = self.now()
            for action, about in batch:
                if self._intrusion is not None and action.device in self._intrusion:
                    self._intrusion.submit(action, about, now)
                    continue
                if isinstance(action, Publish):
                    self._ledger.due(action, about, now, self._behind)
                elif isinstance(action, NetworkChange):
                    self._change_network(action)
                    continue
                submit(action, now)
            self._turn(0.0)
            self._wait_for_room()
            if self._failure or self._stopped():
                return

    def _wait_for_room(self) -> None:
        """Turn the event loop until few messages wait, or none has got through for long."""
        while self._delivery.near_cap and not self._stopped():
            self._turn()
        least, since = self._delivery.queued, self.now()
        while self._delivery.queued > CLOSED_LOOP_QUEUE and not self._stopped():
            self._turn()
            if self._delivery.queued < least:
                least, since = self._delivery.queued, self.now()
            elif self.now() - since > STALLED:
                self._failure = f"the broker took no message for {STALLED:.0f} s"
                return

    def _told(self, device: str, topic: str, payload: bytes) -> None:
        if self._witness is not None and device in self._witness_ids:
            self._ledger.witnessed(payload, self.now())
            return
        self._tally.commands += 1
        self._fleet.command(topic, payload)

    def _tick(self) -> None:
        self._next_tick = self.now() + TICK
        self._rows.flush()
        self._report(self.standing())
        self._tally.look_anew()


def _pause(ahead: float) -> float:
    """Return how long one turn may wait for what is due in `ahead` seconds, if it is ahead at all."""
    return min(max(ahead, GRAIN), LONGEST_PAUSE) if ahead > 0 else 0.0


def _witness(plan: Plan, tally: Tally) -> Witness:
    # One format for all that is identified; a kind with a format of its own is not witnessed.
    payload = plugins.load("simulator.payloads", plan.scenario.mqtt.payload)
    return Witness(plan.scenario.witness, payload.identify, tally.end_to_end.record)
