"""The page of hazards."""

from __future__ import annotations

from simulator.core.readings import Hazard
from simulator.reference.markdown import code, page, sentence, table
from simulator.scenario.privacy import HazardRates


def hazards_page() -> str:
    """Return the page."""
    return page(
        "Hazards",
        "Why a message is personal: `hazards` in the truth. Those with a natural rate can be set in a "
        "scenario, `privacy: {hazards: {NAME: RATE}}`, from 0 (nowhere) to 1 (everywhere it can be). Where "
        "the personal data stands is in [privacy.md](../privacy.md).",
        table(
            ("hazard", "what it is", "natural rate", "the rate is of"),
            ((code(one), one.summary, *_rate(one)) for one in Hazard),
        ),
    )


def _rate(hazard: Hazard) -> tuple[str, str]:
    field = HazardRates.model_fields.get(hazard.value)
    if field is None:
        return "", "no rate: what the devices are for"
    return "as people talk" if field.default is None else f"{field.default:g}", sentence(
        field.description or ""
    )
