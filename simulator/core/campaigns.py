"""The rows of the ground truth on attacks, and on who may do what at the broker."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from simulator.core.readings import Value


class Control(StrEnum):
    """What is expected to stop an attack, or to tell of it."""

    AUTHENTICATION = "authentication"
    ACCESS_CONTROL = "access_control"
    TAKEOVER = "client_id_takeover"
    WILDCARDS = "wildcards"
    RETAINED = "retained_messages"
    WILL = "will_messages"
    RATE_LIMIT = "rate_limit"
    FLAPPING_BAN = "flapping_ban"
    CONNECTION_LIMIT = "connection_limit"
    PROTOCOL = "protocol_validation"
    SIZE_LIMIT = "size_limit"
    IN_FLIGHT_LIMIT = "in_flight_limit"
    SUBSCRIPTION_LIMIT = "subscription_limit"
    QUEUE_LIMIT = "queue_limit"
    SCHEMA = "payload_schema"
    DETECTION = "intrusion_detection"


class Role(StrEnum):
    """How somebody comes to take part in an attack.

    Attributes:
        COMPROMISED: a device of the fleet that has been turned.
        OUTSIDER: a client that is none of the fleet's.
        HONEST: a device that does what looks like an attack and is none.
    """

    HONEST = "honest"
    COMPROMISED = "compromised"
    OUTSIDER = "outsider"


class Credential(StrEnum):
    """What a member of an attack shows when it connects.

    Attributes:
        OWN: what it has as a device of the fleet.
        STOLEN: what a device of the fleet has.
        SERVICE: what the account of a service has, which may read everything.
        GUESSED: the name of a device of the fleet, with a password that is not its own.
        NONE: nothing.
    """

    OWN = "own"
    STOLEN = "stolen"
    SERVICE = "service"
    GUESSED = "guessed"
    NONE = "none"


class PhaseTruth(msgspec.Struct, frozen=True):
    """A part of an attack.

    Attributes:
        name: such as ``flood``.
        at: when it begins, in simulated seconds.
        until: when it is over; then it no longer counts.
    """

    name: str
    at: float
    until: float


class MemberTruth(msgspec.Struct, frozen=True):
    """Somebody who takes part in an attack.

    Attributes:
        device: id in the rows of messages and sessions; for an outsider also its client id, unless it has
            others.
        role: how it comes to take part.
        credential: what it shows when it connects.
        cause: how it was turned; None for an outsider.
        user: whose name it gives, None for its own or none.
        client_id: whose client id it takes, None for its own or, of an attack that varies them, many.
    """

    device: str
    role: Role
    credential: Credential
    cause: str | None = None
    user: str | None = None
    client_id: str | None = None


class ThresholdTruth(msgspec.Struct, frozen=True):
    """What a control that counts must notice.

    Attributes:
        measure: what it counts, such as ``connects``.
        per: by which key: ``client_id``, ``user``, ``address`` or ``broker``.
        count: how many are too many.
        within: seconds in which they are counted.
        crossed_at: simulated seconds at which the attack is expected to cross it; None if it never does.
    """

    measure: str
    per: str
    count: float
    within: float
    crossed_at: float | None


class CampaignTruth(msgspec.Struct, frozen=True):
    """An attack, or something honest that looks like one.

    Attributes:
        campaign: its label, ``KIND-N`` with its place in the scenario's list counted from 0.
        kind: of the attack; of the fault if it is honest.
        benign: whether it is honest; it then is a fault of the scenario, whose label it has.
        at, until: from when to when, in simulated seconds.
        phases: its parts, in order of time.
        members: who takes part, by device id.
        victims: devices that it is aimed at, by id.
        control: what is expected to stop it or to tell of it; None if honest.
        threshold: what that control must notice, if it counts.
        resembles: kinds of attacks that it looks like, if honest.
        technique: of MITRE ATT&CK for ICS.
        facts: further truths, such as what was exfiltrated.
    """

    campaign: str
    kind: str
    benign: bool
    at: float
    until: float
    phases: tuple[PhaseTruth, ...]
    members: tuple[MemberTruth, ...]
    victims: tuple[str, ...] = ()
    control: Control | None = None
    threshold: ThresholdTruth | None = None
    resembles: tuple[str, ...] = ()
    technique: str | None = None
    facts: Mapping[str, Value] | None = None


class Claimant(StrEnum):
    """As whom an audit asks a broker to let it do something.

    Attributes:
        OWN: a device with its own credentials.
        ALIAS: a device with its own credentials under the client id of another.
        GUESSED: somebody with the name of a device and a wrong password.
        NOBODY: somebody who shows nothing.
    """

    OWN = "own"
    ALIAS = "alias"
    GUESSED = "guessed"
    NOBODY = "nobody"


class AccessAction(StrEnum):
    """What an audit asks a broker to let somebody do."""

    CONNECT = "connect"
    PUBLISH = "publish"
    RETAIN = "retain"
    WILL = "will"
    RECEIVE = "receive"
    TAKE_OVER = "take_over"
    KEEP_ALIVE = "keep_alive"
    STAY_SILENT = "stay_silent"


class AccessTruth(msgspec.Struct, frozen=True):
    """One question of an audit, and the answer as others witnessed it.

    Attributes:
        claimant: as whom it was asked.
        device: whose name and client id it gave.
        action: what was tried.
        topic: where: a topic, a topic filter, or the client id that was taken; a keep alive in seconds;
            empty for a connect.
        protocol: MQTT version: 4 for 3.1.1, 5 for 5.
        allowed: whether a right broker lets it happen.
        happened: whether it did, as witnessed: the message arrived at somebody else, or was received there
            though the claimant may not; the session stood, with the keep alive that was asked for if that is
            the question, or stood on though it was silent; the other's session was dropped.
        acknowledged: what the broker said about it; None if it said nothing that can be told.
        tried: whether it came to be tried at all; a connection that is refused does not.
        clear: whether the connection was without TLS.
    """

    claimant: Claimant
    device: str
    action: AccessAction
    topic: str
    protocol: int
    allowed: bool
    happened: bool
    acknowledged: bool | None = None
    tried: bool = True
    clear: bool = False


class Overheard(msgspec.Struct, frozen=True, gc=False):
    """A message that somebody who takes part in an attack was given by the broker; a fact of delivery.

    Attributes:
        device: who was given it.
        at: seconds since the load began.
        topic: where it was published.
        size: bytes of its payload.
    """

    device: str
    at: float
    topic: str
    size: int
