"""Text on a terminal: folded between words, so that none is broken at its edge; elsewhere as it is."""

from __future__ import annotations

import os
import textwrap
from typing import IO

NARROWEST = 24
"""Columns beside a head that are worth folding into."""


def columns(stream: IO[str]) -> int | None:
    """Return how many columns a stream's terminal has; None if it is none.

    The variable ``COLUMNS`` says how many, if it is set.
    """
    try:
        if not stream.isatty():
            return None
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns) or None
    except (OSError, ValueError):
        return None


def folded(text: str, width: int | None, head: str = "") -> str:
    """Return a line after its head, folded with all but the first of its lines indented as the head is long.

    Args:
        text: a line.
        width: columns to keep to; None for one line, however long.
        head: what stands before it.
    """
    if width is None or width - len(head) < NARROWEST:
        return head + text
    return textwrap.fill(
        text,
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
