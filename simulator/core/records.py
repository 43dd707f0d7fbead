"""The rows of the ground truth and of the delivery facts that join it by message id."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from simulator.core.readings import Hazard, Span, Value


class Expectation(StrEnum):
    """What a correct control does with a message.

    Attributes:
        ALLOW: pass it on as it is.
        REDACT: pass it on without what its spans name.
        TOKENISE: pass it on with a pseudonym for the id that links it to others.
        COARSEN: pass it on with less precision.
        DELETE_BY: pass it on, and forget it by `MessageTruth.delete_by`.
        DROP: do not pass it on.
        ANY: whatever it likes, in the grace period after somebody has changed their mind.
    """

    ALLOW = "allow"
    REDACT = "redact"
    TOKENISE = "tokenise"
    COARSEN = "coarsen"
    DELETE_BY = "delete_by"
    DROP = "drop"
    ANY = "any"


class ConsentCause(StrEnum):
    """Why somebody's consent is what it is from a moment on.

    Attributes:
        START: it was so when the scenario started.
        GIVEN: they agreed to more.
        WITHDRAWN: they agree to nothing any more.
        PARTIAL: they agree to less.
        PARENT: a parent decided for them.
    """

    START = "start"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    PARTIAL = "partial"
    PARENT = "parent"


class RequestKind(StrEnum):
    """What somebody can ask for (GDPR, articles 17 and 15)."""

    ERASURE = "erasure"
    ACCESS = "access"


class Outcome(StrEnum):
    """How a message ended; each ends in exactly one way, so that all ways add up to the messages due.

    Attributes:
        ACKNOWLEDGED: the broker has answered for it, as it does at QoS 1 and 2.
        RECEIVED: the broker has it without an answer for it: it answered a ping sent behind it on the same
            connection, which is all there is at QoS 0; or it gave it to the run's own witness.
        REFUSED: the broker said no to it.
        DROPPED: given up before it was sent.
        LOST: sent, and nothing was heard of it.
    """

    ACKNOWLEDGED = "acknowledged"
    RECEIVED = "received"
    REFUSED = "refused"
    DROPPED = "dropped"
    LOST = "lost"

    @property
    def delivered(self) -> bool:
        """Whether the broker is known to have the message."""
        return self is Outcome.ACKNOWLEDGED or self is Outcome.RECEIVED


class SessionMoment(StrEnum):
    """Where a device's session goes; the states of its history.

    Attributes:
        CONNECTING: its device wants a connection, and it waits its turn for it, dials or says hello.
        CONNECTED: the broker has accepted it.
        REFUSED: the broker said no, or a cap of the run did.
        DROPPED: a connection that stood is gone, without a DISCONNECT of the device.
        BACKING_OFF: it waits for the next attempt.
        ENDED: its device has ended it, or the run.
    """

    CONNECTING = "connecting"
    CONNECTED = "connected"
    REFUSED = "refused"
    DROPPED = "dropped"
    BACKING_OFF = "backing off"
    ENDED = "ended"


class MessageTruth(msgspec.Struct, frozen=True, gc=False):
    """What is true about one message.

    Attributes:
        id: the message's id, also in its payload.
        at: simulated seconds since the start when the device sends it.
        observed: simulated seconds of the observation, at or before `at`.
        device: client id of what sends it.
        kind: of the device; ``consent`` or ``request`` for what people say about their data.
        event: what was observed, such as ``heart_rate``.
        topic: on which it is published.
        qos: with which it is published.
        retain: whether the broker is asked to keep it.
        size: bytes of its payload.
        person: whose data it is, None where nobody's.
        household: whose home it is about, None where nobody's.
        place: where it was observed, None where nowhere in the town.
        consent: purposes that the person agrees to at that time, None where nobody's data.
        hazards: why it is personal.
        attack: label of the attack that it is part of, or None.
        expect: what a correct control does with it.
        facts: what only the truth knows about this event.
        fault: labels of the faults that touched it, joined by ``+`` in the order in which they did; None if
            none did. The second of two messages with one id is the copy that a fault made.
        spans: where in the message something personal stands.
        delete_by: simulated seconds by which a right control has forgotten it, None if it need not.
    """

    id: str
    at: float
    observed: float
    device: str
    kind: str
    event: str
    topic: str
    qos: int
    retain: bool
    size: int
    person: str | None
    household: str | None
    place: str | None
    consent: tuple[str, ...] | None
    hazards: tuple[Hazard, ...]
    attack: str | None
    expect: Expectation
    facts: Mapping[str, Value] | None
    fault: str | None = None
    spans: tuple[Span, ...] = ()
    delete_by: float | None = None


class PersonTruth(msgspec.Struct, frozen=True):
    """An invented person.

    Attributes:
        person: id, such as ``n0-h3-p1``.
        household: id.
        neighbourhood: id.
        age: in years.
        sex: ``female`` or ``male``.
        occupation: what fills their weekdays, such as ``worker`` or ``retired``.
        chronotype: local hour of mid-sleep when nothing holds them up or wakes them.
        home: where they live, latitude and longitude in degrees.
        workplace: id of the place where they work or learn, None if nowhere.
        relation: to the rest of the household, such as ``parent``.
        voice: ``unfamiliar`` if speech recognisers hardly know their way of speaking, else ``familiar``.
        subject: the opaque reference under which consent and requests are published.
        born: year of birth, which their canaries depend on.
    """

    person: str
    household: str
    neighbourhood: str
    age: int
    sex: str
    occupation: str
    chronotype: float
    home: tuple[float, float]
    workplace: str | None
    relation: str | None = None
    voice: str | None = None
    subject: str | None = None
    born: int | None = None


class ConsentTruth(msgspec.Struct, frozen=True):
    """What a person agrees to from a moment on.

    The whole course of the scenario is written at its start; what a run does not reach never happens.

    Attributes:
        person: id.
        at: simulated seconds from which on it is so.
        purposes: what they agree to.
        cause: why it is so.
    """

    person: str
    at: float
    purposes: tuple[str, ...]
    cause: ConsentCause = ConsentCause.START


class RequestTruth(msgspec.Struct, frozen=True):
    """What a person asks for about their data.

    Attributes:
        person: id.
        kind: what they ask for.
        at: simulated seconds of the request.
        until: when it must have been done.
    """

    person: str
    at: float
    kind: RequestKind
    until: float


class CanaryTruth(msgspec.Struct, frozen=True):
    """A canary that was planted.

    Attributes:
        person: whose it is.
        type: what it stands for.
        number: which of several of its type.
        value: as it is written.
        core: the part that cannot be mistaken.
        message: id of the first message that held it.
        at: simulated seconds at which that was sent.
        device: by which device.
    """

    person: str
    type: str
    number: int
    value: str
    core: str
    message: str
    at: float
    device: str


class FaultTruth(msgspec.Struct, frozen=True):
    """One fault as it befalls one device, or the network.

    Attributes:
        fault: its label, ``KIND-N`` with its place in the scenario's list counted from 0.
        kind: of the fault.
        device: whom it befalls; None for the network between fleet and broker.
        at: simulated seconds at which it begins.
        until: when it ends, None if it does not before the scenario does.
        facts: what it does to this device, such as the error of its clock.
    """

    fault: str
    kind: str
    device: str | None
    at: float
    until: float | None
    facts: Mapping[str, Value] | None = None


class Delivered(msgspec.Struct, frozen=True, gc=False):
    """How one message fared on the network; times are seconds since the load began.

    Attributes:
        id: the message's id.
        due: when it had to be sent; does not depend on the broker.
        sent: when its last byte was handed to the kernel, None if it never was.
        acked: when the broker's answer arrived, None if none did.
        outcome: how it ended.
        reason: MQTT reason code or cause, where there is one; of a message that only a witness has proven
            to have been received, why the broker did not answer for it.
        attempts: how often it was sent; more than 1 after a retransmission.
    """

    id: str
    due: float
    sent: float | None
    acked: float | None
    outcome: Outcome
    reason: str | None = None
    attempts: int = 1


OWN_DROP = "the connection was dropped by the device"
"""Reason of a session that was dropped by nobody else."""


class SessionChange(msgspec.Struct, frozen=True, gc=False):
    """A session's step into a state; a fact of delivery, like the times in `Delivered`.

    Attributes:
        device: whose session, which is also the client id; the run's own witness has one too.
        at: seconds since the load began.
        state: what it is from then on.
        reason: MQTT reason code in words or another cause, None where it went as its device wanted.
        client_id: what it calls itself to the broker, None for the device's id; told of attackers.
        source: address and port that it connected from, None if not known; told of attackers.
    """

    device: str
    at: float
    state: SessionMoment
    reason: str | None = None
    client_id: str | None = None
    source: str | None = None
