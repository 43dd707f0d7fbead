"""Brokers: the embedded one, a local Mosquitto, or one at a URL that the target guard lets through."""

from simulator.broker.embedded import EmbeddedBroker
from simulator.broker.handle import BrokerHandle, OwnBroker, RemoteBroker, open_broker
from simulator.broker.mosquitto import LocalMosquitto
from simulator.broker.proxy import NetworkProxy, NetworkSwitch
from simulator.broker.target import check_reachable, resolve_gateway, resolve_target

__all__ = [
    "BrokerHandle",
    "EmbeddedBroker",
    "LocalMosquitto",
    "NetworkProxy",
    "NetworkSwitch",
    "OwnBroker",
    "RemoteBroker",
    "check_reachable",
    "open_broker",
    "resolve_gateway",
    "resolve_target",
]
