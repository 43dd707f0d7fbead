"""The folder that a run leaves behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.core.errors import RunFailedError, UsageError
from simulator.truth.manifest import Manifest


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where the files of one run are. Files that are written once appear whole or not at all."""

    path: Path

    @classmethod
    def create(cls, path: Path, *, truth: bool = True) -> Self:
        """Make the folder of a new run, with an empty ``truth/`` in it.

        Args:
            path: where.
            truth: whether it gets its ``truth/``; a folder of several runs has none.

        Raises:
            UsageError: it exists and holds something, or is no folder.
            RunFailedError: it cannot be made there.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()):
                raise UsageError(f"{path} is not empty; give another folder with -o, or remove it")
            folder = cls(path)
            if truth:
                folder.truth.mkdir()
        except (FileExistsError, NotADirectoryError) as error:
            raise UsageError(
                f"{path} cannot be a run's folder: a file is in the way; give another with -o"
            ) from error
        except OSError as error:
            raise RunFailedError(
                f"cannot make the run's folder {path}: {error.strerror}; give another with -o"
            ) from error
        return folder

    @classmethod
    def open(cls, path: Path, *, drill: bool = False) -> Self:
        """Return the folder of a run that has been.

        Args:
            path: where.
            drill: whether it may be that of a drill, in which the run against each broker has a folder.

        Raises:
            UsageError: there is no run in it.
        """
        folder = cls(path)
        if not folder.manifest.is_file():
            raise UsageError(f"{path} is not the folder of a run: it has no {folder.manifest.name}")
        if not drill and not folder.truth.exists():
            for run in sorted(path.glob(f"*/{folder.manifest.name}")):
                raise UsageError(
                    f"{path} is of a drill: name the run against one broker, such as {run.parent}"
                )
        return folder

    @staticmethod
    def usual(name: str, started: datetime) -> Path:
        """Return where a run of a scenario goes if nobody says otherwise: ``runs/NAME-TIME``."""
        return Path("runs") / f"{name}-{started:%Y%m%d-%H%M%S}"

    @property
    def manifest(self) -> Path:
        """What was run, and whether it came to its end."""
        return self.path / "manifest.json"

    @property
    def truth(self) -> Path:
        """The folder of the ground truth."""
        return self.path / "truth"

    @property
    def messages(self) -> Path:
        """A row a message: what is true about it."""
        return self.truth / "messages.jsonl"

    @property
    def people(self) -> Path:
        """A row a person."""
        return self.truth / "people.jsonl"

    @property
    def consent(self) -> Path:
        """A row each time that somebody's consent changes."""
        return self.truth / "consent.jsonl"

    @property
    def requests(self) -> Path:
        """A row each time that somebody asks for access to their data or for its erasure."""
        return self.truth / "requests.jsonl"

    @property
    def canaries(self) -> Path:
        """A row for each piece of personal data that was really planted."""
        return self.truth / "canaries.jsonl"

    @property
    def faults(self) -> Path:
        """A row each time that a fault befalls a device, or the network."""
        return self.truth / "faults.jsonl"

    @property
    def campaigns(self) -> Path:
        """A row for each attack, and for each fault that looks like one."""
        return self.truth / "campaigns.jsonl"

    @property
    def overheard(self) -> Path:
        """A row for each message that an outsider was given by the broker."""
        return self.truth / "overheard.jsonl"

    @property
    def sessions(self) -> Path:
        """A row each time that a device's session changes its state on the network."""
        return self.truth / "sessions.jsonl"

    @property
    def delivery(self) -> Path:
        """A row a message: how it fared on the network."""
        return self.truth / "delivery.jsonl"

    @property
    def egress(self) -> Path:
        """The folder of what came out of controls: a file a tap."""
        return self.path / "egress"

    @property
    def controls(self) -> Path:
        """The folder of the controls that the run started: what each printed, and its files."""
        return self.path / "controls"

    @property
    def summary(self) -> Path:
        """The machine-readable result."""
        return self.path / "summary.json"

    @property
    def timeline(self) -> Path:
        """A row for each stretch of the run: what was counted in it, at most some hundred of them."""
        return self.path / "timeline.jsonl"

    @property
    def page(self) -> Path:
        """The run as a page for people."""
        return self.path / "report.html"

    @property
    def junit(self) -> Path:
        """The thresholds as test cases, for CI."""
        return self.path / "junit.xml"

    def part(self, index: int) -> Self:
        """Make the folder of one shard's rows, which are merged into the whole at the end.

        Raises:
            RunFailedError: it cannot be made.
        """
        path = self.path / "shards" / str(index)
        with writing(path):
            (path / "truth").mkdir(parents=True)
        return type(self)(path)

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest in place of an earlier one.

        Raises:
            RunFailedError: the disk is full or the folder cannot be written.
        """
        self.write(self.manifest, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")

    def read_manifest(self) -> Manifest:
        """Return the manifest.

        Raises:
            RunFailedError: it cannot be read, or is no manifest.
        """
        try:
            return msgspec.json.decode(self.manifest.read_bytes(), type=Manifest)
        except OSError as error:
            raise RunFailedError(f"cannot read {self.manifest}: {error.strerror}") from error
        except UNREADABLE as error:
            raise RunFailedError(f"{self.manifest} is no manifest of a run: {error}") from error

    def write(self, path: Path, content: bytes) -> None:
        """Write a file of the folder so that a reader finds the old one or the new one, never half of it.

        Raises:
            RunFailedError: the disk is full or the folder cannot be written.
        """
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with writing(path):
            try:
                with draft.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
            except OSError:
                draft.unlink(missing_ok=True)
                raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says against writing a file into an error that the user can act on."""
    try:
        yield
    except OSError as error:
        raise RunFailedError(
            f"cannot write {path}: {error.strerror}; make room there, or give another folder with -o"
        ) from error
