"""Removes from a broker what a run has left there: retained messages and persistent sessions.

What there may be follows from the run's folder, so it works after a crash as well: the manifest's scenario
names every device again, the truth names the topics, and a witness asks the broker itself for the retained
messages whose truth was not yet written when the run died. Each device removes its own, as its rights allow.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from string import Formatter

from pydantic import ValidationError

from simulator.core.actions import Connect, Publish, Subscribe
from simulator.core.campaigns import MemberTruth, Role
from simulator.core.credentials import WITNESS
from simulator.core.endpoint import Endpoint
from simulator.core.errors import UsageError
from simulator.core.limits import Limits
from simulator.core.records import Delivered, Outcome
from simulator.core.shard import Shard
from simulator.core.topics import topic_filter
from simulator.fleet import Fleet
from simulator.mqtt import Delivery, DeliveryOptions
from simulator.plan import Plan
from simulator.report import CleanUp
from simulator.scenario import Scenario
from simulator.truth import RunFolder, read_campaigns, read_delivered, read_messages

PATIENCE = 60.0
"""Seconds without progress after which a broker is given up."""

_BATCH = 1_000
"""Devices that are connected at once."""

_SILENCE = 0.5
"""Seconds after which a broker has nothing more to say about retained messages."""

_TURN = 0.05

_KEEP_ALIVE = 60

_QUEUE = 100_000
"""Topics of one device that may wait to be emptied."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What a run may have left on its broker.

    Attributes:
        sessions: whether the broker keeps the sessions of its devices.
        topics: topics of retained messages, by the device that published there.
        template: template of all topics of the run.
        devices: every device.
        retains: whether further retained messages may be there that `topics` does not name.
        client_ids: what devices call themselves that do not go by their ids.
    """

    sessions: bool
    topics: Mapping[str, frozenset[str]]
    template: str
    devices: frozenset[str]
    retains: bool
    client_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there can be anything to remove."""
        return self.sessions or self.retains or bool(self.topics)


def remains_of(folder: RunFolder, scenario: Scenario) -> Remains:
    """Return what a run may have left on its broker, whether it has ended or was killed.

    Raises:
        RunFailedError: the truth cannot be read.
    """
    topics: defaultdict[str, set[str]] = defaultdict(set)
    for part in _parts(folder):
        thieves = {row.device: row.user for row in _outsiders(part)}
        refused = _refused(part) if thieves else frozenset()
        for message in read_messages(part):
            if message.retain and not (message.device in thieves and message.id in refused):
                # What an outsider could leave as somebody else, it can remove as them.
                client = thieves.get(message.device, message.device)
                if client is not None or scenario.mqtt.credentials is None:
                    topics[client or message.device].add(message.topic)
    leaves = scenario.mqtt.leaves_sessions or scenario.leaves_retained
    return Remains(
        sessions=scenario.mqtt.leaves_sessions,
        topics={device: frozenset(names) for device, names in topics.items()},
        template=scenario.mqtt.topic,
        devices=frozenset(devices_of(scenario)) if leaves else frozenset(topics),
        retains=scenario.leaves_retained,
        client_ids=_client_ids(scenario) if leaves else {},
    )


def scenario_of(folder: RunFolder) -> Scenario:
    """Return the scenario that a run's manifest holds.

    Raises:
        RunFailedError: there is no manifest.
        UsageError: this version does not understand the scenario in it.
    """
    manifest = folder.read_manifest()
    try:
        return Scenario.model_validate(dict(manifest.scenario))
    except ValidationError as error:
        version = manifest.versions.get("fleetsim", "an unknown version")
        raise UsageError(
            f"the scenario in {folder.manifest} cannot be read: it was run by Fleetsim {version}; "
            f"use that one ({error.error_count()} fields differ)"
        ) from None


def devices_of(scenario: Scenario) -> Iterator[str]:
    """Yield every device of a scenario, with only one neighbourhood in memory at a time."""
    for index in range(scenario.neighbourhoods):
        yield from Fleet(scenario, Shard(index, scenario.neighbourhoods)).devices


def _client_ids(scenario: Scenario) -> dict[str, str]:
    """Return what devices of a scenario call themselves that do not go by their ids."""
    ids: dict[str, str] = {}
    for index in range(scenario.neighbourhoods if scenario.privacy is not None else 0):
        ids |= Fleet(scenario, Shard(index, scenario.neighbourhoods)).client_ids
    return ids


def clean(
    endpoint: Endpoint,
    scenario: Scenario,
    remains: Remains,
    limits: Limits,
    *,
    say: Callable[[str], None] = lambda _line: None,
    stopped: Callable[[], bool] = lambda: False,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
) -> CleanUp:
    """Remove what a run has left on its broker.

    Args:
        endpoint: the broker, cleared by the target guard.
        scenario: says how its devices connect.
        remains: what there may be.
        limits: caps as for the run.
        say: told how far it is.
        stopped: asked now and then; ends early, with the rest counted as left, when it says yes.
        patience: seconds without progress after which the broker is given up.
        clock: seconds.

    Raises:
        TargetRefusedError: the endpoint is not cleared.
    """
    options = replace(
        Plan(scenario, endpoint, None).delivery_options,
        limits=limits,
        session_queue=_QUEUE,
        largest_packet=limits.packet_bytes,  # what is retained comes back
    )
    broom = _Broom(endpoint, options, stopped, patience, clock)
    topics = {device: set(names) for device, names in remains.topics.items()}
    if remains.retains:
        for device, topic in broom.find(remains):
            topics.setdefault(device, set()).add(topic)
    visits = sorted(remains.devices | topics.keys()) if remains.sessions else sorted(topics)
    done = 0
    for batch in _batches(visits, min(_BATCH, limits.connections)):
        broom.sweep({device: topics.get(device, set()) for device in batch}, remains.client_ids)
        done += len(batch)
        if len(visits) > _BATCH:
            say(f"cleaned up after {done:,} of {len(visits):,} devices")
    return CleanUp(
        sessions=broom.sessions if remains.sessions else 0,
        retained=broom.retained,
        left=len(broom.left),
        reasons=tuple(sorted(set(broom.left.values()))),
    )


