"""The embedded broker: rumqttd from the iotcore wheel, in a child process, so nothing has to be installed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from simulator.broker.child import Child, write_private
from simulator.broker.local import LocalBroker
from simulator.broker.ports import LOOPBACK, free_port, require_free
from simulator.core.endpoint import Endpoint, Protocol

LARGEST_PAYLOAD = 1_048_576
"""Bytes; the broker's own default is 20,480."""

# rumqttd speaks one MQTT version on a listener, hence two. For each topic filter that somebody subscribes
# to it keeps up to segment size times count bytes, so far may the slowest subscriber lag: 250 MiB.
_CONFIGURATION = """\
id = 0

[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 26214400
max_segment_count = 10
"""

_LISTENER = """
[{version}.1]
name = "{version}"
listen = "{address}:{port}"
next_connection_delay_ms = 1

[{version}.1.connections]
connection_timeout_ms = 60000
max_payload_size = {largest}
max_inflight_count = 100
dynamic_filters = true
"""


class EmbeddedBroker(LocalBroker):
    """rumqttd on 127.0.0.1 with a listener for MQTT 3.1.1 and one for MQTT 5.

    It is good for about a thousand devices. It drops clients that connect with keep alive 0 or subscribe
    to ``$SYS/#``, keeps no session over a restart, and its 3.1.1 listener dies of a message with MQTT 5
    properties, so none are sent to it.

    Args:
        port: where to listen for MQTT 3.1.1; a free one if left out.
        port_5: likewise for MQTT 5.

    Raises:
        RunFailedError: a port is in use.
    """

    def __init__(self, port: int | None = None, port_5: int | None = None) -> None:
        super().__init__()
        first = free_port() if port is None else require_free(port)
        second = free_port() if port_5 is None else require_free(port_5)
        while second == first:
            second = free_port()
        self.ports = {Protocol.MQTT_311: first, Protocol.MQTT_5: second}

    def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            RunFailedError: it does not start.
        """
        if self._child is not None:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="fleetsim-embedded-")
        text = _CONFIGURATION + "".join(
            _LISTENER.format(version=version, address=LOOPBACK, port=port, largest=LARGEST_PAYLOAD)
            for version, port in zip(("v4", "v5"), self.ports.values(), strict=True)
        )
        folder = Path(self._folder.name)
        configuration = write_private(folder, "rumqttd.toml", text)
        # -P: a folder called iotcore where the user happens to be must not shadow the package. The broker
        # logs a span for every packet as an error; only what is critical is worth a line.
        arguments = ["-P", "-m", "iotcore", "--config", str(configuration), "--log-level", "CRITICAL"]
        try:
            command = [sys.executable, *arguments]
            self._child = Child("the embedded broker", command, [*self.ports.values()], folder)
        except BaseException:
            self.stop()
            raise

    def endpoint(self, protocol: Protocol) -> Endpoint:
        """Return where it listens for this MQTT version."""
        return Endpoint(LOOPBACK, LOOPBACK, self.ports[protocol], protocol)

    def describe(self) -> str:
        """Return in a few words what it is and where."""
        return (
            f"embedded broker on {LOOPBACK}:{self.ports[Protocol.MQTT_311]} (MQTT 3.1.1) "
            f"and :{self.ports[Protocol.MQTT_5]} (MQTT 5)"
        )
