"""The registrar: publishes what people agree to and ask for, and lets that take effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import msgspec

from simulator.core.actions import Connect, Publish
from simulator.core.calendar import Calendar
from simulator.core.consent_topics import CONSENT, REGISTRAR, REQUEST, consent_topic
from simulator.core.ids import MessageIds
from simulator.core.purposes import Purpose
from simulator.core.readings import Value
from simulator.core.records import ConsentCause, ConsentTruth, Expectation, MessageTruth, RequestTruth
from simulator.core.steps import Step
from simulator.devices.base import Process
from simulator.privacy.decision import TICKS, Decision
from simulator.privacy.permission import Permission
from simulator.scenario.mqtt import Mqtt
from simulator.station import Outbox, purposes
from simulator.world import Agenda, Person

OPENS = 1 / TICKS
"""Simulated seconds from the start to its first message: sessions come first in a stream."""

_QOS = 1

_time = attrgetter("at")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Register:
    """What a registrar keeps.

    Attributes:
        neighbourhood: whose people they are.
        people: all of them, in their order.
        agreed: what each agrees to at the start, by person id.
        subjects: the opaque reference of each, by person id.
        decisions: all that they will decide, in order of time.
        grace: simulated seconds that a control may take to heed a change.
        answer_within: simulated seconds that a request may take.
    """

    neighbourhood: str
    people: Sequence[Person]
    agreed: Mapping[str, frozenset[Purpose]]
    subjects: Mapping[str, str]
    decisions: Sequence[Decision]
    grace: float
    answer_within: float

    def by_person(self) -> dict[str, list[Decision]]:
        """Return the decisions of each person who decides anything."""
        found: defaultdict[str, list[Decision]] = defaultdict(list)
        for decision in self.decisions:
            found[decision.person].append(decision)
        return dict(found)

    def consents(self) -> Iterator[ConsentTruth]:
        """Yield what everybody agrees to, person by person, each from the start to the end."""
        changes = self.by_person()
        for person in self.people:
            yield ConsentTruth(person.id, 0.0, purposes(self.agreed[person.id]), ConsentCause.START)
            for change in changes.get(person.id, ()):
                if change.cause is not None:
                    yield ConsentTruth(person.id, change.at, purposes(change.purposes), change.cause)

    def requests(self) -> Iterator[RequestTruth]:
        """Yield what everybody asks for, person by person."""
        order = {person.id: number for number, person in enumerate(self.people)}
        asked = (decision for decision in self.decisions if decision.request is not None)
        for decision in sorted(asked, key=lambda decision: order[decision.person]):
            assert decision.request is not None
            until = decision.at + self.answer_within
            yield RequestTruth(decision.person, decision.at, decision.request, until)


class Registrar:
    """A client that publishes a register, retained, and changes people's minds as it says.

    Args:
        agenda: gives the time.
        calendar: writes it down.
        outbox: takes the steps.
        mqtt: how the fleet talks.
        register: what to publish.
        client: its id, like a device's.
        key: 64 bits of its own, from which the ids of its messages are made.

    Attributes:
        id: its id.
        kind: what it counts as.
    """

    kind = REGISTRAR

    def __init__(
        self,
        agenda: Agenda,
        calendar: Calendar,
        outbox: Outbox,
        mqtt: Mqtt,
        register: Register,
        client: str,
        key: int,
    ) -> None:
        self.id = client
        self._agenda = agenda
        self._calendar = calendar
        self._outbox = outbox
        self._mqtt = mqtt
        self._register = register
        self._ids = MessageIds(key)
        self._people = {person.id: person for person in register.people}
        self._versions = dict.fromkeys(self._people, 0)
        self._permissions: defaultdict[str, list[Permission]] = defaultdict(list)
        self._devices: defaultdict[str, list[str]] = defaultdict(list)
        self._decisions = register.by_person()

    def attend(self, device: str, permission: Permission) -> None:
        """Let decisions of a device's people take effect on its permission."""
        for person in permission.people:
            self._permissions[person.id].append(permission)
            self._devices[person.id].append(device)
        theirs = chain.from_iterable(self._decisions.get(person.id, ()) for person in permission.people)
        register = self._register
        permission.foresee(sorted(theirs, key=_time), register.grace, register.answer_within)
        if permission.people:
            self._unsettle([permission], register.grace - self._agenda.now)

    def opening(self) -> Iterator[Step]:
        """Yield how it goes online."""
        yield (
            Connect(0.0, self.id, round(self._mqtt.keep_alive), self._mqtt.clean, backoff=self._mqtt.backoff),
            None,
        )

    def run(self) -> Process:
        """Return its life: publish everybody's consent, then each decision as it is made."""
        agenda = self._agenda
        yield agenda.timeout(OPENS - agenda.now)
        for person in self._register.people:
            self._publish_consent(person, ConsentCause.START, 0.0)
        for decision in self._register.decisions:
            yield agenda.timeout(decision.at - agenda.now)
            person = self._people[decision.person]
            if decision.request is not None:
                self._publish_request(person, decision)
            if decision.cause is not None:
                person.consent = decision.purposes
                self._publish_consent(person, decision.cause, decision.at)
                changed = [one for one in self._permissions[person.id] if one.heed(decision)]
                self._unsettle(changed, self._register.grace)

    def _unsettle(self, permissions: Iterable[Permission], grace: float) -> None:
        """Let permissions have changed, with the seconds from now on in which controls may not know."""
        settling = [(one, one.unsettle()) for one in permissions]
        if not settling:
            return

        def settle(_: object) -> None:
            for one, number in settling:
                one.settle(number)

        if grace == 0.0:
            settle(None)
        else:
            self._agenda.timeout(grace).callbacks.append(settle)

    def _publish_consent(self, person: Person, cause: ConsentCause, since: float) -> None:
        self._versions[person.id] += 1
        self._publish(
            CONSENT,
            person,
            {
                "version": self._versions[person.id],
                "time": self._calendar.timestamp(since),
                "purposes": {purpose.value: purpose in person.consent for purpose in Purpose},
                "devices": [*self._devices[person.id]],
            },
            {"cause": cause.value},
        )

    def _publish_request(self, person: Person, decision: Decision) -> None:
        assert decision.request is not None
        timestamp = self._calendar.timestamp
        until = decision.at + self._register.answer_within
        self._publish(
            REQUEST,
            person,
            {
                "time": timestamp(self._agenda.now),
                "kind": decision.request.value,
                "until": timestamp(until),
                "devices": [*self._devices[person.id]],
            },
            {"until": until},
        )

    def _publish(
        self, event: str, person: Person, values: Mapping[str, Value], facts: Mapping[str, Value]
    ) -> None:
        now, client = self._agenda.now, self.id
        identifier = self._ids.take()
        subject = self._register.subjects[person.id]
        topic = consent_topic(event, self._register.neighbourhood, subject)
        payload = _encode({"id": identifier, "subject": subject, **values})
        truth = MessageTruth(
            id=identifier,
            at=now,
            observed=now,
            device=client,
            kind=REGISTRAR,
            event=event,
            topic=topic,
            qos=_QOS,
            retain=True,
            size=len(payload),
            person=person.id,
            household=person.household,
            place=None,
            consent=purposes(person.consent),
            hazards=(),
            attack=None,
            expect=Expectation.ALLOW,
            facts=facts,
        )
        publish = Publish(now, client, identifier, REGISTRAR, event, topic, payload, _QOS, True)
        self._outbox.append((client, (publish, truth)))
