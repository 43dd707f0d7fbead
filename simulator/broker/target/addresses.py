"""IP addresses: which machine one means, if it means one at all."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")
"""Linux takes 0.0.0.0 for itself; the rest of it belongs to nobody (RFC 1122, 3.2.1.3)."""

_LOOPBACK_BROADCAST = ipaddress.IPv4Address("127.255.255.255")

_TRANSLATED = {
    "6to4": ipaddress.IPv6Network("2002::/16"),  # RFC 3056
    "Teredo": ipaddress.IPv6Network("2001::/32"),  # RFC 4380
    "NAT64": ipaddress.IPv6Network("64:ff9b::/96"),  # RFC 6052
    "local NAT64": ipaddress.IPv6Network("64:ff9b:1::/48"),  # RFC 8215
    "SIIT": ipaddress.IPv6Network("::ffff:0:0:0/96"),  # RFC 2765
    "IPv4-compatible": ipaddress.IPv6Network("::/96"),  # RFC 4291, 2.5.5.1, deprecated
}
"""IPv6 networks whose addresses stand for an IPv4 address that some router on the way picks out."""


def parse_address(text: str) -> Address:
    """Return a numeric address; a zone on the loopback address, which means nothing, is left out.

    Raises:
        ValueError: it is none.
    """
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id and plain(address).is_loopback:
        return ipaddress.IPv6Address(int(address))
    return address


def plain(address: Address) -> Address:
    """Return the IPv4 address inside ``::ffff:a.b.c.d``, to which the kernel would connect."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_one_host(address: Address) -> bool:
    """Return whether it can be the address of one host: not unspecified, multicast, broadcast, reserved."""
    address = plain(address)
    if isinstance(address, ipaddress.IPv4Address):
        nobody = address in _THIS_NETWORK or address == _LOOPBACK_BROADCAST
        return not (nobody or address.is_multicast or address.is_reserved)
    return not (address.is_unspecified or address.is_multicast)


def translation(address: Address) -> str | None:
    """Return how a router would turn this IPv6 address into an IPv4 one, or None if it would not."""
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback or address.is_unspecified:
        return None
    bare = ipaddress.IPv6Address(int(address))
    return next((name for name, network in _TRANSLATED.items() if bare in network), None)
