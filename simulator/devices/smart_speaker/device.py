"""The smart speaker itself: it listens while somebody is awake at home, and senses who moves in its room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import simpy

from simulator.core.actions import Command
from simulator.core.readings import Hazard, Span, Value
from simulator.devices.base import Device, Habitat, Process
from simulator.devices.hazards import hazards_of
from simulator.devices.smart_speaker import presence
from simulator.devices.smart_speaker.ecosystem import Ecosystem
from simulator.devices.smart_speaker.false_wakes import Cause, FalseWakes
from simulator.devices.smart_speaker.intent import Intent, choose
from simulator.devices.smart_speaker.options import SmartSpeakerOptions
from simulator.devices.smart_speaker.outages import Outages
from simulator.devices.smart_speaker.playback import LENGTH, Ending, Playback
from simulator.devices.smart_speaker.room import Room
from simulator.devices.smart_speaker.slots import PRICES
from simulator.devices.smart_speaker.usage import FOLLOW_UP, SPEAKING_AGE, Usage
from simulator.devices.smart_speaker.utterance import Utterance, compose_command, compose_nonsense
from simulator.devices.smart_speaker.voice_match import match
from simulator.world.household import Household
from simulator.world.person import Person, Spell

GROWN_UP_AGE = 13
"""Years from which people talk to it like adults."""
STOPPING = frozenset({"stop", "pause", "stop the music"})
"""Controls that end what plays."""
FOLLOWS = (4.0, 20.0)
"""Seconds after which a command follows another (assumption)."""


class SmartSpeaker(Device[SmartSpeakerOptions]):
    """A smart speaker in one room of a home.

    What it hears is a thinned Poisson process at the highest rate that commands and false wakes can
    have together on a day (Lewis and Shedler 1979); it rests while nobody is awake at home. Commands come
    from the people in its room; talk and television reach it from other rooms, too.

    Args:
        household: whose home it stands in.
        room: where.
        usage: the household's habits.
        sharing: how many speakers stand in the room; one of them answers.
        outages: of the home's line to the internet; None if there are none.
        ecosystem: whose assistant answers.

    Attributes:
        muted: whether its microphone is off; it then hears and senses nothing.
    """

    __slots__ = (
        "_candour",
        "_day",
        "_draws",
        "_false_wakes",
        "_heard",
        "_hearing",
        "_listened",
        "_mood",
        "_motions",
        "_outages",
        "_particulars",
        "_playback",
        "_reported",
        "_sharing",
        "_somebody",
        "_usage",
        "ecosystem",
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
        sharing: int = 1,
        outages: Outages | None = None,
        ecosystem: Ecosystem = Ecosystem.RETAIL,
    ) -> None:
        super().__init__(habitat, options)
        self.report_interval = options.report_interval
        self.household = household
        self.room = room
        self.ecosystem = ecosystem
        self.muted = False
        self._usage = usage
        self._sharing = sharing
        self._outages = outages
        self._particulars = habitat.particulars
        self._candour = habitat.candour
        self._false_wakes = FalseWakes.heard_in(room)
        self._draws = habitat.draws("listening")
        self._motions = habitat.draws("motion")
        self._playback = Playback(self.env, self._draws, self._report_playback)
        self._day: int | None = None
        self._mood = 0.0
        self._somebody: simpy.Event | None = None
        self._reported = 0.0
        self._heard = self._hearing = self._listened = 0.0

    def about(self) -> dict[str, str | None]:
        """Return the household and its home."""
        return {"household": self.household.id, "place": self.household.home.id}

    @property
    def playing(self) -> Intent | None:
        """What plays now, by what was asked for."""
        return self._playback.content

    @property
    def offline(self) -> bool:
        """Whether the home's line to the internet is down."""
        return self._outages is not None and self._outages.at(self.env.now)

    @property
    def words_heard(self) -> float:
        """Words of talk and television that have reached it since it was switched on; not commands."""
        return self._heard + self._hearing * (self.env.now - self._listened)

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

    def emit(
        self,
        event: str,
        values: Mapping[str, Value],
        *,
        person: str | None = None,
        hazards: tuple[Hazard, ...] = (),
        facts: Mapping[str, Value] | None = None,
        spans: tuple[Span, ...] = (),
    ) -> None:
        """Emit a reading of now, unless the line is down: a speaker keeps nothing for later."""
        if not self.offline:
            super().emit(event, values, person=person, hazards=hazards, facts=facts, spans=spans)

    def run(self) -> Process:
        """Return the speaker's life: listen, sense, and report its status regularly."""
        follow = self._follow
        for member in self.household.members:
            member.observers.append(follow)
        self.household.observers.append(self._prick_ears)
        self._prick_ears()
        self.env.process(self._listen())
        self.env.process(self._sense())
        yield self.pause(self._draws.uniform())
        while True:
            self._report_status()
            yield self.pause()

    def _listen(self) -> Process:
        env, draws, household, usage = self.env, self._draws, self.household, self._usage
        most = (sum(usage.rates) + usage.guest_rate) / self._sharing
        while True:
            if not household.awake_at_home():
                yield self._first_awake()
            self._begin_day()
            commands = most * self._mood
            ceiling = commands + self._false_wakes.ceiling
            wait = draws.exponential(1.0 / ceiling)
            tomorrow = self.calendar.next(env.now, 0.0)
            if env.now + wait >= tomorrow:
                yield env.timeout(tomorrow - env.now)
                continue
            yield env.timeout(wait)
            share = draws.uniform(0.0, ceiling)
            if self.muted or self.offline:
                continue
            if share < commands:
                if person := self._talker(share / commands):
                    yield from self._converse(person)
            elif cause := self._false_wakes.cause(household, share - commands):
                yield from self._hear_nonsense(cause)

    def _sense(self) -> Process:
        """Report motion in the room, no more often than the options allow."""
        env, draws, household, room = self.env, self._motions, self.household, self.room
        ceiling = presence.ceiling(household)
        while True:
            if not household.pets and not household.awake_at_home():
                yield self._first_awake()
            yield env.timeout(draws.exponential(1.0 / ceiling))
            share, hour = draws.uniform(0.0, ceiling), self.calendar.hour(env.now)
            if self.muted:
                continue
            motion = presence.sense(household, room, env.now, hour, share, draws)
            if motion is not None:
                self._report_motion(motion)
                yield env.timeout(self.options.motion_interval)

    def _talker(self, share: float) -> Person | None:
        """Thin a candidate: return who in the room begins to talk to the speaker, None if nobody does.

        Args:
            share: uniform draw in [0, 1) of all who may.
        """
        household, usage = self.household, self._usage
        rest = share * (sum(usage.rates) + usage.guest_rate)
        for member, rate in zip(household.members, usage.rates, strict=True):
            if rest < rate:
                return member if member.awake_at_home and self._is_here(member) else None
            rest -= rate
        guests = [guest for guest in household.guests if guest.age >= SPEAKING_AGE and self._is_here(guest)]
        return self._draws.choice(guests) if guests else None

    def _is_here(self, person: Person) -> bool:
        now = self.env.now
        return self.household.room_of(person, now, self.calendar.hour(now)) is self.room

    def _converse(self, person: Person) -> Process:
        """Hear somebody out, and what they say after that."""
        while True:
            yield from self._hear_command(person)
            if not self._draws.chance(FOLLOW_UP):
                return
            yield self.env.timeout(self._draws.uniform(*FOLLOWS))
            if self.muted or self.offline or person not in self.household.present():
                return

    def _hear_command(self, person: Person) -> Process:
        """Hear somebody out, and do what they want."""
        child = person.age < GROWN_UP_AGE
        intent = choose(
            self._draws,
            child=child,
            hour=self.calendar.hour(self.env.now),
            playing=self.playing is not None,
            buys=0.0 if person in self.household.guests else self._usage.buys,
        )
        own = self._particulars(person)
        utterance = compose_command(intent, child, own, person.voice, self._draws, self._candour)
        members, profiles = self.household.members, self._usage.profiles
        profile, taken_for = match(person, members, profiles, self._draws) if profiles else (None, None)
        facts = {"cause": Cause.COMMAND.value, "speaker": person.id}
        self.emit(
            "wake",
            {"confidence": round(self._draws.uniform(0.8, 1.0), 2)},
            person=person.id,
            hazards=hazards_of(person, Hazard.VOICE, Hazard.OCCUPANCY),
            facts=facts,
        )
        yield self.env.timeout(utterance.seconds)
        if self.muted or self.offline or person not in self.household.present():
            return
        self._report_utterance(
            utterance,
            profile,
            person=person.id,
            hazards=hazards_of(person, *utterance.hazards),
            spans=utterance.spans,
            facts={
                **facts,
                **utterance.truth,
                "taken_for": None if taken_for is None else taken_for.id,
                "voice": person.voice.value,
            },
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
            self._report_utterance(utterance, None, hazards=utterance.hazards, facts=facts)

    def _begin_day(self) -> None:
        day = self.calendar.day(self.env.now)
        if day != self._day:
            self._day = day
            self._mood = self._usage.mood(day)

    def _first_awake(self) -> simpy.Event:
        """Return the moment at which the first of the household is awake at home."""
        if self._somebody is None:
            self._somebody = self.env.event()
        return self._somebody

    def _follow(self, finished: Spell, begun: Spell) -> None:
        """Notice the first of the household to be awake at home, and the last to be."""
        self._prick_ears()
        if not self.household.awake_at_home():
            self._playback.stop(Ending.NOBODY_AWAKE)
        elif self._somebody is not None:
            somebody, self._somebody = self._somebody, None
            somebody.succeed()

    def _prick_ears(self) -> None:
        """Count the words heard until now, and hear what is to be heard from now on."""
        self._heard, self._listened = self.words_heard, self.env.now
        self._hearing = 0.0 if self.muted else self._false_wakes.words(self.household)

    def _mute(self, muted: bool) -> None:
        if muted is not self.muted:
            self.muted = muted
            self._prick_ears()
            self.emit("mute", {"muted": muted})

    def _report_utterance(self, utterance: Utterance, profile: int | None, **truth: Any) -> None:
        self.emit(
            "utterance",
            {
                "intent": utterance.intent.value,
                "transcript": utterance.transcript,
                "confidence": utterance.confidence,
                "seconds": utterance.seconds,
                "profile": profile,
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

    def _report_motion(self, motion: presence.Motion) -> None:
        facts: dict[str, Value] = {"cause": motion.mover.value}
        if motion.person is not None:
            facts["mover"] = motion.person.id
        self.emit(
            "motion",
            {"room": self.room.value, "level": motion.level},
            hazards=() if motion.person is None else (Hazard.OCCUPANCY,),
            facts=facts,
        )

    def _report_status(self) -> None:
        playing = self.playing is not None
        facts: dict[str, Value] = {"words_heard": round(self.words_heard, 1)}
        if not self.offline:
            gap = 0.0 if self._outages is None else self._outages.since(self._reported)
            self._reported = self.env.now
            if gap:
                facts["offline"] = round(gap, 1)
        self.emit(
            "status",
            {"room": self.room.value, "muted": self.muted, "playing": playing},
            hazards=(Hazard.OCCUPANCY,) if playing else (),
            facts=facts,
        )
