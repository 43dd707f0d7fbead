"""Markdown as the reference pages use it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def page(title: str, *parts: str) -> str:
    """Return a page of some parts with an empty line between them."""
    return "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def section(title: str, *parts: str) -> str:
    """Return a section of some parts."""
    return "\n\n".join([f"## {title}", *(part.strip("\n") for part in parts if part)])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar in a cell is escaped, and so is a line break."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def block(text: str, language: str = "") -> str:
    """Return a fenced block."""
    return f"```{language}\n{text}\n```"


def code(text: object) -> str:
    """Return text as code."""
    return f"`{text}`"


def plain(text: str) -> str:
    """Return a docstring's text in Markdown: one line, and its ``code`` with single backquotes."""
    return re.sub(r"``(.+?)``", r"`\1`", " ".join(text.split()))


def sentence(text: str) -> str:
    """Return text that begins with a capital letter and ends with a full stop."""
    text = text.strip()
    if not text:
        return ""
    first = text[0] if text[1:2] == "-" else text[0].upper()  # k-anonymity stays small
    return f"{first}{text[1:]}{'' if text[-1] in '.:' else '.'}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