class _Broom:
    """Goes over a broker as one device after another.

    Attributes:
        sessions: devices whose session was taken over and ended.
        retained: topics whose retained message was removed.
        left: why something is left, by device or topic.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        options: DeliveryOptions,
        stopped: Callable[[], bool],
        patience: float,
        clock: Callable[[], float],
    ) -> None:
        self.sessions = 0
        self.retained = 0
        self.left: dict[str, str] = {}
        self._endpoint = endpoint
        self._options = options
        self._stopped = stopped
        self._patience = patience
        self._clock = clock
        self._begin = clock()
        self._found: set[str] = set()

    def find(self, remains: Remains) -> Iterator[tuple[str, str]]:
        """Ask the broker for the retained messages of the run; yield the device and topic of each."""
        delivery = self._delivery()
        delivery.submit(Connect(0.0, WITNESS, _KEEP_ALIVE, clean=True), 0.0)
        delivery.submit(Subscribe(0.0, WITNESS, topic_filter(remains.template, {}), qos=0), 0.0)
        self._turn_until(delivery, lambda: delivery.settled)
        heard, since = -1, self._clock()
        while delivery.connections.now_connected and self._clock() - since < _SILENCE and not self._stopped():
            delivery.poll(_TURN)
            if len(self._found) != heard:
                heard, since = len(self._found), self._clock()
        delivery.finish(1.0)
        pattern = _pattern(remains.template)
        for topic in self._found:
            match = pattern.fullmatch(topic)
            if match is not None and match["device"] in remains.devices:
                yield match["device"], topic

    def sweep(self, topics: Mapping[str, Iterable[str]], client_ids: Mapping[str, str]) -> None:
        """Take over the sessions of some devices, remove their retained messages, and end the sessions."""
        delivery = self._delivery()
        wanted = {device: sorted(names) for device, names in topics.items()}
        for device, names in wanted.items():
            client_id = client_ids.get(device)
            delivery.submit(Connect(0.0, device, _KEEP_ALIVE, clean=True, client_id=client_id), 0.0)
            for topic in names:
                delivery.submit(
                    Publish(0.0, device, topic, "", "", topic, b"", qos=1, retain=True), delivery.clock()
                )
        self._turn_until(delivery, lambda: delivery.settled and not (delivery.queued or delivery.in_flight))
        faults = {report.device: report.reason or report.state.value for report in delivery.sessions()}
        delivery.finish(5.0)
        self.sessions += len(wanted) - len(faults)
        self.left |= faults

    def _delivery(self) -> Delivery:
        return Delivery(
            self._endpoint,
            self._options,
            clock=lambda: self._clock() - self._begin,
            on_outcome=self._ended,
            on_message=lambda _device, topic, payload: self._found.add(topic) if payload else None,
        )

    def _turn_until(self, delivery: Delivery, done: Callable[[], bool]) -> None:
        progress: object = None
        since = self._clock()
        while not done() and not self._stopped():
            delivery.poll(_TURN)
            now = (delivery.queued, delivery.in_flight, delivery.connections.reached)
            if now != progress:
                progress, since = now, self._clock()
            elif self._clock() - since > self._patience:
                return

    def _ended(self, publish: Publish, delivered: Delivered) -> None:
        if delivered.outcome is Outcome.ACKNOWLEDGED:
            self.retained += 1
        else:
            self.left[publish.topic] = delivered.reason or delivered.outcome.value


def _refused(folder: RunFolder) -> frozenset[str]:
    """Return the ids of the messages that the broker did not take."""
    if not folder.delivery.is_file():
        return frozenset()
    return frozenset(row.id for row in read_delivered(folder) if row.outcome is Outcome.REFUSED)


def _outsiders(folder: RunFolder) -> Iterator[MemberTruth]:
    if folder.campaigns.is_file():
        for campaign in read_campaigns(folder):
            yield from (member for member in campaign.members if member.role is Role.OUTSIDER)


def _parts(folder: RunFolder) -> Iterator[RunFolder]:
    """Yield the folders with rows of truth: the run's own, and those of workers if it died among them."""
    every = [folder.path, *sorted((folder.path / "shards").glob("*"))]
    yield from (RunFolder(path) for path in every if RunFolder(path).messages.is_file())


def _pattern(template: str) -> re.Pattern[str]:
    """Return what the topics of a template look like, with the device as a group."""
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(text))
        if name == "device":
            parts.append("(?P<device>[0-9a-z]+)" if "(?P<device>" not in "".join(parts) else "(?P=device)")
        elif name is not None:
            parts.append("[^/]+")
    return re.compile("".join(parts))


def _batches(devices: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(devices)
    while batch := list(islice(rest, size)):
        yield batch
