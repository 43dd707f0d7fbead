"""What a scenario can say about several attacks: what their members show, how fast they go, whom they are."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from simulator.core import plugins
from simulator.core.campaigns import Credential
from simulator.core.nearest import suggestion
from simulator.core.options import AttackOptions
from simulator.core.units import OnOff


class Shown(StrEnum):
    """What an outsider can show when it connects."""

    NONE = "none"
    GUESSED = "guessed"
    STOLEN = "stolen"

    @property
    def credential(self) -> Credential:
        """The same as the truth names it."""
        return Credential(self.value)


def _known_kind(kind: str) -> str:
    kinds = plugins.kinds("simulator.devices")
    if kind not in kinds:
        raise ValueError(f"no device kind is called {kind!r}; {suggestion(kind, kinds)}")
    return kind


class OutsiderOptions(AttackOptions):
    """Options of attacks by clients that are none of the fleet's."""

    credentials: Shown = Field(
        default=Shown.STOLEN,
        description="What they show: `stolen` (those of a device of the fleet), `guessed` (its name and a "
        "wrong password) or `none`.",
    )


class RatedOptions(OutsiderOptions):
    """Options of attacks of which the rate matters; an attack's own say which it is."""

    stealth: OnOff = Field(
        default=False,
        description="Stay a fifth below what the expected control is to notice, whatever the rate says.",
    )


class CompromisedOptions(AttackOptions):
    """Options of attacks by devices of the fleet."""

    kinds: tuple[Annotated[str, AfterValidator(_known_kind)], ...] | None = Field(
        default=None, min_length=1, description="Device kinds that can be turned; all if left out."
    )
