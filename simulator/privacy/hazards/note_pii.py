"""Notes: what people write beside what their devices measure, some of it about themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from simulator.core.filler import filler_words
from simulator.core.readings import Hazard, Reading, Span
from simulator.core.units import DAY
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.exposure import Bearer, Exposure, Process
from simulator.world.consent import AGE_OF_CONSENT
from simulator.world.person import Person

EVENT = "note"

A_DAY: Mapping[str, float] = {"wearable": 0.5, "smart_speaker": 0.3, "inventory_sensor": 0.1}
"""Notes a day of each device (assumptions)."""

TEMPLATES: Mapping[str, Sequence[str]] = {
    "wearable": (
        "dizzy on the stairs again, told {contact}",
        "new tablets since Monday for {health_condition}",
        "please send my results to {email}",
        "lost it at the pool, if found call {phone}",
        "this watch belongs to {name}, born {birth_date}",
        "replaced under warranty, old one was {device_serial}",
        "could not pair, it shows {device_mac}",
    ),
    "smart_speaker": (
        "guest account of {contact} added",
        "moved it to the new flat at {address}",
        "support ticket for account {account}",
        "paid for the music plan with {payment_card}",
        "call {name} on {phone} before you come",
        "bill goes to {email}",
    ),
    "inventory_sensor": (
        "customer {name} asked for more of these",
        "card {loyalty_number} scanned twice",
        "refund to {payment_card} for a broken lid",
        "put two aside for {name}, will ring {phone}",
        "deliver a box to {address}",
        "asked whether it is safe with {health_condition}",
    ),
}
"""What people write about themselves; in a shop, what staff write about a customer."""

_SLOT = re.compile(r"\{(\w+)\}")


class NotePii:
    """Lets people write notes with their devices, a share of them with personal data.

    The others are as long and about nothing. There are as many notes at each rate, none if no rate is set.
    """

    name = Hazard.NOTE_PII.value

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """See `Knob.put`."""
        templates = TEMPLATES.get(bearer.kind)
        if templates is not None and rate is not None:
            exposure.processes.append(lambda emit: _write(bearer, templates, rate, emit))


def _write(bearer: Bearer, templates: Sequence[str], rate: float, emit: Callable[[Reading], None]) -> Process:
    """Write notes for ever: at the times of a Poisson process, if somebody is there to write then."""
    env, draws = bearer.env, bearer.draws("notes")
    while True:
        yield env.timeout(draws.exponential(DAY / A_DAY[bearer.kind]))
        about = bearer.writer(draws)
        text, spans = "", tuple[Span, ...]()
        if about is not None:
            text, spans = _note(bearer, about, draws.choice(templates))
            if not draws.chance(rate):
                text, spans = " ".join(filler_words(text.split(), draws)), ()
            emit(_reading(bearer, about, env.now, text, spans))


def _note(bearer: Bearer, about: Person, template: str) -> tuple[str, tuple[Span, ...]]:
    """Return a note about somebody, and where in it what stands."""
    text = ""
    spans: list[Span] = []
    for number, part in enumerate(_SLOT.split(template)):
        if number % 2 == 0:
            text += part
            continue
        canary = bearer.canary(about.id, CanaryType(part))
        end = len(text) + len(canary.value)
        spans.append(Span("text", len(text), end, canary.type.value, about.id, canary.number))
        text += canary.value
    return text, tuple(spans)


def _reading(bearer: Bearer, about: Person, at: float, text: str, spans: tuple[Span, ...]) -> Reading:
    hazards: tuple[Hazard, ...] = (Hazard.NOTE_PII,) if spans else ()
    if any(span.type == CanaryType.HEALTH_CONDITION for span in spans):
        hazards += (Hazard.HEALTH,)
    if bearer.owner is None:  # of a shop: nobody's data unless it names them
        person, household = about.id if spans else None, None
    else:
        person, household = about.id, about.household
        if about.age < AGE_OF_CONSENT:
            hazards += (Hazard.CHILD,)
    return Reading(at, EVENT, {"text": text}, person, household, bearer.place, hazards, None, spans)
