"""Exfiltration: a secret leaves in the device's own messages, a few bytes at a time."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from itertools import cycle
from typing import ClassVar

from pydantic import Field

from simulator.attacks.base import Campaign
from simulator.attacks.member import Member, Process
from simulator.attacks.mimicry import with_truth
from simulator.attacks.options import CompromisedOptions
from simulator.core.campaigns import Control, Role
from simulator.core.options import AttackOptions
from simulator.core.readings import Reading, Value
from simulator.core.units import DAY, HOUR, Duration

Hide = Callable[[Reading], Reading]

FIELD = "trace"
"""The further field; an ordinary name, as a device might call the number of a boot."""


class Way(StrEnum):
    """How the secret is hidden."""

    FIELD = "field"
    LOW_BITS = "low_bits"


class ExfiltrationOptions(CompromisedOptions):
    """Options of the attack ``exfiltration``."""

    kind: str = "exfiltration"
    lasting: Duration = Field(
        default=HOUR, alias="for", gt=0, le=DAY, description="How long it lasts, in simulated time."
    )
    way: Way = Field(
        default=Way.FIELD,
        description="How it is hidden: in base 32 in a further `field`, or in the last digit of numbers "
        "(`low_bits`), a bit each.",
    )
    bytes: int = Field(default=4, ge=1, le=10, description="Characters in the further field of a message.")


class Exfiltration(Campaign[ExfiltrationOptions]):
    """Hides a secret in the messages of turned devices, again and again. It is a canary and nothing else."""

    kind: ClassVar[str] = "exfiltration"
    summary: ClassVar[str] = "Exfiltration: a canary leaves in payloads, in a field or in low bits."
    options: ClassVar[type[AttackOptions]] = ExfiltrationOptions
    role: ClassVar[Role] = Role.COMPROMISED
    control: ClassVar[Control] = Control.DETECTION
    technique: ClassVar[str] = "T0885"

    def facts(
        self, options: ExfiltrationOptions, members: tuple[Member[ExfiltrationOptions], ...]
    ) -> Mapping[str, Value]:
        """Return the secrets, by device."""
        secrets = sorted((member.id, _secret(member)) for member in members)
        return {"secrets": dict(secrets), "way": options.way.value}

    def raid(self, member: Member[ExfiltrationOptions]) -> Process:
        """Hide the next piece in each message that has room for it."""
        hide = _in_field if member.options.way is Way.FIELD else _in_low_bits
        member.bend(hide(member))
        yield member.rest()


def _secret(member: Member[ExfiltrationOptions]) -> str:
    return member.ground.token(member.id)


def _in_field(member: Member[ExfiltrationOptions]) -> Hide:
    coded = b32encode(_secret(member).encode()).decode().rstrip("=").lower()
    size = member.options.bytes
    pieces = cycle([coded[start : start + size] for start in range(0, len(coded), size)])

    def hide(reading: Reading) -> Reading:
        return with_truth(reading, {**reading.values, FIELD: next(pieces)}, member.label)

    return hide


def _in_low_bits(member: Member[ExfiltrationOptions]) -> Hide:
    bits = cycle(_bits(_secret(member)))

    def hide(reading: Reading) -> Reading:
        values = {name: _with_bit(value, bits) for name, value in reading.values.items()}
        if not any(
            isinstance(value, int | float) and not isinstance(value, bool) for value in values.values()
        ):
            return reading
        return with_truth(reading, values, member.label)

    return hide


def _bits(secret: str) -> list[int]:
    return [byte >> place & 1 for byte in secret.encode() for place in range(7, -1, -1)]


def _with_bit(value: Value, bits: Iterator[int]) -> Value:
    """Return a number whose last digit is even or odd as the next bit wants; all else as it is."""
    match value:
        case bool():
            return value
        case int():
            return value - value % 2 + next(bits)
        case float() if "e" not in (text := repr(value)):
            places = len(text.partition(".")[2])
            whole = round(value * 10.0**places)
            return float(round((whole - whole % 2 + next(bits)) / 10.0**places, places))
        case _:
            return value


ATTACK = Exfiltration()
