"""A redactor: takes personal data out of every text of a message, and out of its topic.

It looks into texts that are written in UTF-16, base 64 or hexadecimal too, and blanks those that hold any.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from base import Control, Fields, run
from personal import redact


class Redactor(Control):
    """Redacts texts, wherever they are in a message."""

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a message without the personal data in it."""
        self.send(redact(topic), self.clean(fields))

    def clean(self, value: Any) -> Any:
        """Return a value of a payload, redacted with all that is in it."""
        if isinstance(value, str):
            return self.clean_text(value)
        if isinstance(value, list):
            return [self.clean(one) for one in value]
        if isinstance(value, dict):
            return {redact(name): self.clean(one) for name, one in value.items()}
        return value

    def clean_text(self, text: str) -> str:
        """Return a text, redacted."""
        if any(redact(inner) != inner for inner in decoded(text)):
            return "[encoded]"
        return redact(text)


def decoded(text: str) -> Iterator[str]:
    """Yield what a text may say in another encoding."""
    if "\0" in text:
        yield text.replace("\0", "")
    for undo in (partial(base64.b64decode, validate=True), bytes.fromhex):
        with suppress(ValueError):
            yield undo(text).decode(errors="replace").replace("\0", "")


if __name__ == "__main__":
    run(Redactor)
