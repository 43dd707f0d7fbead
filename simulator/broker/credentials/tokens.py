"""JSON Web Tokens (RFC 7519) for devices: short-lived, and a new one before the old one ends.

They are signed with ES256 (RFC 7518, section 3.4), so that a broker needs only the public key and a
broker that is broken into cannot make tokens. Only making one is needed here, which takes a few lines;
the hard part of JWT, judging one, is the broker's.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Final
from zlib import crc32

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from simulator.broker.credentials.keys import load_key
from simulator.core.errors import UsageError

LIFETIME: Final = 3600.0
"""Seconds for which a token is valid."""

FRESH: Final = (0.6, 0.8)
"""Share of its lifetime after which a token is replaced. Each device has its own between these two, so that
a fleet that connects at once does not come back at once."""

DEVICE: Final = "{device}"
"""Stands in a claim for the device's id."""

_EARLY = 0.01
"""Share of its lifetime by which a token may be replaced too early, by a timer that is not exact."""

_LEEWAY = 5
"""Seconds by which a token is dated back, for brokers whose clock is behind."""

_COORDINATE = 32
"""Bytes of each half of an ES256 signature."""


class TokenIssuer:
    """Makes tokens, and gives the same one again as long as it is fresh.

    Args:
        key: private key (PEM) to sign with.
        lifetime: seconds for which a token is valid.
        claims: further claims of every token, such as ``aud`` and ``scope``, with the device's id in place of
            ``{device}``.

    Raises:
        UsageError: there is no P-256 key in the PEM.
    """

    def __init__(
        self, key: bytes, lifetime: float = LIFETIME, claims: Mapping[str, str] | None = None
    ) -> None:
        loaded = load_key(key)
        if loaded is None:
            raise UsageError("the key for tokens cannot be read; provision the fleet again")
        self._key = loaded
        self._lifetime = lifetime
        self._claims = dict(claims or {})
        self._given: dict[str, tuple[str, float]] = {}

    def __repr__(self) -> str:
        return f"TokenIssuer(tokens for {self._lifetime:g} s)"

    def token(self, device: str, now: float) -> str:
        """Return a token that says who the device is, valid for at least a fifth of its lifetime.

        Args:
            device: becomes the claim ``sub``.
            now: seconds since 1970.
        """
        token, issued = self._given.get(device, ("", now))
        if not (token and 0 <= now - issued < self._fresh(device) - _EARLY * self._lifetime):
            token, issued = self._sign(device, now), now
            self._given[device] = token, issued
        return token

    def renew_after(self, device: str, now: float) -> float:
        """Return the seconds from now in which the device's present token stays fresh."""
        _, issued = self._given.get(device, ("", now))
        return max(0.0, issued + self._fresh(device) - now)

    def _fresh(self, device: str) -> float:
        """Return the seconds after which a token of this device is replaced."""
        least, most = FRESH
        return self._lifetime * (least + (most - least) * crc32(device.encode()) / 2**32)

    def _sign(self, device: str, now: float) -> str:
        header = {"alg": "ES256", "typ": "JWT"}
        further = {name: text.replace(DEVICE, device) for name, text in self._claims.items()}
        claims = further | {"sub": device, "iat": int(now) - _LEEWAY, "exp": int(now + self._lifetime)}
        signed = f"{_encode(_json(header))}.{_encode(_json(claims))}"
        signature = self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
        halves = b"".join(half.to_bytes(_COORDINATE, "big") for half in decode_dss_signature(signature))
        return f"{signed}.{_encode(halves)}"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
