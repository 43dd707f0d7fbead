"""The credentials of a fleet, as a run uses them."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Set
from pathlib import Path
from typing import Self

from simulator.broker.credentials.extra import cryptography_needed
from simulator.broker.credentials.folder import CredentialFolder
from simulator.core.credentials import OPERATOR, WITNESS, Authentication, CredentialSource, Login
from simulator.core.errors import UsageError

TOKEN_LIFETIME = 3600.0
"""Seconds for which a token is valid."""


_STAFF = frozenset({WITNESS, OPERATOR})


class Credentials(CredentialSource):
    """Gives each device, the witness and the operator what they log in with.

    Nothing that it prints or raises holds a secret.

    Args:
        folder: where they are.
        authentication: how the devices prove who they are.
        token_lifetime: seconds for which a token is valid.
        token_claims: further claims of every token, see `TokenIssuer`.
        clock: seconds since 1970, for tokens.

    Raises:
        UsageError: the folder holds no credentials, or tokens need a package that is not installed.
    """

    def __init__(
        self,
        folder: CredentialFolder,
        authentication: Authentication = Authentication.PASSWORD,
        *,
        token_lifetime: float = TOKEN_LIFETIME,
        token_claims: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        folder.read_index()
        self.folder = folder
        self.authentication = authentication
        self._passwords = folder.read_passwords()
        self._clock = clock
        self._admitted: dict[str, str] = {}
        self._shared: ssl.SSLContext | None = None
        if authentication is Authentication.JWT:
            with cryptography_needed("authentication by token"):
                from simulator.broker.credentials.tokens import TokenIssuer

                self._tokens = TokenIssuer(folder.read(folder.token_key), token_lifetime, token_claims)

    @classmethod
    def open(
        cls,
        path: Path,
        authentication: Authentication = Authentication.PASSWORD,
        *,
        token_lifetime: float = TOKEN_LIFETIME,
        token_claims: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Return the credentials in a folder that `provision` has filled; arguments as for the class."""
        folder = CredentialFolder(path.absolute())
        return cls(
            folder, authentication, token_lifetime=token_lifetime, token_claims=token_claims, clock=clock
        )

    def __repr__(self) -> str:
        return f"Credentials({self.folder.path}, {len(self._passwords)} users, {self.authentication})"

    @property
    def devices(self) -> Set[str]:
        """Ids of the devices that have credentials."""
        return self._passwords.keys() - _STAFF

    @property
    def authority(self) -> Path:
        """The certificate that the broker's certificate is checked with."""
        return self.folder.authority

    def certificate(self, device: str) -> Path:
        """Return where the client certificate of a device is.

        Raises:
            UsageError: there is no such device here.
        """
        return self.folder.certificate(self._known(device))

    def key(self, device: str) -> Path:
        """Return where the private key of a device is.

        Raises:
            UsageError: there is no such device here.
        """
        return self.folder.key(self._known(device))

    def login(self, device: str) -> Login:
        """Return what the CONNECT of a device says at this moment.

        The witness and the operator have a password where the devices have tokens: a witness that leaves
        to renew its token would miss messages.
        """
        user = self._known(device)
        match self.authentication:
            case Authentication.JWT if user not in _STAFF:
                now = self._clock()
                token = self._tokens.token(user, now)
                return Login(user, token, self._tokens.renew_after(user, now))
            case Authentication.PASSWORD | Authentication.JWT:
                return Login(user, self._passwords[user])
        return Login()

    def ssl_context(self, device: str) -> ssl.SSLContext:
        """Return what the TLS connection of a device is made with.

        With certificates it is the device's own, made from the files as they are now (0.8 ms, 24 kB, so keep
        it while the device stays connected); else all devices share one.
        """
        user = self._known(device)
        if self.authentication is not Authentication.CERTIFICATE:
            return self.stranger_context()
        context = self._context()
        try:
            # With a password, even none, nobody is asked for one on the terminal if the key is encrypted.
            context.load_cert_chain(self.folder.certificate(user), self.folder.key(user), password="")
        except OSError as error:  # of which SSLError is one
            raise UsageError(
                f"the certificate and key of {device} in {self.folder.clients} cannot be used together: "
                f"{_reason(error)}; provision the fleet again"
            ) from error
        return context

    def stranger_context(self) -> ssl.SSLContext:
        """Return what the TLS connection of somebody is made with who has no certificate."""
        if self._shared is None:
            self._shared = self._context()
        return self._shared

    def admit(self, client: str, user: str) -> None:
        """Let a client that is no device, such as the run's own witness, log in as a user."""
        self._admitted[client] = self._known(user)

    def require(self, devices: Iterable[str]) -> None:
        """Make sure that all these devices have credentials."""
        missing = sorted(set(devices) - self._passwords.keys())
        if missing:
            several = f"{len(missing):,} devices, such as {missing[0]}, have"
            raise UsageError(
                f"{several if len(missing) > 1 else f'the device {missing[0]} has'} no credentials in "
                f"{self.folder.path}; run fleetsim provision for this scenario, with the same --scale and "
                "--set, to add them"
            )

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_verify_locations(self.folder.authority)
        except OSError as error:
            raise UsageError(
                f"{self.folder.authority} cannot be used: {_reason(error)}; provision the fleet again"
            ) from error
        return context

    def _known(self, client: str) -> str:
        """Return the user that a client is."""
        user = self._admitted.get(client, client)
        if user not in self._passwords:
            self.require([user])
        return user


def _reason(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or "it is damaged"
