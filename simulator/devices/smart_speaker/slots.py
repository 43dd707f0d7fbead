"""What fills the slots of the templates: things of everybody's, and a person's own particulars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulator.core.readings import Hazard
from simulator.core.seeds import Draws
from simulator.world.particulars import Ailment, Contact, Detail, Particulars

SLOTS: Mapping[str, Sequence[str]] = {
    "music": (
        "jazz", "the eighties hits", "some piano", "country", "the radio", "film music", "soul", "indie rock",
        "classical music", "the top forty", "reggae", "something quiet", "dance music", "the blues",
    ),
    "band": (
        "the paper lanterns", "copper and the wires", "seven dry rivers", "the night ferry",
        "mister marmalade", "the borrowed coats",
    ),
    "kids_music": (
        "the bus song", "the dinosaur song", "the frog song", "the counting song", "lullabies",
        "the fox dance",
    ),
    "playlist": ("running", "cooking", "Sunday morning", "party", "focus", "driving", "sleepy", "workout"),
    "film": ("the snow queen", "the jungle film", "the pirate film", "the space film", "the robot film"),
    "room": ("living room", "kitchen", "bedroom", "hall", "study"),
    "topic": (
        "the capital of Peru", "a good soup for a cold", "the square root of two", "daylight saving",
        "the tallest building in the world", "the difference between stock and broth", "a leap year",
        "the distance to the moon", "the speed of light",
    ),
    "conversion": (
        "grams in a cup", "metres in a mile", "millilitres in a pint", "minutes in a week",
        "ounces in a kilo",
    ),
    "hard_word": ("necessary", "rhythm", "restaurant", "separate", "Wednesday", "conscience", "beautiful"),
    "book": ("the hobbit", "emma", "the odyssey", "war and peace", "middlemarch"),
    "dish": ("rice", "pasta", "eggs", "sweet potatoes", "lentils", "roast chicken", "bread", "pizza"),
    "business": ("pharmacy", "hardware shop", "library", "swimming pool", "post office", "bottle shop"),
    "town": ("Wirrabeen", "Port Callow", "Lake Merrin", "Tallow Creek"),
    "appliance": (
        "lamp", "kitchen lights", "fan", "television", "porch light", "heater", "bedroom light", "kettle",
        "air conditioner", "hall light",
    ),
    "percent": ("20", "30", "50", "70"),
    "degrees": ("18", "20", "21", "22"),
    "minutes": ("3", "5", "7", "10", "12", "15", "20", "45"),
    "time": ("six", "half past six", "seven", "quarter to eight", "nine", "three o'clock", "five thirty"),
    "day": ("today", "tomorrow", "tonight", "on Thursday", "this weekend", "on Monday", "next week"),
    "sport": ("football", "cricket", "tennis", "netball"),
    "grocery": ("milk", "nappies", "coffee", "dog food", "eggs", "batteries", "toilet paper", "olive oil"),
    "animal": ("sharks", "penguins", "elephants", "dinosaurs", "spiders", "kangaroos", "cats", "snakes"),
    "thing": ("the sky", "the sea", "grass", "blood", "the moon"),
    "colour": ("blue", "green", "red", "pink"),
    "number": ("three", "six", "seven", "eight", "twelve", "four"),
    "relation": (
        "mum", "dad", "grandma", "my sister", "my brother", "the neighbours", "grandpa", "my aunt",
        "the babysitter",
    ),
    "amount": ("80 dollars", "240 dollars", "450 dollars", "1200 dollars", "35 dollars", "3000 dollars"),
    "plan": (
        "away until Sunday", "on holiday from Friday", "not home before midnight", "moving out next month",
        "in hospital until Tuesday", "at the lake house all week", "out of town until the ninth",
        "expecting a baby in May", "seeing the lawyer on Monday",
    ),
}  # fmt: skip
"""Fillings that are anybody's; the last three are personal whoever says them."""

OWN: Mapping[str, Callable[[Particulars], Detail | None]] = {
    "own_name": lambda own: own.name,
    "own_address": lambda own: own.address,
    "own_phone": lambda own: own.phone,
    "own_email": lambda own: own.email,
    "birthday": lambda own: own.birthday,
    "condition": lambda own: _of(own.ailment, lambda ailment: ailment.condition),
    "medicine": lambda own: _of(own.ailment, lambda ailment: ailment.medicine),
    "clinic": lambda own: _of(own.ailment, lambda ailment: ailment.clinic),
    "doctor": lambda own: own.doctor,
}
"""Fillings that are a person's own, None if they have no such thing."""

CONTACTS_OWN: Mapping[str, Callable[[Contact], Detail]] = {
    "contact": lambda contact: contact.name,
    "contact_phone": lambda contact: contact.phone,
    "contact_email": lambda contact: contact.email,
    "contact_address": lambda contact: contact.address,
}
"""Fillings that are those of the one contact whom a person speaks of."""

PERSONAL: Mapping[str, str] = {
    "own_name": "name",
    "contact": "name",
    "doctor": "name",
    "own_address": "address",
    "contact_address": "address",
    "own_phone": "phone",
    "contact_phone": "phone",
    "own_email": "email",
    "contact_email": "email",
    "birthday": "birthday",
    "relation": "family",
    "condition": "health",
    "medicine": "health",
    "clinic": "health",
    "amount": "money",
    "plan": "plan",
}
"""Slots whose content is personal, and in what way."""

FRAGMENTS: Sequence[str] = (
    "uh", "the", "so then", "and", "right", "over there", "mm", "you know", "went", "hey", "never", "what",
    "in the", "again", "yeah", "she", "no way", "ten", "look",
)  # fmt: skip
"""Bits of speech in what a false wake records."""

PRICES: Mapping[str, float] = {
    "milk": 3.1, "nappies": 19.5, "coffee": 12.0, "dog food": 24.0, "eggs": 6.4, "batteries": 9.9,
    "toilet paper": 10.5, "olive oil": 14.0,
}  # fmt: skip
"""Dollars for each thing that can be bought by voice."""


def fill(slot: str, own: Particulars, contact: int, draws: Draws) -> Detail | None:
    """Return what somebody says in a slot, None if they have no such thing.

    Args:
        slot: its name.
        own: who speaks.
        contact: number of the contact whom they speak of, if of any.
        draws: chooses among what is everybody's.
    """
    if slot in OWN:
        return OWN[slot](own)
    if slot in CONTACTS_OWN:
        return CONTACTS_OWN[slot](own.contact(contact))
    return Detail(draws.choice(SLOTS[slot]), Hazard.TRANSCRIPT_PII, exact=False)


def _of(ailment: Ailment | None, part: Callable[[Ailment], Detail]) -> Detail | None:
    return None if ailment is None else part(ailment)
