"""Mosquitto, started on a free loopback port if it is installed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from simulator.broker.child import Child, write_private
from simulator.broker.credentials import BrokerKind, Credentials, Listener
from simulator.broker.credentials import mosquitto as provisioned
from simulator.broker.local import LocalBroker
from simulator.broker.ports import LOOPBACK, free_port, require_free
from simulator.core.credentials import Authentication
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError

_PLACES = "/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/sbin:/opt/local/sbin"

_CONFIGURATION = """\
{listeners}
max_connections -1
persistence {persistence}
persistence_location {folder}/
autosave_interval 1
sys_interval 1
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
{notices}
{user}
{extra}
"""


_OPEN = """\
listener {port} {address}
allow_anonymous true
max_queued_messages 0
"""


class LocalMosquitto(LocalBroker):
    """A Mosquitto of our own on 127.0.0.1, that drops nothing for lack of a queue.

    It is open to anybody there, or lets in only the devices of a fleet that was provisioned for it, by
    password and, on ports of their own, over TLS and by certificate.

    Args:
        port: where to listen; a free one if left out.
        persistence: whether sessions outlive the process.
        extra: further lines for its configuration.
        credentials: those of the fleet, and how it authenticates; it is open if left out.
        only: the one way in that there is to be; all of them if left out.
        talkative: whether it logs each connection, and why it ends.

    Attributes:
        ports: where it listens, by the way in.

    Raises:
        UsageError: the credentials were made for another broker.
        RunFailedError: Mosquitto is not installed, or the port is in use.
    """

    def __init__(
        self,
        port: int | None = None,
        *,
        persistence: bool = False,
        extra: str = "",
        credentials: Credentials | None = None,
        only: Listener | None = None,
        talkative: bool = False,
    ) -> None:
        super().__init__()
        self._talkative = talkative
        self._program = _find()
        self.port = free_port() if port is None else require_free(port)
        self.ports = {only or Listener.TCP: self.port}
        self._credentials = credentials
        self._entry = only or Listener.TCP
        if credentials is not None:
            credentials.folder.require(BrokerKind.MOSQUITTO)
        if credentials is not None and only is None:
            for listener in (Listener.TLS, Listener.MTLS):
                self.ports[listener] = free_port(avoid=self.ports.values())
            if credentials.authentication is Authentication.CERTIFICATE:
                self._entry = Listener.MTLS
        self._persistence = persistence
        self._extra = extra

    def start(self) -> None:
        """Start it, again on the same port after `kill` or `stop`, and wait until it listens.

        Raises:
            RunFailedError: it does not start.
        """
        if self._child is not None:
            return
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="fleetsim-mosquitto-")
        folder = Path(self._folder.name)
        text = _CONFIGURATION.format(
            listeners=self._listeners(),
            persistence=str(self._persistence).lower(),
            folder=folder,
            notices="log_type notice" if self._talkative else "",
            # Started by root it would turn into a user who cannot write here.
            user="user root" if os.getuid() == 0 else "",
            extra=self._extra,
        )
        configuration = write_private(folder, "mosquitto.conf", text)
        try:
            command = [self._program, "-c", str(configuration)]
            self._child = Child("Mosquitto", command, [*self.ports.values()], folder)
        except BaseException:
            self.stop()
            raise

    def _listeners(self) -> str:
        """Return the lines that say where it listens and to whom."""
        if self._credentials is None:
            return _OPEN.format(port=self.port, address=LOOPBACK)
        folder = self._credentials.folder
        lines = [provisioned.listen(folder, *each, LOOPBACK) for each in self.ports.items()]
        return "\n".join([*lines, provisioned.checks(folder)])

    def kill(self) -> None:
        """End it as a crash would, and keep its files for the next `start`."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    @property
    def process_id(self) -> int:
        """Id of its process.

        Raises:
            RunFailedError: it does not run.
        """
        if self._child is None:
            raise RunFailedError("Mosquitto does not run")
        return self._child.pid

    @property
    def connection_log(self) -> Path | None:
        """The file in which it logs connections; None if it does not, or does not run."""
        return self._child.log if self._talkative and self._child is not None else None

    def endpoint(self, protocol: Protocol, listener: Listener | None = None) -> Endpoint:
        """Return where it listens for this MQTT version; one port serves both.

        Args:
            protocol: the version.
            listener: the way in; that of the fleet's authentication if left out.
        """
        listener = listener or self._entry
        tls = listener is not Listener.TCP
        return Endpoint(LOOPBACK, LOOPBACK, self.ports[listener], protocol, tls=tls)

    def describe(self) -> str:
        """Return in a few words what it is and where."""
        how = " (mutual TLS)" if self._entry is Listener.MTLS else ""
        return f"local Mosquitto on {LOOPBACK}:{self.ports[self._entry]}{how}"


def _find() -> str:
    # Debian puts it into /usr/sbin, which is not on an ordinary user's PATH.
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path=_PLACES)
    if program is None:
        raise RunFailedError(
            "Mosquitto is not installed: `apt install mosquitto` or `brew install mosquitto`; "
            "a drill needs it, most scenarios also run on the embedded broker (--broker embedded)"
        )
    return program
