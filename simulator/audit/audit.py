"""The audit itself: round by round, for both versions of MQTT."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import msgspec

from simulator.audit.questions import Cast, Question, filters, publishing
from simulator.audit.silence import KEEP_ALIVE, Silence
from simulator.audit.stage import Stage
from simulator.core.actions import Will
from simulator.core.campaigns import AccessAction, AccessTruth, Claimant
from simulator.core.credentials import WITNESS
from simulator.core.endpoint import Endpoint
from simulator.core.records import Outcome
from simulator.mqtt import DeliveryOptions
from simulator.truth import RunFolder

ACCESS = "access.jsonl"
"""File of the truth in which the answers stand."""

NO_KEEP_ALIVE, LONGEST_KEEP_ALIVE = 0, 65_535
"""Seconds that are asked for; the last is the most that MQTT has."""

_WITNESS = "audit-witness"
_LATECOMER = "audit-latecomer"


def audit(
    endpoints: Sequence[Endpoint],
    options: DeliveryOptions,
    who: Cast,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[AccessTruth]:
    """Try everything that a device may and may not do, and yield the answers as others witnessed them.

    Call it when the devices of the cast are not connected; their sessions would be taken over. What it leaves
    retained it removes.

    Args:
        endpoints: the broker, for each version of MQTT that is to be tried.
        options: how the fleet connects, with its credentials if it has any.
        who: devices that play.
        stopped: asked now and then; ends early when it says yes.
    """
    silences = [Silence(endpoint, options) for endpoint in endpoints]

    def interrupted() -> bool:
        # Whoever waits for something asks this, so that the silent ones are looked after meanwhile.
        for silence in silences:
            silence.poll()
        return stopped()

    for endpoint in endpoints:
        one = _Audit(endpoint, options, who, interrupted)
        yield from one.connecting()
        yield from one.publishing()
        yield from one.receiving()
        yield from one.taking_over()
        yield from one.keeping_alive()
    for endpoint, silence in zip(endpoints, silences, strict=True):
        lasts = silence.lasts(stopped)
        if lasts is not None:
            yield AccessTruth(
                Claimant.OWN,
                WITNESS,
                AccessAction.STAY_SILENT,
                str(KEEP_ALIVE),
                int(endpoint.protocol),
                allowed=False,
                happened=lasts,
                clear=not endpoint.tls,
            )


def write_access(folder: RunFolder, rows: Sequence[AccessTruth]) -> None:
    """Write the answers into a run's truth.

    Raises:
        RunFailedError: the disk is full or the folder cannot be written.
    """
    folder.write(folder.truth / ACCESS, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


@dataclass(frozen=True, slots=True)
class _Audit:
    endpoint: Endpoint
    options: DeliveryOptions
    who: Cast
    stopped: Callable[[], bool]
    shut_out: set[Claimant] = field(default_factory=set)

    def connecting(self) -> Iterator[AccessTruth]:
        """Who is let in?"""
        for claimant in (Claimant.OWN, Claimant.GUESSED, Claimant.NOBODY):
            with self._stage() as stage:
                self._enter(stage, claimant)
                stage.settle()
                stood = stage.stood("audit") and not stage.dropped("audit")
            if not stood:
                self.shut_out.add(claimant)
            yield self._row(
                claimant, AccessAction.CONNECT, "", claimant is Claimant.OWN, stood, acknowledged=stood
            )

    def publishing(self) -> Iterator[AccessTruth]:
        """Whose messages, wills and retained messages reach a witness?"""
        for claimant in Claimant:
            questions = publishing(self.who, claimant)
            left = questions
            while claimant not in self.shut_out and left and not self.stopped():
                answers = self._publish(claimant, left)
                # A broker may hang up on whoever does what it may not; the rest is tried again.
                again = [one for one in left if one not in answers]
                if len(again) == len(left):
                    break
                yield from answers.values()
                left = again
            for one in left:
                yield self._row(claimant, one.action, one.topic, one.allowed, False, tried=False)

    def _publish(self, claimant: Claimant, questions: Sequence[Question]) -> dict[Question, AccessTruth]:
        """Ask some questions in one session, of those on wills only one; return those that were answered."""
        will = next((one for one in questions if one.action is AccessAction.WILL), None)
        sent: dict[Question, str] = {}
        names = {one: self._payload(one) for one in questions}
        with self._stage() as stage:
            stage.staff(_WITNESS)
            stage.subscribe(_WITNESS, "#")
            self._enter(stage, claimant, None if will is None else Will(will.topic, names[will], qos=1))
            stage.settle()
            if stage.stood("audit"):
                for one in questions:
                    if one.action is not AccessAction.WILL:
                        retain = one.action is AccessAction.RETAIN
                        sent[one] = stage.publish("audit", one.topic, names[one], retain=retain)
                stage.settle()
                if will is not None:
                    stage.drop("audit")
                    stage.settle()
            kept = self._kept(stage, {one.topic for one in sent if one.action is AccessAction.RETAIN})
            answers: dict[Question, AccessTruth] = {}
            for one in questions:
                outcome = stage.outcomes.get(sent[one]) if one in sent else None
                happened = names[one] in kept if one.action is AccessAction.RETAIN else False
                happened = happened or stage.received(_WITNESS, names[one])
                if happened or outcome in (Outcome.ACKNOWLEDGED, Outcome.REFUSED) or one is will:
                    answers[one] = self._row(
                        claimant,
                        one.action,
                        one.topic,
                        one.allowed,
                        happened,
                        acknowledged=None if outcome is None else outcome.delivered,
                        tried=stage.stood("audit"),
                    )
        return answers

    def _payload(self, question: Question) -> bytes:
        number = crc32(repr(question).encode())
        return f"audit-{self.endpoint.protocol}-{number:08x}".encode()

    def _kept(self, stage: Stage, topics: Collection[str]) -> set[bytes]:
        """Return what is retained on some topics, as who comes later is given it; remove it."""
        if not topics:
            return set()
        stage.staff(_LATECOMER)
        for topic in topics:
            stage.subscribe(_LATECOMER, topic)
        stage.settle()
        found = [one for one in stage.heard[_LATECOMER] if one[1]]
        for topic, _ in found:
            stage.publish(_LATECOMER, topic, b"", retain=True)
        return {payload for _, payload in found}

    def receiving(self) -> Iterator[AccessTruth]:
        """Who is given what the neighbour publishes, under which filter?"""
        every = filters(self.who)
        for claimant in Claimant:
            if self.stopped():
                return
            together = None if claimant in self.shut_out else self._receive(claimant, [every])[0]
            answers: list[bool | None] = [together] * len(every)
            if together is not False and claimant not in self.shut_out:
                # Something came, or the broker hung up: under which filter, is seen in sessions of their own.
                answers = self._receive(claimant, [[one] for one in every])
                # A broker that ties client ids to users lets in but one of them at a time.
                answers = [
                    self._receive(claimant, [[one]])[0] if given is None else given
                    for one, given in zip(every, answers, strict=True)
                ]
            for one, given in zip(every, answers, strict=True):
                yield self._row(
                    claimant, AccessAction.RECEIVE, one, False, given is True, tried=given is not None
                )

    def _receive(self, claimant: Claimant, sessions: Sequence[Sequence[str]]) -> list[bool | None]:
        """Subscribe in some sessions to some filters each; return for each whether it was given anything.

        None for one that was not let in, or was thrown out and given nothing.
        """
        who, several = self.who, len(sessions) > 1
        payload = f"audit-{self.endpoint.protocol}-{claimant}-{len(sessions)}".encode()
        names = [f"audit-{number}" for number in range(len(sessions))]
        with self._stage() as stage:
            for name, every in zip(names, sessions, strict=True):
                client_id = who.neighbour.device if claimant is Claimant.ALIAS else who.device.device
                stage.device(name, who.device, claimant, f"{client_id}-{name}" if several else client_id)
                for one in every:
                    stage.subscribe(name, one)
            own = None if claimant is not Claimant.ALIAS or several else "audit-neighbour"
            stage.device("audit-neighbour", who.neighbour, client_id=own)
            stage.settle()
            if any(map(stage.stood, names)):
                stage.publish("audit-neighbour", who.topic(who.neighbour), payload)
                stage.settle()
            return [
                self._given(stage, name, every, payload) for name, every in zip(names, sessions, strict=True)
            ]

    @staticmethod
    def _given(stage: Stage, name: str, every: Sequence[str], payload: bytes) -> bool | None:
        given = stage.received(name, payload)
        if any(one.startswith("$SYS/") for one in every):
            given = given or any(topic.startswith("$SYS/") for topic, _ in stage.heard[name])
        if not given and (not stage.stood(name) or stage.dropped(name)):
            return None
        return given

    def taking_over(self) -> Iterator[AccessTruth]:
        """Whose session is dropped when another one connects under its client id?"""
        who = self.who
        for claimant in (Claimant.ALIAS, Claimant.GUESSED, Claimant.NOBODY):
            with self._stage() as stage:
                stage.device("audit-neighbour", who.neighbour)
                stage.settle()
                client_id = who.neighbour.device
                stage.device("audit", who.device, claimant, client_id)
                stage.settle()
                happened = stage.dropped("audit-neighbour")
                stood = stage.stood("audit-neighbour")
            yield self._row(claimant, AccessAction.TAKE_OVER, client_id, False, happened, tried=stood)

    def keeping_alive(self) -> Iterator[AccessTruth]:
        """Who may be silent for as long as MQTT allows, or forever, before the broker looks after it?"""
        for asked in (NO_KEEP_ALIVE, LONGEST_KEEP_ALIVE):
            with self._stage() as stage:
                stage.device("audit", self.who.device, keep_alive=asked)
                stage.settle()
                stood = stage.stood("audit") and not stage.dropped("audit")
                happened = stood and stage.keep_alive("audit") == asked
            yield self._row(Claimant.OWN, AccessAction.KEEP_ALIVE, str(asked), False, happened)

    def _enter(self, stage: Stage, claimant: Claimant, will: Will | None = None) -> None:
        client_id = self.who.neighbour.device if claimant is Claimant.ALIAS else None
        stage.device("audit", self.who.device, claimant, client_id, will)

    def _stage(self) -> Stage:
        return Stage(self.endpoint, self.options, self.stopped)

    def _row(
        self,
        claimant: Claimant,
        action: AccessAction,
        topic: str,
        allowed: bool,
        happened: bool,
        *,
        acknowledged: bool | None = None,
        tried: bool = True,
    ) -> AccessTruth:
        return AccessTruth(
            claimant,
            self.who.device.device,
            action,
            topic,
            int(self.endpoint.protocol),
            allowed,
            happened,
            acknowledged,
            tried,
            clear=not self.endpoint.tls,
        )
