"""Makes the credentials of a fleet, or adds to those that there are, and configures a broker for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from simulator.broker.credentials import emqx, mosquitto
from simulator.broker.credentials.access import Access, Identity, derive_access
from simulator.broker.credentials.authority import Authority, Issued, serial_number
from simulator.broker.credentials.folder import CredentialFolder, Index
from simulator.broker.credentials.keys import load_key, new_key, private_pem, public_pem
from simulator.broker.credentials.listeners import USUAL_PORTS, BrokerKind, Listener
from simulator.broker.credentials.passwords import new_password
from simulator.core.credentials import OPERATOR, WITNESS
from simulator.core.errors import UsageError
from simulator.core.nearest import suggestion

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")

_WRITERS = {BrokerKind.MOSQUITTO: mosquitto.write, BrokerKind.EMQX: emqx.write}
_USUAL = {BrokerKind.MOSQUITTO: (Listener.TCP, Listener.TLS, Listener.MTLS), BrokerKind.EMQX: tuple(Listener)}
"""Which ways in a broker gets unasked; not every Mosquitto is built with WebSocket."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to provision.

    Attributes:
        devices: the fleet.
        topic: its topic template.
        command: the event under which devices take commands.
        broker: what the configuration is for.
        ports: ports of listeners, beside or in place of the usual ones.
        hosts: further names and addresses of the broker; with any, it listens on all its addresses.
        revoke: devices to lock out from now on; they keep what they have, to be refused with it.
    """

    devices: Sequence[Identity]
    topic: str
    command: str
    broker: BrokerKind
    ports: Mapping[Listener, int]
    hosts: Sequence[str] = ()
    revoke: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What there is now.

    Attributes:
        configuration: the broker's configuration file.
        users: how many can have credentials: all devices so far, the witness and the operator.
        issued: certificates that were new or made anew.
        revoked: devices that are locked out.
    """

    configuration: Path
    users: int
    issued: int
    revoked: tuple[str, ...]


def provision(
    path: Path,
    wanted: Wanted,
    *,
    now: datetime | None = None,
    progress: Callable[[int], None] = lambda _users: None,
) -> Provisioned:
    """Make or complete a folder of credentials.

    Keys, certificates, passwords and their hashes that are there and good stay as they are, byte for byte.

    Args:
        path: the folder.
        wanted: what it is to hold.
        now: the time; that of the clock if left out.
        progress: told how many users are done.

    Raises:
        UsageError: the folder holds something else, a device to revoke is unknown, the topic template
            does not tell devices apart, or a port is given twice.
        RunFailedError: a file cannot be read or written.
    """
    now = now or datetime.now(UTC)
    listeners = _listeners(wanted)
    access = derive_access(wanted.topic, wanted.command, wanted.devices)
    _check_revoked(wanted)
    folder = CredentialFolder.prepare(path)
    passwords = folder.read_passwords()
    for user in (WITNESS, OPERATOR, *(identity.device for identity in wanted.devices)):
        passwords.setdefault(user, "")
    index = Index(complete=False, topic=wanted.topic, users=len(passwords))
    folder.write(folder.index, msgspec.json.encode(index))
    return _Work(folder, now, passwords).fill(wanted, access, listeners, progress)


class _Work:
    """Fills a folder."""

    def __init__(self, folder: CredentialFolder, now: datetime, passwords: dict[str, str]) -> None:
        self._folder = folder
        self._now = now
        self._passwords = {user: password or new_password() for user, password in passwords.items()}
        self._authority = self._open_authority()
        self._issued = 0

    def fill(
        self,
        wanted: Wanted,
        access: Access,
        listeners: Mapping[Listener, int],
        progress: Callable[[int], None],
    ) -> Provisioned:
        folder = self._folder
        hosts = tuple(dict.fromkeys((*LOOPBACK_HOSTS, *wanted.hosts)))
        self._certify("server", folder.server, folder.server_key, hosts)
        for done, user in enumerate(self._passwords, start=1):
            self._certify(user, folder.certificate(user), folder.key(user))
            progress(done)
        self._token_keys()
        locked = self._revoke(wanted.revoke)
        folder.write(folder.passwords, msgspec.json.encode(self._passwords))
        write = _WRITERS[wanted.broker]
        configuration = write(folder, access, self._passwords, locked, listeners, bool(wanted.hosts))
        index = Index(complete=True, topic=wanted.topic, users=len(self._passwords))
        folder.write(folder.index, msgspec.json.format(msgspec.json.encode(index)))
        return Provisioned(configuration, len(self._passwords), self._issued, tuple(sorted(locked)))

    def _open_authority(self) -> Authority:
        folder = self._folder
        files = Issued(folder.read(folder.authority), folder.read(folder.authority_key))
        authority = Authority.load(files, self._now)
        if authority is None:
            authority = Authority.new(self._now)
        if authority.files != files:
            self._store(authority.files, folder.authority, folder.authority_key)
        return authority

    def _certify(self, name: str, certificate: Path, key: Path, hosts: Iterable[str] = ()) -> None:
        """See that there is a good certificate, over the same key if there is one."""
        folder, hosts = self._folder, tuple(hosts)
        present = Issued(folder.read(certificate), folder.read(key))
        if not self._authority.holds(name, present, now=self._now, hosts=hosts):
            kept = load_key(present.key)
            self._store(self._authority.issue(name, now=self._now, key=kept, hosts=hosts), certificate, key)
            self._issued += 1

    def _store(self, issued: Issued, certificate: Path, key: Path) -> None:
        # The key first: a certificate without its key is of no use, a key without certificate gets one.
        if self._folder.read(key) != issued.key:
            self._folder.write(key, issued.key)
        self._folder.write(certificate, issued.certificate)

    def _token_keys(self) -> None:
        folder = self._folder
        key = load_key(folder.read(folder.token_key))
        if key is None:
            key = new_key()
            folder.write(folder.token_key, private_pem(key))
        folder.write(folder.token_public, public_pem(key))

    def _revoke(self, devices: Collection[str]) -> set[str]:
        """Add the present certificates of devices to those that are revoked; return who is locked out.

        Whose certificate is revoked is locked out altogether, until it is removed and made anew.
        """
        folder = self._folder
        before = self._authority.revoked(folder.read(folder.revoked))
        serials = {user: serial_number(folder.read(folder.certificate(user))) for user in self._passwords}
        after = {*(before or ()), *(serial for user in devices if (serial := serials[user]) is not None)}
        if after != before:
            folder.write(folder.revoked, self._authority.revocation_list(after, self._now))
        return {user for user, serial in serials.items() if serial in after}


def _listeners(wanted: Wanted) -> dict[Listener, int]:
    usual = {listener: USUAL_PORTS[listener] for listener in _USUAL[wanted.broker]}
    listeners = {**usual, **wanted.ports}
    ports = list(listeners.values())
    for listener, port in listeners.items():
        if ports.count(port) > 1:
            raise UsageError(f"port {port} is given twice, also to {listener}: every listener needs its own")
    return {listener: listeners[listener] for listener in Listener if listener in listeners}


def _check_revoked(wanted: Wanted) -> None:
    known = [identity.device for identity in wanted.devices]
    for device in wanted.revoke:
        if device not in known:
            raise UsageError(
                f"no device of this fleet is called {device!r}; {suggestion(device, known[:10] or ['none'])}"
            )
