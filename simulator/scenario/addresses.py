"""Loopback addresses, one by one or as a network."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field

_LOOPBACK = IPv4Network("127.0.0.0/8")
_LEAST_PREFIX = 20
_UNUSABLE = (_LOOPBACK.network_address, _LOOPBACK.broadcast_address)
_EXAMPLE = "such as 127.0.0.2, or a network such as 127.0.0.0/28"


def _check_address(text: str) -> str:
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise ValueError(f"write an IPv4 address, {_EXAMPLE}, not {text!r}") from None
    if not network.subnet_of(_LOOPBACK):
        raise ValueError(f"write an address of 127.0.0.0/8, {_EXAMPLE}; {text!r} is not one")
    if "/" in text and str(network) != text:
        raise ValueError(f"{text!r} is an address in a network; did you mean {str(network)!r}?")
    if network.prefixlen < _LEAST_PREFIX:
        raise ValueError(f"{text!r} has more addresses than any fleet needs; write /{_LEAST_PREFIX} or more")
    if not expand([text]):
        raise ValueError(f"nobody can connect from {text}; write another address, {_EXAMPLE}")
    return text


def expand(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each address that the texts name, once, in their order; of a network, those of its hosts."""
    addresses: dict[str, None] = {}
    for text in texts:
        hosts = IPv4Network(text).hosts() if "/" in text else (IPv4Address(text),)
        addresses.update((str(host), None) for host in hosts if host not in _UNUSABLE)
    return tuple(addresses)


Addresses = Annotated[
    tuple[Annotated[str, AfterValidator(_check_address), Field(max_length=18)], ...],
    Field(min_length=1, max_length=1000),
]
"""Addresses or networks of 127.0.0.0/8."""
