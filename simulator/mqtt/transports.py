"""The transports there are, and which of them carries a device."""

from __future__ import annotations

from functools import partial

from simulator.core.endpoint import Protocol
from simulator.core.transport import Transport
from simulator.mqtt.fast_link import FastLink
from simulator.mqtt.link import LinkFactory
from simulator.mqtt.paho_link import PahoLink


def carrier(asked: Transport) -> Transport:
    """Return what `AUTO` stands for; the fast transport meets every need that a device can have today."""
    return Transport.FAST if asked is Transport.AUTO else asked


def link_factory(transport: Transport, protocol: Protocol) -> LinkFactory:
    """Return what makes the links of a transport."""
    return partial(PahoLink if transport is Transport.PAHO else FastLink, protocol)
