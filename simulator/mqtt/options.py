"""What the delivery side can be told."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.core.actions import Connect
from simulator.core.credentials import CredentialSource
from simulator.core.endpoint import Endpoint
from simulator.core.limits import ON_THIS_MACHINE, Limits
from simulator.core.transport import Transport
from simulator.mqtt.features import NO_FEATURES, Features
from simulator.mqtt.link import LARGEST_PACKET, Hello


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """Limits and patience of the delivery side. Times are seconds.

    Attributes:
        transport: what speaks MQTT for the devices.
        window: QoS 1 and 2 messages in flight per session; the broker's receive maximum may lower it.
        session_queue: messages that may wait in one session before more are dropped.
        total_queue: messages that may wait in all sessions together.
        connecting: connections in progress at once; Mosquitto's listen backlog is 100.
        connect_rate: connections opened a second at most, reconnects among them; None for no limit.
        source_addresses: loopback addresses to connect from in turn; empty to leave that to the system.
        connect_timeout: from the TCP connect to the CONNACK.
        backoff_first: upper bound of the wait before the first reconnect; doubles with each attempt.
        backoff_cap: upper bound of every wait.
        retry_every: between two attempts of a device that does not back off.
        steady_after: a connection that held this long starts the backoff anew.
        confirm_every: QoS 0 messages after which a ping asks whether they have arrived.
        confirm_within: the longest wait between a QoS 0 message and that ping.
        ping_timeout: without an answer to a ping for so long, the connection is lost.
        session_expiry: how long an MQTT 5 broker keeps a persistent session.
        features: what is asked of MQTT 5 beyond that.
        credentials: what each client logs in with, asked at every connect; None for what the endpoint says.
        largest_packet: bytes of the longest packet that a session takes unless its Connect says otherwise,
            which bounds the memory that a broker can make it use.
        limits: hard caps on connections, bytes a second and payload length.
        detailed: whether what is told of a session says as whom and from where it connected.
        max_attempts: how often a message is sent before it is given up as lost, so that one that makes
            the broker close the connection does not do so forever.
    """

    transport: Transport = Transport.AUTO
    window: int = 20
    session_queue: int = 1_000
    total_queue: int = 200_000
    connecting: int = 64
    connect_rate: float | None = None
    source_addresses: tuple[str, ...] = ()
    connect_timeout: float = 10.0
    backoff_first: float = 1.0
    backoff_cap: float = 30.0
    retry_every: float = 0.1
    steady_after: float = 5.0
    confirm_every: int = 100
    confirm_within: float = 2.0
    ping_timeout: float = 30.0
    session_expiry: int = 3_600
    features: Features = NO_FEATURES
    credentials: CredentialSource | None = None
    largest_packet: int = LARGEST_PACKET
    limits: Limits = ON_THIS_MACHINE
    detailed: bool = False
    max_attempts: int = 16

    def hello(self, connect: Connect, endpoint: Endpoint) -> Hello:
        """Return what a device's CONNECT says."""
        return Hello(
            client_id=connect.client_id or connect.device,
            keep_alive=connect.keep_alive,
            clean=connect.clean,
            will=connect.will,
            username=endpoint.username,
            password=endpoint.password,
            session_expiry=self.features.session_expiry if connect.clean else self.session_expiry,
            features=self.features.carrying(connect.properties),
            largest_packet=connect.largest_packet or self.largest_packet,
        )
