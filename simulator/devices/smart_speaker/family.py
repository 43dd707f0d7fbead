"""The family of smart speakers: which home has one, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from simulator.core.seeds import Draws
from simulator.devices.base import Habitat, Placement
from simulator.devices.smart_speaker.device import SmartSpeaker
from simulator.devices.smart_speaker.ecosystem import RETAIL_SHARE, Ecosystem
from simulator.devices.smart_speaker.options import SmartSpeakerOptions
from simulator.devices.smart_speaker.outages import Outages
from simulator.devices.smart_speaker.room import Room, furnish
from simulator.devices.smart_speaker.usage import Usage
from simulator.world import Neighbourhood
from simulator.world.household import Household


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one of a household's speakers stands; see `SmartSpeaker` for the attributes.

    All speakers of a household share its ecosystem, usage and outages.
    """

    household: Household
    room: Room
    ecosystem: Ecosystem
    usage: Usage
    sharing: int
    outages: Outages


class SmartSpeakerFamily:
    """Smart speakers: wake word, utterances, false wakes, playback, motion."""

    kind: ClassVar[str] = "smart_speaker"
    summary: ClassVar[str] = (
        "Smart speaker: wake word, utterances with transcripts, false wakes, playback, motion, mute."
    )
    options: ClassVar[type[SmartSpeakerOptions]] = SmartSpeakerOptions

    def placements(
        self, neighbourhood: Neighbourhood, options: SmartSpeakerOptions, draws: Callable[[str, str], Draws]
    ) -> Iterator[Placement]:
        """Yield a spot for each speaker."""
        for household in neighbourhood.households:
            ownership = draws("ownership", household.id)
            speakers = _count(options, ownership)
            if speakers == 0:
                continue
            retail = ownership.chance(RETAIL_SHARE)
            ecosystem = options.ecosystem or (Ecosystem.RETAIL if retail else Ecosystem.SEARCH)
            usage = Usage.draw(draws, household, ecosystem)
            outages = Outages(draws("outages", household.id))
            rooms = furnish(speakers, ownership)
            for number, room in enumerate(rooms):
                spot = Spot(household, room, ecosystem, usage, rooms.count(room), outages)
                yield Placement(f"{household.id}-speaker{number}", spot)

    def build(self, placement: Placement, habitat: Habitat, options: SmartSpeakerOptions) -> SmartSpeaker:
        """Return the speaker of one spot."""
        spot: Spot = placement.thing
        return SmartSpeaker(
            habitat,
            options,
            spot.household,
            spot.room,
            spot.usage,
            spot.sharing,
            spot.outages,
            spot.ecosystem,
        )


def _count(options: SmartSpeakerOptions, ownership: Draws) -> int:
    """Return how many speakers a household has.

    With `owners` (35 % of adults own one, NPR/Edison 2022) an owning home has one and a Poisson number more,
    2.6 on average (NPR/Edison 2020; the distribution is an assumption).
    """
    if options.per_household is not None:
        certain = int(options.per_household)
        return certain + ownership.chance(options.per_household - certain)
    if not ownership.chance(options.owners):
        return 0
    return 1 + ownership.poisson(options.per_owner - 1.0)


FAMILY = SmartSpeakerFamily()
