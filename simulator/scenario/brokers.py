"""Brokers that a drill starts for itself, each configured in its own way, and what is expected of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from simulator.core import plugins
from simulator.core.nearest import suggestion
from simulator.core.options import Options
from simulator.core.verdicts import Verdict
from simulator.scenario.controls import BROKER, ControlOptions, Name
from simulator.scenario.mqtt import Mqtt

_CHECKS = "simulator.checks"


class Entry(StrEnum):
    """Whom a broker lets in, and how.

    Attributes:
        OPEN: anybody, with all rights.
        PASSWORD: who has a password, with rights for what is theirs.
        TLS: the same, over TLS and in no other way.
        CERTIFICATE: who has a certificate, likewise.
    """

    OPEN = "open"
    PASSWORD = "password"
    TLS = "tls"
    CERTIFICATE = "certificate"


def _known_check(name: str) -> str:
    checks = plugins.kinds(_CHECKS)
    if name not in checks:
        raise ValueError(f"no check is called {name!r}; {suggestion(name, checks)}")
    return name


class BrokerLimits(Options):
    """Limits of a Mosquitto, as its configuration calls them; each is as wide as it gets if left out."""

    max_connections: int | None = Field(
        default=None, ge=1, le=100_000, description="Connections at any time; further ones are refused."
    )
    max_packet_size: int | None = Field(
        default=None, ge=1024, le=268_435_455, description="Bytes of a packet; longer ones end a connection."
    )
    max_inflight_messages: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Messages of QoS 1 and 2 of a client that are under way at any time; 0 for any number.",
    )
    max_queued_messages: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Messages that are kept for a client; more are dropped."
    )

    @property
    def settings(self) -> Mapping[str, int]:
        """Each as the configuration of Mosquitto has it; those that are left out are not there."""
        limits: dict[str, int | None] = self.model_dump()
        return {name: limit for name, limit in limits.items() if limit is not None}


class BrokerOptions(Options):
    """A Mosquitto of a drill."""

    name: Name = Field(description="Short name, by which verdicts call it; its run is in a folder so called.")
    entry: Entry = Field(
        description="Whom it lets in: `open` (anybody, with all rights), or, as `fleetsim provision` "
        "configures it, by `password`, by password over `tls` alone, or by `certificate`.",
    )
    limits: BrokerLimits = Field(
        default_factory=BrokerLimits, description="What it limits; nothing if left out."
    )
    expect: dict[Annotated[str, AfterValidator(_known_check)], Verdict] = Field(
        min_length=1, description="The checks that judge it, and the verdict that each must come to."
    )


def check_drill(mqtt: Mqtt | None, controls: Iterable[ControlOptions]) -> None:
    """Make sure that nothing else in a scenario with brokers of its own says what its broker is.

    Args:
        mqtt: None if that is wrong itself, which is reported.
        controls: of the scenario.

    Raises:
        ValueError: something does.
    """
    if mqtt is not None and (mqtt.broker != "mosquitto" or mqtt.credentials is not None):
        raise ValueError(
            "each is a Mosquitto of its own, with credentials of its own; write broker: mosquitto in mqtt, "
            "and no credentials, and leave out --broker"
        )
    if any(control.name == BROKER for control in controls):
        raise ValueError(f"each says what is expected of it; leave the control {BROKER!r} out")
