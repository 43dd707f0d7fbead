"""The transports there are, and which of them carries a device."""

from __future__ import annotations

from functools import partial

from simulator.core.endpoint import Protocol
from simulator.core.transport import Transport
from simulator.mqtt.alias_link import AliasLink
from simulator.mqtt.fast_link import FastLink
from simulator.mqtt.link import Hello, Link, LinkFactory, Listener
from simulator.mqtt.paho_link import PahoLink


def carrier(asked: Transport) -> Transport:
    """Return what `AUTO` stands for; the fast transport meets every need that a device can have today."""
    return Transport.FAST if asked is Transport.AUTO else asked


def link_factory(transport: Transport, protocol: Protocol) -> LinkFactory:
    """Return what makes the links of a transport."""
    return partial(PahoLink if transport is Transport.PAHO else _fast_link, protocol)


def _fast_link(protocol: Protocol, hello: Hello, listener: Listener) -> Link:
    return (AliasLink if hello.features.topic_alias else FastLink)(protocol, hello, listener)
