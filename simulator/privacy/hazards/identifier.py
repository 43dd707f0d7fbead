"""Identifiers that a careless maker uses for a device: its serial number, MAC address or account."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.core.seeds import Draws
from simulator.privacy.canary import Canary
from simulator.privacy.canary_type import CanaryType
from simulator.privacy.exposure import Bearer

OF_A_WEARER = (CanaryType.DEVICE_SERIAL, CanaryType.DEVICE_MAC, CanaryType.ACCOUNT)
OF_A_HOME = (CanaryType.ACCOUNT,)
"""What devices of a home are known by: it may have several, of one account."""


def draw_identifier(bearer: Bearer, draws: Draws, among: Sequence[CanaryType]) -> Canary | None:
    """Return by what a device is known, None for one that belongs to nobody.

    Args:
        bearer: the device.
        draws: a stream of its own.
        among: the types that it may be of, if it is worn; else it is the account.
    """
    if bearer.owner is None:
        return None
    types = among if len(bearer.permission.people) == 1 and bearer.kind == "wearable" else OF_A_HOME
    return bearer.canary(bearer.owner.id, draws.choice(types))
