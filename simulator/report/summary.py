"""The machine-readable result of a run, ``summary.json``, and the exit code that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.core.errors import ExitCode, RunFailedError
from simulator.metrics import Witnessed
from simulator.truth import RunFolder


class Status(StrEnum):
    """How a run ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNTRUSTED = "untrusted"
    INTERRUPTED = "interrupted"


class Messages(msgspec.Struct, frozen=True):
    """Counts of messages. Acknowledged, received, refused, dropped and lost ones add up to those due.

    Attributes:
        due: that had to be sent.
        sent: that were sent, each counted once.
        acknowledged: the broker answered for them.
        received: the broker has them, though it answered for none of them: at QoS 0 it answered a ping sent
            behind them, or it gave them to the run's own witness.
        refused: the broker said no to them.
        dropped: given up before they were sent.
        lost: sent, and nothing was heard of them.
        late: sent later after they were due than the scenario's `late_after`.
        duplicated: sent more than once, so that a subscriber may hold them twice.
        commands: messages that came to the devices' own subscriptions; they are not among those due.
    """

    due: int
    sent: int
    acknowledged: int
    received: int
    refused: int
    dropped: int
    lost: int
    late: int
    duplicated: int
    commands: int


class KindMessages(msgspec.Struct, frozen=True):
    """The same for one device kind.

    Attributes:
        due: that had to be sent.
        sent: that were sent, each counted once.
        acknowledged: the broker answered for them.
        received: the broker has them, though it answered for none of them.
        refused: the broker said no to them.
        dropped: given up before they were sent.
        lost: sent, and nothing was heard of them.
        late: sent later after they were due than the scenario's `late_after`.
        duplicated: sent more than once.
        events: those due, by event.
    """

    due: int
    sent: int
    acknowledged: int
    received: int
    refused: int
    dropped: int
    lost: int
    late: int
    duplicated: int
    events: Mapping[str, int]


class Unreached(msgspec.Struct, frozen=True):
    """A connection that was asked for and never reached.

    Attributes:
        device: whose.
        reason: why the last attempt failed.
        attempts: how many there were.
    """

    device: str
    reason: str
    attempts: int


class Denied(msgspec.Struct, frozen=True):
    """A device that the broker let in, and that it took no message from.

    Attributes:
        device: id.
        reason: why the broker refused its messages.
        messages: that it refused.
    """

    device: str
    reason: str
    messages: int


class Connections(msgspec.Struct, frozen=True):
    """Counts of connections.

    Attributes:
        asked: what the fleet wanted.
        reached: those of them that the broker accepted.
        lost: times that an accepted one broke.
        reconnected: times that one came back.
        unreached: what happened to each that was not reached.
        denied: those that were reached to no avail, since the broker refused every message.
    """

    asked: int
    reached: int
    lost: int
    reconnected: int
    unreached: tuple[Unreached, ...] = ()
    denied: tuple[Denied, ...] = ()


class Percentiles(msgspec.Struct, frozen=True):
    """Percentiles in milliseconds, off by at most 1 % but for the maximum; None if nothing was measured.

    Attributes:
        p50, p90, p99, p999: half, 90 %, 99 % and 99.9 % were at most this.
        max: the greatest.
    """

    p50: float | None
    p90: float | None
    p99: float | None
    p999: float | None
    max: float | None


class Latencies(msgspec.Struct, frozen=True):
    """Latencies, counted from the moment a message was due.

    Attributes:
        publish: to the broker's answer.
        end_to_end: to a subscriber who witnesses the message.
    """

    publish: Percentiles
    end_to_end: Percentiles


class CleanUp(msgspec.Struct, frozen=True):
    """What a run removed from its broker when it was over.

    Attributes:
        sessions: persistent sessions that were ended.
        retained: topics whose retained message was removed.
        left: sessions and topics that could not be.
        reasons: why not.
    """

    sessions: int = 0
    retained: int = 0
    left: int = 0
    reasons: tuple[str, ...] = ()


class AttackConnections(msgspec.Struct, frozen=True):
    """Counts of connections of outsiders; none of them is among the fleet's.

    Attributes:
        asked: what attacks wanted.
        reached: those of them that the broker let in.
        refused: those that it did not; one that is broken off before an answer is neither.
        lost: times that one that was let in broke, not by the outsider.
    """

    asked: int = 0
    reached: int = 0
    refused: int = 0
    lost: int = 0


class AttackMessages(msgspec.Struct, frozen=True):
    """Counts of messages that are part of an attack; the other four add up to those due.

    Attributes:
        due: that had to be sent.
        accepted: the broker answered for them, or has them.
        refused: the broker said no to them.
        dropped: never sent, since there was no connection or a cap was met.
        lost: sent, and the connection gave no answer; over raw connections nobody waits for one.
    """

    due: int = 0
    accepted: int = 0
    refused: int = 0
    dropped: int = 0
    lost: int = 0

    def __add__(self, other: AttackMessages) -> AttackMessages:
        """Return the counts of both."""
        return AttackMessages(
            self.due + other.due,
            self.accepted + other.accepted,
            self.refused + other.refused,
            self.dropped + other.dropped,
            self.lost + other.lost,
        )


