"""The one dependency that not every user needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simulator.core.errors import UsageError


@contextmanager
def cryptography_needed(purpose: str) -> Iterator[None]:
    """Within its ``with``, what cannot be imported for lack of ``cryptography`` says how to get it.

    Args:
        purpose: what it is needed for, as the beginning of a sentence.

    Raises:
        UsageError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "cryptography":
            raise
        raise UsageError(
            f"{purpose} needs the package cryptography; install it with: pip install 'fleetsim[provision]'"
        ) from error
