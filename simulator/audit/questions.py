"""The matrix of an audit: identities, actions and topics, and what a right broker lets happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.broker.credentials import Identity
from simulator.core.campaigns import AccessAction, Claimant
from simulator.core.consent_topics import CONSENT, REGISTRAR, consent_topic
from simulator.core.credentials import CONTROL
from simulator.core.errors import UsageError
from simulator.core.topics import topic_filter

EVENT = "status"
"""Event under which the audit's own messages are published."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in an audit.

    Attributes:
        device: the one as whom everything is tried.
        neighbour: another one, whose topics are not the device's.
        template: of the topics.
        commands: event under which devices take commands.
    """

    device: Identity
    neighbour: Identity
    template: str
    commands: str

    def topic(self, of: Identity, event: str = EVENT) -> str:
        """Return a topic of one of the two."""
        return self.template.format(
            device=of.device, kind=of.kind, neighbourhood=of.neighbourhood, event=event
        )


@dataclass(frozen=True, slots=True)
class Question:
    """Whether somebody is let do something; a right broker lets the honest ones alone."""

    claimant: Claimant
    action: AccessAction
    topic: str
    allowed: bool


def cast(identities: Iterator[Identity], template: str, commands: str) -> Cast:
    """Return who plays: the first device, and the next one, if there is one, of the same kind.

    Raises:
        UsageError: there are no two devices.
    """
    devices = [one for one in identities if one.kind != REGISTRAR]
    if len(devices) < 2:
        raise UsageError("an audit of a broker needs two devices, of which one tries to get at the other's")
    first, *others = devices
    neighbour = next((one for one in others if one.kind == first.kind), others[0])
    return Cast(first, neighbour, template, commands)


def publishing(who: Cast, claimant: Claimant) -> list[Question]:
    """Return what somebody tries to publish; not to ``$SYS``, where no witness would see it.

    Under another's client id nothing is asked of a device's own topics: brokers differ, and may.
    """
    own, others = who.topic(who.device), who.topic(who.neighbour)
    topics = (
        others,
        who.topic(who.neighbour, who.commands),
        consent_topic(CONSENT, who.device.neighbourhood, "audit"),
        f"{CONTROL}/audit",
        "audit/elsewhere",
    )
    questions = [Question(claimant, AccessAction.PUBLISH, topic, False) for topic in topics]
    questions.append(Question(claimant, AccessAction.RETAIN, others, False))
    questions.append(Question(claimant, AccessAction.WILL, others, False))
    if claimant is Claimant.OWN:
        may = (AccessAction.PUBLISH, AccessAction.RETAIN, AccessAction.WILL)
        questions += [Question(claimant, action, own, True) for action in may]
    elif claimant is not Claimant.ALIAS:
        questions.append(Question(claimant, AccessAction.PUBLISH, own, False))
    return questions


def filters(who: Cast) -> list[str]:
    """Return the filters under which nobody but the neighbour may receive what it publishes."""
    topic = who.topic(who.neighbour)
    everything = topic_filter(who.template, {})
    return [
        topic,
        topic_filter(who.template, {"device": who.neighbour.device}),
        everything,
        f"{everything.split('/', 1)[0]}/#",
        "#",
        f"$share/audit/{topic}",
        "$share/audit/#",
        "$SYS/#",
    ]
