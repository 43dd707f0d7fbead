"""Who may publish and read what: derived from the scenario's topic template, written down per broker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.core.consent_topics import CONSENT, REGISTRAR, REQUEST, consent_topic
from simulator.core.credentials import CONTROL, OPERATOR, WITNESS
from simulator.core.errors import UsageError
from simulator.core.topics import placeholders, topic_filter

USER = "{user}"
"""Stands in a topic filter for the name of whoever connects."""

_CONTROL = f"{CONTROL}/#"
_DEVICE = "{device}"
_ANY = "{any}"
"""A placeholder that nobody knows the value of."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One device of the fleet.

    Attributes:
        device: its id: client id, user name and common name of its certificate.
        kind: its device kind.
        neighbourhood: where it is.
    """

    device: str
    kind: str
    neighbourhood: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do.

    Attributes:
        user: who; None for everybody, with the own name in the place of `USER`.
        writes: topic filters to publish to.
        reads: topic filters to receive from.
    """

    user: str | None
    writes: tuple[str, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """All rights on a broker; what is not granted is denied.

    The rights of a device hang on its user name, which the broker has checked, and never on its client
    id, which a client may choose.

    Attributes:
        staff: grants of the witness, the operator and those who publish what people consent to.
        devices: grants of the devices: one for all where the template has a level for the device, else
            one each.
        commands: filter of the topics on which devices take commands, for brokers that can deny.
    """

    staff: tuple[Grant, ...]
    devices: tuple[Grant, ...]
    commands: str


def derive_access(template: str, command: str, devices: Iterable[Identity]) -> Access:
    """Return who may do what with topics of a template.

    Args:
        template: topic template with ``{device}``, ``{event}`` and perhaps others.
        command: the event under which a device takes commands.
        devices: the fleet; its registrars are named, the others only if the template has no level for the
            device alone.

    Raises:
        UsageError: no access control list can tell the devices apart by their topics.
    """
    _check(template)
    devices = tuple(devices)
    commands = topic_filter(template, {"event": command})
    staff = (
        Grant(WITNESS, ("#",), ("#", "$SYS/#")),
        Grant(OPERATOR, (commands, _CONTROL), (topic_filter(template, {}), _CONTROL)),
        *map(_registrar, (identity for identity in devices if identity.kind == REGISTRAR)),
    )
    levels = template.split("/")
    if _DEVICE in levels:
        own = "/".join(_mask(level) for level in levels)
        return Access(staff, (_grant(None, own, {"device": USER}, command),), commands)
    known = [
        (
            identity.device,
            {
                "device": identity.device,
                "kind": identity.kind,
                "neighbourhood": identity.neighbourhood,
            },
        )
        for identity in devices
    ]
    return Access(staff, tuple(_grant(user, template, names, command) for user, names in known), commands)


def _registrar(identity: Identity) -> Grant:
    written = tuple(consent_topic(event, identity.neighbourhood, "+") for event in (CONSENT, REQUEST))
    return Grant(identity.device, written, (_CONTROL,))


def _grant(user: str | None, template: str, known: dict[str, str], command: str) -> Grant:
    written = topic_filter(template, known)
    read = topic_filter(template, known | {"event": command})
    return Grant(user, (written,), (read, _CONTROL))


def _mask(level: str) -> str:
    """Return a level in which the device is named alone or not at all: brokers replace whole levels only."""
    return _ANY if "device" in placeholders(level) and level != _DEVICE else level


def _check(template: str) -> None:
    if not any(
        "device" in (names := placeholders(level)) and "event" not in names for level in template.split("/")
    ):
        raise UsageError(
            f"mqtt.topic {template!r} names the device only together with the event; an access control list "
            "needs a level for it, as in fleet/{device}/{event}"
        )
    if not template.isprintable() or any(mark in template for mark in ("%", "$", '"', "\\")):
        raise UsageError(
            f"mqtt.topic {template!r} holds a character that means something else in a broker's access "
            'control list: %, $, ", \\ or one that cannot be printed'
        )
