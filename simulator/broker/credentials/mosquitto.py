"""Mosquitto's configuration, access control list and password file for a provisioned fleet.

Checked against Mosquitto 2.0.11; the forms are those of mosquitto.conf(5) 2.0.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Collection, Mapping
from pathlib import Path

from simulator.broker.credentials.access import USER, Access, Grant
from simulator.broker.credentials.folder import CredentialFolder
from simulator.broker.credentials.listeners import LONGEST_KEEP_ALIVE, BrokerKind, Listener
from simulator.broker.credentials.passwords import is_mosquitto_hash, mosquitto_hash

_ENCRYPTED = (Listener.TLS, Listener.MTLS, Listener.WSS)
_WEBSOCKET = (Listener.WS, Listener.WSS)

_HEAD = """\
# Written by fleetsim provision. Start the broker with: mosquitto -c {path}

per_listener_settings false
{checks}
set_tcp_nodelay true

# Who may read these files; of no meaning unless root starts the broker.
user {owner}

# Nothing here ties a client id to a user name. The line use_username_as_clientid true under a listener gives
# every client there its user name as client id, so that none can end another's session by claiming its id;
# but then whoever has another's certificate takes over that device's session, and the witness is one only.
"""


def configuration(
    folder: CredentialFolder, listeners: Mapping[Listener, int], everywhere: bool = False
) -> str:
    """Return ``mosquitto.conf``.

    Args:
        folder: the credentials.
        listeners: ports to listen on.
        everywhere: on all addresses of the machine, not on 127.0.0.1 alone.
    """
    base = folder.broker(BrokerKind.MOSQUITTO)
    head = _HEAD.format(
        path=base / "mosquitto.conf",
        checks=checks(folder),
        owner=pwd.getpwuid(os.getuid()).pw_name,
    )
    address = "" if everywhere else "127.0.0.1"
    return "\n".join([head, *(listen(folder, *each, address) for each in listeners.items())])


def checks(folder: CredentialFolder) -> str:
    """Return the lines by which Mosquitto lets in only whom it knows, with the rights that they have."""
    base = folder.broker(BrokerKind.MOSQUITTO)
    return "\n".join(
        [
            "allow_anonymous false",
            f"password_file {base / 'passwords'}",
            f"acl_file {base / 'acl.conf'}",
            "# A fleet is to meet no limit of the broker's that the test is not about. 0 would be none at",
            "# all, but then Mosquitto 2.0.11 hangs up on whoever publishes what it may not, without a word.",
            "max_queued_messages 1000000",
            "# Nobody is silent for longer before the broker looks after them.",
            f"max_keepalive {LONGEST_KEEP_ALIVE}",
        ]
    )


def listen(folder: CredentialFolder, listener: Listener, port: int, address: str) -> str:
    """Return the lines of one listener; on all addresses if none is given."""
    lines = [f"# {listener.value}", f"listener {port} {address}".rstrip()]
    if listener in _WEBSOCKET:
        lines.append("protocol websockets")
        if address:  # which Mosquitto 2.0.11 takes no notice of in a WebSocket unless it is for IPv4 alone
            lines.append("socket_domain ipv4")
    if listener in _ENCRYPTED:
        lines += [f"certfile {folder.server}", f"keyfile {folder.server_key}"]
    if listener is Listener.MTLS:
        lines += [
            f"cafile {folder.authority}",
            f"crlfile {folder.revoked}",
            "require_certificate true",
            "use_identity_as_username true",
        ]
    return "\n".join([*lines, ""])


def access_list(access: Access) -> str:
    """Return ``acl.conf``."""
    head = "# Written by fleetsim provision. What is not granted here is denied.\n"
    everybody = (
        "\n# Each device by its user name (%u), which is checked, not by its client id, which is not.\n"
    )
    parts = [head, *map(_grant, access.staff)]
    if any(grant.user is None for grant in access.devices):
        parts.append(everybody)
    return "".join([*parts, *map(_grant, access.devices)])


def password_file(passwords: Mapping[str, str], locked: Collection[str], before: str) -> str:
    """Return the password file, with the hashes of `before` where they are still right.

    Args:
        passwords: in plain text, by user.
        locked: users who may not log in.
        before: the file as it was.
    """
    known = dict(line.split(":", 1) for line in before.splitlines() if ":" in line)
    lines = []
    for user, password in passwords.items():
        if user not in locked:
            hashed = known.get(user, "")
            if not is_mosquitto_hash(hashed, password):
                hashed = mosquitto_hash(password)
            lines.append(f"{user}:{hashed}\n")
    return "".join(lines)


def write(
    folder: CredentialFolder,
    access: Access,
    passwords: Mapping[str, str],
    locked: Collection[str],
    listeners: Mapping[Listener, int],
    everywhere: bool,
) -> Path:
    """Write all that Mosquitto needs; return its configuration file."""
    base = folder.broker(BrokerKind.MOSQUITTO)
    hashed = base / "passwords"
    folder.write(hashed, password_file(passwords, locked, folder.read(hashed).decode(errors="replace")))
    folder.write(base / "acl.conf", access_list(access))
    path = base / "mosquitto.conf"
    folder.write(path, configuration(folder, listeners, everywhere))
    return path


def _grant(grant: Grant) -> str:
    word = "pattern" if grant.user is None else "topic"
    rights = dict.fromkeys(grant.writes, "write")
    for topic in grant.reads:
        rights[topic] = "readwrite" if topic in rights else "read"
    lines = [f"{word} {right} {topic.replace(USER, '%u')}" for topic, right in rights.items()]
    head = [] if grant.user is None else ["", f"user {grant.user}"]
    return "\n".join([*head, *lines, ""])
