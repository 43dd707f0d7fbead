"""The target guard: which broker a fleet may be sent to.

A load generator must not reach a stranger's broker by a typing error. Loopback is free; any other host has
to be named by the user and proven to be the user's; public test brokers are refused even then. What is
checked is the address, not the name; the addresses that were checked are the only ones that are connected
to, and each connection is checked again.
"""

from simulator.broker.target.gateway import resolve_gateway
from simulator.broker.target.public import PUBLIC_ADDRESSES, PUBLIC_BROKERS
from simulator.broker.target.resolve import check_reachable, resolve_target
from simulator.broker.target.url import DEFAULT_PORTS, normal_host, parse_url

__all__ = [
    "DEFAULT_PORTS",
    "PUBLIC_ADDRESSES",
    "PUBLIC_BROKERS",
    "check_reachable",
    "normal_host",
    "parse_url",
    "resolve_gateway",
    "resolve_target",
]
