"""The smart speaker itself: it listens while somebody is awake at home."""

from __future__ import annotations

from typing import Any

import simpy

from simulator.core.actions import Command
from simulator.core.readings import Hazard, Value
from simulator.devices.base import Device, Habitat, Process
from simulator.devices.hazards import hazards_of
from simulator.devices.smart_speaker.false_wakes import Cause, FalseWakes
from simulator.devices.smart_speaker.intent import Intent, choose
from simulator.devices.smart_speaker.options import SmartSpeakerOptions
from simulator.devices.smart_speaker.playback import LENGTH, Ending, Playback
from simulator.devices.smart_speaker.room import Room
from simulator.devices.smart_speaker.transcripts import PRICES
from simulator.devices.smart_speaker.usage import ACTIVE_DAYS, Usage
from simulator.devices.smart_speaker.utterance import Utterance, compose_command, compose_nonsense
from simulator.world.household import Household
from simulator.world.person import Person, Spell

SPEAKING_AGE = 4
"""Years from which a child talks to a speaker."""
GROWN_UP_AGE = 13
"""Years from which people talk to it like adults."""
STOPPING = frozenset({"stop", "pause", "stop the music"})
"""Controls that end what plays."""


class SmartSpeaker(Device[SmartSpeakerOptions]):
    """A smart speaker in one room of a home.

    What it hears is a thinned Poisson process at the highest rate that commands and false wakes can
    have together (Lewis and Shedler 1979); it rests while nobody is awake at home.

    Args:
        household: whose home it stands in.
        room: where.
        usage: the household's habits.
        speakers: how many speakers share the household's commands.

    Attributes:
        muted: whether its microphone is off; it then hears nothing.
    """

    __slots__ = (
        "_active_day",
        "_day",
        "_draws",
        "_false_wakes",
        "_playback",
        "_rate",
        "_somebody",
        "_usage",
        "household",
        "muted",
        "room",
    )

    def __init__(
        self,
        habitat: Habitat,
        options: SmartSpeakerOptions,
        household: Household,
        room: Room,
        usage: Usage,
        speakers: int = 1,
    ) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.report_interval
        self.household = household
        self.room = room
        self.muted = False
        self._usage = usage
        self._rate = usage.rate / speakers
        self._false_wakes = FalseWakes.heard_in(room)
        self._draws = habitat.draws("listening")
        self._playback = Playback(self.env, self._draws, self._report_playback)
        self._day: int | None = None
        self._active_day = False
        self._somebody: simpy.Event | None = None

    def about(self) -> dict[str, str | None]:
        """Return the household and its home."""
        return {"household": self.household.id, "place": self.household.home.id}

    @property
    def playing(self) -> Intent | None:
        """What plays now, by what was asked for."""
        return self._playback.content

    def obey(self, command: Command) -> bool:
        """Obey ``mute`` and ``unmute`` besides what every device obeys."""
        match command.name:
            case "mute":
                self._mute(True)
            case "unmute":
                self._mute(False)
            case _:
                return super().obey(command)
        return True

    def run(self) -> Process:
        """Return the speaker's life: listen, and report its status regularly."""
        follow = self._follow
        for member in self.household.members:
            member.observers.append(follow)
        self.env.process(self._listen())
        yield self.pause(self._draws.uniform())
        while True:
            self._report_status()
            yield self.pause()

    def _listen(self) -> Process:
        ceiling = self._rate + self._false_wakes.ceiling
        while True:
            if not self.household.awake_at_home():
                self._somebody = self.env.event()
                yield self._somebody
            yield self.env.timeout(self._draws.exponential(1.0 / ceiling))
            share = self._draws.uniform(0.0, ceiling)
            if self.muted:
                continue
            if share < self._rate:
                if self._is_active_day() and (talkers := self._talkers()):
                    yield from self._hear_command(self._draws.choice(talkers))
            elif cause := self._false_wakes.cause(self.household, share - self._rate):
                yield from self._hear_nonsense(cause)

    def _hear_command(self, person: Person) -> Process:
        """Hear somebody out, and do what they want."""
        child = person.age < GROWN_UP_AGE
        intent = choose(
            self._draws,
            child=child,
            hour=self.calendar.hour(self.env.now),
            playing=self.playing is not None,
            buys=self._usage.buys,
        )
        utterance = compose_command(intent, child, self._usage.contacts, self._draws)
        facts = {"cause": Cause.COMMAND.value, "speaker": person.id}
        self.emit(
            "wake",
            {"confidence": round(self._draws.uniform(0.8, 1.0), 2)},
            person=person.id,
            hazards=hazards_of(person, Hazard.VOICE, Hazard.OCCUPANCY),
            facts=facts,
        )
        yield self.env.timeout(utterance.seconds)
        if self.muted or not person.awake_at_home:
            return
        personal: list[Value] = [*utterance.personal]
        self._report_utterance(
            utterance,
            person=person.id,
            hazards=hazards_of(person, *utterance.hazards),
            facts={**facts, "said": utterance.said, "personal": personal},
        )
        self._do(utterance, person)

    def _do(self, utterance: Utterance, person: Person) -> None:
        if utterance.intent in LENGTH:
            self._playback.start(utterance.intent)
        elif utterance.intent is Intent.CONTROL and utterance.said in STOPPING:
            self._playback.stop(Ending.TOLD)
        elif utterance.intent is Intent.PURCHASE:
            item = dict(utterance.slots)["grocery"]
            self.emit(
                "voice_purchase",
                {"item": item, "price": PRICES[item]},
                person=person.id,
                hazards=hazards_of(person, Hazard.PURCHASE),
                facts={"speaker": person.id},
            )

    def _hear_nonsense(self, cause: Cause) -> Process:
        """Wake for nothing, and record what was said meanwhile."""
        utterance = compose_nonsense(self._draws)
        facts = {"cause": cause.value}
        self.emit(
            "wake",
            {"confidence": round(self._draws.uniform(0.5, 0.8), 2)},
            hazards=(Hazard.VOICE, Hazard.OCCUPANCY),
            facts=facts,
        )
        yield self.env.timeout(utterance.seconds)
        if not self.muted and self.household.awake_at_home():
            self._report_utterance(utterance, hazards=utterance.hazards, facts=facts)

    def _talkers(self) -> list[Person]:
        return [person for person in self.household.awake_at_home() if person.age >= SPEAKING_AGE]

    def _is_active_day(self) -> bool:
        day = self.calendar.day(self.env.now)
        if day != self._day:
            self._day = day
            self._active_day = self._draws.chance(ACTIVE_DAYS)
        return self._active_day

    def _follow(self, finished: Spell, begun: Spell) -> None:
        """Notice the first of the household to be awake at home, and the last to be."""
        if not self.household.awake_at_home():
            self._playback.stop(Ending.NOBODY_AWAKE)
        elif self._somebody is not None:
            somebody, self._somebody = self._somebody, None
            somebody.succeed()

    def _mute(self, muted: bool) -> None:
        if muted is not self.muted:
            self.muted = muted
            self.emit("mute", {"muted": muted})

    def _report_utterance(self, utterance: Utterance, **truth: Any) -> None:
        self.emit(
            "utterance",
            {
                "intent": utterance.intent.value,
                "transcript": utterance.transcript,
                "confidence": utterance.confidence,
                "seconds": utterance.seconds,
            },
            **truth,
        )

    def _report_playback(self, content: Intent, ending: Ending | None) -> None:
        self.emit(
            "playback",
            {"state": "start" if ending is None else "stop", "content": content.value},
            hazards=(Hazard.OCCUPANCY,),
            facts=None if ending is None else {"ending": ending.value},
        )

    def _report_status(self) -> None:
        playing = self.playing is not None
        self.emit(
            "status",
            {"room": self.room.value, "muted": self.muted, "playing": playing},
            hazards=(Hazard.OCCUPANCY,) if playing else (),
        )
