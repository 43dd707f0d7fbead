"""Resolves a broker's URL to the addresses that a fleet may be sent to, and refuses all others."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from typing import Any

from simulator.broker.target.addresses import Address, is_one_host, parse_address, plain, translation
from simulator.broker.target.public import refuse_public_address, refuse_public_name
from simulator.broker.target.url import normal_host, parse_url
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError, TargetRefusedError

Resolver = Callable[..., Sequence[tuple[Any, ...]]]
Connector = Callable[..., socket.socket]


def resolve_target(
    url: str,
    allow: Collection[str] = (),
    resolver: Resolver = socket.getaddrinfo,
    protocol: Protocol = Protocol.MQTT_5,
) -> Endpoint:
    """Return the endpoint for a broker's URL, if a fleet may be sent there.

    Every address that the name resolves to is checked, and pinned in the endpoint: nothing is looked up
    again, so a name server that changes its mind later changes nothing.

    Args:
        url: ``mqtt[s]://[user[:password]@]host[:port]`` or ``ws[s]://`` likewise, with the WebSocket's path
            if it is not ``/mqtt``; percent-encode what is special in user or password.
        allow: hosts off this machine that the user has named as theirs, as names or addresses.
        resolver: like `socket.getaddrinfo`; a numeric address is not looked up.
        protocol: MQTT version to speak there.

    Returns:
        An endpoint on this machine, or one beyond it that is not cleared yet: nothing connects there
        before a proof of control.

    Raises:
        UsageError: it is not such a URL.
        TargetRefusedError: the host is a public broker, or neither loopback nor allowed, or both this
            machine and another, or no host at all.
        RunFailedError: the name cannot be resolved.
    """
    found = parse_url(url)
    host = found.host
    refuse_public_name(host, host)
    named = host in {normal_host(name) for name in allow}
    addresses = []
    for address, alias in _resolve(host, found.port, resolver):
        if alias:
            refuse_public_name(alias.lower().rstrip("."), host)
        _check(host, address)
        addresses.append(address)
    _check_together(host, addresses, named)
    if plain(addresses[0]).is_loopback:
        # A broker on "localhost" may well listen on 127.0.0.1 alone, though ::1 is resolved first.
        addresses.sort(key=lambda address: address.version)
    pinned = tuple(dict.fromkeys(str(plain(address)) for address in addresses))
    login = (found.username, found.password)
    how = (found.tls, found.websocket)
    return Endpoint(host, pinned[0], found.port, protocol, *login, *how, pinned=pinned)


def check_reachable(endpoint: Endpoint, connect: Connector = socket.create_connection) -> None:
    """Make sure that something accepts TCP connections at an endpoint.

    Raises:
        TargetRefusedError: the endpoint is beyond this machine and not cleared.
        RunFailedError: nothing does within three seconds.
    """
    endpoint.check(endpoint.address)
    try:
        with closing(connect((endpoint.address, endpoint.port), timeout=3.0)):
            return
    except OSError as error:
        where = f"{endpoint.host}:{endpoint.port}"
        if endpoint.address != endpoint.host:
            where += f" ({endpoint.address})"
        why = "no answer within 3 s" if isinstance(error, TimeoutError) else error.strerror or str(error)
        raise RunFailedError(
            f"no broker at {where}: {why}. Start it, correct --broker, or use --broker embedded"
        ) from None


def _resolve(host: str, port: int, resolver: Resolver) -> list[tuple[Address, str]]:
    """Return every address of a host with its canonical name, where the resolver gives one."""
    try:
        return [(parse_address(host), "")]
    except ValueError:
        pass
    try:
        found = resolver(host, port, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)
    except OSError as error:
        raise RunFailedError(
            f"the broker's host {host} cannot be resolved: {error.strerror or error}"
        ) from None
    addresses = [
        (parse_address(address[0]), canonical)
        for family, _, _, canonical, address in found
        if family in (socket.AF_INET, socket.AF_INET6)
    ]
    if not addresses:
        raise RunFailedError(f"the broker's host {host} has no address")
    return addresses


def _check(host: str, address: Address) -> None:
    """Refuse an address that may be nobody's target."""
    shown = _shown(host, address)
    if not is_one_host(address):
        raise TargetRefusedError(f"{shown} is not the address of one host, so no broker can be there")
    if way := translation(address):
        raise TargetRefusedError(
            f"{shown} is a {way} address: a router on the way decides which IPv4 host it means. "
            "Give that host's own address"
        )
    refuse_public_address(address, host)


def _check_together(host: str, addresses: Sequence[Address], named: bool) -> None:
    """Refuse a host by where its addresses are: all on this machine, or all beyond it and named."""
    beyond = [address for address in addresses if not plain(address).is_loopback]
    if beyond and len(beyond) < len(addresses):
        raise TargetRefusedError(
            f"{host} means this machine and {beyond[0]} at once, so it is not clear where a fleet would go. "
            "Correct the name, or give the broker's address"
        )
    if beyond and not named:
        raise TargetRefusedError(
            f"{_shown(host, beyond[0])} is not on this machine. If that broker is yours to load, name it: "
            f"--allow-target {host}; you will be asked to prove it"
        )


def _shown(host: str, address: Address) -> str:
    return host if str(address) == host else f"{host} ({address})"
