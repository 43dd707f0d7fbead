"""A redactor that fails in one way: the copy in UTF-16 that an old display wants is handed on as it came."""

from __future__ import annotations

from base import Fields, run
from redactor import Redactor


class MissesUtf16(Redactor):
    """Redacts texts, and adds a wide copy of each in which it looks for nothing."""

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a message with a wide copy of its texts."""
        wide = {f"{name}_wide": widen(text) for name, text in fields.items() if isinstance(text, str)}
        super().message(topic, fields | wide)

    def clean_text(self, text: str) -> str:
        """Return a text, redacted unless it is wide."""
        return text if "\0" in text else super().clean_text(text)


def widen(text: str) -> str:
    """Return a text as its bytes in UTF-16 look when they are taken for characters."""
    return text.encode("utf-16-le").decode("latin-1")


if __name__ == "__main__":
    run(MissesUtf16)
