"""Voices: whose way of speaking speech recognisers know well, and whose they do not."""

from __future__ import annotations

from simulator.core.seeds import Draws
from simulator.world.person import VoiceGroup

UNFAMILIAR = 0.2
"""Share of households that speak in a way which recognisers were hardly trained on (assumption)."""


def draw_voice(draws: Draws) -> VoiceGroup:
    """Return the voice group of a household: people speak like those whom they grew up with."""
    return VoiceGroup.UNFAMILIAR if draws.chance(UNFAMILIAR) else VoiceGroup.FAMILIAR
