"""The folder of a fleet's credentials: names of its files, and who may read them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from simulator.core.credentials import INDEX
from simulator.core.decoding import UNREADABLE
from simulator.core.errors import RunFailedError, UsageError

_OWNER_FOLDER = 0o700
_OWNER_FILE = 0o600


class Index(msgspec.Struct, frozen=True):
    """What a folder of credentials says about itself, in ``credentials.json``.

    Attributes:
        complete: whether it was written to its end.
        topic: the topic template that the rights were derived from.
        users: how many can log in, the witness and the operator among them.
    """

    complete: bool
    topic: str
    users: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class CredentialFolder:
    """Names of the files. All are readable by their owner alone, and appear whole or not at all."""

    path: Path

    @classmethod
    def prepare(cls, path: Path) -> Self:
        """Make the folder, or take up one that was provisioned before.

        Raises:
            UsageError: something else is there.
            RunFailedError: it cannot be made.
        """
        folder = cls(path.absolute())
        try:
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()) and not folder.index.exists():
                raise UsageError(f"{path} holds something else; name a new folder with -o")
            for each in (folder.path, folder.clients):
                each.mkdir(exist_ok=True)
                each.chmod(_OWNER_FOLDER)
        except (FileExistsError, NotADirectoryError) as error:
            raise UsageError(f"{path} is not a folder; name another with -o") from error
        except OSError as error:
            raise RunFailedError(f"cannot make the folder {path}: {error.strerror}") from error
        return folder

    @property
    def index(self) -> Path:
        """What the folder is."""
        return self.path / INDEX

    @property
    def authority(self) -> Path:
        """Certificate of the authority that signed all others."""
        return self.path / "ca.crt"

    @property
    def authority_key(self) -> Path:
        """Its private key."""
        return self.path / "ca.key"

    @property
    def server(self) -> Path:
        """Certificate of the broker."""
        return self.path / "server.crt"

    @property
    def server_key(self) -> Path:
        """Its private key."""
        return self.path / "server.key"

    @property
    def revoked(self) -> Path:
        """List of the certificates that are revoked."""
        return self.path / "revoked.crl"

    @property
    def token_key(self) -> Path:
        """Private key that tokens are signed with."""
        return self.path / "tokens.key"

    @property
    def token_public(self) -> Path:
        """Public key that a broker checks tokens with."""
        return self.path / "tokens.pub"

    @property
    def passwords(self) -> Path:
        """Password of each user, in plain text."""
        return self.path / "passwords.json"

    @property
    def clients(self) -> Path:
        """Folder of the clients' certificates and keys."""
        return self.path / "clients"

    def certificate(self, user: str) -> Path:
        """Return where the certificate of a device, the witness or the operator is."""
        return self.clients / f"{user}.crt"

    def key(self, user: str) -> Path:
        """Return where the private key of a device, the witness or the operator is."""
        return self.clients / f"{user}.key"

    def broker(self, kind: str) -> Path:
        """Return the folder with the configuration for one kind of broker."""
        return self.path / kind

    def read(self, path: Path) -> bytes:
        """Return a file's content; nothing if there is no such file.

        Raises:
            RunFailedError: it cannot be read.
        """
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise RunFailedError(f"cannot read {path}: {error.strerror}") from error

    def write(self, path: Path, data: bytes | str) -> None:
        """Write a file that only its owner can read, unless it holds the same already.

        Raises:
            RunFailedError: it cannot be written.
        """
        data = data.encode() if isinstance(data, str) else data
        if data == self.read(path):
            path.chmod(_OWNER_FILE)
            return
        beside = path.with_name(f".{path.name}.new")
        try:
            path.parent.mkdir(mode=_OWNER_FOLDER, exist_ok=True)
            beside.unlink(missing_ok=True)
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_FILE), "wb") as file:
                file.write(data)
            beside.replace(path)
        except OSError as error:
            raise RunFailedError(f"cannot write {path}: {error.strerror}") from error

    def read_index(self) -> Index:
        """Return what the folder says about itself.

        Raises:
            UsageError: it is no folder of credentials, or was not finished.
        """
        try:
            index = msgspec.json.decode(self.index.read_bytes(), type=Index)
        except (OSError, *UNREADABLE) as error:
            raise UsageError(
                f"{self.path} holds no credentials; make them: fleetsim provision SCENARIO -o {self.path}"
            ) from error
        if not index.complete:
            raise UsageError(
                f"{self.path} was not provisioned to the end; run fleetsim provision once more, "
                "it goes on where it was"
            )
        return index

    def require(self, kind: str) -> None:
        """Make sure that the folder was provisioned, and for this kind of broker.

        Raises:
            UsageError: it was not.
        """
        self.read_index()
        if not self.broker(kind).is_dir():
            raise UsageError(
                f"{self.path} was provisioned for another broker; "
                f"run fleetsim provision once more, with --for {kind}"
            )

    def read_passwords(self) -> dict[str, str]:
        """Return the password of each user.

        Raises:
            UsageError: the file is damaged; the message holds nothing of it.
        """
        data = self.read(self.passwords)
        try:
            return msgspec.json.decode(data, type=dict[str, str]) if data else {}
        except UNREADABLE:
            raise UsageError(
                f"{self.passwords} is damaged; remove it and provision the fleet again"
            ) from None
