"""What a device shows a broker to be let in: as the broker room keeps it and the mqtt room sends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ssl

INDEX = "credentials.json"
"""The file that makes a folder one of credentials."""

WITNESS = "fleetsim-witness"
"""User with all rights: reads what arrives, whoever sent it."""

OPERATOR = "fleetsim-operator"
"""User who runs the fleet: commands devices, reads what they send, and proves to control the broker."""

CONTROL = "fleetsim/control"
"""Topic under which the operator proves it: every device may read there, and only the operator write."""


class Authentication(StrEnum):
    """How a device proves who it is."""

    NONE = "none"
    """It does not; the credentials give the authority that the broker's certificate is checked with."""

    PASSWORD = "password"
    """User name and password in CONNECT; the user name is the device's id."""

    CERTIFICATE = "certificate"
    """A client certificate in the TLS handshake; its common name is the device's id."""

    JWT = "jwt"
    """A signed token in place of the password, valid for a short time and made anew before it ends."""


@dataclass(frozen=True, slots=True)
class Login:
    """What one CONNECT says about who is connecting.

    Attributes:
        username: user name, if any.
        password: password or token, if any; never printed.
        renew_after: seconds after which the device must log in again with a new one; None if it need not.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    renew_after: float | None = None


class CredentialSource(Protocol):
    """Gives each device its credentials; asked at every connect, so that none is out of date."""

    @property
    def authority(self) -> Path:
        """The certificate that the broker's certificate is checked with."""

    def login(self, device: str) -> Login:
        """Return what the CONNECT of a device says at this moment.

        Raises:
            UsageError: there is no such device here.
        """

    def ssl_context(self, device: str) -> ssl.SSLContext:
        """Return what the TLS connection of a device is made with; the same for all where it can be.

        Raises:
            UsageError: there is no such device here.
        """

    def stranger_context(self) -> ssl.SSLContext:
        """Return what the TLS connection of somebody is made with who has no certificate."""

    def admit(self, client: str, user: str) -> None:
        """Let a client that is no device, such as the run's own witness, log in as a user."""

    def require(self, devices: Iterable[str]) -> None:
        """Make sure that all these devices have credentials.

        Raises:
            UsageError: some have none.
        """
