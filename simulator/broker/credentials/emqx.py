"""EMQX's configuration, access control list and users for a provisioned fleet.

Written for EMQX 5.8 and newer, from its documentation (docs.emqx.com: authentication with the built-in
database and with JWT, X.509 certificates, ACL file, listeners) and the schema of its built-in database
(``bootstrap_file``, ``bootstrap_type``). EMQX reads passwords as a CSV file with the columns user_id,
password_hash, salt and is_superuser; older versions import the same file through their REST API.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from simulator.broker.credentials.access import USER, Access, Grant
from simulator.broker.credentials.folder import CredentialFolder
from simulator.broker.credentials.listeners import BrokerKind, Listener
from simulator.broker.credentials.passwords import emqx_hash

COLUMNS = ("user_id", "password_hash", "salt", "is_superuser")

_HEAD = """\
# Written by fleetsim provision. Append it to etc/base.hocon of EMQX 5.8.4 or newer, or to etc/emqx.conf
# of an older one, and let the user whom EMQX runs as read this folder.

# A token is a JWT or it is a password; what is no token goes on to the passwords.
authentication = [
  {{
    mechanism = jwt
    use_jwks = false
    algorithm = "public-key"
    public_key = "{public}"
    from = password
    verify_claims {{ sub = "${{username}}" }}
    disconnect_after_expire = true
  }}
  {{
    mechanism = password_based
    backend = built_in_database
    user_id_type = username
    password_hash_algorithm {{ name = sha256, salt_position = prefix }}
    bootstrap_file = "{users}"
    bootstrap_type = hash
  }}
]

authorization {{
  no_match = deny
  deny_action = ignore
  sources = [ {{ type = file, enable = true, path = "{acl}" }} ]
}}

# Only the listener {mtls} asks for certificates, and it takes none but this authority's.
mqtt.peer_cert_as_username = cn
"""

_NAMES: Mapping[Listener, str] = {
    Listener.TCP: "tcp.default",
    Listener.TLS: "ssl.default",
    Listener.MTLS: "ssl.mtls",
    Listener.WS: "ws.default",
    Listener.WSS: "wss.default",
}


def configuration(
    folder: CredentialFolder, listeners: Mapping[Listener, int], everywhere: bool = False
) -> str:
    """Return ``emqx.conf``; arguments as for Mosquitto."""
    base = folder.broker(BrokerKind.EMQX)
    head = _HEAD.format(
        public=folder.token_public,
        users=base / "users.csv",
        acl=base / "acl.conf",
        mtls=f"listeners.{_NAMES[Listener.MTLS]}",
    )
    address = "0.0.0.0" if everywhere else "127.0.0.1"
    return "\n".join([head, *(_listener(folder, *each, address) for each in listeners.items())])


def access_list(access: Access, locked: Collection[str]) -> str:
    """Return ``acl.conf``: rules of which the first that matches decides.

    A certificate cannot be revoked by a file on EMQX, which fetches lists from the address in each
    certificate. So whoever is locked out can connect, but do nothing.
    """
    lines = ["%% Written by fleetsim provision. The first rule that matches decides."]
    lines += [f'{{deny, {{username, "{user}"}}, all, ["#"]}}.' for user in sorted(locked)]
    for grant in access.staff:
        lines += _rules(grant)
    lines.append(_rule("deny", "all", "publish", [access.commands]))
    for grant in access.devices:
        lines += _rules(grant)
    return "\n".join([*lines, "{deny, all}.", ""])


def user_file(passwords: Mapping[str, str], locked: Collection[str], before: str) -> str:
    """Return ``users.csv``, with the salts of `before`; arguments as for Mosquitto."""
    known = {
        row["user_id"]: row["salt"] for row in csv.DictReader(io.StringIO(before)) if set(row) >= {*COLUMNS}
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for user, password in passwords.items():
        if user not in locked:
            writer.writerow((user, *emqx_hash(password, known.get(user) or None), "false"))
    return text.getvalue()


def write(
    folder: CredentialFolder,
    access: Access,
    passwords: Mapping[str, str],
    locked: Collection[str],
    listeners: Mapping[Listener, int],
    everywhere: bool,
) -> Path:
    """Write all that EMQX needs; return its configuration file."""
    base = folder.broker(BrokerKind.EMQX)
    users = base / "users.csv"
    folder.write(users, user_file(passwords, locked, folder.read(users).decode(errors="replace")))
    folder.write(base / "acl.conf", access_list(access, locked))
    path = base / "emqx.conf"
    folder.write(path, configuration(folder, listeners, everywhere))
    return path


def _listener(folder: CredentialFolder, listener: Listener, port: int, address: str) -> str:
    lines = [f'  bind = "{address}:{port}"']
    if listener is Listener.MTLS:
        lines.append("  enable_authn = false")
    if listener in (Listener.TLS, Listener.MTLS, Listener.WSS):
        mutual = listener is Listener.MTLS
        lines += [
            "  ssl_options {",
            f'    cacertfile = "{folder.authority}"',
            f'    certfile = "{folder.server}"',
            f'    keyfile = "{folder.server_key}"',
            f"    verify = {'verify_peer' if mutual else 'verify_none'}",
            *(["    fail_if_no_peer_cert = true"] if mutual else []),
            "  }",
        ]
    return "\n".join([f"listeners.{_NAMES[listener]} {{", *lines, "}", ""])


def _rules(grant: Grant) -> list[str]:
    who = "all" if grant.user is None else f'{{username, "{grant.user}"}}'
    return [
        _rule("allow", who, "publish", grant.writes),
        _rule("allow", who, "subscribe", grant.reads),
    ]


def _rule(decision: str, who: str, action: str, topics: Iterable[str]) -> str:
    quoted = ", ".join('"' + topic.replace(USER, "${username}") + '"' for topic in topics)
    return f"{{{decision}, {who}, {action}, [{quoted}]}}."
