"""The nearest valid name, for messages that say "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name that looks most like `name`, or None if none looks alike."""
    names = {valid_name.lower(): valid_name for valid_name in valid}
    found = get_close_matches(name.lower()[:100], names, n=1, cutoff=0.55)
    return names[found[0]] if found else None


def suggestion(name: str, valid: Iterable[str]) -> str:
    """Return what to say after "no such name": the nearest valid one, or all of them."""
    names = list(valid)
    if close := nearest(name, names):
        return f"did you mean {close!r}?"
    return f"choose from {', '.join(names)}" if names else "none is installed"
