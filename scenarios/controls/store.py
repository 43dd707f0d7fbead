"""A store that forgets: SQLite for all messages, the broker for the latest of each device."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

from base import Control, Fields, Out, run

FILE = "store.sqlite"
"""In the folder that a control has for its files."""


class Store(Control):
    """Keeps what comes in, but nothing of anybody who has asked for erasure.

    Args:
        out: takes what the control publishes.
        purpose: what the consumer behind it is for.
        path: of the database; in memory if left out.
    """

    def __init__(self, out: Out, purpose: str = "analytics", path: Path | str = ":memory:") -> None:
        super().__init__(out, purpose)
        self.database = sqlite3.connect(path, isolation_level=None)
        # What is deleted is overwritten, and nothing of it lies about in a journal.
        self.database.executescript(
            "PRAGMA secure_delete = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
            "CREATE TABLE messages (id TEXT, device TEXT, event TEXT, payload TEXT);"
            "CREATE INDEX by_device ON messages (device);"
        )
        self.kept: dict[str, set[str]] = {}
        """Topics on which the broker keeps something of each device."""

    def consent(self, fields: Fields) -> None:
        """Take note of whose each device is; somebody erased may have got a new one."""
        super().consent(fields)
        if fields["subject"] in self.erased:
            self.erase(fields["subject"])

    def message(self, topic: str, fields: Fields) -> None:
        """Keep a message, unless it may be about somebody who was erased."""
        device = fields["device"]
        if self.subjects_of(device) & self.erased:
            return
        row = fields.get("id"), device, fields.get("event"), json.dumps(fields)
        self.database.execute("INSERT INTO messages VALUES (?, ?, ?, ?)", row)
        self.kept.setdefault(device, set()).add(topic)
        self.send(topic, fields, keep=True)

    def erasure(self, subject: str) -> None:
        """Erase somebody's data, at once and for good."""
        super().erasure(subject)
        self.erase(subject)

    def erase(self, subject: str) -> None:
        """Erase what all devices have said that may hold somebody's data."""
        for device in [device for device in self.subjects if subject in self.subjects_of(device)]:
            self.database.execute("DELETE FROM messages WHERE device = ?", (device,))
            self.forget_kept(device)

    def subjects_of(self, device: str) -> set[str]:
        """Return whose data a device may hold."""
        return self.subjects.get(device, set())

    def forget_kept(self, device: str) -> None:
        """Have the broker forget what it keeps of a device."""
        for topic in self.kept.pop(device, ()):
            self.forget(topic)

    def finish(self) -> None:
        """Close the database."""
        self.database.close()


def in_own_folder(store: type[Store]) -> object:
    """Return what makes a store in the folder that the control has for its files."""
    return lambda out, purpose: store(out, purpose, Path(os.environ["FLEETSIM_FOLDER"], FILE))


if __name__ == "__main__":
    run(in_own_folder(Store))  # type: ignore[arg-type]
