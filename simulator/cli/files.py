"""Files that commands write."""

from __future__ import annotations

from pathlib import Path

from simulator.core.errors import RunFailedError, UsageError


def write_text(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a text file.

    Raises:
        UsageError: it exists and is not to be replaced.
        RunFailedError: it cannot be written.
    """
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already; choose another name or remove it") from error
    except OSError as error:
        raise RunFailedError(f"{path} cannot be written: {error.strerror}") from error
