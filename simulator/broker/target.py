"""The target guard: which broker a fleet may be sent to.

A load generator must not reach a stranger's broker by a typing error. Loopback is free; any other host
has to be named by the user; public test brokers are refused even then. What is checked is the address,
not the name, and the address that was checked is the one that is connected to: a name that resolves to
something else a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError, TargetRefusedError, UsageError

DEFAULT_PORT = 1883

PUBLIC_BROKERS = frozenset(
    {
        "broker-cn.emqx.io",
        "broker.emqx.io",
        "broker.freemqtt.com",
        "broker.hivemq.com",
        "broker.losant.com",
        "broker.mqtt.cool",
        "broker.mqttdashboard.com",
        "broker.shiftr.io",
        "demo.thingsboard.io",
        "dev.rabbitmq.com",
        "io.adafruit.com",
        "iot.eclipse.org",
        "maqiatto.com",
        "mqtt.beebotte.com",
        "mqtt.dioty.co",
        "mqtt.eclipse.org",
        "mqtt.eclipseprojects.io",
        "mqtt.flespi.io",
        "mqtt.fluux.io",
        "mqtt.mydevices.com",
        "mqtt.sensetecnic.com",
        "mqtt.swifitch.cz",
        "mqtt.thingspeak.com",
        "mqtt3.thingspeak.com",
        "mqttdashboard.com",
        "public.cloud.shiftr.io",
        "public.mqtthq.com",
        "test.mosca.io",
        "test.mosquitto.org",
    }
)
"""Brokers that anybody may use and nobody may load, by name; their subdomains are meant too."""

_LATER = {"mqtts", "ssl", "tls", "ws", "wss"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[..., Sequence[tuple[Any, ...]]]
Connector = Callable[..., socket.socket]


def resolve_target(
    url: str,
    allow: Collection[str] = (),
    resolver: Resolver = socket.getaddrinfo,
    protocol: Protocol = Protocol.MQTT_5,
) -> Endpoint:
    """Return the endpoint for a broker's URL, if a fleet may be sent there.

    Args:
        url: ``mqtt://[user[:password]@]host[:port]``; percent-encode what is special in user or password.
        allow: hosts off this machine that the user has named as theirs, as names or addresses.
        resolver: like `socket.getaddrinfo`.
        protocol: MQTT version to speak there.

    Raises:
        UsageError: it is not such a URL.
        TargetRefusedError: the host is a public broker, or neither loopback nor allowed, or no host at all.
        RunFailedError: the name cannot be resolved.
    """
    host, port, username, password = _parse(url)
    _refuse_public(host, host)
    named = host in {_host(name) for name in allow}
    checked = []
    for address, canonical in _resolve(host, port, resolver):
        if canonical:
            _refuse_public(_without_dot(canonical.lower()), host)
        _check(host, address, named)
        checked.append(address)
    if all(_plain(address).is_loopback for address in checked):
        # A broker on "localhost" may well listen on 127.0.0.1 alone, though ::1 is resolved first.
        checked.sort(key=lambda address: address.version)
    return Endpoint(host, str(checked[0]), port, protocol, username, password)


def check_reachable(endpoint: Endpoint, connect: Connector = socket.create_connection) -> None:
    """Make sure that something accepts TCP connections at an endpoint.

    Raises:
        RunFailedError: nothing does within three seconds.
    """
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


def _parse(url: str) -> tuple[str, int, str | None, str | None]:
    """Return host, port, user name and password; no message repeats the URL, which may hold a password."""
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise UsageError("the broker URL contains a space, a backslash or an unprintable character")
    example = "write it as mqtt://host:port"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(f"the broker URL has no valid host and port: {example}") from None
    if parts.scheme in _LATER:
        raise UsageError(f"{parts.scheme}:// is not supported yet: {example}")
    if parts.scheme != "mqtt" or not url.lower().startswith("mqtt://"):
        raise UsageError(f"the broker must be `embedded`, `mosquitto` or a URL: {example}")
    if not parts.hostname:
        raise UsageError(f"the broker URL names no host: {example}")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "?" in url or "#" in url:
        raise UsageError(
            f"the broker URL ends after the port: {example}; percent-encode ?, # and / before it"
        )
    if port == 0:
        raise UsageError("the broker URL has port 0, on which nothing can listen")
    username = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password is not None else None
    if password is not None and username is None:
        raise UsageError("the broker URL has a password but no user name")
    return _host(parts.hostname), port or DEFAULT_PORT, username, password


def _host(name: str) -> str:
    """Return a host name or address in its one normal form: ASCII, lower case, no dot at the end.

    Raises:
        UsageError: it cannot be a host.
    """
    bare = name.strip().strip("[]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    try:
        # As the resolver will: a full-width letter or an ideographic full stop means the plain one.
        text = bare.encode("idna").decode("ascii").lower()
    except UnicodeError:
        text = ""
    text = _without_dot(text)
    if not text or not all(character.isalnum() or character in "-._" for character in text):
        raise UsageError(f"{bare!r} is not a host name or address")
    return text


def _without_dot(name: str) -> str:
    return name.rstrip(".")


def _refuse_public(name: str, host: str) -> None:
    for public in PUBLIC_BROKERS:
        if name == public or name.endswith("." + public):
            raise TargetRefusedError(
                f"{host} is a public broker ({public}), shared by strangers: a fleet is never sent there. "
                "Use --broker embedded, --broker mosquitto, or a broker of your own"
            )


def _resolve(host: str, port: int, resolver: Resolver) -> list[tuple[Address, str]]:
    """Return every address of a host with its canonical name, where the resolver gives one."""
    try:
        found = resolver(host, port, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)
    except OSError as error:
        raise RunFailedError(
            f"the broker's host {host} cannot be resolved: {error.strerror or error}"
        ) from None
    addresses = [
        (ipaddress.ip_address(address[0]), canonical)
        for family, _, _, canonical, address in found
        if family in (socket.AF_INET, socket.AF_INET6)
    ]
    if not addresses:
        raise RunFailedError(f"the broker's host {host} has no address")
    return addresses


def _plain(address: Address) -> Address:
    """Return the IPv4 address inside ``::ffff:a.b.c.d``, to which the kernel would connect."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _check(host: str, address: Address, named: bool) -> None:
    plain = _plain(address)
    shown = host if str(address) == host else f"{host} ({address})"
    if _is_no_host(plain):
        raise TargetRefusedError(f"{shown} is not the address of one host, so no broker can be there")
    if not (plain.is_loopback or named):
        raise TargetRefusedError(
            f"{shown} is not on this machine. If that broker is yours to load, name it: --allow-target {host}"
        )


def _is_no_host(address: Address) -> bool:
    """Return whether it is unspecified, multicast, broadcast or reserved."""
    if isinstance(address, ipaddress.IPv4Address):
        # All of 0.0.0.0/8 is "this network", and Linux takes 0.0.0.0 for itself; the last is loopback's
        # own broadcast address.
        this_network = address in ipaddress.IPv4Network("0.0.0.0/8")
        if this_network or address == ipaddress.IPv4Address("127.255.255.255"):
            return True
        return address.is_multicast or address.is_reserved
    return address.is_unspecified or address.is_multicast
