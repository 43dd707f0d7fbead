"""RabbitMQ with its MQTT plugins from Debian, on free loopback ports and with a fleet's credentials."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.broker.child import Child, write_private
from simulator.broker.credentials import CredentialFolder, Listener
from simulator.broker.ports import LOOPBACK, free_port

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # that of /usr/sbin would become another user

PATH = "/ws"
"""Where it takes WebSockets unless told otherwise."""

PATIENCE = 60.0
"""Seconds for its start, which takes ten on a machine that has nothing else to do."""

_CONFIGURATION = """\
listeners.tcp = none
load_definitions = {folder}/definitions.json
mqtt.listeners.tcp.1 = {address}:{tcp}
mqtt.listeners.ssl.1 = {address}:{tls}
mqtt.allow_anonymous = false
mqtt.ssl_cert_login = true
ssl_cert_login_from = common_name
{certificates}
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
web_mqtt.tcp.ip = {address}
web_mqtt.tcp.port = {ws}
web_mqtt.ssl.ip = {address}
web_mqtt.ssl.port = {wss}
web_mqtt.ssl.backlog = 1024
{tokens}
log.console = true
log.console.level = error
log.file = false
"""


AUDIENCE = "fleet"
"""What tokens have to be for, and how the names of rights in them begin."""

_TOKENS = """\
auth_backends.1 = rabbit_auth_backend_oauth2
auth_backends.2 = internal
auth_oauth2.resource_server_id = {audience}
auth_oauth2.default_key = fleet
auth_oauth2.signing_keys.fleet = {key}
"""


class RabbitMq:
    """RabbitMQ that lets in whom a folder of credentials names, by password or by certificate, or by token.

    One port serves TLS with and without a certificate, for all its TLS listeners ask for the same.

    Attributes:
        ports: where it listens, by the way in.
    """

    def __init__(self, credentials: CredentialFolder, folder: Path, *, tokens: bool = False) -> None:
        self._folder = folder
        self._tokens = tokens
        self._credentials = credentials
        self._children: list[Child] = []
        ports: list[int] = []
        for _ in range(6):
            ports.append(free_port(avoid=ports))
        tcp, tls, ws, wss, self._epmd, self._distribution = ports
        self.ports: Mapping[Listener, int] = {
            Listener.TCP: tcp,
            Listener.TLS: tls,
            Listener.MTLS: tls,
            Listener.WS: ws,
            Listener.WSS: wss,
        }

    def __enter__(self) -> Self:
        folder, ports = self._folder, self.ports
        tokens = ""
        if self._tokens:
            tokens = _TOKENS.format(key=self._credentials.token_public, audience=AUDIENCE)
        text = _CONFIGURATION.format(
            folder=folder,
            address=LOOPBACK,
            tokens=tokens,
            certificates="\n".join(map(self._certificates, ("ssl_options", "web_mqtt.ssl"))),
            **{name.value: port for name, port in ports.items()},
        )
        write_private(folder, "rabbitmq.conf", text)
        plugins = ["rabbitmq_mqtt", "rabbitmq_web_mqtt"]
        if self._tokens:
            plugins.append("rabbitmq_auth_backend_oauth2")
        write_private(folder, "plugins", f"[{','.join(plugins)}].")
        write_private(folder, "definitions.json", json.dumps(self._definitions()))
        names = ["/usr/bin/epmd", "-port", str(self._epmd), "-address", LOOPBACK]
        try:
            # Left to itself Erlang starts this one, on all addresses, and it never ends.
            self._children.append(Child("epmd", names, [self._epmd], _made(folder / "epmd")))
            command = [
                "/usr/bin/env",
                *(f"{name}={value}" for name, value in self._environment().items()),
                SERVER,
            ]
            listeners = sorted(set(ports.values()))
            self._children.append(Child("RabbitMQ", command, listeners, folder, patience=PATIENCE))
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        while self._children:
            self._children.pop().stop()

    def _certificates(self, prefix: str) -> str:
        folder = self._credentials
        files = {"cacertfile": folder.authority, "certfile": folder.server, "keyfile": folder.server_key}
        return "\n".join(f"{prefix}.{name} = {path}" for name, path in files.items())

    def _environment(self) -> dict[str, object]:
        folder = self._folder
        return {
            "HOME": folder,  # of the cookie
            "RUNNING_UNDER_SYSTEMD": "true",  # without a shell in between that our signals would end instead
            "RABBITMQ_NODENAME": "fleetsim@localhost",
            "RABBITMQ_CONFIG_FILE": folder / "rabbitmq",
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
            "RABBITMQ_MNESIA_BASE": folder / "data",
            "RABBITMQ_LOG_BASE": folder / "log",
            "RABBITMQ_DIST_PORT": self._distribution,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} "
            "-start_epmd false",
            "ERL_EPMD_PORT": self._epmd,
            "ERL_EPMD_ADDRESS": LOOPBACK,
        }

    def _definitions(self) -> dict[str, object]:
        passwords = self._credentials.read_passwords()
        hashing = {"hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ""}
        everything = {"vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
        return {
            "vhosts": [{"name": "/"}],
            "users": [
                {"name": user, "password_hash": _hash(word), **hashing} for user, word in passwords.items()
            ],
            "permissions": [{"user": user, **everything} for user in passwords],
        }


def _hash(password: str) -> str:
    """Return a password as RabbitMQ keeps it."""
    salt = secrets.token_bytes(4)
    return b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
