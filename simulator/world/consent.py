"""Consent: the purposes that a person agrees to."""

from __future__ import annotations

from functools import cache

from simulator.core.purposes import Purpose
from simulator.core.seeds import Draws

AGE_OF_CONSENT = 16
"""Below this age a parent decides (GDPR, article 8, where no member state set it lower)."""

WORRIED = 0.71
"""Share of people who fear what AI does to their privacy (Genpact 2017, n = 5,179)."""


_AGREES: dict[Purpose, tuple[float, float]] = {
    Purpose.SERVICE: (0.95, 0.99),
    Purpose.ANALYTICS: (0.40, 0.85),
    Purpose.MARKETING: (0.12, 0.50),
    Purpose.SHARING: (0.08, 0.45),
    Purpose.VOICE_RETENTION: (0.20, 0.65),
}
"""Chance that the worried and the others agree. An assumption: no survey asks for all five, but the
service that was bought is hardly ever refused, and sharing with strangers nearly always by the worried."""


def draw_worry(draws: Draws) -> bool:
    """Return whether somebody is worried about their privacy."""
    return draws.chance(WORRIED)


def draw_consent(draws: Draws, worried: bool | None = None) -> frozenset[Purpose]:
    """Return what one adult agrees to, by a decision for each purpose.

    Args:
        draws: what is left to chance.
        worried: whether they are; drawn first if left out.
    """
    group = 0 if (draw_worry(draws) if worried is None else worried) else 1
    return _agreeing_to(tuple(draws.chance(chances[group]) for chances in _AGREES.values()))


@cache
def _agreeing_to(decisions: tuple[bool, ...]) -> frozenset[Purpose]:
    """Return one set for everybody who decides alike: there are few, and many people."""
    return frozenset(purpose for purpose, agrees in zip(_AGREES, decisions, strict=True) if agrees)
