"""The family of smart speakers: which home has one, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from simulator.core.seeds import Draws
from simulator.devices.base import Habitat, Placement
from simulator.devices.smart_speaker.device import SmartSpeaker
from simulator.devices.smart_speaker.options import SmartSpeakerOptions
from simulator.devices.smart_speaker.room import SHARES, Room
from simulator.devices.smart_speaker.usage import Usage
from simulator.world import Neighbourhood
from simulator.world.household import Household


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one of a household's speakers stands; see `SmartSpeaker` for the attributes."""

    household: Household
    room: Room
    usage: Usage
    speakers: int


class SmartSpeakerFamily:
    """Smart speakers: wake word, utterances, false wakes, playback."""

    kind: ClassVar[str] = "smart_speaker"
    summary: ClassVar[str] = (
        "Smart speaker: wake word, utterances with transcripts, false wakes, playback, mute."
    )
    options: ClassVar[type[SmartSpeakerOptions]] = SmartSpeakerOptions

    def placements(
        self, neighbourhood: Neighbourhood, options: SmartSpeakerOptions, draws: Callable[[str, str], Draws]
    ) -> Iterator[Placement]:
        """Yield a spot for each speaker, in as many different rooms as there are."""
        for household in neighbourhood.households:
            ownership = draws("ownership", household.id)
            certain = int(options.per_household)
            speakers = certain + ownership.chance(options.per_household - certain)
            if speakers == 0:
                continue
            usage = Usage.draw(draws("usage", household.id))
            free = dict(SHARES)
            for number in range(speakers):
                room = ownership.choice(list(free), list(free.values()))
                del free[room]
                free = free or dict(SHARES)
                spot = Spot(household, room, usage, speakers)
                yield Placement(f"{household.id}-speaker{number}", spot)

    def build(self, placement: Placement, habitat: Habitat, options: SmartSpeakerOptions) -> SmartSpeaker:
        """Return the speaker of one spot."""
        spot: Spot = placement.thing
        return SmartSpeaker(habitat, options, spot.household, spot.room, spot.usage, spot.speakers)


FAMILY = SmartSpeakerFamily()
