"""Makes the canaries of a run: for each person the same ones whenever they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from simulator.privacy.canary import Canary, compact
from simulator.privacy.canary_type import CanaryType, Mode
from simulator.privacy.names import AREA_CODES, CONDITIONS, MEN, TOWN, WAYS, WOMEN
from simulator.privacy.subject import Subject
from simulator.privacy.token import digest, gs1_check, luhn, token, word

CONTACTS = 3
"""How many people somebody mentions by name (assumption)."""

BIRTH_MINUTE = "T13:37:"
"""Births are recorded to the millisecond, all in one minute: many dates, but no other timestamps, are so."""

CARD_PREFIX = "424242"
"""Of the cards that payment services have for tests."""

LOYALTY_PREFIX = "2424242"
"""In the range 200 to 299, which GS1 leaves to shops for numbers of their own; as long as a GSRN."""

MAC_PREFIX = "00:00:5e:00:53:"
"""Of the 256 MAC addresses for documentation (RFC 9542, section 2.1.4)."""

FICTION = "555 01"
"""Numbers 555-0100 to 555-0199 of each area are for fiction (NANPA)."""

_OF_HOUSEHOLD = frozenset({CanaryType.NAME, CanaryType.ADDRESS})


def run_key(seed: int) -> bytes:
    """Return the key of a run's canaries. Whoever knows the seed knows whose a canary is."""
    return blake2b(str(seed).encode(), digest_size=32, person=b"fleetsim canary").digest()


class Canaries:
    """Makes canaries. All that they hold is invented, and from ranges that are reserved for it.

    - E-mail at example.org, example.com and example.net (RFC 2606).
    - Telephone numbers 555-0100 to 555-0199 (NANPA), told apart by an extension.
    - MAC addresses for documentation (RFC 9542), which are too few to tell people apart.
    - Payment cards of the range that payment services test with, with a right check digit (ISO/IEC 7812).
    - Loyalty numbers of the range that GS1 leaves to shops (General Specifications).
    - Addresses in a town that does not exist, names and record numbers that are tokens.

    Args:
        key: the run's; `run_key` gives it.
        mode: what they look like.
    """

    def __init__(self, key: bytes, mode: Mode = Mode.RECOGNISABLE) -> None:
        self.mode = mode
        self._key = key

    def of(self, subject: Subject) -> Iterator[Canary]:
        """Yield all canaries of a person, in a fixed order."""
        for kind in CanaryType:
            for number in range(CONTACTS if kind is CanaryType.CONTACT else 1):
                yield self.make(kind, subject, number)

    def make(self, kind: CanaryType, subject: Subject, number: int = 0) -> Canary:
        """Return a canary of a person.

        Args:
            kind: what it stands for.
            subject: whose it is.
            number: which one, for somebody who has several contacts, devices or cards.
        """
        shared = kind in _OF_HOUSEHOLD and self.mode is Mode.RECOGNISABLE
        bits = digest(self._key, subject.household if shared else subject.person, kind, number)
        if self.mode is Mode.UNMISTAKABLE:
            core = token(bits)
            value = f"canary-{core}@example.org" if kind is CanaryType.EMAIL else f"canary-{kind}-{core}"
        else:
            value, core = self._recognisable(kind, subject, bits, number)
        return Canary(kind, subject.person, number, value, core)

    def luck(self, subject: Subject, about: str) -> float:
        """Return a number in [0, 1) of a person's own, always the same for what it is about."""
        return int.from_bytes(digest(self._key, subject.person, about)[:4], "big") / 2**32

    def _recognisable(self, kind: CanaryType, subject: Subject, bits: bytes, number: int) -> tuple[str, str]:
        """Return value and core."""
        match kind:
            case CanaryType.NAME:
                surname = word(bits)
                return f"{self._first_name(subject)} {surname}", surname.lower()
            case CanaryType.CONTACT:
                surname = word(bits)
                names = WOMEN if bits[6] & 1 else MEN
                return f"{names[bits[7] % len(names)]} {surname}", surname.lower()
            case CanaryType.ADDRESS:
                street = word(bits)
                house = 1 + int.from_bytes(bits[6:8], "big") % 199
                return f"{house} {street} {WAYS[bits[8] % len(WAYS)]}, {TOWN}", street.lower()
            case CanaryType.EMAIL:
                core = token(bits)
                domain = ("org", "com", "net")[bits[11] % 3]
                return f"{self._first_name(subject).lower()}.{core}@example.{domain}", core
            case CanaryType.ACCOUNT:
                core = token(bits)
                return f"AC-{core.upper()}", core
            case CanaryType.DEVICE_SERIAL:
                core = token(bits)
                return f"SN-{core.upper()}", core
            case CanaryType.HEALTH_CONDITION:
                core = token(bits)
                return f"{CONDITIONS[bits[11] % len(CONDITIONS)]} (record {core})", core
            case _:
                value = _number(kind, subject.born, int.from_bytes(bits[:8], "big"))
                return value, _core(kind, value)

    def _first_name(self, subject: Subject) -> str:
        names = WOMEN if subject.female else MEN
        return names[digest(self._key, subject.person, "first name")[0] % len(names)]


def _core(kind: CanaryType, value: str) -> str:
    """Return the digits of a value that are kept when it is written in another way."""
    match kind:
        case CanaryType.PHONE:
            return compact(value).removeprefix("1").replace("ext", "")
        case CanaryType.BIRTH_DATE:
            return compact(value).removesuffix("z")
    return compact(value)


def _number(kind: CanaryType, born: int, bits: int) -> str:
    """Return the value of a canary that consists of digits."""
    match kind:
        case CanaryType.PHONE:
            bits, area = divmod(bits, len(AREA_CODES))
            bits, line = divmod(bits, 100)
            digits = f"{AREA_CODES[area]}55501{line:02d}{bits % 100_000:05d}"
            return f"+1 {AREA_CODES[area]} {FICTION}{line:02d} ext. {digits[-5:]}{luhn(digits)}"
        case CanaryType.BIRTH_DATE:
            bits, month = divmod(bits, 12)
            bits, day = divmod(bits, 28)
            moment = f"{bits % 6000:04d}"
            moment += luhn(moment)
            return f"{born:04d}-{month + 1:02d}-{day + 1:02d}{BIRTH_MINUTE}{moment[:2]}.{moment[2:]}Z"
        case CanaryType.PAYMENT_CARD:
            digits = f"{CARD_PREFIX}{bits % 10**9:09d}"
            return digits + luhn(digits)
        case CanaryType.LOYALTY_NUMBER:
            digits = f"{LOYALTY_PREFIX}{bits % 10**10:010d}"
            return digits + gs1_check(digits)
    return f"{MAC_PREFIX}{bits % 256:02x}"
