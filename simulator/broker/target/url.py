"""The URL of a broker, taken apart strictly: what could be read in two ways is an error."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from simulator.broker.target.addresses import parse_address
from simulator.core.errors import UsageError

DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
"""Schemes with the ports that IANA has registered for them."""

_EXAMPLE = "write it as mqtt://host:port, or mqtts://host:port for TLS"
_ENCRYPTED = {"mqtts", "wss"}
_WEBSOCKET = {"ws", "wss"}
_USUAL_PATH = "/mqtt"
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
"""RFC 3986, section 3.3."""
_PLACE = re.compile(r"(?:\[(?P<six>[^\[\]]*)\]|(?P<host>[^:\[\]]*))(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """What a broker's URL says.

    Attributes:
        host: name or address in its one normal form; see `normal_host`.
        port: TCP port.
        username: of the fleet, if one is given.
        password: likewise.
        tls: whether to encrypt.
        websocket: path of the WebSocket that carries MQTT; None if there is none.
    """

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    websocket: str | None = None


def parse_url(url: str) -> BrokerUrl:
    """Return what ``mqtt[s]://[user[:password]@]host[:port]`` or ``ws[s]://...[/path]`` says.

    No message repeats the URL, which may hold a password.

    Raises:
        UsageError: it is not such a URL.
    """
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise UsageError("the broker URL contains a space, a backslash or an unprintable character")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError(f"the broker URL has no valid host and port: {_EXAMPLE}") from None
    if parts.scheme not in DEFAULT_PORTS or not url.lower().startswith(f"{parts.scheme}://"):
        raise UsageError(f"the broker must be `embedded`, `mosquitto` or a URL: {_EXAMPLE}")
    websocket = _path(parts.path) if parts.scheme in _WEBSOCKET else None
    path = "" if parts.path == "/" or websocket is not None else parts.path
    if path or "?" in url or "#" in url:
        raise UsageError(
            f"the broker URL ends after the port: {_EXAMPLE}; percent-encode ?, # and / before it"
        )
    user, at, place = parts.netloc.rpartition("@")
    if "@" in user:
        raise UsageError("the broker URL has two @: percent-encode one in a user name or password as %40")
    host, port = _place(place, DEFAULT_PORTS[parts.scheme])
    name, colon, secret = user.partition(":")
    if at and not name:
        raise UsageError("the broker URL has no user name before the @")
    username, password = unquote(name) if at else None, unquote(secret) if colon else None
    return BrokerUrl(host, port, username, password, parts.scheme in _ENCRYPTED, websocket)


def _path(text: str) -> str:
    if not text:
        return _USUAL_PATH
    if _PATH.fullmatch(text) is None:
        raise UsageError("the path in the broker URL has a character in it that must be percent-encoded")
    return text


def _place(text: str, usual_port: int) -> tuple[str, int]:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise UsageError(f"the broker URL has no valid host and port: {_EXAMPLE}")
    host = found["host"] if found["six"] is None else found["six"].replace("%25", "%")
    if not host:
        raise UsageError(f"the broker URL names no host: {_EXAMPLE}")
    if found["six"] is not None and ":" not in host:
        raise UsageError(f"the broker URL has brackets around what is no IPv6 address: {_EXAMPLE}")
    port = usual_port if found["port"] is None else int(found["port"])
    if not 0 < port < 65_536:
        raise UsageError(f"the broker URL has port {port}; ports go from 1 to 65535")
    return normal_host(host), port


def normal_host(name: str) -> str:
    """Return a host name or address in its one normal form: ASCII, lower case, no dot at the end.

    Numbers that only the system's resolver takes for an IPv4 address, such as 2130706433, 0x7f.1 or
    0177.0.0.1, become the address that they mean.

    Raises:
        UsageError: it cannot be a host.
    """
    bare = name.strip().removeprefix("[").removesuffix("]")
    try:
        # As the resolver will: a full-width letter or an ideographic full stop means the plain one.
        text = bare.encode("idna").decode("ascii").lower().rstrip(".") if bare.isprintable() else ""
    except UnicodeError:
        text = ""
    for form in (bare, text):
        try:
            return str(parse_address(form))
        except ValueError:
            continue
    if text and all(character.isalnum() or character in "-._" for character in text) and ".." not in text:
        return _number(text) or text
    raise UsageError(f"{bare!r} is not a host name or address")


def _number(text: str) -> str | None:
    """Return the IPv4 address that the resolver would see in a number, or None."""
    try:
        return socket.inet_ntoa(socket.inet_aton(text))
    except OSError:
        return None