class Attacks(msgspec.Struct, frozen=True):
    """What attacks asked of the broker.

    Attributes:
        connections: of outsiders.
        messages: by kind of attack. Those of outsiders are not among the run's messages; those of devices of
            the fleet that were turned are, since their connections are the fleet's.
        held_back: messages and connections of outsiders by the hard cap that they were beyond.
    """

    connections: AttackConnections
    messages: Mapping[str, AttackMessages]
    held_back: Mapping[str, int] = msgspec.field(default_factory=dict)


class ThresholdResult(msgspec.Struct, frozen=True):
    """A threshold and what came of it.

    Attributes:
        expression: as the scenario has it.
        value: in the unit of the expression, or a verdict; None if nothing was measured.
        held: whether it was kept.
    """

    expression: str
    value: float | str | None
    held: bool


class VerdictResult(msgspec.Struct, frozen=True):
    """A check of a control, and whether it came to what the scenario expects.

    Attributes:
        control: its name.
        check: its name.
        verdict: ``held``, ``failed`` or ``untrusted``; None if the check did not judge the control.
        expected: the verdict that the scenario expects.
        held: whether they are the same.
        reason: why the verdict is so, in one line.
    """

    control: str
    check: str
    verdict: str | None
    expected: str
    held: bool
    reason: str = ""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a run.

    Attributes:
        status: how it ended.
        failure: why the run could not go on, None if it could.
        distrust: reasons not to trust the other numbers; empty if there is none.
        scenario: its name.
        seed: root of all that is random.
        load: how the messages were paced, such as ``speed 360``.
        broker: in a few words what it was and where.
        messages: counts of all.
        connections: counts of those of the fleet.
        simulated_seconds: how far the simulated clock went.
        latency_ms: of messages, from the moment at which they were due.
        cpu_seconds: processor time of all workers.
        by_kind: counts of messages by device kind.
        thresholds: what the scenario asks for, and what came of it.
        witness: what the run's own subscribers saw.
        seconds: wall time of the load.
        messages_per_second: messages acknowledged or received over `seconds`.
        lag_ms: from due to sent.
        peak_rss_bytes: most memory that was resident.
        transports: connections by the transport that carried them.
        held_back: messages and connections by the hard cap that they were beyond.
        refusals: how often the broker refused `connections`, `subscriptions` and `messages`, or ended a
            connection with a reason code of MQTT 5 (`disconnects`), by reason: name and number of the code.
        egress: what each tap received of what came out of controls.
        verdicts: on each control, by check; all about them is in ``verify.json``.
        clean_up: what was removed from the broker at the end, None if nothing had to be.
        attacks: what attacks asked of the broker, None if there was none.
    """

    status: Status
    failure: str | None
    distrust: tuple[str, ...]
    scenario: str
    seed: int
    load: str
    broker: str
    messages: Messages
    connections: Connections
    transports: Mapping[str, int]
    simulated_seconds: float
    seconds: float
    messages_per_second: float
    latency_ms: Latencies
    lag_ms: Percentiles
    cpu_seconds: float
    peak_rss_bytes: int
    by_kind: Mapping[str, KindMessages]
    thresholds: tuple[ThresholdResult, ...]
    witness: Witnessed = msgspec.field(default_factory=Witnessed)
    held_back: Mapping[str, int] = msgspec.field(default_factory=dict)
    refusals: Mapping[str, Mapping[str, int]] = msgspec.field(default_factory=dict)
    clean_up: CleanUp | None = None
    attacks: Attacks | None = None
    egress: Mapping[str, int] = msgspec.field(default_factory=dict)
    verdicts: tuple[VerdictResult, ...] = ()


class Result(Protocol):
    """How a run, or several together, ended."""

    @property
    def scenario(self) -> str:
        """Its name."""

    @property
    def status(self) -> Status:
        """How it ended."""

    @property
    def failure(self) -> str | None:
        """Why it could not go on, None if it could."""

    @property
    def distrust(self) -> tuple[str, ...]:
        """Reasons not to trust it."""


def exit_code(result: Result) -> ExitCode:
    """Return the exit code of a run with this result."""
    match result.status:
        case Status.PASSED:
            return ExitCode.OK
        case Status.FAILED if result.failure is None:
            return ExitCode.THRESHOLD_FAILED
        case Status.FAILED:
            return ExitCode.RUN_FAILED
        case Status.UNTRUSTED:
            return ExitCode.UNTRUSTED
        case Status.INTERRUPTED:
            return ExitCode.INTERRUPTED


def encode_summary(summary: msgspec.Struct) -> bytes:
    """Return the summary of a run or a drill as indented JSON with a line break at the end."""
    return msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"


def write_summary(folder: RunFolder, summary: Summary) -> None:
    """Write ``summary.json``.

    Raises:
        RunFailedError: it cannot be written.
    """
    folder.write(folder.summary, encode_summary(summary))


def read_summary(folder: RunFolder) -> Summary:
    """Return the summary of a run.

    Raises:
        RunFailedError: there is none, or it is no summary.
    """
    try:
        return msgspec.json.decode(folder.summary.read_bytes(), type=Summary)
    except OSError as error:
        raise RunFailedError(f"cannot read {folder.summary}: {error.strerror}") from error
    except UNREADABLE as error:
        raise RunFailedError(f"{folder.summary} is no summary of a run: {error}") from error
