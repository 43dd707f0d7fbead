"""The wrong voice: a speaker takes an order from a child, or from the television."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.options import CompromisedOptions
from simulator.core.campaigns import Control, Role
from simulator.core.options import AttackOptions
from simulator.core.readings import Hazard
from simulator.core.units import HOUR, MINUTE, Duration

SPEAKER = "smart_speaker"

THINGS = {"milk": 3.1, "coffee": 12.0, "batteries": 9.9, "dog food": 24.0}
"""What is ordered and its price, of what the speakers sell."""

PHRASES = ("buy {item}", "order more {item}", "order {item} again")
"""How it is said, as people do."""

TALKS = (1.5, 3.5)
"""Seconds from the wake word to the end of the order, between the two (assumption)."""


class Voice(StrEnum):
    """Whose voice it is."""

    CHILD = "child"
    TELEVISION = "television"


class WrongVoiceOptions(CompromisedOptions):
    """Options of the attack ``wrong_voice``."""

    kind: str = "wrong_voice"
    kinds: tuple[str, ...] = Field(
        default=(SPEAKER,), min_length=1, max_length=1, description="Speakers are all that it works with."
    )
    voice: Voice = Field(default=Voice.TELEVISION, description="Whose voice it is; only the truth says so.")
    every: Duration = Field(
        default=10 * MINUTE, ge=MINUTE, le=24 * HOUR, description="Mean time between two orders of a speaker."
    )


class WrongVoice(Campaign[WrongVoiceOptions]):
    """Lets speakers take orders from somebody who may not give any; only the truth knows who spoke."""

    kind: ClassVar[str] = "wrong_voice"
    summary: ClassVar[str] = "Wrong voice: speakers take orders from a child or the television."
    options: ClassVar[type[AttackOptions]] = WrongVoiceOptions
    role: ClassVar[Role] = Role.COMPROMISED
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0855"

    def raid(self, member: Member[WrongVoiceOptions]) -> Process:
        """Wake and take an order, now and then."""
        draws = member.draws
        about: dict[str, Any] = {"facts": {"cause": "attack", "speaker": None, "voice": member.options.voice}}
        while True:
            yield member.wait(draws.exponential(member.options.every))
            if member.over:
                return
            confidence = round(draws.uniform(0.8, 1.0), 2)
            member.say(member.marked("wake", {"confidence": confidence}, hazards=(Hazard.VOICE,), **about))
            item, seconds = draws.choice(tuple(THINGS)), round(draws.uniform(*TALKS), 1)
            yield member.wait(seconds)
            said: dict[str, Any] = {
                "intent": "purchase",
                "transcript": draws.choice(PHRASES).format(item=item),
                "confidence": round(draws.uniform(0.7, 1.0), 2),
                "seconds": seconds,
                "profile": None,
            }
            member.say(member.marked("utterance", said, hazards=(Hazard.VOICE,), **about))
            order: dict[str, Any] = {"item": item, "price": THINGS[item]}
            member.say(member.marked("voice_purchase", order, hazards=(Hazard.PURCHASE,), **about))


ATTACK = WrongVoice()
