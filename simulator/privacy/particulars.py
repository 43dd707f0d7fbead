"""A person's canaries as they come up in conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.privacy.canaries import Canaries
from simulator.privacy.canary import Canary
from simulator.privacy.canary_type import CanaryType, Mode
from simulator.privacy.names import CONDITIONS
from simulator.privacy.subject import Subject
from simulator.world.particulars import Ailment, Contact, Detail
from simulator.world.person import Person, Sex

AILING: Sequence[tuple[int, float]] = ((15, 0.15), (45, 0.38), (65, 0.62), (200, 0.80))
"""Share of people below an age with a chronic condition (ABS National Health Survey 2017-18: 47 % of all, 80
% of those of 65 or older; the steps between are assumptions)."""

TREATMENTS: Mapping[str, tuple[str, str]] = dict(
    zip(
        CONDITIONS,
        (
            ("asthma puffer", "the chest clinic"),
            ("epilepsy tablets", "the neurologist"),
            ("insulin", "the diabetes clinic"),
            ("metformin", "the diabetes clinic"),
            ("blood pressure tablets", "the heart clinic"),
            ("antidepressants", "the psychologist"),
            ("methotrexate", "the joint clinic"),
            ("liver tablets", "the liver clinic"),
            ("antivirals", "the sexual health clinic"),
            ("chemo tablets", "the oncology ward"),
            ("lithium", "the psychologist"),
            ("hormone injections", "the fertility clinic"),
            ("bowel tablets", "the bowel clinic"),
            ("migraine tablets", "the headache clinic"),
            ("kidney tablets", "the dialysis unit"),
            ("interferon", "the neurologist"),
        ),
        strict=True,
    )
)
"""What is taken for a condition, and where it is treated."""

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip

_HEALTH = "health"


def subject_of(person: Person, year: int) -> Subject:
    """Return as much about a person as their canaries depend on.

    Args:
        person: who.
        year: in which the scenario starts.
    """
    return Subject(person.id, person.household, person.sex is Sex.FEMALE, year - person.age)


class SpokenCanaries:
    """What a person can tell about themselves; see `simulator.world.particulars.Particulars`.

    Args:
        canaries: makes them.
        subject: whose.
        age: of the person, in years.
    """

    __slots__ = ("_age", "_canaries", "_subject")

    def __init__(self, canaries: Canaries, subject: Subject, age: int) -> None:
        self._canaries = canaries
        self._subject = subject
        self._age = age

    @property
    def person(self) -> str:
        """Whose they are."""
        return self._subject.person

    @property
    def name(self) -> Detail:
        """First name and surname."""
        return self._whole(CanaryType.NAME)

    @property
    def address(self) -> Detail:
        """House number, street and town; of all who live together."""
        return self._whole(CanaryType.ADDRESS)

    @property
    def phone(self) -> Detail:
        """Telephone number."""
        return self._whole(CanaryType.PHONE)

    @property
    def email(self) -> Detail:
        """E-mail address."""
        return self._whole(CanaryType.EMAIL)

    @property
    def birthday(self) -> Detail:
        """Such as ``14 March``; the whole canary where nobody could take it for a date."""
        canary = self._make(CanaryType.BIRTH_DATE)
        if self._canaries.mode is Mode.UNMISTAKABLE:
            return _detail(canary)
        _, month, day = canary.value[:10].split("-")
        return Detail(f"{int(day)} {MONTHS[int(month) - 1]}", canary.type, exact=False)

    @property
    def ailment(self) -> Ailment | None:
        """What they have, None if they have nothing."""
        ailing = next(share for age, share in AILING if self._age < age)
        if self._canaries.luck(self._subject, "ailing") >= ailing:
            return None
        canary = self._make(CanaryType.HEALTH_CONDITION)
        said = canary.value.split(" (record ")[0]
        medicine, clinic = TREATMENTS.get(said, ("my tablets", "the clinic"))
        return Ailment(
            Detail(said, canary.type, exact=said == canary.value),
            Detail(medicine, _HEALTH, exact=False),
            Detail(clinic, _HEALTH, exact=False),
        )

    @property
    def doctor(self) -> Detail:
        """The general practitioner, who goes by the surname of the last of their contacts."""
        contact = self._make(CanaryType.CONTACT, 2)
        surname = contact.value.split()[-1]
        return Detail(f"Doctor {surname}", contact.type, contact.number, exact=False)

    def contact(self, number: int) -> Contact:
        """Return one of the people whom they mention; what is theirs has numbers from 1 on."""
        return Contact(
            self._whole(CanaryType.CONTACT, number),
            *(
                self._whole(kind, number + 1)
                for kind in (CanaryType.PHONE, CanaryType.EMAIL, CanaryType.ADDRESS)
            ),
        )

    def canary(self, kind: CanaryType, number: int = 0) -> Canary:
        """Return any canary of the person."""
        return self._make(kind, number)

    def _make(self, kind: CanaryType, number: int = 0) -> Canary:
        return self._canaries.make(kind, self._subject, number)

    def _whole(self, kind: CanaryType, number: int = 0) -> Detail:
        return _detail(self._make(kind, number))


def _detail(canary: Canary) -> Detail:
    return Detail(canary.value, canary.type, canary.number)
