"""Particulars: what a person would give away in conversation. All invented, all from reserved ranges.

They follow from the person's id and are worked out when something asks, since most are never asked for:
e-mail addresses at example.org (RFC 2606), telephone numbers that the regulators keep for fiction (ACMA,
NANPA 555-0100 to 0199, Ofcom 07700 900000 to 900999), and streets of a town that does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.core.seeds import Draws, Seeds
from simulator.world.person import Person, Relation, Sex

FIRST_NAMES: dict[Sex, Sequence[str]] = {
    Sex.FEMALE: (
        "Alma", "Cora", "Edda", "Greta", "Ines", "Kavya", "Mina", "Orla", "Rosa", "Tilda", "Umi", "Wanda",
        "Yara", "Bettina", "Dilys", "Farah", "Hana", "Jocelyn", "Linh", "Neve", "Petra", "Saoirse", "Vera",
        "Zofia", "Amara", "Carys", "Esme", "Giulia", "Ida", "Keiko",
    ),
    Sex.MALE: (
        "Bashir", "Dinh", "Felix", "Hugo", "Jonas", "Leo", "Nuri", "Pavel", "Quinn", "Rafael", "Sami",
        "Tomas", "Viktor", "Arlo", "Cedric", "Emeka", "Gideon", "Ivo", "Kofi", "Malik", "Oskar", "Rohan",
        "Stellan", "Theo", "Wendell", "Yusuf", "Anton", "Bruno", "Darragh", "Enzo",
    ),
}  # fmt: skip
SURNAMES: Sequence[str] = (
    "Brennock", "Teale", "Whitlow", "Calloway", "Farrant", "Oduya", "Sandquist", "Marchetti", "Talbot",
    "Wrede", "Pillai", "Haddon", "Kowal", "Aslan", "Dunphy", "Strand", "Abara", "Linfield", "Quillfeather",
    "Morrowby", "Tansley", "Vantongeren", "Okonjo", "Hesketh", "Larkspur", "Penhallow", "Ruvane", "Castellan",
    "Ironmonger", "Eastlake", "Nakagawa", "Zielonka", "Thorncroft", "Abernethy", "Delacourt", "Fairweather",
    "Grimstead", "Halloway", "Jessop", "Kettleby",
)  # fmt: skip
STREETS: Sequence[str] = (
    "Tarrabye Street", "Velloran Road", "Mirrindale Close", "Ostrelle Avenue", "Coppershaw Lane",
    "Quandary Parade", "Saltmarrow Street", "Dunnartree Court", "Bellbrindle Way", "Lake Merrin Drive",
    "Tallowcreek Road", "Wirrabeen Terrace", "Port Callow Street", "Emberlow Crescent", "Fennimarsh Lane",
    "Gullivan Place",
)  # fmt: skip
"""Streets of the invented town."""

AUSTRALIAN_NUMBERS = (
    "0491 570 006", "0491 570 156", "0491 570 157", "0491 570 158", "0491 570 159", "0491 570 110",
    "0491 570 313", "0491 570 737",
)  # fmt: skip
"""Mobile numbers for use in fiction (Australian Communications and Media Authority)."""

AMERICAN_AREAS = ("212", "312", "415", "617")

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip

AILMENTS: Sequence[tuple[str, str, str]] = (
    ("high blood pressure", "blood pressure tablets", "the heart clinic"),
    ("type two diabetes", "metformin", "the diabetes clinic"),
    ("type one diabetes", "insulin", "the diabetes clinic"),
    ("asthma", "asthma puffer", "the chest clinic"),
    ("arthritis", "methotrexate", "the joint clinic"),
    ("depression", "antidepressants", "the psychologist"),
    ("anxiety", "anxiety tablets", "the psychologist"),
    ("epilepsy", "epilepsy tablets", "the neurologist"),
    ("an underactive thyroid", "thyroxine", "the hormone clinic"),
    ("bowel cancer", "chemo tablets", "the oncology ward"),
    ("infertility", "hormone injections", "the fertility clinic"),
    ("kidney disease", "kidney tablets", "the dialysis unit"),
    ("migraine", "migraine tablets", "the headache clinic"),
)
"""What somebody may have, what they take for it, and where they are treated."""

AILING: Sequence[tuple[int, float]] = ((15, 0.15), (45, 0.38), (65, 0.62), (200, 0.80))
"""Share of people below an age with a chronic condition (ABS National Health Survey 2017-18: 47 % of all, 80
% of those of 65 or older; the steps between are assumptions)."""

CONTACTS = 5
"""How many people somebody mentions by name (assumption)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whom a person knows; lives elsewhere."""

    name: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Ailment:
    """A chronic condition, what is taken for it, and where it is treated."""

    condition: str
    medicine: str
    clinic: str


class Particulars:
    """What a person could tell about themselves; each is worked out when it is asked for, always the same.

    Args:
        person: whose.
        seeds: the run's.
    """

    __slots__ = ("_person", "_seeds")

    def __init__(self, person: Person, seeds: Seeds) -> None:
        self._person = person
        self._seeds = seeds

    @property
    def name(self) -> str:
        """First name and surname; those who live together share it unless they are flatmates."""
        flatmate = self._person.relation is Relation.FLATMATE
        surname = (self._own("surname") if flatmate else self._of_home("surname")).choice(SURNAMES)
        return f"{self._own('name').choice(FIRST_NAMES[self._person.sex])} {surname}"

    @property
    def address(self) -> str:
        """House number and street; of all who live together."""
        return _address(self._of_home("address"))

    @property
    def phone(self) -> str:
        """Telephone number."""
        return _phone(self._own("phone"))

    @property
    def email(self) -> str:
        """E-mail address."""
        return _email(self.name)

    @property
    def birthday(self) -> str:
        """Such as ``14 March``."""
        draws = self._own("birthday")
        return f"{1 + draws.below(28)} {draws.choice(MONTHS)}"

    @property
    def ailment(self) -> Ailment | None:
        """What they have, None if they have nothing."""
        draws = self._own("ailment")
        ailing = next(share for age, share in AILING if self._person.age < age)
        return Ailment(*draws.choice(AILMENTS)) if draws.chance(ailing) else None

    @property
    def doctor(self) -> str:
        """The family's general practitioner."""
        return f"Doctor {self._of_home('doctor').choice(SURNAMES)}"

    def contact(self, number: int) -> Contact:
        """Return one of the people whom they mention, by number below `CONTACTS`."""
        draws = self._seeds.draws("contact", self._person.id, number)
        sex = Sex.FEMALE if draws.chance(0.5) else Sex.MALE
        name = f"{draws.choice(FIRST_NAMES[sex])} {draws.choice(SURNAMES)}"
        return Contact(name, _phone(draws), _email(name), _address(draws))

    def _own(self, what: str) -> Draws:
        return self._seeds.draws(what, self._person.id)

    def _of_home(self, what: str) -> Draws:
        return self._seeds.draws(what, self._person.household)


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@example.org"


def _address(draws: Draws) -> str:
    return f"{1 + draws.below(180)} {draws.choice(STREETS)}"


def _phone(draws: Draws) -> str:
    """Return a number for fiction: mostly Australian, some British and American."""
    match draws.choice((0, 1, 2), (0.7, 0.15, 0.15)):
        case 0:
            return draws.choice(AUSTRALIAN_NUMBERS)
        case 1:
            return f"07700 900{draws.below(1000):03d}"
    return f"{draws.choice(AMERICAN_AREAS)} 555 01{draws.below(100):02d}"
