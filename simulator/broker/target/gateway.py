"""The URL of a Pushgateway: metrics too go to this machine only, or to a host that the user has named."""

from __future__ import annotations

import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from simulator.broker.target.addresses import Address, is_one_host, parse_address, plain, translation
from simulator.broker.target.resolve import Resolver
from simulator.broker.target.url import normal_host
from simulator.core.errors import RunFailedError, TargetRefusedError, UsageError

_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "write it as http://host:9091, or https://host:port/path"


def resolve_gateway(
    url: str, allow: Collection[str] = (), resolver: Resolver = socket.getaddrinfo
) -> tuple[str, int]:
    """Return the address and port behind a URL, if metrics may be pushed there.

    Every address that the name resolves to is checked; connect to the one that is returned, so that nothing
    is looked up again.

    Args:
        url: ``http[s]://host[:port][/path]``.
        allow: hosts beyond this machine that the user has named.
        resolver: like `socket.getaddrinfo`; a numeric address is not looked up.

    Raises:
        UsageError: it is no such URL.
        TargetRefusedError: the host is neither this machine nor named.
        RunFailedError: the name cannot be resolved.
    """
    host, port = _place(url)
    addresses = _resolve(host, port, resolver)
    named = host in {normal_host(name) for name in allow}
    for address in addresses:
        if not is_one_host(address) or translation(address):
            raise TargetRefusedError(f"{address} is not the address of one host, so no Pushgateway is there")
        if not (plain(address).is_loopback or named):
            raise TargetRefusedError(
                f"the Pushgateway at {host} is not on this machine. If it is yours, name it: "
                f"--allow-target {host}"
            )
    # One on "localhost" may well listen on 127.0.0.1 alone, though ::1 is resolved first.
    return str(plain(min(addresses, key=lambda address: address.version))), port


def _place(url: str) -> tuple[str, int]:
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise UsageError(
            "the URL of the Pushgateway contains a space, a backslash or an unprintable character"
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"the URL of the Pushgateway has no valid host and port: {_EXAMPLE}") from None
    if parts.scheme not in _PORTS or not host or parts.query or parts.fragment:
        raise UsageError(f"--push-to takes the URL of a Pushgateway: {_EXAMPLE}")
    if "@" in parts.netloc:
        raise UsageError(f"a Pushgateway that asks for a password cannot be pushed to: {_EXAMPLE}")
    return normal_host(host), port or _PORTS[parts.scheme]


def _resolve(host: str, port: int, resolver: Resolver) -> list[Address]:
    try:
        return [parse_address(host)]
    except ValueError:
        pass
    try:
        found = resolver(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise RunFailedError(
            f"the Pushgateway's host {host} cannot be resolved: {error.strerror or error}"
        ) from None
    addresses = [
        parse_address(address[0])
        for family, _, _, _, address in found
        if family in (socket.AF_INET, socket.AF_INET6)
    ]
    if not addresses:
        raise RunFailedError(f"the Pushgateway's host {host} has no address")
    return addresses
